//! The whole journey in a real browser, with the keyboard alone, and every page examined for accessibility.
//!
//! `tests/browser.py` is the citizen. It fails, and does not pass over anything, where Chromium is missing.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use ec_station::archivist::Bounds;
use ec_station::domain::position::PaymentOption;
use serde_json::{Value, json};

use crate::api::cases::pay;
use crate::api::{of_comune, post};
use crate::database::Database;
use crate::given::{COMUNE, NAV, OTHER_NAV, a_position_of, an_option, days};
use crate::node::Node;
use crate::python::python;
use crate::station::Station;

const PAID: &str = "307000000001234775";
const EXPIRED: &str = "307000000001234876";
const CANCELLED: &str = "307000000001234977";

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
    for nav in [NAV, OTHER_NAV, PAID, CANCELLED] {
        station.load(&a_position_of(vec![an_option(nav)]));
    }
    let expiring = PaymentOption { switch_to_expired: true, ..an_option(EXPIRED) };
    station.load(&a_position_of(vec![expiring]));
    Desk { station, node }
}

impl Desk {
    /// The page of a payment request that a portal opens.
    fn opened(&self, nav: &str) -> String {
        let request = json!({"data": {"ente_pa": COMUNE, "avviso_pa": nav}});
        let answer = post(&self.station, "/pay/PagoPA", &request).json();
        answer["data"]["payment_url"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
    }

    /// Requests that were opened in time, and whose notices then were paid at a counter, ran out and were taken back.
    fn closed(&self) -> Vec<String> {
        let urls = [PAID, EXPIRED, CANCELLED].map(|nav| self.opened(nav));
        assert_eq!(pay(&self.station, PAID).status, 200);
        self.cancel();
        self.station.set_now(days(2));
        urls.into()
    }

    fn cancel(&self) {
        assert_eq!(post(&self.station, &of_comune(&format!("/IUPD-{CANCELLED}/invalidate")), &json!({})).status, 200);
    }

    /// Has a citizen do something; what he learnt by it.
    fn citizen(&self, scenario: &str) -> Value {
        self.citizen_with(scenario, &[])
    }

    /// The same with pages that are there already.
    fn citizen_with(&self, scenario: &str, closed: &[String]) -> Value {
        let debtor = an_option(NAV).debtor;
        let desk = json!({
            "station": self.station.url(), "node": self.node.url(), "organization": COMUNE,
            "payable": [NAV, OTHER_NAV], "cancelled": CANCELLED, "closed": closed,
            "secrets": [debtor.full_name, debtor.fiscal_code, debtor.email],
        });
        let program = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser.py");
        let output = Command::new(python()).arg(program).arg(scenario).arg(desk.to_string()).output().unwrap();
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

#[test]
fn a_notice_is_paid_and_its_receipt_taken_home() {
    let desk = a_desk();
    let learnt = desk.citizen("journey");
    let receipts = desk.station.receipts();
    assert_eq!(receipts.len(), 1);
    let report = &learnt["report"];
    assert_eq!((&report["payment_status"], &report["total_amount"]), (&json!("OK"), &json!("122.00")), "{learnt}");
    assert_eq!(report["payment_id"], json!(receipts[0].receipt_id), "{learnt}");
    assert!(learnt["seen"].as_array().unwrap().len() >= 8, "{learnt}");
}

#[test]
fn a_citizen_says_which_notice() {
    let desk = a_desk();
    desk.cancel();
    let seen = desk.citizen("blank");
    assert_eq!(seen.as_array().unwrap().len(), 8, "{seen}");
}

#[test]
fn what_cannot_be_paid_is_told_in_three_languages() {
    let expected = json!({
        "it-IT": ["Avviso già pagato", "Avviso scaduto", "Avviso annullato", "Pagina non trovata"],
        "en-GB": ["Notice already paid", "Notice expired", "Notice cancelled", "Page not found"],
        "de-AT": ["Zahlungsmitteilung bereits bezahlt", "Zahlungsmitteilung abgelaufen",
                  "Zahlungsmitteilung annulliert", "Seite nicht gefunden"],
    });
    let desk = a_desk();
    assert_eq!(desk.citizen_with("closed", &desk.closed()), expected);
}

#[test]
fn only_the_receipt_says_that_it_was_paid() {
    let told = a_desk().citizen("trouble");
    let expected = ["Paga il tuo avviso", "Paga il tuo avviso", "Pagamento in lavorazione", "Pagamento eseguito"];
    assert_eq!(told, json!(expected));
}
