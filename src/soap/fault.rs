//! Refusals in the protocol's words. The only file that spells `PAA_`.

use super::reader::Malformed;
use crate::domain::bill::Defect;
use crate::domain::refusal::Refusal;
use crate::journal;
use crate::settings::{OrphanReceipt, Settings, SyntaxFault};
use crate::use_cases;
use crate::xml::Writer;

/// The fault codes of a creditor's station (`domain` 4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs)] // Each is the code of the same name.
pub(super) enum FaultCode {
    SintassiExtraXsd,
    SintassiXsd,
    IdDominioErrato,
    IdIntermediarioErrato,
    StazioneIntErrata,
    PagamentoSconosciuto,
    PagamentoDuplicato,
    PagamentoScaduto,
    PagamentoAnnullato,
    ReceiptDuplicata,
    Semantica,
    SystemError,
}

impl FaultCode {
    /// The code and its fixed text.
    fn words(self) -> (&'static str, &'static str) {
        use FaultCode::*;
        match self {
            SintassiExtraXsd => ("PAA_SINTASSI_EXTRAXSD", "Errore di sintassi extra XSD"),
            SintassiXsd => ("PAA_SINTASSI_XSD", "Errore di sintassi XSD"),
            IdDominioErrato => ("PAA_ID_DOMINIO_ERRATO", "La PAA non corrisponde al Dominio indicato"),
            IdIntermediarioErrato => ("PAA_ID_INTERMEDIARIO_ERRATO", "Identificativo intermediario non corrispondente"),
            StazioneIntErrata => ("PAA_STAZIONE_INT_ERRATA", "Stazione intermediario non corrispondente"),
            PagamentoSconosciuto => {
                ("PAA_PAGAMENTO_SCONOSCIUTO", "Pagamento in attesa risulta sconosciuto all'Ente Creditore")
            }
            PagamentoDuplicato => {
                ("PAA_PAGAMENTO_DUPLICATO", "Pagamento in attesa risulta concluso all'Ente Creditore")
            }
            PagamentoScaduto => ("PAA_PAGAMENTO_SCADUTO", "Pagamento in attesa risulta scaduto all'Ente Creditore"),
            PagamentoAnnullato => {
                ("PAA_PAGAMENTO_ANNULLATO", "Pagamento in attesa risulta annullato all'Ente Creditore")
            }
            ReceiptDuplicata => ("PAA_RECEIPT_DUPLICATA", "La receipt risulta già acquisita"),
            Semantica => ("PAA_SEMANTICA", "Errore semantico"),
            SystemError => ("PAA_SYSTEM_ERROR", "Errore generico"),
        }
    }

    /// The code as it is written.
    pub(super) fn as_str(self) -> &'static str {
        self.words().0
    }

    /// The code a refusal is spoken with.
    fn of(refusal: &Refusal, settings: &Settings) -> FaultCode {
        match refusal {
            // What GPD looks for under the organization and the notice, and does not find there (`gpd-api` 12).
            Refusal::Superseded | Refusal::NotABeneficiary if settings.follows_gpd() => FaultCode::PagamentoSconosciuto,
            Refusal::UnknownOrganization | Refusal::OtherOrganization => FaultCode::IdDominioErrato,
            Refusal::WrongBroker => FaultCode::IdIntermediarioErrato,
            Refusal::WrongStation => FaultCode::StazioneIntErrata,
            Refusal::UnknownNotice | Refusal::Probe | Refusal::NotPublished | Refusal::RivalPayment => {
                FaultCode::PagamentoSconosciuto
            }
            Refusal::AlreadyPaid => FaultCode::PagamentoDuplicato,
            Refusal::Cancelled | Refusal::Superseded => FaultCode::PagamentoAnnullato,
            Refusal::Expired => FaultCode::PagamentoScaduto,
            Refusal::Unpresentable(_) | Refusal::NotABeneficiary | Refusal::ServiceNotActive => FaultCode::Semantica,
            Refusal::DuplicateReceipt | Refusal::AlteredReceipt | Refusal::SecondPayment => FaultCode::ReceiptDuplicata,
            Refusal::OrphanReceipt => match settings.orphan_receipt {
                OrphanReceipt::FaultSconosciuto => FaultCode::PagamentoSconosciuto,
                OrphanReceipt::FaultSemantica | OrphanReceipt::Ok => FaultCode::Semantica,
            },
        }
    }
}

/// The code that the Node would hear of a refusal.
pub(crate) fn fault_code(refusal: &Refusal, settings: &Settings) -> &'static str {
    FaultCode::of(refusal, settings).as_str()
}

/// Whether a station that says so has had the receipt before.
pub(crate) fn knows_the_receipt(code: &str) -> bool {
    code == FaultCode::ReceiptDuplicata.as_str()
}

/// Why an operation has no OK.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// A10: the message breaks the contract.
    #[error("the message breaks the contract")]
    Malformed(#[from] Malformed),
    /// The rules say no, or the store failed.
    #[error(transparent)]
    UseCase(#[from] use_cases::Error),
}

/// The fault bean of a KO (`domain` 4.1).
#[derive(Debug)]
pub(super) struct Fault {
    /// The code.
    pub(super) code: FaultCode,
    /// Who issues it.
    id: String,
    /// Detail for people; never personal data.
    description: String,
    /// The row of the decision tables, for the log.
    pub(super) rule: &'static str,
    /// Why, for the journal.
    pub(super) why: String,
}

/// What a fault needs to know of the message it answers.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct About<'a> {
    /// `idPA`, as far as it could be read.
    pub(super) organization: &'a str,
    /// `idBrokerPA`, as far as it could be read.
    pub(super) broker: &'a str,
    /// The notice, as far as it could be read.
    pub(super) notice: &'a str,
}

impl<'a> About<'a> {
    /// From what the journal says of a message.
    pub(super) fn of(about: &'a journal::About) -> About<'a> {
        About { organization: &about.organization, broker: &about.broker, notice: &about.nav }
    }
}

impl Fault {
    /// How an error is spoken; none for a failure, which is no answer at all.
    pub(super) fn of(error: &Error, about: About<'_>, settings: &Settings) -> Option<Fault> {
        match error {
            Error::UseCase(use_cases::Error::Store(_)) => None,
            Error::UseCase(use_cases::Error::Refused(refusal)) => Some(Fault {
                code: FaultCode::of(refusal, settings),
                id: issuer(about, *refusal != Refusal::UnknownOrganization && !settings.follows_gpd()),
                description: describe(refusal, about.notice),
                rule: refusal.rule(),
                why: refusal.to_string(),
            }),
            Error::Malformed(malformed) => Some(Fault {
                code: match settings.syntax_fault {
                    SyntaxFault::ExtraXsd => FaultCode::SintassiExtraXsd,
                    SyntaxFault::Xsd => FaultCode::SintassiXsd,
                },
                id: issuer(about, !settings.follows_gpd()),
                description: malformed.to_string(),
                rule: "A10",
                why: malformed.to_string(),
            }),
        }
    }

    /// A failure of ours, where it is to sound like a KO.
    pub(super) fn system_error(about: About<'_>, settings: &Settings) -> Fault {
        let description = "Servizio momentaneamente non disponibile".to_owned();
        let why = String::new();
        let id = issuer(about, !settings.follows_gpd());
        Fault { code: FaultCode::SystemError, id, description, rule: "A11", why }
    }

    /// Writes the outcome and the bean.
    pub(super) fn write(&self, xml: &mut Writer) {
        let (code, text) = self.code.words();
        xml.element("outcome", "KO").open("fault");
        xml.element("faultCode", code).element("faultString", text);
        xml.element("id", &self.id).element("description", &self.description);
        xml.close("fault");
    }
}

/// The organization issues the fault; where it is unknown here its broker does, and in GPD always. The field may not be
/// missing.
fn issuer(about: About<'_>, organization_first: bool) -> String {
    let candidates =
        if organization_first { [about.organization, about.broker] } else { [about.broker, about.organization] };
    candidates.into_iter().find(|id| !id.trim().is_empty()).unwrap_or("NA").chars().take(35).collect()
}

/// The refusal for people, in the Node's language.
fn describe(refusal: &Refusal, notice: &str) -> String {
    match refusal {
        Refusal::UnknownOrganization => "Ente Creditore non configurato o non attivo su questa stazione".into(),
        Refusal::WrongBroker => "L'intermediario indicato non è quello dell'Ente Creditore".into(),
        Refusal::WrongStation => "La stazione indicata non è dell'intermediario o non serve l'Ente Creditore".into(),
        Refusal::OtherOrganization => "Il codice fiscale dell'avviso non è quello dell'Ente Creditore chiamato".into(),
        Refusal::UnknownNotice | Refusal::Probe => format!("Numero avviso {notice} non presente in archivio"),
        Refusal::NotPublished => format!("Numero avviso {notice} non ancora pubblicato"),
        Refusal::AlreadyPaid => format!("Numero avviso {notice} già pagato"),
        Refusal::Cancelled => format!("Numero avviso {notice} annullato"),
        Refusal::Expired => format!("Numero avviso {notice} scaduto"),
        Refusal::Superseded => format!("Numero avviso {notice} sostituito da un altro piano di pagamento in corso"),
        Refusal::Unpresentable(defect) => format!("Numero avviso {notice} non presentabile: {}", explain(defect)),
        Refusal::DuplicateReceipt => "Ricevuta già acquisita".into(),
        Refusal::AlteredReceipt => "Ricevuta con lo stesso identificativo già acquisita con un altro contenuto".into(),
        Refusal::NotABeneficiary => {
            "L'ente destinatario non è l'Ente Creditore né un beneficiario del pagamento".into()
        }
        Refusal::OrphanReceipt => format!("Nessuna posizione debitoria per il numero avviso {notice}"),
        Refusal::SecondPayment => format!("Numero avviso {notice} già pagato con un'altra ricevuta"),
        Refusal::RivalPayment => format!("Numero avviso {notice} sostituito da un altro piano di pagamento in corso"),
        Refusal::ServiceNotActive => "Servizio non attivo".into(),
    }
}

/// What makes a notice impossible to present, as the staff of a PSP reads it.
fn explain(defect: &Defect) -> String {
    match defect {
        Defect::Unreadable => "i dati archiviati non sono leggibili".into(),
        Defect::Transfers(count) => format!("i versamenti sono {count} e non da 1 a 5"),
        Defect::Sum { .. } => "la somma dei versamenti non corrisponde all'importo".into(),
        Defect::TransferId(id) => format!("il versamento {id} compare due volte"),
        Defect::Amount => "l'importo supera il massimo ammesso".into(),
        Defect::Date => "una data è fuori dai limiti".into(),
        Defect::StampInV1 => "la marca da bollo richiede paGetPaymentV2".into(),
        Defect::Code(field) => format!("il campo {field} non rispetta il contratto"),
    }
}
