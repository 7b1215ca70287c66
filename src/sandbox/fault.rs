//! What a PSP hears when the Node says no. The only file that spells `PPT_`.
//!
//! The codes stand in the order in which the Node looks (`domain` 15).

use super::calls::said::FaultBean;
use crate::domain::text::fitted;
use crate::xml::Writer;

/// Who issues the Node's faults.
const NODE: &str = "NodoDeiPagamentiSPC";

/// The fault codes of the Node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs)] // Each is the code of the same name.
pub enum Code {
    SintassiExtraXsd,
    SintassiXsd,
    SoapActionErrata,
    PspSconosciuto,
    PspDisabilitato,
    IntermediarioPspSconosciuto,
    IntermediarioPspDisabilitato,
    CanaleSconosciuto,
    CanaleDisabilitato,
    Autenticazione,
    Autorizzazione,
    ErroreIdempotenza,
    DominioSconosciuto,
    DominioDisabilitato,
    StazioneIntPaSconosciuta,
    StazioneIntPaDisabilitata,
    IntermediarioPaDisabilitato,
    ServizioSconosciuto,
    ServizioNonAttivo,
    VersioneServizio,
    PagamentoDuplicato,
    PagamentoInCorso,
    StazioneIntPaIrraggiungibile,
    StazioneIntPaTimeout,
    StazioneIntPaServizioNonAttivo,
    StazioneIntPaErroreResponse,
    ErroreEmessoDaPaa,
    TokenSconosciuto,
    TokenScaduto,
    TokenScadutoKo,
    EsitoGiaAcquisito,
    Semantica,
    SystemError,
}

impl Code {
    /// The code and its fixed text.
    pub fn words(self) -> (&'static str, &'static str) {
        use Code::*;
        match self {
            SintassiExtraXsd => ("PPT_SINTASSI_EXTRAXSD", "Errore di sintassi extra XSD"),
            SintassiXsd => ("PPT_SINTASSI_XSD", "Errore di sintassi XSD."),
            SoapActionErrata => ("PPT_SOAPACTION_ERRATA", "SOAPAction errata"),
            PspSconosciuto => ("PPT_PSP_SCONOSCIUTO", "PSP sconosciuto"),
            PspDisabilitato => ("PPT_PSP_DISABILITATO", "PSP conosciuto ma disabilitato"),
            IntermediarioPspSconosciuto => ("PPT_INTERMEDIARIO_PSP_SCONOSCIUTO", "Intermediario PSP sconosciuto"),
            IntermediarioPspDisabilitato => {
                ("PPT_INTERMEDIARIO_PSP_DISABILITATO", "Intermediario PSP conosciuto ma disabilitato")
            }
            CanaleSconosciuto => ("PPT_CANALE_SCONOSCIUTO", "Canale sconosciuto"),
            CanaleDisabilitato => ("PPT_CANALE_DISABILITATO", "Canale conosciuto ma disabilitato"),
            Autenticazione => ("PPT_AUTENTICAZIONE", "Errore di autenticazione"),
            Autorizzazione => ("PPT_AUTORIZZAZIONE", "Il richiedente non ha i diritti per l'operazione"),
            ErroreIdempotenza => ("PPT_ERRORE_IDEMPOTENZA", "Errore idempotenza"),
            DominioSconosciuto => ("PPT_DOMINIO_SCONOSCIUTO", "Identificativo dominio sconosciuto"),
            DominioDisabilitato => ("PPT_DOMINIO_DISABILITATO", "Dominio disabilitato"),
            StazioneIntPaSconosciuta => ("PPT_STAZIONE_INT_PA_SCONOSCIUTA", "Stazione sconosciuta"),
            StazioneIntPaDisabilitata => ("PPT_STAZIONE_INT_PA_DISABILITATA", "Stazione disabilitata"),
            IntermediarioPaDisabilitato => {
                ("PPT_INTERMEDIARIO_PA_DISABILITATO", "Intermediario dell'Ente Creditore disabilitato")
            }
            ServizioSconosciuto => ("PPT_SERVIZIO_SCONOSCIUTO", "Servizio sconosciuto"),
            ServizioNonAttivo => ("PPT_SERVIZIO_NONATTIVO", "Servizio non attivo"),
            VersioneServizio => ("PPT_VERSIONE_SERVIZIO", "Versione del servizio non corrispondente"),
            PagamentoDuplicato => ("PPT_PAGAMENTO_DUPLICATO", "Pagamento in attesa risulta concluso al Nodo"),
            PagamentoInCorso => ("PPT_PAGAMENTO_IN_CORSO", "Pagamento in attesa risulta in corso al Nodo"),
            StazioneIntPaIrraggiungibile => {
                ("PPT_STAZIONE_INT_PA_IRRAGGIUNGIBILE", "Stazione dell'Ente Creditore irraggiungibile")
            }
            StazioneIntPaTimeout => ("PPT_STAZIONE_INT_PA_TIMEOUT", "Timeout risposta dalla stazione"),
            StazioneIntPaServizioNonAttivo => {
                ("PPT_STAZIONE_INT_PA_SERVIZIO_NONATTIVO", "Il servizio applicativo della stazione non è attivo")
            }
            StazioneIntPaErroreResponse => {
                ("PPT_STAZIONE_INT_PA_ERRORE_RESPONSE", "La risposta della stazione è invalida")
            }
            ErroreEmessoDaPaa => ("PPT_ERRORE_EMESSO_DA_PAA", "Errore restituito dall'Ente Creditore"),
            TokenSconosciuto => ("PPT_TOKEN_SCONOSCIUTO", "paymentToken sconosciuto"),
            TokenScaduto => ("PPT_TOKEN_SCADUTO", "paymentToken scaduto"),
            TokenScadutoKo => ("PPT_TOKEN_SCADUTO_KO", "paymentToken scaduto"),
            EsitoGiaAcquisito => ("PPT_ESITO_GIA_ACQUISITO", "Esito già acquisito dal Nodo"),
            Semantica => ("PPT_SEMANTICA", "Errore semantico"),
            SystemError => ("PPT_SYSTEM_ERROR", "Errore generico"),
        }
    }

    /// Whether it is the form of a message that is wrong.
    pub fn is_about_syntax(self) -> bool {
        matches!(self, Code::SintassiExtraXsd | Code::SintassiXsd)
    }

    /// The code as it is written.
    pub fn as_str(self) -> &'static str {
        self.words().0
    }
}

/// A no of the Node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Its code.
    pub code: Code,
    /// Detail for people.
    pub description: Option<String>,
    /// What the station said, where it is the station that said no and its PSPs may hear it.
    pub original: Option<FaultBean>,
}

impl Refusal {
    /// A no that explains itself.
    pub fn because(code: Code, description: impl Into<String>) -> Refusal {
        Refusal { code, description: Some(description.into()), original: None }
    }

    /// Writes the outcome and the bean.
    pub(super) fn write(&self, xml: &mut Writer) {
        let (code, text) = self.code.words();
        xml.element("outcome", "KO").open("fault");
        xml.element("faultCode", code).element("faultString", text).element("id", NODE);
        if let Some(description) = self.description.as_deref().and_then(|text| fitted(text, 1024)) {
            xml.element("description", &description);
        }
        if let Some(original) = &self.original {
            xml.element("originalFaultCode", &original.code).element("originalFaultString", &original.text);
            if let Some(description) = &original.description {
                xml.element("originalDescription", description);
            }
        }
        xml.close("fault");
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Refusal {
        Refusal { code, description: None, original: None }
    }
}
