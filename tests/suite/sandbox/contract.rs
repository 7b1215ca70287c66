//! The contract as the Node serves it. A PSP that knows nothing else pays with it in `journeys::third_party`.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::contract::{address, fetch, follow};
use crate::node::Node;

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
