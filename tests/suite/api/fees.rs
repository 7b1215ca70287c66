//! Notification fees: set on an option, collected by its primary transfer, and kept when the option is replaced
//! (`gpd-api` 10.4, 7.4).

use serde_json::{Value, json};

use super::cases::{bring, created, gpd, iuv, options, pay, replace, with};
use super::{Heard, a_body, get, of_comune, put};
use crate::given::{BANK, COMUNE, PROVINCIA, days};
use crate::station::Station;

fn set(station: &Station, number: &str, fee: Value) -> Heard {
    put(station, &options(&format!("/{number}/notificationfee")), &json!({ "notificationFee": fee }))
}

/// A body with a first transfer to somebody else and two of the organization's own.
fn of_three(iupd: &str, iuv: &str) -> Value {
    let transfer = |id: &str, amount, organization: &str| {
        json!({
            "idTransfer": id, "amount": amount, "organizationFiscalCode": organization, "category": "0101101IM",
            "remittanceInformation": "TARI 2026", "iban": BANK,
        })
    };
    let mut body = with(a_body(iupd, iuv), "/paymentOption/0/amount", json!(600));
    body["paymentOption"][0]["transfer"] =
        json!([transfer("1", 100, PROVINCIA), transfer("3", 200, COMUNE), transfer("2", 300, COMUNE)]);
    body
}

/// Amount of the option and of its transfers, and the fee.
fn amounts(option: &Value) -> Vec<i64> {
    let transfers = option["transfer"].as_array().unwrap().iter().map(|transfer| &transfer["amount"]);
    let all = [&option["amount"], &option["notificationFee"]].into_iter().chain(transfers);
    all.map(|amount| amount.as_i64().unwrap()).collect()
}

#[test]
fn fees_that_cannot_be_set() {
    let station = gpd();
    let (_, paid, _) = bring(&station, 1, "PAID");
    let (_, unpaid, _) = bring(&station, 2, "VALID");
    let foreign = with(a_body("F-1", &iuv(1)), "/paymentOption/0/transfer/0/organizationFiscalCode", json!(PROVINCIA));
    created(&station, &of_comune(""), &foreign);
    for (number, fee, problem) in [
        (&unpaid, json!(null), "400 BAD REQUEST: notificationFee: Notification fee is required".to_owned()),
        (
            &unpaid,
            json!(-1),
            "400 BAD REQUEST: notificationFee: Notification fee must be greater or equals to zero".to_owned(),
        ),
        (
            &unpaid,
            json!("12"),
            "400 BAD REQUEST: JSON parse error: notificationFee: must be a whole number, not a text".to_owned(),
        ),
        (
            &iuv(999),
            json!(12),
            format!(
                "404 Not found the payment option: Not found a payment option for Organization Fiscal Code {COMUNE} \
                 and NAV {}",
                iuv(999)
            ),
        ),
        (
            &paid,
            json!(12),
            format!(
                "422 Not in unpaid state for notification fee update: The payment option with Organization Fiscal \
                 Code {COMUNE} and NAV {paid} is not in unpaid state and the notification fee cannot be updated."
            ),
        ),
        (
            &iuv(1),
            json!(12),
            format!(
                "422 No valid transfer found for notification fee update: No transfer found for payment option with \
                 IUV {} related to Organization Fiscal Code {COMUNE}",
                iuv(1)
            ),
        ),
    ] {
        assert_eq!(set(&station, number, fee).problem(), problem);
    }
}

#[test]
fn a_fee_is_collected_by_the_primary_transfer() {
    let station = gpd();
    created(&station, &of_comune("?toPublish=true"), &of_three("F-1", &iuv(1)));
    station.set_now(days(1));
    let told = set(&station, &format!("3{}", iuv(1)), json!(50));
    assert_eq!(told.status, 200, "{}", told.text);
    let told = told.json();
    assert_eq!(amounts(&told), [650, 50, 100, 200, 350]);
    assert_eq!(told["lastUpdatedDateNotificationFee"], "2026-11-23T12:00:00");
    assert!(told.get("serviceType").is_none(), "{told}");
    // The next one takes its place.
    assert_eq!(amounts(&set(&station, &iuv(1), json!(20)).json()), [620, 20, 100, 200, 320]);
    let seen = get(&station, &options(&format!("/{}", iuv(1)))).json();
    assert_eq!(seen["paymentOptionMetadata"], json!([{ "key": "NOTIFICATION_FEE", "value": "20" }]));
    assert_eq!(amounts(&set(&station, &iuv(1), json!(0)).json()), [600, 0, 100, 200, 300]);
    let mount = format!("/pn-integration-gpd/api/v1{}", options(&format!("/{}", iuv(1))));
    assert_eq!(get(&station, &mount).status, 200);
    let fee = put(&station, &format!("{mount}/notificationfee"), &json!({ "notificationFee": 7 }));
    assert_eq!(fee.json()["amount"], 607);
}

/// What the creditor writes never counts the fee; whoever writes back what was read has it twice, as in GPD.
#[test]
fn a_fee_stays_when_the_option_is_replaced() {
    let station = gpd();
    let body = of_three("F-1", &iuv(1));
    created(&station, &of_comune("?toPublish=true"), &body);
    assert_eq!(set(&station, &iuv(1), json!(50)).status, 200);
    let told = replace(&station, "F-1", "?toPublish=true", &body).json();
    assert_eq!(amounts(&told["paymentOption"][0]), [650, 50, 100, 200, 350]);
    let again = replace(&station, "F-1", "", &told).json();
    assert_eq!(amounts(&again["paymentOption"][0]), [700, 50, 100, 200, 400]);

    let mut foreign =
        with(a_body("F-1", &iuv(1)), "/paymentOption/0/transfer/0/organizationFiscalCode", json!(PROVINCIA));
    assert_eq!(
        replace(&station, "F-1", "", &foreign).problem(),
        format!(
            "422 The debt position update is failed: No valid transfer found to apply the registered notification fee \
             on the debt position with Organization Fiscal Code {COMUNE} and IUPD F-1"
        )
    );
    // The fee belongs to the notice: another one has none.
    foreign["paymentOption"][0]["iuv"] = json!(iuv(2));
    assert_eq!(amounts(&replace(&station, "F-1", "", &foreign).json()["paymentOption"][0]), [12050, 0, 12050]);
}

/// Whoever writes cannot set what is read-only.
#[test]
fn fees_that_are_written_are_ignored() {
    let station = gpd();
    let mut body = a_body("F-1", &iuv(1));
    (body["status"], body["paymentDate"]) = (json!("PAID"), json!("2026-11-22T12:00:00"));
    (body["paymentOption"][0]["fee"], body["paymentOption"][0]["notificationFee"]) = (json!(9), json!(9));
    let told = created(&station, &of_comune(""), &body);
    assert_eq!((&told["status"], &told["paymentDate"]), (&json!("DRAFT"), &json!(null)));
    let option = &told["paymentOption"][0];
    assert_eq!((&option["fee"], &option["notificationFee"], &option["amount"]), (&json!(0), &json!(0), &json!(12050)));
    assert_eq!(pay(&station, &iuv(1)).json()["fee"], 150);
}
