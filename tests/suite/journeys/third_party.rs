//! A PSP whose toolkit has seen nothing of this project but the Node's contract pays notices from end to end.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use super::stamp::a_position_with_a_stamp;
use super::{a_position_for, is_settled, issue, receipts};
use crate::given::{COMUNE, NAV, OTHER_NAV, POSTAL};
use crate::node::Node;
use crate::python::python;
use crate::sandbox::psp::receipts_that_are;
use crate::sandbox::stamps::document;
use crate::station::Station;

#[test]
fn a_toolkit_that_knows_only_the_url() {
    for path in ["/nodo/node-for-psp/v1", "/soap/nodeForPsp"] {
        let station = Station::spawn();
        let mut slip = a_position_for(NAV);
        slip["paymentOption"][0]["transfer"][0]["postalIban"] = json!(POSTAL);
        issue(&station, &slip);
        issue(&station, &a_position_with_a_stamp(OTHER_NAV));
        let node = Node::calling(station.url());
        let learnt = zeep(&[&format!("{}{path}", node.url()), COMUNE, NAV, "000099999999", OTHER_NAV, &document()]);
        for nav in [NAV, OTHER_NAV] {
            receipts_that_are(&node, nav, "NOTIFIED");
        }
        let (token, other) = (learnt["slip"]["token"].as_str().unwrap(), learnt["stamp"]["token"].as_str().unwrap());
        let expected = json!({
            "slip": {"amount": "120.50", "company": "Comune di Borgolieve", "allCCP": true, "notice": NAV,
                     "ibans": [POSTAL], "token": token, "again": "PPT_PAGAMENTO_DUPLICATO"},
            "stamp": {"amount": "120.50", "stamps": 1, "token": other, "again": "PPT_PAGAMENTO_DUPLICATO"},
            "unsupported": "Operazione non supportata",
        });
        assert_eq!(learnt, expected, "{path}");
        is_settled(&station, NAV, token);
        is_settled(&station, OTHER_NAV, other);
        let stamped = &receipts(&station, COMUNE, OTHER_NAV)[0]["parsed"];
        assert!(stamped["transfers"][1]["stamp"].is_object(), "{stamped}");
    }
}

/// What a program of another language, with a library of its own, says at its end.
fn zeep(arguments: &[&str]) -> Value {
    let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/zeep_psp.py");
    let output = Command::new(python()).arg(program).args(arguments).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    serde_json::from_str(&out).unwrap()
}
