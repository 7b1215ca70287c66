//! What a debtor may choose from (`gpd-api` 11), and how that is refused (3.3).

use serde_json::{Value, json};

use super::cases::{bring, created, gpd, instalments, iuv, pay, with, with_options};
use super::{Heard, a_body, call, of_comune};
use crate::given::{COMUNE, POSTAL, days};
use crate::station::Station;

fn verify(station: &Station, notice: &str) -> Heard {
    call(station, "POST", &format!("/payment-options/organizations/{COMUNE}/notices/{notice}"), &[], None)
}

/// `status installment statuses` of each plan.
fn told(heard: &Heard) -> Vec<String> {
    assert_eq!(heard.status, 200, "{}", heard.text);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let plan = |plan: &Value| {
        let parts = plan["installments"].as_array().unwrap().iter().map(|part| text(&part["status"]));
        [text(&plan["status"])].into_iter().chain(parts).collect::<Vec<_>>().join(" ")
    };
    heard.json()["paymentOptions"].as_array().unwrap().iter().map(plan).collect()
}

#[test]
fn notices_of_which_nothing_is_told() {
    let station = gpd();
    bring(&station, 1, "VALID");
    let number = r#"must match "\d{1,30}""#;
    let unknown = |nav: &str| {
        format!(
            "PAA_PAGAMENTO_SCONOSCIUTO Not found a payment option for Organization Fiscal Code {COMUNE} and NAV {nav}"
        )
    };
    for (notice, status, description, code, message) in [
        ("47abc", 400, "Bad Request", "ODP-101", format!("PAA_SINTASSI verifyPaymentOptions.nav: {number}")),
        ("307000000000000099", 404, "Not Found", "ODP-107", unknown("307000000000000099")),
        ("307000000000000010?segregationCodes=48", 404, "Not Found", "ODP-107", unknown("307000000000000010")),
        (
            "307000000000000010?segregationCodes=4",
            400,
            "Bad Request",
            "ODP-101",
            r#"PAA_SINTASSI segregationCodes: must match "\d{2}(,\d{2})*""#.to_owned(),
        ),
    ] {
        let heard = verify(&station, notice);
        assert_eq!(heard.status, status, "{}", heard.text);
        let expected = json!({
            "httpStatusCode": status, "httpStatusDescription": description, "appErrorCode": code,
            "timestamp": 1795348800, "dateTime": "2026-11-22T12:00:00", "errorMessage": message,
        });
        assert_eq!(heard.json(), expected);
    }
    station.database().neighbour().try_to("ALTER TABLE payment_option RENAME TO gone").unwrap();
    let heard = verify(&station, "307000000000000010").json();
    assert_eq!((&heard["httpStatusCode"], &heard["appErrorCode"]), (&json!(500), &json!("ODP-103")));
}

#[test]
fn what_is_told_of_a_notice() {
    let station = gpd();
    let mut body = a_body("C-1", &iuv(1));
    body["paymentOption"][0]["transfer"][0]["postalIban"] = json!(POSTAL);
    created(&station, &of_comune("?toPublish=true"), &body);
    for number in [iuv(1), format!("3{}", iuv(1))] {
        let expected = json!({
            "organizationFiscalCode": COMUNE, "companyName": "Comune di Borgolieve", "officeName": "Ufficio Tributi",
            "paymentOptions": [{
                "description": null, "numberOfInstallments": 1, "amount": 12050, "dueDate": "2026-12-02T12:00:00",
                "validFrom": "2026-11-22T12:00:00", "status": "PO_UNPAID",
                "statusReason": "No installment has been paid", "allCCP": true,
                "installments": [{
                    "nav": format!("3{}", iuv(1)), "iuv": iuv(1), "amount": 12050, "description": "TARI 2026",
                    "dueDate": "2026-12-02T12:00:00", "validFrom": "2026-11-22T12:00:00", "status": "POI_UNPAID",
                    "statusReason": null,
                }],
            }],
        });
        assert_eq!(verify(&station, &number).json(), expected);
    }
}

/// The life of a debt that can be paid at once or in instalments, as its debtor sees it.
#[test]
fn where_the_choices_stand() {
    let station = gpd();
    let [first, second, whole] = [iuv(1), iuv(2), iuv(3)];
    let mut body = with_options("C-1", &[(&second, true), (&whole, false), (&first, true)]);
    body["validityDate"] = json!("2026-11-25T12:00:00");
    for (at, due) in ["2026-12-20T12:00:00", "2026-12-10T12:00:00", "2026-12-01T12:00:00"].into_iter().enumerate() {
        body["paymentOption"][at]["dueDate"] = json!(due);
    }
    created(&station, &of_comune("?toPublish=true"), &body);
    let choices = verify(&station, &whole);
    assert_eq!(told(&choices), ["PO_UNPAID POI_UNPAID", "PO_UNPAID POI_UNPAID POI_UNPAID"], "also before it is valid");
    let plan = &choices.json()["paymentOptions"][1];
    assert_eq!((&plan["amount"], &plan["dueDate"]), (&json!(24100), &json!("2026-12-20T12:00:00")));
    assert_eq!((&plan["installments"][0]["iuv"], &plan["allCCP"]), (&json!(first), &json!(false)));
    station.set_now(days(12));
    assert_eq!(told(&verify(&station, &whole)), ["PO_UNPAID POI_UNPAID", "PO_UNPAID POI_EXPIRED_UNPAID POI_UNPAID"]);
    assert_eq!(pay(&station, &first).status, 200);
    assert_eq!(told(&verify(&station, &whole)), ["PO_INVALID POI_INVALID", "PO_PARTIALLY_PAID POI_PAID POI_UNPAID"]);
    assert_eq!(pay(&station, &second).status, 200);
    assert_eq!(told(&verify(&station, &first)), ["PO_INVALID POI_INVALID", "PO_PAID POI_PAID POI_PAID"]);
    for iuv in [&first, &second] {
        assert_eq!(super::cases::report(&station, iuv, "1").status, 200);
    }
    assert_eq!(told(&verify(&station, &first)), ["PO_INVALID POI_INVALID", "PO_PAID POI_PAID POI_PAID"]);
}

#[test]
fn what_is_over() {
    let station = gpd();
    for (number, state) in ["INVALID", "EXPIRED"].into_iter().enumerate() {
        let (_, first, _) = bring(&station, number, state);
        let heard = verify(&station, &first);
        assert_eq!(told(&heard), ["PO_INVALID POI_INVALID"]);
        assert_eq!(heard.json()["paymentOptions"][0]["statusReason"], "Debt position is INVALID or EXPIRED");
    }
    // An instalment that expired ends nothing but itself.
    let mut body = instalments("C-1", &[iuv(91), iuv(92)]);
    body["switchToExpired"] = json!(true);
    created(
        &station,
        &of_comune("?toPublish=true"),
        &with(body, "/paymentOption/1/dueDate", json!("2026-12-31T12:00:00")),
    );
    station.set_now(days(20));
    assert_eq!(told(&verify(&station, &iuv(91))), ["PO_UNPAID POI_EXPIRED_NOT_PAYABLE POI_UNPAID"]);
}
