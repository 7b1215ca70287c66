//! What a PSP hears when the station misbehaves, and how a station's own no is handed on.

use serde_json::{Value, json};

use super::stranger::{Manners, Stranger, nobody, pa_for_node, said};
use crate::given::{COMUNE, NAV};
use crate::node::{BANK_HEAD, Node, participants};
use crate::station::{Reply, Station};

const VERIFIED: &str = "paVerifyPaymentNoticeRes";
const OK: &str = "<outcome>OK</outcome><paymentList><paymentOptionDescription><amount>120.50</amount>\
    <options>EQ</options><allCCP>false</allCCP></paymentOptionDescription></paymentList>\
    <paymentDescription>TARI</paymentDescription><fiscalCodePA>99000001018</fiscalCodePA>\
    <companyName>Comune di Borgolieve</companyName>";
const KO: &str = "<outcome>KO</outcome><fault><faultCode>PAA_PAGAMENTO_SCADUTO</faultCode>\
    <faultString>Pagamento scaduto</faultString><id>99000001018</id><description>da ieri</description></fault>";
const UNREACHABLE: &str = "PPT_STAZIONE_INT_PA_IRRAGGIUNGIBILE";
const UNUSABLE: &str = "PPT_STAZIONE_INT_PA_ERRORE_RESPONSE";

fn verify_at(url: &str, participants: &Value) -> Reply {
    let node = Node::with(url, participants, |settings| {
        settings.timeout = std::time::Duration::from_millis(if cfg!(debug_assertions) { 1500 } else { 500 });
    });
    let content =
        format!("{BANK_HEAD}<qrCode><fiscalCode>{COMUNE}</fiscalCode><noticeNumber>{NAV}</noticeNumber></qrCode>");
    node.ask("verifyPaymentNotice", "verifyPaymentNoticeReq", &content)
}

#[test]
fn whatever_a_station_does() {
    let xml = "text/xml; charset=utf-8";
    let (ok, ko) = (pa_for_node(VERIFIED, OK), pa_for_node(VERIFIED, KO));
    let with = |from: &str, to: &str| pa_for_node(VERIFIED, &OK.replace(from, to));
    let soap_fault = "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body><s:Fault>\
        <faultcode>s:Server</faultcode><faultstring>no</faultstring></s:Fault></s:Body></s:Envelope>";
    let says = |status: &str, kind: &str, body: &str| Manners::Says(said(status, kind, body));
    for (manners, heard) in [
        (says("200 OK", xml, &ok), "OK"),
        (says("200 OK", "application/soap+xml", &ok), "OK"),
        (says("200 OK", xml, &ko), "PPT_ERRORE_EMESSO_DA_PAA"),
        (says("404 Not Found", xml, &ko), "PPT_ERRORE_EMESSO_DA_PAA"),
        (Manners::HangsUp, UNREACHABLE),
        (Manners::SaysHalf(said("200 OK", xml, &ok)), UNREACHABLE),
        (Manners::IsSilent, "PPT_STAZIONE_INT_PA_TIMEOUT"),
        (says("302 Found", "text/html", "<html/>"), UNREACHABLE),
        (says("404 Not Found", "text/html", "<html><p>no</html>"), UNREACHABLE),
        (says("500 Internal Server Error", "text/plain", ""), UNREACHABLE),
        (says("503 Service Unavailable", "text/html", "<html/>"), UNREACHABLE),
        (says("500 Internal Server Error", xml, soap_fault), UNUSABLE),
        (says("200 OK", xml, soap_fault), UNUSABLE),
        (says("200 OK", xml, "not XML"), UNUSABLE),
        (says("200 OK", "application/json", "{}"), UNUSABLE),
        (says("200 OK", xml, &ok.replace(VERIFIED, "paGetPaymentRes")), UNUSABLE),
        (says("200 OK", xml, &ok.replace("</soapenv:Envelope>", "")), UNUSABLE),
        (says("200 OK", xml, &with("99000001018", "99000002024")), UNUSABLE),
        (says("200 OK", xml, &pa_for_node(VERIFIED, "<outcome>OK</outcome>")), UNUSABLE),
        (says("200 OK", xml, &pa_for_node(VERIFIED, "<outcome>KO</outcome>")), UNUSABLE),
        (says("200 OK", xml, &pa_for_node(VERIFIED, &format!("<outcome>OK</outcome>{}", &KO[21..]))), UNUSABLE),
    ] {
        let named = match &manners {
            Manners::Says(bytes) => bytes.clone(),
            _ => String::new(),
        };
        let stranger = Stranger::who(manners);
        assert_eq!(verify_at(stranger.url(), &participants()).outcome(), heard, "{named}");
    }
    let reply = verify_at(&nobody(), &participants());
    assert_eq!(reply.outcome(), UNREACHABLE);
    assert_eq!(reply.element("faultString").as_deref(), Some("Errore di connessione verso la Stazione."));
    assert_eq!(reply.element("id").as_deref(), Some("NodoDeiPagamentiSPC"));
}

#[test]
fn a_station_whose_service_is_off_is_not_called() {
    let stranger = Stranger::agreeing(VERIFIED, OK);
    let mut participants = participants();
    participants["organizations"][0]["stations"][0]["serviceActive"] = json!(false);
    let reply = verify_at(stranger.url(), &participants);
    assert_eq!(reply.outcome(), "PPT_STAZIONE_INT_PA_SERVIZIO_NONATTIVO");
    assert_eq!(stranger.asked(), [""; 0]);
}

#[test]
fn a_station_has_patience_of_its_own() {
    let stranger = Stranger::who(Manners::IsSilent);
    let mut participants = participants();
    participants["organizations"][0]["stations"][0]["timeoutMs"] = json!(50);
    let started = std::time::Instant::now();
    let reply = verify_at(stranger.url(), &participants);
    assert_eq!(reply.outcome(), "PPT_STAZIONE_INT_PA_TIMEOUT");
    assert_eq!(reply.element("description").as_deref(), Some("Timeout risposta dalla Stazione."));
    assert!(started.elapsed() < std::time::Duration::from_millis(1400));
}

#[test]
fn a_station_has_an_address_of_its_own() {
    let stranger = Stranger::agreeing(VERIFIED, OK);
    let mut participants = participants();
    participants["organizations"][0]["stations"][0]["url"] = json!(format!("{}/anywhere", stranger.url()));
    assert_eq!(verify_at(&nobody(), &participants).outcome(), "OK");
}

#[test]
fn the_stations_no_is_told_as_the_channel_wants() {
    let station = Station::spawn();
    let mut participants = participants();
    let extended = verify_at(station.url(), &participants);
    assert_eq!(extended.outcome(), "PPT_ERRORE_EMESSO_DA_PAA");
    assert_eq!(extended.element("id").as_deref(), Some(COMUNE));
    assert_eq!(extended.element("originalFaultCode").as_deref(), Some("PAA_PAGAMENTO_SCONOSCIUTO"));
    assert!(extended.element("description").is_some_and(|text| !text.is_empty()));

    participants["psps"][0]["channels"][0]["extendedFault"] = json!(false);
    let flat = verify_at(station.url(), &participants);
    assert_eq!((flat.outcome(), flat.element("id")), (extended.outcome(), extended.element("id")));
    assert_eq!(flat.element("originalFaultCode"), None);
    let description = flat.element("description").unwrap();
    let lines: Vec<_> = description.lines().map(|line| line.split(": ").next().unwrap()).collect();
    assert_eq!(lines, ["FaultCode PA", "FaultString PA", "Description PA"]);
    assert!(description.starts_with("FaultCode PA: PAA_PAGAMENTO_SCONOSCIUTO\n"), "{description}");
}
