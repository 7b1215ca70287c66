//! What a PSP hears when the Node says no. The only file that spells `PPT_`.
//!
//! The codes stand in the order in which the Node looks (`domain` 15). Their texts are those on the wire, which differ
//! from the catalogue's in dots and accents: suites compare them letter by letter.

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
    IntermediarioPaSconosciuto,
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
    MultiBeneficiario,
    IbanNonCensito,
    IbanAccredito,
    TokenSconosciuto,
    TokenScaduto,
    TokenScadutoKo,
    EsitoGiaAcquisito,
    PagamentoSconosciuto,
    Semantica,
    SystemError,
}

impl Code {
    /// The code and its fixed text.
    pub fn words(self) -> (&'static str, &'static str) {
        use Code::*;
        match self {
            SintassiExtraXsd => ("PPT_SINTASSI_EXTRAXSD", "Errore di sintassi extra XSD."),
            SintassiXsd => ("PPT_SINTASSI_XSD", "Errore di sintassi XSD."),
            SoapActionErrata => ("PPT_SOAPACTION_ERRATA", "SOAPAction errata."),
            PspSconosciuto => ("PPT_PSP_SCONOSCIUTO", "PSP sconosciuto."),
            PspDisabilitato => ("PPT_PSP_DISABILITATO", "PSP conosciuto ma disabilitato da configurazione."),
            IntermediarioPspSconosciuto => {
                ("PPT_INTERMEDIARIO_PSP_SCONOSCIUTO", "Identificativo intermediario psp sconosciuto.")
            }
            IntermediarioPspDisabilitato => ("PPT_INTERMEDIARIO_PSP_DISABILITATO", "Intermediario psp disabilitato."),
            CanaleSconosciuto => ("PPT_CANALE_SCONOSCIUTO", "Canale sconosciuto."),
            CanaleDisabilitato => ("PPT_CANALE_DISABILITATO", "Canale conosciuto ma disabilitato da configurazione."),
            Autenticazione => ("PPT_AUTENTICAZIONE", "Errore di autenticazione."),
            Autorizzazione => ("PPT_AUTORIZZAZIONE", "Il richiedente non ha i diritti per l'operazione."),
            ErroreIdempotenza => ("PPT_ERRORE_IDEMPOTENZA", "Errore idempotenza"),
            DominioSconosciuto => ("PPT_DOMINIO_SCONOSCIUTO", "Identificativo Dominio sconosciuto."),
            DominioDisabilitato => ("PPT_DOMINIO_DISABILITATO", "Dominio disabilitato."),
            StazioneIntPaSconosciuta => {
                ("PPT_STAZIONE_INT_PA_SCONOSCIUTA", "IdentificativoStazioneRichiedente sconosciuto.")
            }
            StazioneIntPaDisabilitata => ("PPT_STAZIONE_INT_PA_DISABILITATA", "Stazione disabilitata."),
            IntermediarioPaSconosciuto => {
                ("PPT_INTERMEDIARIO_PA_SCONOSCIUTO", "Identificativo intermediario dominio sconosciuto.")
            }
            IntermediarioPaDisabilitato => ("PPT_INTERMEDIARIO_PA_DISABILITATO", "Intermediario dominio disabilitato."),
            ServizioSconosciuto => ("PPT_SERVIZIO_SCONOSCIUTO", "Servizio inesistente sul sistema pagoPA"),
            ServizioNonAttivo => ("PPT_SERVIZIO_NONATTIVO", "Servizio non attivo"),
            VersioneServizio => ("PPT_VERSIONE_SERVIZIO", "Versione servizio incompatibile con la chiamata"),
            PagamentoDuplicato => ("PPT_PAGAMENTO_DUPLICATO", "Pagamento in attesa risulta concluso al sistema pagoPA"),
            PagamentoInCorso => ("PPT_PAGAMENTO_IN_CORSO", "Pagamento in attesa risulta in corso al sistema pagoPA"),
            StazioneIntPaIrraggiungibile => {
                ("PPT_STAZIONE_INT_PA_IRRAGGIUNGIBILE", "Errore di connessione verso la Stazione.")
            }
            StazioneIntPaTimeout => ("PPT_STAZIONE_INT_PA_TIMEOUT", "Timeout risposta dalla Stazione."),
            StazioneIntPaServizioNonAttivo => {
                ("PPT_STAZIONE_INT_PA_SERVIZIO_NONATTIVO", "Il Servizio Applicativo della Stazione non e' attivo.")
            }
            StazioneIntPaErroreResponse => {
                ("PPT_STAZIONE_INT_PA_ERRORE_RESPONSE", "Errore di risposta dalla stazione.")
            }
            ErroreEmessoDaPaa => ("PPT_ERRORE_EMESSO_DA_PAA", "Errore restituito dalla PAA."),
            MultiBeneficiario => ("PPT_MULTI_BENEFICIARIO", "La chiamata non è compatibile con il nuovo modello PSP."),
            IbanNonCensito => (
                "PPT_IBAN_NON_CENSITO",
                "Il codice IBAN indicato dal EC non è presente nella lista degli IBAN comunicati al sistema pagoPA.",
            ),
            IbanAccredito => ("PPT_IBAN_ACCREDITO", "Iban accredito non disponibile"),
            TokenSconosciuto => ("PPT_TOKEN_SCONOSCIUTO", "unknown token"),
            TokenScaduto => ("PPT_TOKEN_SCADUTO", "paymentToken is expired"),
            TokenScadutoKo => ("PPT_TOKEN_SCADUTO_KO", "paymentToken is expired on outcome KO"),
            EsitoGiaAcquisito => {
                ("PPT_ESITO_GIA_ACQUISITO", "L'esito del pagamento risulta già acquisito dal sistema pagoPA.")
            }
            PagamentoSconosciuto => ("PPT_PAGAMENTO_SCONOSCIUTO", "Pagamento sconosciuto"),
            Semantica => ("PPT_SEMANTICA", "Errore semantico."),
            SystemError => ("PPT_SYSTEM_ERROR", "Errore generico."),
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
    /// What the station said, where it is the station that said no.
    pub original: Option<Box<Original>>,
}

/// A station's own no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Original {
    /// The creditor that was asked.
    pub organization: String,
    /// What its station said.
    pub fault: FaultBean,
}

impl Refusal {
    /// A no that explains itself.
    pub fn because(code: Code, description: impl Into<String>) -> Refusal {
        Refusal { code, description: Some(description.into()), original: None }
    }

    /// The no of a creditor's station, handed on.
    pub fn of_station(organization: &str, fault: FaultBean) -> Refusal {
        let original = Original { organization: organization.to_owned(), fault };
        Refusal { code: Code::ErroreEmessoDaPaa, description: None, original: Some(Box::new(original)) }
    }

    /// Writes the outcome and the bean: extended, with the station's own words in fields of their own, or with all of
    /// them in the description, as the channel that asks is configured.
    pub(super) fn write(&self, xml: &mut Writer, extended: bool) {
        let (code, text) = self.code.words();
        let issuer = self.original.as_ref().map_or(NODE, |original| &original.organization);
        xml.element("outcome", "KO").open("fault");
        xml.element("faultCode", code).element("faultString", text).element("id", issuer);
        let description = self.described(extended);
        // Clients read the description without a look whether there is one.
        xml.element("description", fitted(&description, 1024).as_deref().unwrap_or(text));
        if let Some(Original { fault, .. }) = self.original.as_deref().filter(|_| extended) {
            xml.element("originalFaultCode", &fault.code).element("originalFaultString", &fault.text);
            if let Some(description) = &fault.description {
                xml.element("originalDescription", description);
            }
        }
        xml.close("fault");
    }

    /// The no in a line, for the story.
    pub(super) fn in_a_sentence(&self) -> String {
        let said = self.original.as_ref().map(|original| &original.fault.code).or(self.description.as_ref());
        let said = said.map(|text| format!(": {text}")).unwrap_or_default();
        format!("KO {}{said}", self.code.as_str())
    }

    fn described(&self, extended: bool) -> String {
        let own = || self.description.clone().unwrap_or_default();
        let Some(Original { fault, .. }) = self.original.as_deref() else { return own() };
        if extended {
            return fault.description.clone().unwrap_or_else(|| fault.text.clone());
        }
        let description = fault.description.as_deref().unwrap_or_default();
        format!("FaultCode PA: {}\nFaultString PA: {}\nDescription PA: {description}", fault.code, fault.text)
    }
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Refusal {
        Refusal { code, description: None, original: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(refusal: &Refusal, extended: bool) -> String {
        let mut xml = Writer::new();
        refusal.write(&mut xml, extended);
        xml.finish()
    }

    fn of_station(description: Option<&str>) -> Refusal {
        let fault = FaultBean {
            code: "PAA_PAGAMENTO_SCADUTO".into(),
            text: "Pagamento scaduto".into(),
            id: "99000002024".into(),
            description: description.map(str::to_owned),
        };
        Refusal::of_station("99000001018", fault)
    }

    #[test]
    fn a_no_of_the_node_always_has_a_description() {
        let begin = "<outcome>KO</outcome><fault><faultCode>PPT_SEMANTICA</faultCode>\
                     <faultString>Errore semantico.</faultString><id>NodoDeiPagamentiSPC</id><description>";
        for (refusal, described) in [
            (Refusal::because(Code::Semantica, "Codifica non riconosciuta"), "Codifica non riconosciuta"),
            (Refusal::from(Code::Semantica), "Errore semantico."),
            (Refusal::because(Code::Semantica, " \u{0} "), "Errore semantico."),
        ] {
            for extended in [true, false] {
                assert_eq!(written(&refusal, extended), format!("{begin}{described}</description></fault>"));
            }
        }
    }

    #[test]
    fn a_no_of_a_station_is_told_as_the_channel_wants() {
        let begin = "<outcome>KO</outcome><fault><faultCode>PPT_ERRORE_EMESSO_DA_PAA</faultCode>\
                     <faultString>Errore restituito dalla PAA.</faultString><id>99000001018</id>";
        let original = "<originalFaultCode>PAA_PAGAMENTO_SCADUTO</originalFaultCode>\
                        <originalFaultString>Pagamento scaduto</originalFaultString>";
        let lines = "FaultCode PA: PAA_PAGAMENTO_SCADUTO\nFaultString PA: Pagamento scaduto\nDescription PA: ";
        for (description, extended, rest) in [
            (
                Some("da ieri"),
                true,
                format!(
                    "<description>da ieri</description>{original}<originalDescription>da ieri</originalDescription>"
                ),
            ),
            (None, true, format!("<description>Pagamento scaduto</description>{original}")),
            (Some("da ieri"), false, format!("<description>{lines}da ieri</description>")),
            (None, false, format!("<description>{lines}</description>")),
        ] {
            assert_eq!(written(&of_station(description), extended), format!("{begin}{rest}</fault>"));
        }
    }
}
