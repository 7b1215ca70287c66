//! Transfers that were found in the reporting flows (`gpd-api` 6.4, 10.3).

use serde_json::json;

use super::cases::{bring, created, gpd, iuv, pay, report, status};
use super::{a_body, call, get, of_comune, post};
use crate::given::{COMUNE, NAV, PROVINCIA, Receipt, a_receipt_for};
use crate::station::Station;

fn unknown(iuv: &str, id: &str) -> String {
    format!(
        "404 Not found the transfer: Not found a transfer for Organization Fiscal Code {COMUNE}, IUV {iuv} and TxID {id}"
    )
}

fn refused(iuv: &str, id: &str) -> String {
    format!(
        "409 transfer is not in accountable state: The transfer option with Organization Fiscal Code {COMUNE}, IUV \
         {iuv} and TxID {id} is not in payable state"
    )
}

#[test]
fn what_cannot_be_reported() {
    let station = gpd();
    let (_, unpaid, _) = bring(&station, 1, "VALID");
    let (_, paid, _) = bring(&station, 2, "PAID");
    let (_, partly, _) = bring(&station, 3, "PARTIALLY_PAID");
    let (nobody, second) = (iuv(999), iuv(31));
    assert_eq!(report(&station, &nobody, "1").problem(), unknown(&nobody, "1"));
    assert_eq!(report(&station, &paid, "2").problem(), unknown(&paid, "2"));
    assert_eq!(report(&station, &paid, "01").problem(), unknown(&paid, "01"));
    let nav = format!("3{paid}");
    assert_eq!(report(&station, &nav, "1").problem(), unknown(&nav, "1"), "by IUV only");
    assert_eq!(report(&station, &unpaid, "1").problem(), refused(&unpaid, "1"));
    assert_eq!(report(&station, &second, "1").problem(), refused(&second, "1"), "its own option is not paid");
    assert_eq!(report(&station, &partly, "1").status, 200);
    assert_eq!(report(&station, &partly, "1").problem(), refused(&partly, "1"), "once is enough");
}

#[test]
fn an_option_is_reported_transfer_by_transfer() {
    let station = gpd();
    let mut body = a_body("R-1", &iuv(1));
    let mut second = body["paymentOption"][0]["transfer"][0].clone();
    (second["idTransfer"], second["amount"]) = (json!("2"), json!(50));
    body["paymentOption"][0]["amount"] = json!(12100);
    body["paymentOption"][0]["transfer"].as_array_mut().unwrap().push(second);
    created(&station, &of_comune("?toPublish=true"), &body);
    assert_eq!(pay(&station, &iuv(1)).status, 200);
    let option = || get(&station, &of_comune("/R-1")).json()["paymentOption"][0].clone();

    let heard =
        call(&station, "POST", &super::cases::options(&format!("/{}/transfers/2/report", iuv(1))), &[], Some("{"));
    assert_eq!(heard.status, 200, "whatever the body: {}", heard.text);
    assert_eq!((&heard.json()["idTransfer"], &heard.json()["status"]), (&json!("2"), &json!("T_REPORTED")));
    assert_eq!((&option()["status"], status(&station, "R-1").as_str()), (&json!("PO_PARTIALLY_REPORTED"), "PAID"));
    assert_eq!(option()["transfer"][0]["status"], "T_UNREPORTED");
    assert_eq!(option()["reportingDate"], "2026-11-22T12:00:00");

    assert_eq!(report(&station, &iuv(1), "1").status, 200);
    assert_eq!((&option()["status"], status(&station, "R-1").as_str()), (&json!("PO_REPORTED"), "REPORTED"));
    assert_eq!(option()["idReceipt"], "receipt-1", "what is known of the payment stays");
}

/// A position is reported once a plan of it is, and not before.
#[test]
fn a_plan_is_reported_instalment_by_instalment() {
    let station = gpd();
    let (iupd, first, _) = bring(&station, 1, "PARTIALLY_PAID");
    assert_eq!(report(&station, &first, "1").status, 200);
    assert_eq!(status(&station, &iupd), "PARTIALLY_PAID");
    assert_eq!(pay(&station, &iuv(11)).status, 200);
    assert_eq!(status(&station, &iupd), "PAID");
    assert_eq!(report(&station, &iuv(11), "1").status, 200);
    assert_eq!(status(&station, &iupd), "REPORTED");
}

/// The platform may have answered for its archive, and the flow tells before the receipt does.
#[test]
fn positions_of_the_archive_are_reported_unpaid() {
    let station = gpd();
    let archive = format!("/aca/debt-positions-service/v1{}", of_comune("?toPublish=true"));
    assert_eq!(post(&station, &archive, &a_body("A-1", &iuv(1))).status, 201);
    let draft = format!("/aca/debt-positions-service/v1{}", of_comune(""));
    assert_eq!(post(&station, &draft, &a_body("A-2", &iuv(2))).status, 201);
    assert_eq!(report(&station, &iuv(2), "1").problem(), refused(&iuv(2), "1"));
    assert_eq!(report(&station, &iuv(1), "1").json()["status"], "T_REPORTED");
    assert_eq!(status(&station, "A-1"), "REPORTED");
}

/// Two organizations may each have a transfer of one number in an option (`gpd-api` 5.6).
#[test]
fn transfers_of_one_number_are_reported_one_after_the_other() {
    let station = gpd();
    let mut body = a_body("R-1", &iuv(1));
    let mut second = body["paymentOption"][0]["transfer"][0].clone();
    (second["organizationFiscalCode"], second["amount"]) = (json!(PROVINCIA), json!(50));
    body["paymentOption"][0]["amount"] = json!(12100);
    body["paymentOption"][0]["transfer"].as_array_mut().unwrap().push(second);
    created(&station, &of_comune("?toPublish=true"), &body);
    assert_eq!(pay(&station, &iuv(1)).status, 200);
    for (position, reported) in [("PAID", ["T_REPORTED", "T_UNREPORTED"]), ("REPORTED", ["T_REPORTED"; 2])] {
        assert_eq!(report(&station, &iuv(1), "1").json()["status"], "T_REPORTED");
        let option = get(&station, &of_comune("/R-1")).json()["paymentOption"][0].clone();
        let transfers = [0, 1].map(|at: usize| option["transfer"][at]["status"].as_str().unwrap().to_owned());
        assert_eq!((status(&station, "R-1").as_str(), transfers), (position, reported.map(str::to_owned)));
    }
    assert_eq!(report(&station, &iuv(1), "1").problem(), refused(&iuv(1), "1"));
}

/// Its receipt is no second payment: it tells of the one that the flow named.
#[test]
fn the_receipt_of_what_was_reported_before() {
    let station = Station::spawn();
    let archive = format!("/aca/debt-positions-service/v1{}", of_comune("?toPublish=true"));
    assert_eq!(post(&station, &archive, &a_body("A-1", &NAV[1..])).status, 201);
    assert_eq!(report(&station, &NAV[1..], "1").json()["status"], "T_REPORTED");
    let receipt = a_receipt_for(NAV);
    assert_eq!(station.post(receipt.v1()).outcome(), "OK");
    assert_eq!(station.anomalies(), [""; 0]);
    assert_eq!(station.receipts()[0].rule, "D8");
    let told = get(&station, &of_comune("/A-1")).json();
    let option = &told["paymentOption"][0];
    let paid = "2026-11-22T08:41:07";
    for (name, value) in [
        ("status", json!("PO_REPORTED")),
        ("idReceipt", json!(receipt.id)),
        ("paymentDate", json!(paid)),
        ("paymentMethod", json!("creditCard")),
        ("pspCompany", json!("Banca Esempio S.p.A.")),
        ("fee", json!(150)),
        ("reportingDate", json!("2026-11-22T12:00:00")),
    ] {
        assert_eq!(option[name], value, "{name}");
    }
    assert_eq!(station.count("SELECT paid_cents FROM payment_option"), 12_050);
    assert_eq!((&told["status"], &told["paymentDate"]), (&json!("REPORTED"), &json!(paid)));
    assert_eq!(station.post(Receipt { id: "second".into(), ..receipt }.v1()).outcome(), "OK");
    assert_eq!(station.anomalies(), [format!("DOUBLE_PAYMENT {NAV}")], "another one is");
}
