//! What a notice says, in Italian and in German.

/// The same words in both languages.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// Italian.
    pub it: &'static str,
    /// German, as South Tyrol writes it.
    pub de: &'static str,
}

const fn words(it: &'static str, de: &'static str) -> Words {
    Words { it, de }
}

pub const TITLE: Words = words("Avviso di pagamento", "Zahlungsmitteilung");
pub const CREDITOR: Words = words("Ente creditore", "Gläubigerkörperschaft");
pub const RECIPIENT: Words = words("Destinatario dell’avviso", "Adressat der Mitteilung");
pub const FISCAL_CODE: Words = words("Codice fiscale", "Steuernummer");
pub const HOW_MUCH: Words = words("Quanto e quando pagare", "Wie viel und bis wann");
pub const WHERE: Words = words("Dove pagare", "Wo Sie zahlen können");
pub const ONLINE: Words = words("Con il telefono o il computer", "Mit Telefon oder Computer");
pub const IN_PERSON: Words = words("Di persona", "Vor Ort");
pub const NOBODY_NAMED: Words = words("Non indicato", "Nicht angegeben");

pub const BY: Words = words("entro il", "bis");
pub const THE_FIRST_BY: Words = words("rate, la prima entro il", "Raten, die erste bis");
pub const OVERDUE: Words = words("scaduto il", "fällig seit");
pub const THE_FIRST_OVERDUE: Words = words("rate, la prima scaduta il", "Raten, die erste fällig seit");
pub const STILL_PAYABLE: Words = words("si può ancora pagare", "noch zahlbar");
pub const SINGLE: Words = words("Rata unica", "Einmalzahlung");
pub const INSTALMENT: Words = words("Rata", "Rate");
pub const OF: Words = words("di", "von");
pub const SLIP: Words = words("Bollettino postale PA", "Posterlagschein PA");

pub const AMOUNT: Words = words("Importo", "Betrag");
pub const NOTICE: Words = words("Codice avviso", "Nummer der Mitteilung");
pub const CBILL: Words = words("Codice CBILL", "CBILL-Code");
pub const CREDITOR_CODE: Words = words("Cod. fiscale ente", "Steuernr.");
pub const DEBTOR: Words = words("Destinatario", "Adressat");
pub const SUBJECT: Words = words("Oggetto del pagamento", "Zahlungsgrund");
pub const ACCOUNT: Words = words("Sul c/c n.", "auf Konto Nr.");
pub const HOLDER: Words = words("Intestato a", "Lautend auf");
pub const AUTHORIZATION: Words = words("Autorizzazione", "Genehmigung");
pub const DOCUMENT_TYPE: Words = words("Tipo", "Art");

pub const AMOUNT_MAY_CHANGE: Words = words(
    "L’importo può essere diverso al momento del pagamento: l’ente lo aggiorna, per esempio per interessi, sanzioni, \
     spese di notifica o riduzioni. Chi incassa ti chiede la somma dovuta in quel momento e può aggiungere una \
     commissione.",
    "Bei der Zahlung kann ein anderer Betrag fällig sein: Die Körperschaft bringt ihn auf den neuesten Stand, zum \
     Beispiel wegen Zinsen, Strafen, Zustellkosten oder Ermäßigungen. Der Zahlungsdienst verlangt den dann \
     geschuldeten Betrag und kann eine Gebühr hinzurechnen.",
);
pub const OR_IN_INSTALMENTS: Words = words(
    "Puoi pagare tutto in una volta oppure a rate: ogni rata ha il suo codice avviso, il suo importo e la sua scadenza.",
    "Sie können alles auf einmal oder in Raten zahlen: Jede Rate hat ihre eigene Nummer, ihren Betrag und ihre Frist.",
);
pub const IN_INSTALMENTS: Words = words(
    "Paghi a rate: ogni rata ha il suo codice avviso, il suo importo e la sua scadenza.",
    "Sie zahlen in Raten: Jede Rate hat ihre eigene Nummer, ihren Betrag und ihre Frist.",
);
pub const ONLINE_PLACES: Words = words(
    "Con l’app IO, inquadrando il codice QR, oppure con l’app o il sito della tua banca o di un altro prestatore di \
     servizi di pagamento, alla voce pagoPA o CBILL.",
    "Mit der App IO, die den QR-Code liest, oder mit der App oder der Website Ihrer Bank oder eines anderen \
     Zahlungsdienstes unter pagoPA oder CBILL.",
);
pub const CREDITOR_SITE: Words =
    words("Anche sul sito dell’ente creditore.", "Auch auf der Website der Gläubigerkörperschaft.");
pub const PLACES: Words = words(
    "In banca e agli sportelli automatici, in tabaccheria, al bar, in edicola, al supermercato e negli altri punti che \
     aderiscono a pagoPA: basta mostrare questo foglio.",
    "In der Bank und an Geldautomaten, in Tabakläden, Bars, Zeitungskiosken, Supermärkten und an anderen Stellen, die \
     pagoPA anbieten: Es genügt, dieses Blatt zu zeigen.",
);
pub const POST_OFFICES: Words = words("Anche negli uffici postali.", "Auch in den Postämtern.");
