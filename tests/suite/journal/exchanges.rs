//! Every exchange is in the journal, byte for byte.

use ec_station::journal::{Exchange, Outcome};

use crate::given::{self, COMUNE, NAV, OTHER_NAV, Receipt, a_position, a_receipt_for};
use crate::journal::{exchanges, until};
use crate::station::{Reply, Station, agent};

const SECRET: &str = "s3cr3t";

/// What was sent, and how its exchange ends in the journal: operation, outcome, fault, rule.
type Case = (Vec<u8>, [&'static str; 4]);

fn cases() -> Vec<Case> {
    let receipt = a_receipt_for(NAV);
    let altered = Receipt { amount: "999.99".into(), ..receipt.clone() };
    let double = Receipt { id: "second".into(), ..receipt.clone() };
    let orphan = a_receipt_for(OTHER_NAV);
    let stranger = Receipt { head: given::head(COMUNE, "11111111111", "x"), id: "third".into(), ..receipt.clone() };
    let mut latin = b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>".to_vec();
    latin.extend(given::verify(NAV).replace("<soapenv:Header/>", "<!-- citt\u{e0} -->").chars().map(|c| c as u8));
    let text = |text: String, ends| (text.into_bytes(), ends);
    vec![
        text(given::verify(NAV), ["paVerifyPaymentNotice", "OK", "", "C9"]),
        (latin, ["paVerifyPaymentNotice", "OK", "", "C9"]),
        text(given::get(NAV, ""), ["paGetPayment", "OK", "", "C9"]),
        text(given::get_v2(OTHER_NAV, ""), ["paGetPaymentV2", "KO", "PAA_PAGAMENTO_SCONOSCIUTO", "C1"]),
        text(given::demand(), ["paDemandPaymentNotice", "KO", "PAA_SEMANTICA", "E"]),
        text(given::get(NAV, "<x/>"), ["paGetPayment", "KO", "PAA_SINTASSI_EXTRAXSD", "A10"]),
        text(receipt.v1(), ["paSendRT", "OK", "", "D8"]),
        text(receipt.v2(), ["paSendRTV2", "KO", "PAA_RECEIPT_DUPLICATA", "D1"]),
        text(altered.v1(), ["paSendRT", "KO", "PAA_RECEIPT_DUPLICATA", "D2"]),
        text(double.v2(), ["paSendRTV2", "OK", "", "D10"]),
        text(orphan.v1(), ["paSendRT", "OK", "", "D7"]),
        text(stranger.v2(), ["paSendRTV2", "KO", "PAA_ID_INTERMEDIARIO_ERRATO", "B2"]),
        text(given::request("paSendRTReq", "unreadable"), ["paSendRT", "KO", "PAA_SINTASSI_EXTRAXSD", "A10"]),
        text(given::envelope("<nothing/>"), ["", "FAULT", "Client", "A8"]),
        (vec![0xff, 0x00, 0xfe], ["", "FAULT", "Client", "A5"]),
        text(String::new(), ["", "FAULT", "Client", "A5"]),
    ]
}

fn ends(exchange: &Exchange) -> [&str; 4] {
    let text = |text: &'_ Option<String>| text.clone().unwrap_or_default().leak() as &str;
    [&exchange.about.operation, exchange.outcome.as_str(), text(&exchange.fault), text(&exchange.rule)]
}

#[test]
fn every_exchange_is_kept_byte_for_byte() {
    let station = Station::spawn();
    station.load(&a_position());
    let sent: Vec<(Case, Reply)> = cases()
        .into_iter()
        .map(|case| {
            let request = agent().post(format!("{}/soap/paForNode?x={SECRET}", station.url()));
            let request = request.content_type("text/xml").header("X-Request-Id", "0123");
            let request = request.header("Authorization", SECRET).header("Ocp-Apim-Subscription-Key", SECRET);
            let reply = Reply::of(request.header("SOAPAction", "\"it does not matter\"").send(&case.0[..]));
            (case, reply)
        })
        .collect();
    until("all are there", || exchanges(station.database()).len() == sent.len());

    let mut kept = exchanges(station.database());
    for ((message, expected), reply) in &sent {
        let same = |kept: &Exchange| kept.request.as_ref() == Some(message) && ends(kept) == *expected;
        let found = kept.iter().position(same);
        let found = found.unwrap_or_else(|| {
            let ends: Vec<_> = kept.iter().filter(|kept| kept.request.as_ref() == Some(message)).map(ends).collect();
            panic!("{expected:?} of {}: {ends:?}", String::from_utf8_lossy(message))
        });
        let exchange = kept.remove(found);
        assert_eq!(exchange.response.as_deref(), Some(reply.body.as_bytes()), "{expected:?}");
        assert_eq!(exchange.status, reply.status, "{expected:?}");
        assert_eq!((&*exchange.method, &*exchange.path), ("POST", "/soap/paForNode"));
        assert!(exchange.peer.starts_with("127.0.0.1:"), "{}", exchange.peer);
        assert_eq!(exchange.received_at, given::today());
        let header = |name: &str| {
            let found = exchange.request_headers.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.as_str())
        };
        assert_eq!(header("content-type"), Some("text/xml"));
        assert_eq!(header("x-request-id"), Some("0123"));
        assert_eq!(header("soapaction"), Some("\"it does not matter\""));
        for secret in ["authorization", "ocp-apim-subscription-key"] {
            assert_eq!(header(secret), Some("(not kept)"));
        }
        let everything = format!("{:?} {} {}", exchange.request_headers, exchange.path, exchange.why);
        assert!(!everything.contains(SECRET), "{everything}");
        let answered = exchange.response_headers.iter().find(|(name, _)| name == "content-type");
        assert_eq!(answered.map(|(_, value)| value.as_str()), reply.header("content-type"));
    }
}

/// What no body was read of: the wrong method, the wrong type, too much.
#[test]
fn what_was_turned_away_is_kept_without_a_body() {
    let station = Station::spawn();
    let put = agent().put(format!("{}/soap/paForNode", station.url())).send("x");
    assert_eq!(Reply::of(put).outcome(), "405");
    assert_eq!(station.post_to("/partner", "application/json", "{}").outcome(), "415");
    assert_eq!(station.post(" ".repeat(5_000_000)).outcome(), "413");
    until("all are there", || exchanges(station.database()).len() == 3);
    let mut kept = exchanges(station.database());
    kept.sort_by_key(|exchange| exchange.status);
    let told: Vec<_> =
        kept.iter().map(|kept| (kept.status, &*kept.method, &*kept.path, kept.rule.as_deref())).collect();
    let path = "/soap/paForNode";
    let expected = [(405, "PUT", path, "A1"), (413, "POST", path, "A3"), (415, "POST", "/partner", "A2")];
    assert_eq!(told, expected.map(|(status, method, path, rule)| (status, method, path, Some(rule))));
    for exchange in kept {
        assert_eq!((exchange.request, exchange.response, exchange.outcome), (None, None, Outcome::Fault));
    }
}

/// The largest receipt that the settings allow, as one segment.
#[test]
fn the_largest_receipt_is_kept() {
    let station = Station::spawn_with(|settings| settings.limits.body_bytes = 16 << 20);
    station.load(&a_position());
    let room = (16 << 20) - a_receipt_for(NAV).v2().len();
    let padding = format!("<!--{}-->", "x".repeat(room - 7));
    let message = a_receipt_for(NAV).v2().replace("<receipt>", &format!("<receipt>{padding}"));
    assert_eq!(message.len(), 16 << 20);
    assert_eq!(station.post(&message).outcome(), "OK");
    assert_eq!(exchanges(station.database())[0].request.as_deref(), Some(message.as_bytes()));
}
