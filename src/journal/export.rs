//! Entries as rows of the official journal, the *giornale degli eventi* (`domain` 13): one row for each leg of an
//! exchange, one for each event and gap. The fields have the names that the specification gives them.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::{Entry, Event, Exchange, Gap, Outcome};

/// The part of the platform that this station is.
const COMPONENT: &str = "PA-STATION";
/// Who calls.
const NODE: &str = "NodoDeiPagamentiSPC";

/// Whether the messages themselves go with the rows. They hold people's data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bodies {
    /// Rows alone.
    Left,
    /// With each leg what was said.
    Taken,
}

/// A row of the journal.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs)] // Each field is the specification's of the same name (domain 13).
pub struct Row {
    pub data_ora_evento: String,
    pub identificativo_dominio: String,
    pub identificativo_univoco_versamento: String,
    pub codice_contesto_pagamento: String,
    pub numero_avviso: String,
    pub identificativo_prestatore_servizi_pagamento: String,
    pub tipo_versamento: String,
    pub componente: &'static str,
    pub categoria_evento: &'static str,
    pub tipo_evento: String,
    pub sotto_tipo_evento: &'static str,
    pub identificativo_fruitore: &'static str,
    pub identificativo_erogatore: String,
    #[serde(rename = "identificativoStazioneIntermediarioPA")]
    pub identificativo_stazione_intermediario_pa: String,
    pub canale_pagamento: String,
    /// `name=value`, parted by semicolons.
    pub parametri_specifici_interfaccia: String,
    pub esito: &'static str,
    /// What was said, when it was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub messaggio: Option<Body>,
}

/// What was said on one leg.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Body {
    /// `UTF-8`: the text as it stands; `base64`: bytes that are no such text.
    pub codifica: &'static str,
    /// The text or the base64.
    pub contenuto: String,
}

/// A message is people's data: no log shall show it.
impl std::fmt::Debug for Body {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Body(not shown)")
    }
}

impl Body {
    fn of(bytes: &[u8]) -> Body {
        match std::str::from_utf8(bytes) {
            Ok(text) => Body { codifica: "UTF-8", contenuto: text.to_owned() },
            Err(_) => Body { codifica: "base64", contenuto: STANDARD.encode(bytes) },
        }
    }
}

/// The rows of an entry: two for an exchange, one for anything else.
pub fn rows(entry: &Entry, bodies: Bodies) -> Vec<Row> {
    match entry {
        Entry::Exchange(exchange) => vec![request(exchange, bodies), response(exchange, bodies)],
        Entry::Event(event) => vec![event_row(event)],
        Entry::Gap(gap) => vec![gap_row(gap)],
    }
}

/// What both legs say. The outcome is the exchange's on both: each row can be read without the other.
fn leg(exchange: &Exchange, at: DateTime<Utc>) -> Row {
    let about = &exchange.about;
    // A message for which no operation could be chosen is told by where it came.
    let told =
        if about.operation.is_empty() { format!("{} {}", exchange.method, exchange.path) } else { String::new() };
    Row {
        data_ora_evento: time(at),
        identificativo_dominio: about.organization.clone(),
        identificativo_univoco_versamento: about.iuv.clone(),
        codice_contesto_pagamento: known(&about.receipt_id),
        numero_avviso: about.nav.clone(),
        identificativo_prestatore_servizi_pagamento: about.psp.clone(),
        tipo_versamento: about.payment_method.clone(),
        componente: COMPONENT,
        categoria_evento: "INTERFACCIA",
        tipo_evento: if told.is_empty() { about.operation.clone() } else { told },
        identificativo_fruitore: NODE,
        identificativo_erogatore: about.station.clone(),
        identificativo_stazione_intermediario_pa: about.station.clone(),
        canale_pagamento: about.channel.clone(),
        esito: match exchange.outcome {
            Outcome::Ok => "OK",
            Outcome::Ko | Outcome::Fault => "KO",
        },
        ..Row::default()
    }
}

fn request(exchange: &Exchange, bodies: Bodies) -> Row {
    Row {
        sotto_tipo_evento: "REQ",
        parametri_specifici_interfaccia: parameters(
            exchange.about.parameters.iter().map(|(name, value)| (&**name, value.clone())),
        ),
        messaggio: body(exchange.request.as_deref(), bodies),
        ..leg(exchange, exchange.received_at)
    }
}

fn response(exchange: &Exchange, bodies: Bodies) -> Row {
    let taken = TimeDelta::from_std(exchange.answered_in).unwrap_or_default();
    let answered_at = exchange.received_at.checked_add_signed(taken).unwrap_or(exchange.received_at);
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let said = [
        ("httpStatus", exchange.status.to_string()),
        ("latencyMs", exchange.answered_in.as_millis().to_string()),
        ("outcome", exchange.outcome.as_str().to_owned()),
        ("faultCode", text(&exchange.fault)),
        ("rule", text(&exchange.rule)),
        ("why", exchange.why.clone()),
    ];
    Row {
        sotto_tipo_evento: "RESP",
        parametri_specifici_interfaccia: parameters(said),
        messaggio: body(exchange.response.as_deref(), bodies),
        ..leg(exchange, answered_at)
    }
}

fn event_row(event: &Event) -> Row {
    Row {
        data_ora_evento: time(event.at),
        identificativo_dominio: event.organization.clone(),
        identificativo_univoco_versamento: event.iuv.clone(),
        codice_contesto_pagamento: known(&event.receipt_id),
        numero_avviso: event.nav.clone(),
        componente: COMPONENT,
        categoria_evento: "INTERNO",
        tipo_evento: event.name.clone(),
        parametri_specifici_interfaccia: parameters([("iupd", event.iupd.clone()), ("why", event.why.clone())]),
        ..Row::default()
    }
}

fn gap_row(gap: &Gap) -> Row {
    let said = [("to", time(gap.to)), ("count", gap.count.to_string()), ("why", gap.why.clone())];
    Row {
        data_ora_evento: time(gap.from),
        codice_contesto_pagamento: known(""),
        componente: COMPONENT,
        categoria_evento: "INTERNO",
        tipo_evento: "GAP".into(),
        parametri_specifici_interfaccia: parameters(said),
        ..Row::default()
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%dT%H:%M:%S%.3f").to_string()
}

fn known(token: &str) -> String {
    if token.is_empty() { "n/a".into() } else { token.into() }
}

fn body(bytes: Option<&[u8]>, bodies: Bodies) -> Option<Body> {
    bytes.filter(|_| bodies == Bodies::Taken).map(Body::of)
}

/// Those that say something. A semicolon in a value would look like the next name.
fn parameters<'p>(said: impl IntoIterator<Item = (&'p str, String)>) -> String {
    let said = said.into_iter().filter(|(_, value)| !value.is_empty());
    let pairs: Vec<_> = said.map(|(name, value)| format!("{name}={}", value.replace(';', ","))).collect();
    pairs.join(";")
}

#[cfg(test)]
mod tests {
    use super::super::tests::given;
    use super::*;

    fn json(row: &Row) -> String {
        serde_json::to_string_pretty(row).unwrap()
    }

    #[test]
    fn a_receipt_has_two_rows_with_the_names_of_the_specification() {
        let rows = rows(&given::a_receipt("307000000001234573"), Bodies::Left);
        assert_eq!(rows.len(), 2);
        assert_eq!((rows[0].sotto_tipo_evento, rows[1].sotto_tipo_evento), ("REQ", "RESP"));
        assert_eq!(rows[0].parametri_specifici_interfaccia, "");
        assert!(rows[1].data_ora_evento > rows[0].data_ora_evento);
        let Row { data_ora_evento, parametri_specifici_interfaccia, .. } = &rows[1];
        assert!(parametri_specifici_interfaccia.starts_with("httpStatus=200;latencyMs="));
        assert!(parametri_specifici_interfaccia.ends_with(";outcome=OK;rule=D8"));
        let expected = format!(
            r#"{{
  "dataOraEvento": "{data_ora_evento}",
  "identificativoDominio": "99000001018",
  "identificativoUnivocoVersamento": "07000000001234573",
  "codiceContestoPagamento": "receipt-of-307000000001234573",
  "numeroAvviso": "307000000001234573",
  "identificativoPrestatoreServiziPagamento": "99000003030",
  "tipoVersamento": "creditCard",
  "componente": "PA-STATION",
  "categoriaEvento": "INTERFACCIA",
  "tipoEvento": "paSendRT",
  "sottoTipoEvento": "RESP",
  "identificativoFruitore": "NodoDeiPagamentiSPC",
  "identificativoErogatore": "99000001018_01",
  "identificativoStazioneIntermediarioPA": "99000001018_01",
  "canalePagamento": "99000003030_01",
  "parametriSpecificiInterfaccia": "{parametri_specifici_interfaccia}",
  "esito": "OK"
}}"#
        );
        assert_eq!(json(&rows[1]), expected);
    }

    #[test]
    fn events_and_gaps_have_one_row() {
        let event = &rows(&given::an_event("307000000001234573"), Bodies::Taken)[..];
        let [event] = event else { panic!("{event:?}") };
        assert_eq!(event.data_ora_evento, "2026-03-10T09:41:07.124");
        assert_eq!((event.categoria_evento, &*event.tipo_evento), ("INTERNO", "OPTION_PAID"));
        assert_eq!(event.parametri_specifici_interfaccia, "iupd=IUPD-307000000001234573;why=120.50 paid");
        let gap = &rows(&given::a_gap(), Bodies::Taken)[..];
        let [gap] = gap else { panic!("{gap:?}") };
        assert_eq!((&*gap.tipo_evento, &*gap.codice_contesto_pagamento), ("GAP", "n/a"));
        let said = "to=2026-03-10T09:41:09.123;count=12;why=the disk was too slow";
        assert_eq!(gap.parametri_specifici_interfaccia, said);
    }

    #[test]
    fn bodies_go_along_when_asked_for() {
        let mut exchange = given::exchange();
        exchange.response = Some(vec![0xff, 0x00]);
        let entry = Entry::Exchange(Box::new(exchange.clone()));
        assert!(rows(&entry, Bodies::Left).iter().all(|row| row.messaggio.is_none()));
        let bodies: Vec<_> = rows(&entry, Bodies::Taken).into_iter().filter_map(|row| row.messaggio).collect();
        assert_eq!((bodies[0].codifica, bodies[0].contenuto.as_bytes()), ("UTF-8", &*exchange.request.unwrap()));
        assert_eq!((bodies[1].codifica, &*bodies[1].contenuto), ("base64", "/wA="));
    }

    #[test]
    fn a_message_that_nobody_understood_still_has_its_rows() {
        let mut exchange = given::exchange();
        exchange.about = Default::default();
        exchange.outcome = Outcome::Fault;
        let rows = rows(&Entry::Exchange(Box::new(exchange)), Bodies::Left);
        let row = &rows[1];
        assert_eq!((&*row.tipo_evento, row.esito), ("POST /soap/paForNode", "KO"));
        assert_eq!((&*row.numero_avviso, &*row.codice_contesto_pagamento), ("", "n/a"));
    }
}
