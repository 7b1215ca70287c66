//! The contract as the station serves it: enough for any SOAP toolkit, which knows nothing but the URL.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;

use ec_station::domain::codes::OrganizationCode;
use ec_station::domain::position::Transfer;

use crate::given::{self, COMUNE, NAV, OTHER_NAV, PROVINCIA, a_position, a_position_of, a_transfer, an_option};
use crate::python::python;
use crate::station::{Station, agent};

/// A document and its type, or the status where there is none.
pub fn fetch(url: &str) -> Result<String, u16> {
    let mut response = agent().get(url).call().unwrap();
    if response.status().as_u16() != 200 {
        return Err(response.status().as_u16());
    }
    assert_eq!(response.headers()["content-type"], "text/xml; charset=utf-8", "{url}");
    Ok(response.body_mut().read_to_string().unwrap())
}

/// What a GET with headers of our own choice brings, as it stands on the wire.
fn get(station: &Station, target: &str, headers: &str) -> String {
    let mut stream = TcpStream::connect(station.url().trim_start_matches("http://")).unwrap();
    write!(stream, "GET {target} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// The value of the first attribute of a name.
pub fn attribute<'a>(text: &'a str, name: &str) -> &'a str {
    text.split(&format!("{name}=\"")).nth(1).unwrap().split('"').next().unwrap()
}

pub fn address(wsdl: &str) -> &str {
    attribute(wsdl.split("<soap:address").nth(1).expect("the WSDL says where the service is"), "location")
}

/// A link as a toolkit follows it (RFC 3986, 5.2): relative to the folder of the document that has it.
pub fn follow(base: &str, link: &str) -> String {
    let after_host = base.find("://").unwrap() + 3;
    let (host, path) = base.split_at(base[after_host..].find('/').unwrap() + after_host);
    let mut segments: Vec<&str> = path.split('?').next().unwrap().split('/').collect();
    segments.pop();
    for part in link.split('/') {
        match part {
            ".." if segments.len() > 1 => drop(segments.pop()),
            ".." => {}
            part => segments.push(part),
        }
    }
    format!("{host}{}", segments.join("/"))
}

#[test]
fn the_wsdl_is_where_toolkits_look_for_it() {
    let station = Station::spawn();
    for path in ["/soap/paForNode", "/partner", "/gpd-payments/api/v1"] {
        let texts = ["wsdl", "WSDL", "Wsdl"].map(|query| fetch(&format!("{}{path}?{query}", station.url())).unwrap());
        assert!(texts.iter().all(|text| *text == texts[0]), "{path}");
        assert_eq!(address(&texts[0]), format!("{}{path}", station.url()), "the address is the one that was called");
        let own = fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("wsdl/paForNode.wsdl")).unwrap();
        assert_eq!(texts[0].replace(address(&texts[0]), address(&own)), own, "nothing else is changed");
    }
}

#[test]
fn the_schemas_are_where_the_links_lead() {
    let station = Station::spawn();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("xsd");
    for path in ["/soap/paForNode?wsdl", "/partner?wsdl", "/gpd-payments/api/v1?wsdl"] {
        let wsdl_url = format!("{}{path}", station.url());
        let messages_url = follow(&wsdl_url, attribute(&fetch(&wsdl_url).unwrap(), "schemaLocation"));
        let messages = fetch(&messages_url).unwrap();
        assert_eq!(messages, fs::read_to_string(folder.join("paForNode.xsd")).unwrap());
        let common = fetch(&follow(&messages_url, attribute(&messages, "schemaLocation"))).unwrap();
        assert_eq!(common, fs::read_to_string(folder.join("commonTypes.xsd")).unwrap());
        assert!(!common.contains("schemaLocation"), "there is nothing more to fetch");
    }
}

#[test]
fn the_address_is_that_of_the_call() {
    let station = Station::spawn();
    for (headers, expected) in [
        ("Host: station.example.org\r\n", "http://station.example.org/soap/paForNode"),
        ("Host: station.example.org:8443\r\n", "http://station.example.org:8443/soap/paForNode"),
        ("Host: [::1]:8080\r\n", "http://[::1]:8080/soap/paForNode"),
        // As a proxy that speaks TLS for us says it.
        (
            "Host: inner\r\nX-Forwarded-Proto: https\r\nX-Forwarded-Host: station.example.org\r\n",
            "https://station.example.org/soap/paForNode",
        ),
        (
            "Host: inner\r\nForwarded: host=outer.example.org;proto=https\r\n",
            "https://outer.example.org/soap/paForNode",
        ),
        // What a client makes up stays inside the attribute.
        ("Host: a\"b<c>&d\r\n", "http://a&quot;b&lt;c&gt;&amp;d/soap/paForNode"),
        ("Host: x\r\nX-Forwarded-Host: \"/><evil/>\r\n", "http://&quot;/&gt;&lt;evil/&gt;/soap/paForNode"),
    ] {
        let answer = get(&station, "/soap/paForNode?wsdl", headers);
        assert!(answer.starts_with("HTTP/1.1 200"), "{headers}: {answer}");
        assert_eq!(address(&answer), expected, "{headers}");
    }
}

#[test]
fn the_address_may_be_a_setting() {
    let public = "https://pagopa.example.org/ec?a=1&b=2";
    let station = Station::spawn_with(|settings| settings.public_url = Some(public.into()));
    for path in ["/soap/paForNode", "/partner", "/gpd-payments/api/v1"] {
        let answer = get(&station, &format!("{path}?wsdl"), "Host: inner\r\nX-Forwarded-Host: other\r\n");
        assert_eq!(address(&answer), format!("https://pagopa.example.org/ec?a=1&amp;b=2{path}"));
    }
}

#[test]
fn nothing_else_is_served() {
    let station = Station::spawn();
    for target in [
        "/xsd/",
        "/xsd",
        "/xsd/other.xsd",
        "/xsd/paForNode.xsd/",
        "/xsd/PAFORNODE.XSD",
        "/xsd/paForNode.wsdl",
        "/xsd/../Cargo.toml",
        "/xsd/..%2fCargo.toml",
        "/xsd/%2e%2e%2fCargo.toml",
        "/xsd/%2e%2e/%2e%2e/etc/passwd",
        "/xsd/..\\Cargo.toml",
        "/xsd//etc/passwd",
        "/xsd/%2fetc%2fpasswd",
        "/xsd/paForNode.xsd%00.txt",
        "/wsdl/paForNode.wsdl",
        "/ec-station.db",
    ] {
        let answer = get(&station, target, "Host: 127.0.0.1\r\n");
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        assert!(head.starts_with("HTTP/1.1 404") || head.starts_with("HTTP/1.1 400"), "{target}: {answer}");
        assert!(body.is_empty() || body.contains("\"title\":\"Not Found\""), "{target}: {body}");
    }
}

/// A client built by a stranger's toolkit from nothing but the URL verifies, activates and pays.
#[test]
fn a_toolkit_that_knows_only_the_url() {
    let station = Station::spawn();
    let mut shared = an_option(OTHER_NAV);
    shared.transfers = vec![
        a_transfer(1, 10_000, given::bank_and_postal()),
        Transfer { organization: OrganizationCode::new(PROVINCIA), ..a_transfer(2, 450, given::bank()) },
        a_transfer(3, 1_600, given::stamp()),
    ];
    station.load(&a_position());
    station.load(&a_position_of(vec![shared]));
    let client = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/zeep_client.py");
    let output = Command::new(python()).arg(client).args([station.url(), COMUNE, NAV, OTHER_NAV]).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{err}");
    let learnt: serde_json::Value = serde_json::from_str(&out).unwrap();
    let plain = serde_json::json!({"notice": NAV, "amount": "120.50", "company": "Comune di Borgolieve"});
    assert_eq!(learnt["plain"], plain);
    assert_eq!(learnt["stamp"], serde_json::json!({"notice": OTHER_NAV, "amount": "120.50", "stamps": 1}));

    let stored: Vec<_> = station.receipts().iter().map(|r| format!("{} V{} {}", r.nav, r.version, r.rule)).collect();
    assert_eq!(stored, [format!("{NAV} V1 D8"), format!("{OTHER_NAV} V2 D8")]);
    for nav in [NAV, OTHER_NAV] {
        assert_eq!(station.post(given::verify(nav)).outcome(), "PAA_PAGAMENTO_DUPLICATO");
    }
    // Its stamp is a stub, which is for operators to see and no reason to refuse the money.
    assert_eq!(station.anomalies(), [format!("STAMP_UNREADABLE {OTHER_NAV}")]);
}
