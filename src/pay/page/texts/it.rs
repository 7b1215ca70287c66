//! In Italian.

use super::{Said, Texts};
use crate::domain::notice_codes::ITALIAN_MONTHS;

pub(in crate::pay::page) const ITALIAN: Texts = Texts {
    months: ITALIAN_MONTHS,

    site: "Pagamenti pagoPA",
    skip: "Vai al contenuto",
    languages: "Lingua",
    footer: "Pagamento di un avviso pagoPA. Questa pagina non usa cookie e conserva solo quello che scrivi e quando avvii un pagamento.",
    error_prefix: "Errore: ",
    check: "Controlla i dati",

    creditor: "Ente creditore",
    creditor_code: "Codice fiscale dell’ente",
    office: "Ufficio",
    reason: "Causale",
    notice: "Numero avviso",
    amount: "Importo",
    due: "Scadenza",

    which: Said {
        title: "Quale avviso vuoi pagare?",
        text: "I dati si trovano sull’avviso di pagamento pagoPA. Scrivili, oppure incolla il testo del codice QR.",
    },
    by_hand: "Scrivi i dati dell’avviso",
    creditor_hint: "11 cifre, sull’avviso vicino al nome dell’ente",
    notice_hint: "18 cifre; gli spazi non contano",
    by_code: "Oppure incolla il testo del codice QR",
    qr: "Testo del codice QR",
    qr_hint: "Comincia con PAGOPA|002|",
    go_on: "Continua",
    creditor_wrong: "Il codice fiscale dell’ente ha 11 cifre",
    notice_wrong: "Il numero avviso ha 18 cifre",
    qr_wrong: "Il testo non è quello del codice QR di un avviso pagoPA",

    payable: "Paga il tuo avviso",
    as_of: |when| format!("Importo aggiornato: {when}."),
    overdue: "La scadenza è passata: l’avviso si può ancora pagare.",
    may_change: "L’importo può cambiare fino al momento del pagamento, per esempio per sconti, interessi o sanzioni. \
                 Chi esegue il pagamento può aggiungere una commissione.",
    payer: Said {
        title: "I tuoi dati",
        text: "Sono tutti facoltativi. Quello che scrivi viene comunicato anche a chi ti ha mandato su questa pagina. \
               L’indirizzo e-mail viene passato a Checkout, che lo propone per l’esito del pagamento.",
    },
    email: "Indirizzo e-mail",
    email_hint: "Per esempio nome@example.org",
    email_wrong: "Scrivi un indirizzo e-mail come nome@example.org, o lascia vuoto il campo",
    first_name: "Nome",
    surname: "Cognome",
    name_wrong: "Usa al massimo 70 caratteri",
    telephone: "Telefono",
    telephone_wrong: "Scrivi un numero di telefono come +39 06 123456, o lascia vuoto il campo",
    pay: |amount| format!("Paga {amount}"),
    where_to: "Continui sul sito Checkout di pagoPA, dove scegli come pagare.",

    again: Said {
        title: "Attenzione: un pagamento è già stato avviato",
        text: "Riprova solo se non l’hai concluso. Se l’hai concluso, attendi la ricevuta: pagando di nuovo \
               potresti pagare due volte.",
    },
    gave_up: Said {
        title: "Hai lasciato il sito di pagamento.",
        text: "Qui non è arrivata una ricevuta del pagamento.",
    },
    went_wrong: Said {
        title: "Il sito di pagamento segnala un errore",
        text: "Un errore non esclude un addebito: se l’importo ti risulta addebitato, attendi la ricevuta.",
    },
    too_many_requests: "Per questo avviso sono aperte troppe richieste di pagamento. Pagalo in uno degli altri modi.",
    no_checkout_now: Said {
        title: "Il sito di pagamento non risponde come dovrebbe",
        text: "Con questo tentativo non è stato addebitato nulla. Riprova tra qualche minuto, o paga in uno degli altri modi.",
    },

    elsewhere: Said {
        title: "Altri modi per pagare",
        text: "Con il numero avviso e il codice fiscale dell’ente puoi pagare anche:",
    },
    only_elsewhere: Said {
        title: "Dove pagare",
        text: "Su questa pagina non si può pagare. Con il numero avviso e il codice fiscale dell’ente puoi pagare:",
    },
    places: [
        "con l’app IO o con l’app e il sito della tua banca (servizi pagoPA o CBILL)",
        "in banca, allo sportello o al bancomat (ATM) abilitato",
        "nei punti vendita convenzionati, come tabaccherie, bar e supermercati",
    ],
    post_office: "all’ufficio postale, o sul sito e con l’app delle Poste",

    in_progress: "Pagamento in lavorazione",
    sent: |when| format!("Pagamento avviato: {when}."),
    receipt_decides: "Non abbiamo ancora la ricevuta, che è la sola prova del pagamento. Di solito arriva entro pochi \
                      minuti, qualche volta il giorno dopo. Puoi chiudere questa pagina e tornare più tardi.",
    refresh: "Aggiorna",
    not_done: Said {
        title: "Non hai concluso il pagamento?",
        text: "Se hai lasciato la pagina di pagamento prima della fine, puoi riprovare.",
    },
    try_again: "Riprova a pagare",

    paid: Said { title: "Pagamento eseguito", text: "La ricevuta è arrivata: l’avviso è pagato." },
    paid_amount: "Importo pagato",
    fee: "Commissione",
    total: "Totale",
    paid_on: "Data e ora del pagamento",
    psp: "Prestatore di servizi di pagamento",
    receipt: "Numero della ricevuta",
    receipt_pdf: "Scarica la ricevuta (PDF)",
    failed: Said {
        title: "Pagamento non riuscito",
        text: "Una ricevuta dice che un pagamento di questo avviso non è andato a buon fine.",
    },

    already_paid: Said {
        title: "Avviso già pagato",
        text: "L’avviso risulta pagato in un altro modo: non c’è altro da fare. Per la ricevuta rivolgiti a chi ha \
               eseguito il pagamento o all’ente.",
    },
    expired: Said {
        title: "Avviso scaduto",
        text: "La scadenza è passata e l’avviso non si può più pagare. Chiedi all’ente se c’è un nuovo avviso.",
    },
    cancelled: Said {
        title: "Avviso annullato",
        text: "L’ente ha annullato l’avviso: non va pagato. Per informazioni rivolgiti all’ente.",
    },
    not_yet: Said {
        title: "Avviso non ancora pagabile",
        text: "L’ente non ha ancora aperto il pagamento di questo avviso. Torna più tardi, o rivolgiti all’ente.",
    },
    superseded: Said {
        title: "Avviso non più pagabile",
        text: "Il pagamento di questo debito è già cominciato con altri avvisi, per esempio a rate: continua con quelli.",
    },
    unknown: Said {
        title: "Avviso non trovato",
        text: "Non troviamo un avviso con questi dati. Controllali sull’avviso, o rivolgiti all’ente.",
    },
    unpresentable: Said {
        title: "Avviso non pagabile adesso",
        text: "I dati dell’avviso hanno bisogno di una correzione. Rivolgiti all’ente.",
    },
    sent_before: "Da questa pagina un pagamento è già stato avviato. Se l’hai concluso, la ricevuta comparirà qui.",

    open_page: "Apri la pagina di pagamento",
    not_found: Said {
        title: "Pagina non trovata",
        text: "L’indirizzo non corrisponde a una richiesta di pagamento. Controlla di averlo copiato per intero.",
    },
    wrong_method: Said { title: "Questa pagina non si può aprire così", text: "Torna indietro e riprova." },
    wrong_form: Said {
        title: "Modulo non leggibile",
        text: "Quello che è arrivato non è il modulo di questa pagina. Torna indietro e riprova.",
    },
    from_elsewhere: Said {
        title: "Richiesta da un altro sito",
        text: "Il modulo è stato inviato da un altro sito e non è stato accettato. Apri la pagina di pagamento e riprova.",
    },
    down: Said {
        title: "Servizio momentaneamente non disponibile",
        text: "Non possiamo leggere i dati del pagamento. Riprova tra qualche minuto.",
    },
};
