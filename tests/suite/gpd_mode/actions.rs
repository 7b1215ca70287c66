//! Which version answers: the SOAPAction's where it names the other one of the same primitive, else the body's.

use ec_station::domain::position::{DebtPosition, PaymentOption};

use super::gpd;
use crate::given::{self, NAV, OTHER_NAV, a_position, a_position_of, a_receipt_for, an_option, rows};
use crate::station::{Reply, Station, agent};

fn post_as(station: &Station, action: &str, message: &str) -> Reply {
    let request = agent().post(format!("{}/soap/paForNode", station.url())).content_type("text/xml");
    Reply::of(request.header("SOAPAction", action).send(message))
}

fn root_of(reply: &Reply) -> &str {
    reply.body.split("<paf:").nth(1).unwrap().split('>').next().unwrap()
}

#[test]
fn whose_shape_the_reply_has() {
    let table = r#"
        body                         | action                  | in gpd                   | in strict
        paVerifyPaymentNoticeReq     | "paGetPaymentV2"        | paVerifyPaymentNoticeRes | paVerifyPaymentNoticeRes
        paGetPaymentReq              | "paVerifyPaymentNotice" | paGetPaymentRes          | paGetPaymentRes
        paGetPaymentReq              | "paSendRTV2"            | paGetPaymentRes          | paGetPaymentRes
        paGetPaymentReq              | "nobody knows this"     | paGetPaymentRes          | paGetPaymentRes
        paGetPaymentReq              | "paGetPaymentV2Request" | paGetPaymentRes          | paGetPaymentRes
        paGetPaymentReq              |                         | paGetPaymentRes          | paGetPaymentRes
        paGetPaymentReq              | "paGetPayment"          | paGetPaymentRes          | paGetPaymentRes
        paGetPaymentReq              | "paGetPaymentV2"        | paGetPaymentV2Response   | paGetPaymentRes
        paGetPaymentReq              | paGetPaymentV2          | paGetPaymentV2Response   | paGetPaymentRes
        paGetPaymentV2Request        | "paGetPayment"          | paGetPaymentRes          | paGetPaymentV2Response
        paGetPaymentV2Request        | "paGetPaymentV2"        | paGetPaymentV2Response   | paGetPaymentV2Response
        paSendRTReq                  | "paSendRTV2"            | paSendRTV2Response       | paSendRTRes
        paSendRTReq                  | paSendRTV2              | paSendRTV2Response       | paSendRTRes
        paSendRTReq                  | "paGetPaymentV2"        | paSendRTRes              | paSendRTRes
        paSendRTV2Request            | "paSendRT"              | paSendRTRes              | paSendRTV2Response"#;
    for row in rows(table) {
        for (station, root) in [(gpd(), &row[2]), (Station::spawn(), &row[3])] {
            station.load(&a_position());
            let message = match row[0].as_str() {
                "paVerifyPaymentNoticeReq" => given::verify(NAV),
                "paGetPaymentReq" => given::get(NAV, ""),
                "paGetPaymentV2Request" => given::get_v2(NAV, ""),
                "paSendRTReq" => a_receipt_for(NAV).v1(),
                _ => a_receipt_for(NAV).v2(),
            };
            // What breaks the contract and what is refused have the same shape as an OK.
            let broken = message.replace("</idPA>", "</idPA><idPA/>");
            let unknown = message.replace(NAV, OTHER_NAV).replace("receipt-of", "another-of");
            for (message, what) in [(broken, "PAA_SINTASSI"), (message, "OK"), (unknown, "")] {
                let reply = post_as(&station, &row[1], &message);
                assert!(reply.outcome().starts_with(what), "{row:?}: {}", reply.body);
                assert_eq!(root_of(&reply), root, "{row:?}");
            }
        }
    }
}

/// Not only the root: a stamp, the names of beneficiaries and what stands beside an account are the second's alone.
#[test]
fn the_content_is_of_the_version_that_answers() {
    let station = gpd();
    let postal =
        PaymentOption { transfers: vec![given::a_transfer(1, 12_050, given::bank_and_postal())], ..an_option(NAV) };
    let stamp = PaymentOption { transfers: vec![given::a_transfer(1, 12_050, given::stamp())], ..an_option(OTHER_NAV) };
    for option in [postal, stamp] {
        station.load(&DebtPosition { office_name: None, ..a_position_of(vec![option]) });
    }
    let pagopa = "<transferType>PAGOPA</transferType>";
    let second = post_as(&station, "\"paGetPaymentV2\"", &given::get(NAV, pagopa));
    assert_eq!(second.body, station.post(given::get_v2(NAV, pagopa)).body);
    assert!(second.body.contains("IBANAPPOGGIO"), "{}", second.body);
    let first = post_as(&station, "\"paGetPayment\"", &given::get_v2(NAV, pagopa));
    assert_eq!(first.body, station.post(given::get(NAV, pagopa)).body);
    assert!(!first.body.contains("IBANAPPOGGIO"), "{}", first.body);
    assert_eq!(post_as(&station, "\"paGetPayment\"", &given::get_v2(OTHER_NAV, "")).outcome(), "PAA_SEMANTICA");
    assert_eq!(post_as(&station, "\"paGetPaymentV2\"", &given::get(OTHER_NAV, "")).outcome(), "OK");
}

/// The type that a root may claim is its own, whoever answers.
#[test]
fn a_request_is_read_by_its_own_rules() {
    let station = gpd();
    station.load(&a_position());
    let claim = |kind: &str| {
        let attribute = format!(
            "<pafn:paGetPaymentReq xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xsi:type=\"pafn:{kind}\">"
        );
        given::get(NAV, "").replace("<pafn:paGetPaymentReq>", &attribute)
    };
    let outcome = |kind| post_as(&station, "\"paGetPaymentV2\"", &claim(kind)).outcome();
    assert_eq!(outcome("paGetPaymentV2Request"), "PAA_SINTASSI_XSD");
    assert_eq!(outcome("paGetPaymentReq"), "OK");

    // A receipt is of the version that was sent.
    post_as(&station, "\"paSendRTV2\"", &a_receipt_for(NAV).v1());
    assert_eq!(station.count("SELECT version FROM receipt"), 1);
}
