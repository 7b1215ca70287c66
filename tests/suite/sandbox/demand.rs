//! `demandPaymentNotice`: a notice for somebody who has none.

use serde_json::{Value, json};

use super::stranger::{Stranger, nobody};
use crate::given::{COMUNE, NAV, days};
use crate::node::{BANK_HEAD, Node, participants};
use crate::station::{Reply, Station};

/// Services of every kind, all of the fictional town but two.
fn with_services() -> Value {
    let service = |code: &str, member: &str, value: Value| {
        let mut service = json!({"idSoggettoServizio": code, "idServizio": "00009", "organization": COMUNE,
                                 "idStation": format!("{COMUNE}_01")});
        service[member] = value;
        service
    };
    let mut file = participants();
    let off = json!({"fiscalCode": "99000009091", "companyName": "Ente spento", "active": false});
    file["organizations"].as_array_mut().unwrap().push(off);
    file["services"] = json!([
        service("00005", "comment", Value::Null),
        service("00001", "active", json!(false)),
        service("00002", "validTo", json!("2026-11-21")),
        service("00006", "validFrom", json!("2026-11-23")),
        service("60001", "version", json!(1)),
        service("00003", "organization", json!("99000009999")),
        service("00004", "organization", json!("99000009091")),
        service("80003", "idStation", json!("99000001018_99")),
    ]);
    for service in file["services"].as_array_mut().unwrap() {
        service.as_object_mut().unwrap().remove("comment");
    }
    file
}

fn demand(node: &Node, service: &str) -> Reply {
    let content = format!(
        "{BANK_HEAD}<idSoggettoServizio>{service}</idSoggettoServizio><datiSpecificiServizio>QUJD</datiSpecificiServizio>"
    );
    node.ask("demandPaymentNotice", "demandPaymentNoticeRequest", &content)
}

#[test]
fn services_that_make_no_notice() {
    let node = Node::with(&nobody(), &with_services(), |_| ());
    for (service, heard) in [
        ("00099", "PPT_SERVIZIO_SCONOSCIUTO"),
        ("00001", "PPT_SERVIZIO_NONATTIVO"),
        ("00002", "PPT_SERVIZIO_NONATTIVO"),
        ("00006", "PPT_SERVIZIO_NONATTIVO"),
        ("60001", "PPT_VERSIONE_SERVIZIO"),
        ("00003", "PPT_DOMINIO_SCONOSCIUTO"),
        ("00004", "PPT_DOMINIO_DISABILITATO"),
        ("80003", "PPT_STAZIONE_INT_PA_SCONOSCIUTA"),
        ("00005", "PPT_STAZIONE_INT_PA_IRRAGGIUNGIBILE"),
    ] {
        assert_eq!(demand(&node, service).outcome(), heard, "{service}");
    }
    node.set_now(days(1));
    assert_eq!(demand(&node, "00006").outcome(), "PPT_STAZIONE_INT_PA_IRRAGGIUNGIBILE", "its first day has come");
}

#[test]
fn a_station_that_makes_notices() {
    let content = format!(
        "<outcome>OK</outcome><qrCode><fiscalCode>{COMUNE}</fiscalCode><noticeNumber>{NAV}</noticeNumber></qrCode>\
         <paymentList><paymentOptionDescription><amount>35.00</amount><options>EQ</options><dueDate>2026-12-31</dueDate>\
         <detailDescription>Pasti</detailDescription><allCCP>false</allCCP></paymentOptionDescription></paymentList>\
         <paymentDescription>Mensa scolastica</paymentDescription><fiscalCodePA>{COMUNE}</fiscalCodePA>\
         <companyName>Comune di Borgolieve</companyName>"
    );
    let stranger = Stranger::agreeing("paDemandPaymentNoticeResponse", &content);
    let reply = demand(&Node::with(stranger.url(), &with_services(), |_| ()), "00005");
    assert_eq!(reply.outcome(), "OK");
    assert_eq!(reply.element("noticeNumber").as_deref(), Some(NAV));
    assert_eq!(reply.element("paymentNote").as_deref(), Some("Pasti"));
    let asked = stranger.asked().concat();
    for part in [
        "<idStation>99000001018_01</idStation><idServizio>00009</idServizio>",
        "<idSoggettoServizio>00005</idSoggettoServizio>",
        "<datiSpecificiServizioRequest>QUJD</datiSpecificiServizioRequest>",
    ] {
        assert!(asked.contains(part), "{part} in {asked}");
    }
}

#[test]
fn a_station_that_makes_none() {
    let station = Station::spawn();
    let reply = demand(&Node::with(station.url(), &with_services(), |_| ()), "00005");
    assert_eq!(reply.outcome(), "PPT_ERRORE_EMESSO_DA_PAA");
    assert_eq!(reply.element("id").as_deref(), Some(COMUNE));
}
