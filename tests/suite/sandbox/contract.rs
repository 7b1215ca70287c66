//! The contract as the Node serves it, and a PSP's toolkit that knows nothing else.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use crate::contract::{address, fetch, follow};
use crate::given::{self, COMUNE, NAV, a_position_of, a_transfer, an_option};
use crate::node::Node;
use crate::oracle;
use crate::station::Station;

const PATHS: [&str; 6] = [
    "/nodo/node-for-psp/v1",
    "/nodo-auth/node-for-psp/v1",
    "/node-for-psp/v1",
    "/nodo/webservices/input",
    "/webservices/input",
    "/soap/nodeForPsp",
];

/// The schemas a document leads to, by their own links.
fn schemas(url: &str, text: &str, found: &mut BTreeSet<String>) {
    for link in text.split("schemaLocation=\"").skip(1) {
        let schema = follow(url, link.split('"').next().unwrap());
        if found.insert(schema.clone()) {
            let text = fetch(&schema).unwrap();
            schemas(&schema, &text, found);
        }
    }
}

#[test]
fn the_wsdl_and_its_schemas_are_at_every_address() {
    let node = Node::calling("http://127.0.0.1:9");
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let own = fs::read_to_string(here.join("wsdl/nodeForPsp.wsdl")).unwrap();
    for path in PATHS {
        let url = format!("{}{path}?wsdl", node.url());
        let wsdl = fetch(&url).unwrap();
        assert_eq!(address(&wsdl), format!("{}{path}", node.url()));
        assert_eq!(wsdl.replace(address(&wsdl), address(&own)), own, "nothing else is changed");
        let mut found = BTreeSet::new();
        schemas(&url, &wsdl, &mut found);
        let files: Vec<_> = found.iter().map(|url| url.rsplit('/').next().unwrap()).collect();
        assert_eq!(files, ["commonTypes.xsd", "nodeForPsp.xsd", "nodoPerPsp.xsd"], "{path}");
        for (url, file) in found.iter().zip(files) {
            assert_eq!(fetch(url).unwrap(), fs::read_to_string(here.join("xsd").join(file)).unwrap());
        }
    }
    assert_eq!(fetch(&format!("{}/xsd/other.xsd", node.url())), Err(404));
}

/// A client built by a stranger's toolkit from nothing but the URL.
#[test]
fn a_toolkit_that_knows_only_the_url() {
    let station = Station::spawn();
    let mut option = an_option(NAV);
    option.transfers = vec![a_transfer(1, 12_050, given::bank_and_postal())];
    station.load(&a_position_of(vec![option]));
    let node = Node::calling(station.url());
    let client = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/zeep_psp.py");
    for path in ["/nodo/node-for-psp/v1", "/soap/nodeForPsp"] {
        let mut command = Command::new(oracle::python());
        let address = format!("{}{path}", node.url());
        let output = command.arg(&client).args([&address, COMUNE, NAV, "000099999999"]).output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{path}: {out}{err}");
        let learnt: serde_json::Value = serde_json::from_str(&out).unwrap();
        let expected = serde_json::json!({
            "verified": {"amount": "120.50", "company": "Comune di Borgolieve"},
            "slip": {"amount": "120.50", "allCCP": true, "notice": NAV},
            "unsupported": "Operazione non supportata",
        });
        assert_eq!(learnt, expected, "{path}");
    }
}
