//! Table A: what must hold before a message is anybody's question. Each file takes some rows of `domain` 4.3.

mod bounds;
mod connections;
mod encodings;
mod envelopes;
mod masses;
mod styles;

use crate::given::{self, NAV, OTHER_NAV, a_position, rows};
use crate::socket::Socket;
use crate::station::{Reply, Station, agent};

/// A1: an operation is asked for by POST and by nothing else.
#[test]
fn only_post_is_answered() {
    let station = Station::spawn();
    for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "post"] {
        for target in
            ["/soap/paForNode", "/partner", "/gpd-payments/api/v1", "/soap/paForNode?xsd", "/soap/paForNode?wsdl=1"]
        {
            let mut socket = Socket::to(station.url());
            socket.send(format!("{method} {target} HTTP/1.1\r\nHost: station\r\nContent-Length: 0\r\n\r\n"));
            let reply = socket.answer().unwrap();
            assert_eq!((reply.status, reply.body.as_str()), (405, ""), "{method} {target}");
            assert_eq!(reply.header("allow"), Some("POST"), "{method} {target}");
        }
    }
}

/// A2, and what a charset does to the bytes is told in `encodings`.
#[test]
fn which_content_types_are_taken() {
    let station = Station::spawn();
    station.load(&a_position());
    let table = r#"
        Content-Type                                 | Content-Encoding | answer
        -                                            | -                | OK
        text/xml                                     | -                | OK
        text/xml; charset=utf-8                      | -                | OK
        text/xml;charset="UTF-8"                     | -                | OK
        Text/XML ; Charset=utf-8                     | -                | OK
        TEXT/XML; CHARSET=UTF-8                      | identity         | OK
        text/xml; action="paGetPayment"; charset=utf-8 | -              | OK
        application/xml                              | -                | OK
        application/xml; charset=utf-8               | -                | OK
        APPLICATION/XML;charset=US-ASCII             | -                | OK
        text/xml; charset=                           | -                | OK
        text/xml; charset=klingon                    | -                | Fault Client
        application/json                             | -                | 415
        application/soap+xml; charset=utf-8          | -                | 415
        multipart/related; type="text/xml"           | -                | 415
        application/x-www-form-urlencoded            | -                | 415
        text/plain                                   | -                | 415
        text/xmlish                                  | -                | 415
        text                                         | -                | 415
        text/xml                                     | gzip             | 415
        text/xml                                     | deflate          | 415
        text/xml                                     | br, gzip         | 415"#;
    for row in rows(table) {
        let mut request = agent().post(format!("{}/soap/paForNode", station.url()));
        for (name, value) in [("Content-Type", &row[0]), ("Content-Encoding", &row[1])] {
            if value != "-" {
                request = request.header(name, value);
            }
        }
        // Bytes, to which the client adds no type of its own.
        let reply = Reply::of(request.send(given::verify(NAV).as_bytes()));
        assert_eq!(reply.outcome(), row[2], "{row:?}");
    }
}

/// A9: the Body decides, whatever the header says.
#[test]
fn the_soap_action_decides_nothing() {
    let station = Station::spawn();
    station.load(&a_position());
    let calls = [
        (given::verify(NAV), "paVerifyPaymentNoticeRes"),
        (given::get(NAV, ""), "paGetPaymentRes"),
        (given::get_v2(NAV, ""), "paGetPaymentV2Response"),
    ];
    let actions = [
        None,
        Some(""),
        Some("\"\""),
        Some("paVerifyPaymentNotice"),
        Some("\"paVerifyPaymentNotice\""),
        Some("\"paGetPayment\""),
        Some("paGetPaymentV2"),
        Some("\"paSendRT\""),
        Some("paNobodyKnowsThis"),
        Some("http://example.org/\u{e0}"),
    ];
    for (message, root) in &calls {
        for action in actions {
            let mut request = agent().post(format!("{}/soap/paForNode", station.url())).content_type("text/xml");
            if let Some(action) = action {
                request = request.header("SOAPAction", action);
            }
            let reply = Reply::of(request.send(message));
            assert_eq!(reply.outcome(), "OK", "{root} with {action:?}");
            assert!(reply.body.contains(&format!("<paf:{root}>")), "{root} with {action:?}: {}", reply.body);
        }
    }
}

#[test]
fn both_paths_answer_alike() {
    let station = Station::spawn();
    station.load(&a_position());
    let messages = [
        given::verify(NAV),
        given::verify(OTHER_NAV),
        given::get(NAV, "<transferType>POSTAL</transferType>"),
        given::get_v2(NAV, ""),
        given::demand(),
        given::request("paVerifyPaymentNoticeReq", ""),
        given::envelope(""),
        "no XML".into(),
    ];
    for message in &messages {
        let post = |path| station.post_to(path, "text/xml", message.as_bytes());
        let ours = post("/soap/paForNode");
        for theirs in ["/partner", "/partner/x", "/gpd-payments/api/v1"].map(post) {
            assert_eq!((ours.status, &ours.body), (theirs.status, &theirs.body), "{message}");
        }
    }
    let receipt = given::a_receipt_for(NAV).v1();
    assert_eq!(station.post_to("/soap/paForNode", "text/xml", &receipt).outcome(), "OK");
    assert_eq!(station.post_to("/partner", "text/xml", &receipt).outcome(), "PAA_RECEIPT_DUPLICATA");
    for elsewhere in ["/soap", "/soap/paForNode/", "/gpd-payments/api", "/soap/pafornode"] {
        assert_eq!(station.post_to(elsewhere, "text/xml", given::verify(NAV)).outcome(), "404", "{elsewhere}");
    }
}
