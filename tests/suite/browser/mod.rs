//! The whole journey in a real browser, with the keyboard alone, and every page examined for accessibility.
//!
//! `tests/browser.py` is the citizen. It fails, and does not pass over anything, where Chromium is missing.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use ec_station::archivist::Bounds;
use serde_json::{Value, json};

use crate::database::Database;
use crate::given::{COMUNE, NAV, OTHER_NAV, a_position_of, an_option};
use crate::node::Node;
use crate::oracle;
use crate::station::Station;

/// A station whose citizens pay at the Checkout of the Node beside it.
struct Desk {
    station: Station,
    node: Node,
}

fn a_desk() -> Desk {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let node = Node::calling(&format!("http://{}", listener.local_addr().unwrap()));
    let checkout = format!("{}/checkout/ec/v2", node.url());
    let station = Station::spawn_at(listener, Database::fresh(), Bounds::default(), |settings| {
        settings.pay.checkout_url = Some(checkout);
    });
    for nav in [NAV, OTHER_NAV] {
        station.load(&a_position_of(vec![an_option(nav)]));
    }
    Desk { station, node }
}

impl Desk {
    /// Has a citizen do something; what he learnt by it.
    fn citizen(&self, scenario: &str) -> Value {
        let debtor = an_option(NAV).debtor;
        let desk = json!({
            "station": self.station.url(), "node": self.node.url(), "organization": COMUNE,
            "payable": [NAV, OTHER_NAV],
            "secrets": [debtor.full_name, debtor.fiscal_code, debtor.email],
        });
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser.py");
        let output = Command::new(oracle::python()).arg(program).arg(scenario).arg(desk.to_string()).output().unwrap();
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert!(output.status.success(), "{out}{err}");
        serde_json::from_str(&out).unwrap()
    }
}

#[test]
fn checkouts_stand_in() {
    let ends = a_desk().citizen("checkout");
    let expected = [
        "Pagamento riuscito",
        "Pagamento annullato",
        "Pagamento non riuscito",
        "Esito in arrivo",
        "Carrello non trovato",
    ];
    assert_eq!(ends, json!(expected));
}
