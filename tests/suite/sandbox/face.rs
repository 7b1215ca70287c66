//! The SOAP edge: what is taken, how operations are told apart, and what is said when they cannot be.

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use super::stranger::nobody;
use crate::given::{COMUNE, NAV, a_position};
use crate::node::{BANK_HEAD, Node};
use crate::station::{Reply, Station, agent};

const PATH: &str = "/nodo/node-for-psp/v1";
const NAMESPACE: &str = "http://pagopa-api.pagopa.gov.it/node/nodeForPsp.xsd";
const OLDER: &str = "http://ws.pagamenti.telematici.gov/";
const ACTION: (&str, &str) = ("SOAPAction", "verifyPaymentNotice");
const XML: (&str, &str) = ("Content-Type", "text/xml; charset=utf-8");

/// A verify as suites for PSPs write it, with their comments.
fn verify() -> String {
    format!(
        "<soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:nod=\"{NAMESPACE}\">\n\
         <soapenv:Header/>\n<soapenv:Body>\n<nod:verifyPaymentNoticeReq>\n<!--Who asks:-->\n{BANK_HEAD}\n<qrCode>\n\
         <fiscalCode>{COMUNE}</fiscalCode>\n<!--Optional:-->\n<noticeNumber>{NAV}</noticeNumber>\n</qrCode>\n\
         </nod:verifyPaymentNoticeReq>\n</soapenv:Body>\n</soapenv:Envelope>"
    )
}

/// The element in the Body of a reply, with its prefix.
fn root(reply: &Reply) -> &str {
    let inside = reply.body.split("Body><").nth(1).unwrap_or_default();
    inside.split(['>', ' ']).next().unwrap_or_default()
}

#[test]
fn as_psps_send_it() {
    let station = Station::spawn();
    station.load(&a_position());
    let node = Node::calling(station.url());
    let paths = [
        PATH,
        "/nodo-auth/node-for-psp/v1",
        "/node-for-psp/v1",
        "/nodo/webservices/input",
        "/webservices/input",
        "/soap/nodeForPsp",
    ];
    for path in paths {
        let headers = [("Content-Type", "application/xml"), ACTION, ("Ocp-Apim-Subscription-Key", "whatever")];
        let reply = node.post_with(path, &headers, verify());
        assert_eq!(reply.outcome(), "OK", "{path}");
        assert!(
            reply.body.contains("<soapenv:Body><nfp:verifyPaymentNoticeRes><outcome>OK</outcome>"),
            "{}",
            reply.body
        );
        assert!(!reply.body.contains("standin"), "it is told only where it is so");
    }
    for headers in [
        vec![XML],
        vec![XML, ("SOAPAction", "\"verifyPaymentNotice\"")],
        vec![XML, ("SOAPAction", "\"\"")],
        vec![("Content-Type", "application/xml;charset=UTF-8"), ACTION],
        vec![ACTION],
    ] {
        assert_eq!(node.post_with(PATH, &headers, verify()).outcome(), "OK", "{headers:?}");
    }
    let own = |text: &str| verify().replace("nod:", text).replace("xmlns:nod", "xmlns:p");
    let default = verify().replace("soapenv:", "").replace("xmlns:soapenv", "xmlns");
    for message in [
        own("p:").replace("xmlns:p:", "xmlns:p"),
        verify().replace("<nod:verifyPaymentNoticeReq>", "<nod:verifyPaymentNoticeReq xmlns:xsi=\"urn:x\" xmlns=\"\">"),
        default.replace("<nod:verifyPaymentNoticeReq>", "<nod:verifyPaymentNoticeReq xmlns=\"\">"),
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>{}", verify()),
    ] {
        assert_eq!(node.post_with(PATH, &[XML, ACTION], &message).outcome(), "OK", "{message}");
    }
}

#[test]
fn what_is_wrong_with_the_message_is_told_by_its_operation() {
    let node = Node::calling(&nobody());
    let empty = |content: &str| {
        let (before, rest) = verify().split_once("<nod:").map(|(a, b)| (a.to_owned(), b.to_owned())).unwrap();
        let after = rest.split_once("</nod:verifyPaymentNoticeReq>").unwrap().1;
        format!("{before}{content}{after}")
    };
    let syntax = "PPT_SINTASSI_EXTRAXSD";
    for (message, heard) in [
        (verify().replace("/soap/envelope/", "/ciao/envelope/"), syntax),
        (verify().replace(":Body", ":Bodies"), syntax),
        (empty(""), syntax),
        (empty("text"), syntax),
        (empty("<nod:verifyPaymentNotice/>"), syntax),
        (verify().replace(NAMESPACE, "urn:other"), syntax),
        (verify().replace("verifyPaymentNoticeReq", "verificaBollettinoReq"), "PPT_SOAPACTION_ERRATA"),
        (verify().replace("verifyPaymentNoticeReq", "activatePaymentNoticeV2Request"), "PPT_SOAPACTION_ERRATA"),
    ] {
        let reply = node.post_with(PATH, &[XML, ACTION], &message);
        assert_eq!(
            (reply.status, reply.outcome().as_str(), root(&reply)),
            (200, heard, "nfp:verifyPaymentNoticeRes"),
            "{message}"
        );
        assert!(reply.element("description").is_some_and(|text| !text.is_empty()), "{}", reply.body);
    }
    let reply = node.post_with(PATH, &[XML, ("SOAPAction", "verificaBollettino")], empty(""));
    assert_eq!((reply.outcome().as_str(), root(&reply)), (syntax, "nfp:verificaBollettinoRes"));
}

#[test]
fn a_form_that_the_contract_does_not_have() {
    let node = Node::calling(&nobody());
    for (from, to) in [
        ("<password>pwdpwdpwd</password>", "<password>pwdpwdp</password>"),
        ("<password>pwdpwdpwd</password>", "<password>pwdpwdpwdpwdpwdp</password>"),
        ("<password>pwdpwdpwd</password>", ""),
        ("<idPSP>99000003030</idPSP>", "<idPSP/>"),
        ("<idPSP>99000003030</idPSP>", "<nod:idPSP>99000003030</nod:idPSP>"),
        (NAV, "30700000000123457"),
        (NAV, "30700000000123457A"),
        ("</qrCode>", "</qrCode><amount>1.00</amount>"),
        (">99000001018<", ">9900000101<"),
    ] {
        let reply = node.post_with(PATH, &[XML, ACTION], verify().replace(from, to));
        assert_eq!(reply.outcome(), "PPT_SINTASSI_EXTRAXSD", "{from} as {to}");
        let description = reply.element("description").unwrap();
        assert!(description.starts_with("verifyPaymentNoticeReq"), "where it is: {description}");
        assert!(!description.contains("pwd"), "what is wrong is not repeated: {description}");
    }
    for aux_digit in [0, 1, 2, 5, 9] {
        let message = verify().replace(NAV, &format!("{aux_digit}{}", &NAV[1..]));
        assert_eq!(node.post_with(PATH, &[XML, ACTION], message).outcome(), "PPT_STAZIONE_INT_PA_SCONOSCIUTA");
    }
}

#[test]
fn what_nobody_can_answer_is_a_soap_fault() {
    let node = Node::calling(&nobody());
    let message = |element: &str| {
        format!(
            "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>{element}</s:Body></s:Envelope>"
        )
    };
    let unsupported = ("Client", "Operazione non supportata");
    let mut cases = vec![
        (Some("verifyPayment"), verify(), ("PPT_SOAPACTION_ERRATA", "SOAPAction errata.")),
        (Some("http://tempuri.org/<x>"), verify(), ("PPT_SOAPACTION_ERRATA", "SOAPAction errata.")),
        (Some("verifyPaymentNotice"), "not XML".into(), ("Client", "XML_STREAM_EXC")),
        (Some("verifyPaymentNotice"), String::new(), ("Client", "XML_STREAM_EXC")),
        (Some("verifyPaymentNotice"), verify().replace("xmlns:nod", "xmlns:not"), ("Client", "XML_STREAM_EXC")),
        (None, format!("<!DOCTYPE x [<!ENTITY a \"b\">]>{}", verify()), ("Client", "XML_STREAM_EXC")),
        (None, message(""), ("Client", "NO_OPERATION")),
        (None, "<x/>".into(), ("Client", "NO_OPERATION")),
        (None, message("<x/>"), unsupported),
        (
            None,
            verify().replace(
                "<soapenv:Header/>",
                "<soapenv:Header><a xmlns=\"urn:a\" soapenv:mustUnderstand=\"1\"/></soapenv:Header>",
            ),
            ("MustUnderstand", "a header block must be understood and is not"),
        ),
    ];
    for name in [
        "nodoChiediCatalogoServiziV2",
        "nodoInviaFlussoRendicontazione",
        "nodoChiediTemplateInformativaPSP",
        "nodoChiediInformativaPA",
    ] {
        cases.push((Some(name), message(&format!("<{name} xmlns=\"{OLDER}\"/>")), unsupported));
        cases.push((None, message(&format!("<{name} xmlns=\"{OLDER}\"/>")), unsupported));
        cases.push((Some(name), message(&format!("<{name}Request xmlns=\"{NAMESPACE}\"/>")), unsupported));
        cases.push((None, message(&format!("<{name}Request xmlns=\"{NAMESPACE}\"/>")), unsupported));
    }
    for (action, message, (code, text)) in cases {
        let mut headers = vec![XML];
        headers.extend(action.map(|action| ("SOAPAction", action)));
        let reply = node.post_with(PATH, &headers, &message);
        assert_eq!(reply.outcome(), format!("Fault {code}"), "{action:?} {message}");
        assert_eq!(reply.element("faultstring").as_deref(), Some(text), "{action:?} {message}");
    }
}

#[test]
fn what_is_no_message_at_all() {
    let node = Node::calling(&nobody());
    let status = |headers: &[(&str, &str)]| node.post_with(PATH, headers, verify()).status;
    assert_eq!(status(&[("Content-Type", "application/json"), ACTION]), 415);
    assert_eq!(status(&[XML, ACTION, ("Content-Encoding", "gzip")]), 415);
    assert_eq!(node.post_with(PATH, &[XML, ACTION], vec![b' '; 5 << 20]).status, 413);
    assert_eq!(agent().get(format!("{}{PATH}", node.url())).call().unwrap().status().as_u16(), 405);
    assert_eq!(node.post_with("/nodo", &[XML, ACTION], verify()).status, 404);
}

#[test]
fn the_story_is_told() {
    let station = Station::spawn();
    station.load(&a_position());
    let node = Node::calling(station.url());
    node.post("verifyPaymentNotice", verify());
    let story = node.page(&format!("/sandbox/story?notice={NAV}"));
    let steps: Vec<_> = story.as_array().unwrap().iter().map(|step| step["between"].as_str().unwrap()).collect();
    assert_eq!(steps, ["PSP_TO_NODE", "NODE_TO_STATION", "STATION_TO_NODE", "NODE_TO_PSP"]);
    assert_eq!(story[2]["thought"], "120.50 EUR can be paid");
    assert_eq!(story[3]["what"], "verifyPaymentNotice OK");
}

/// Every reply is judged by the validator on its way; here it only matters that there is one.
#[test]
fn whatever_comes_there_is_an_answer() {
    let node = Node::calling(&nobody());
    let change = (any::<prop::sample::Index>(), 0u8..4, any::<u8>());
    let changed = vec(change, 0..6).prop_map(|changes| {
        let mut bytes = verify().into_bytes();
        for (at, what, byte) in changes {
            let at = at.index(bytes.len());
            match what {
                0 => bytes[at] = byte,
                1 => bytes.insert(at, b"<>&'\"/ ![]?\0"[usize::from(byte) % 12]),
                2 => drop(bytes.drain(at..bytes.len().min(at + 20))),
                _ => bytes.truncate(at + 1),
            }
            if bytes.is_empty() {
                break;
            }
        }
        bytes
    });
    let message = prop_oneof![1 => vec(any::<u8>(), 0..200), 9 => changed];
    let action =
        prop::sample::select(vec!["verifyPaymentNotice", "verificaBollettino", "demandPaymentNotice", "", "x"]);
    let mut runner = TestRunner::new(Config { cases: 300, failure_persistence: None, ..Config::default() });
    let answers = runner.run(&(message, action), |(message, action)| {
        let reply = node.post(action, &message);
        let answered = match reply.status {
            200 => root(&reply).starts_with("nfp:") && reply.element("outcome").is_some(),
            500 => reply.outcome().starts_with("Fault "),
            _ => false,
        };
        prop_assert!(answered, "{} {}", reply.status, reply.body);
        Ok(())
    });
    answers.unwrap();
}
