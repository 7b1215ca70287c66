//! Every refusal of GPD's catalogue (`gpd-api` 3.2), reached through the front door and compared word by word.
//!
//! Not here: what `order` and `bulk` reach (the messages on content, several unknown keys); the two rows on metadata
//! keys, which GPD itself never reaches, since a key that comes twice is a wrong value before (`fields`); the interval
//! of a list, which belongs to the list.

use serde_json::{Value, json};

use super::cases::{bring, created, gpd, instalments, iuv, options, pay, replace, report, with};
use super::{Heard, a_body, call, delete, get, of_comune, post, put};
use crate::given::{COMUNE, PROVINCIA, a_position_of, an_option, days, today};
use crate::station::Station;

/// A way to a refusal.
type Way = fn(&Station) -> Heard;

fn act(station: &Station, iupd: &str, verb: &str) -> Heard {
    call(station, "POST", &of_comune(&format!("/{iupd}/{verb}")), &[], None)
}

fn fee(station: &Station, iuv: &str) -> Heard {
    put(station, &options(&format!("/{iuv}/notificationfee")), &json!({ "notificationFee": 10 }))
}

/// A draft that should have been published long ago.
fn late_draft(station: &Station, number: usize, dates: &[(&str, Value)]) -> String {
    let iupd = format!("L-{number}");
    let body = dates.iter().fold(a_body(&iupd, &iuv(number)), |body, (place, date)| with(body, place, date.clone()));
    station.set_now(days(-20));
    created(station, &of_comune(""), &body);
    station.set_now(today());
    iupd
}

const WAYS: &[(&str, Way, &str)] = &[
    (
        "another position in the body",
        |station| {
            bring(station, 1, "DRAFT");
            replace(station, "P-1", "", &a_body("P-9", &iuv(10)))
        },
        "400 Error in the debt position request data: IUPD mistmatch error: path variable IUPD [P-1] and request body \
         IUPD [P-9] must be the same",
    ),
    (
        "segregation code, by IUPD",
        |station| {
            bring(station, 2, "DRAFT");
            get(station, &of_comune("/P-2?segregationCodes=48,49"))
        },
        "403 The payment position is forbidden: The caller does not have proper authorization to access or modify the \
         IUVs in the payment position. [Organization Fiscal Code=99000001018, IUPD=P-2]",
    ),
    (
        "segregation code, by IUV",
        |station| get(station, &options("/07000000000000099/debtposition?segregationCodes=48")),
        "403 The payment position is forbidden: The caller does not have proper authorization to access or modify the \
         IUVs in the payment position. [Organization Fiscal Code=99000001018, IUPD=07000000000000099]",
    ),
    (
        "segregation code, by notice",
        |station| post(station, &options("/paids/307000000000000099?segregationCodes=48"), &json!({})),
        "403 The payment position is forbidden: The caller does not have proper authorization to access or modify the \
         NAVs in the payment position. [Organization Fiscal Code=99000001018]",
    ),
    (
        "unknown IUPD",
        |station| get(station, &of_comune("/NO-1")),
        "404 Not found the debt position: Not found a debt position for Organization Fiscal Code 99000001018 and IUPD \
         NO-1",
    ),
    (
        "unknown NAV",
        |station| get(station, &options("/307000000000000099")),
        "404 Not found the payment option: Not found a payment option for Organization Fiscal Code 99000001018 and NAV \
         307000000000000099",
    ),
    (
        "unknown IUV",
        |station| get(station, &options("/07000000000000099/debtposition")),
        "404 Not found the payment option: Not found a payment option for Organization Fiscal Code 99000001018 and IUV \
         07000000000000099",
    ),
    (
        "unknown transfer",
        |station| report(station, "07000000000000099", "1"),
        "404 Not found the transfer: Not found a transfer for Organization Fiscal Code 99000001018, IUV \
         07000000000000099 and TxID 1",
    ),
    (
        "IUPD taken",
        |station| {
            bring(station, 3, "DRAFT");
            post(station, &of_comune(""), &a_body("P-3", &iuv(31)))
        },
        NOT_UNIQUE,
    ),
    (
        "IUV taken",
        |station| {
            bring(station, 4, "DRAFT");
            post(station, &of_comune(""), &a_body("P-4b", &iuv(40)))
        },
        NOT_UNIQUE,
    ),
    (
        "NAV taken",
        |station| {
            bring(station, 5, "DRAFT");
            let other = with(a_body("P-5b", &iuv(51)), "/paymentOption/0/nav", json!(format!("3{}", iuv(50))));
            post(station, &of_comune(""), &other)
        },
        NOT_UNIQUE,
    ),
    (
        "IUV taken, by an update",
        |station| {
            bring(station, 6, "DRAFT");
            bring(station, 7, "DRAFT");
            replace(station, "P-7", "", &a_body("P-7", &iuv(60)))
        },
        NOT_UNIQUE,
    ),
    (
        "one IUV twice in a position",
        |station| post(station, &of_comune(""), &instalments("P-8", &[iuv(80), iuv(80)])),
        NOT_UNIQUE,
    ),
    (
        "one transfer twice in an option",
        |station| {
            let mut body = with(a_body("P-8", &iuv(80)), "/paymentOption/0/amount", json!(24100));
            let transfer = body["paymentOption"][0]["transfer"][0].clone();
            body["paymentOption"][0]["transfer"] = json!([transfer, transfer]);
            post(station, &of_comune(""), &body)
        },
        NOT_UNIQUE,
    ),
    (
        "reserved metadata",
        |station| {
            let metadata = json!([{ "key": "NOTIFICATION_FEE", "value": "100" }]);
            post(
                station,
                &of_comune(""),
                &with(a_body("P-8", &iuv(80)), "/paymentOption/0/paymentOptionMetadata", metadata),
            )
        },
        "409 The payment option contains reserved metadata: The caller should not add or modify reserved payment option \
         metadata. Reserved metadata list = {NOTIFICATION_FEE}.",
    ),
    (
        "delete of what is paid",
        |station| {
            bring(station, 11, "PAID");
            delete(station, &of_comune("/P-11"))
        },
        "409 Existing related payment found: A payment transaction has already been carried out on the debt position \
         with Organization Fiscal Code 99000001018 and IUPD P-11",
    ),
    (
        "pay twice",
        |station| {
            bring(station, 12, "PAID");
            pay(station, &iuv(120))
        },
        "409 Existing related payment found: A payment transaction has already been carried out for the Organization \
         Fiscal Code 99000001018 and NAV 07000000000000120",
    ),
    (
        "update of what is paid",
        |station| {
            bring(station, 13, "PAID");
            replace(station, "P-13", "", &a_body("P-13", &iuv(130)))
        },
        "409 Existing related payment found or not in updatable state: A payment transaction has already been carried \
         out or, the debt position with Organization Fiscal Code 99000001018 and IUPD P-13, is not in updatable state",
    ),
    (
        "publish of what is published",
        |station| {
            bring(station, 14, "VALID");
            act(station, "P-14", "publish")
        },
        "409 Existing related payment found or not in publishable state: A payment transaction has already been carried \
         out or, the debt position with Organization Fiscal Code 99000001018 and IUPD P-14, is not in publishable state",
    ),
    (
        "invalidate of a draft",
        |station| {
            bring(station, 15, "DRAFT");
            act(station, "P-15", "invalidate")
        },
        "409 Existing related payment found or not in invalidable state: A payment transaction has already been carried \
         out or, the debt position with Organization Fiscal Code 99000001018 and IUPD P-15, is not in invalidable state",
    ),
    (
        "publish after the validity date",
        |station| {
            act(station, &late_draft(station, 161, &[("/validityDate", json!("2026-11-21T12:00:00"))]), "publish")
        },
        "409 Publish request occurred after the validity date began: A publish request has been made after the validity \
         date began for the debt position with Organization Fiscal Code 99000001018 and IUPD L-161",
    ),
    (
        "publish after the due date",
        |station| {
            let due = ("/paymentOption/0/dueDate", json!("2026-11-21T12:00:00"));
            act(station, &late_draft(station, 162, &[due]), "publish")
        },
        "409 Publish request occurred after the due date of a payment options has expired: A publish request occurred \
         after the due date of a payment options has expired for the debt position with Organization Fiscal Code \
         99000001018 and IUPD L-162",
    ),
    (
        "publish of what is due before it is valid",
        // No request makes such a draft; it may have been moved in from elsewhere.
        |station| {
            let mut option = an_option(&format!("3{}", iuv(163)));
            (option.validity_date, option.due_date) = (Some(days(9)), days(8));
            let mut position = a_position_of(vec![option]);
            (position.status, position.publish_date) = (ec_station::domain::position::PositionStatus::Draft, None);
            station.load(&position);
            act(station, position.iupd.as_str(), "publish")
        },
        "409 The due date of a payment option is before the validity date: Invalid publish request: the payment option \
         due date cannot be before the validity date for the debt position with Organization Fiscal Code 99000001018 \
         and IUPD IUPD-307000000000000163",
    ),
    (
        "report of what is not paid",
        |station| {
            bring(station, 17, "VALID");
            report(station, &iuv(170), "1")
        },
        "409 transfer is not in accountable state: The transfer option with Organization Fiscal Code 99000001018, IUV \
         07000000000000170 and TxID 1 is not in payable state",
    ),
    (
        "two plans, in version 1",
        |station| {
            let plan = |number, plan| {
                let mut option = an_option(&format!("3{}", iuv(number)));
                (option.is_partial_payment, option.plan) = (true, plan);
                option
            };
            let position = a_position_of(vec![plan(181, 0), plan(182, 0), plan(183, 1), plan(184, 1)]);
            station.load(&position);
            get(station, &of_comune(&format!("/{}", position.iupd)))
        },
        "422 MULTI_INSTALLMENT_NOT_SUPPORTED_IN_V1: Multi-installment positions are not supported by this version of the \
         API (v1). Organization Fiscal Code 99000001018, IUPD IUPD-307000000000000181.",
    ),
    (
        "a fee that nothing collects any more",
        |station| {
            let (iupd, first, body) = bring(station, 19, "VALID");
            assert_eq!(fee(station, &first).status, 209);
            let foreign = "/paymentOption/0/transfer/0/organizationFiscalCode";
            replace(station, &iupd, "", &with(body, foreign, json!(PROVINCIA)))
        },
        "422 The debt position update is failed: No valid transfer found to apply the registered notification fee on the \
         debt position with Organization Fiscal Code 99000001018 and IUPD P-19",
    ),
    (
        "the fee of what is paid",
        |station| {
            bring(station, 20, "PAID");
            fee(station, &iuv(200))
        },
        "422 Not in unpaid state for notification fee update: The payment option with Organization Fiscal Code \
         99000001018 and NAV 07000000000000200 is not in unpaid state and the notification fee cannot be updated.",
    ),
    (
        "a fee that nothing collects",
        |station| {
            let foreign = "/paymentOption/0/transfer/0/organizationFiscalCode";
            created(station, &of_comune(""), &with(a_body("P-21", &iuv(210)), foreign, json!(PROVINCIA)));
            fee(station, &iuv(210))
        },
        "422 No valid transfer found for notification fee update: No transfer found for payment option with IUV \
         07000000000000210 related to Organization Fiscal Code 99000001018",
    ),
];

const NOT_UNIQUE: &str = "409 The debt position violated constraints of uniqueness: Already exists a debt position for \
                          the Organization Fiscal Code 99000001018 or one of its payment options is not unique";

#[test]
fn refusals_in_gpds_own_words() {
    assert_eq!(COMUNE, "99000001018");
    let station = gpd();
    for (what, way, words) in WAYS {
        let heard = way(&station);
        assert_eq!(heard.problem(), *words, "{what}");
        assert_eq!(heard.json().as_object().unwrap().len(), 3, "{what}: {}", heard.text);
        assert_eq!(heard.header("content-type"), Some("application/json"), "{what}");
    }
}

/// The last row of the catalogue: whatever else goes wrong. What it was stands in the log.
#[test]
fn failures_in_gpds_own_words() {
    let station = gpd();
    let (iupd, _, body) = bring(&station, 1, "DRAFT");
    station.database().neighbour().try_to("ALTER TABLE payment_option RENAME TO gone").unwrap();
    let of = format!("failed for the debt position with Organization Fiscal Code {COMUNE}");
    for (heard, words) in [
        (
            post(&station, &of_comune(""), &a_body("P-2", &iuv(2))),
            format!("500 The debt position creation is failed: Creation {of}"),
        ),
        (replace(&station, &iupd, "", &body), format!("500 The debt position update is failed: Update {of}")),
        (
            delete(&station, &of_comune(&format!("/{iupd}"))),
            format!("500 The debt position delete is failed: Delete {of}"),
        ),
        (
            act(&station, &iupd, "publish"),
            format!("500 The debt position publish is failed: Publish {of} and IUPD {iupd}"),
        ),
        (
            act(&station, &iupd, "invalidate"),
            format!("500 The debt position invalidate is failed: Invalidate {of} and IUPD {iupd}"),
        ),
    ] {
        assert_eq!(heard.problem(), words);
    }
}

/// Two organizations may use the same keys and numbers.
#[test]
fn keys_are_unique_within_an_organization() {
    let station = gpd();
    let body = a_body("P-1", &iuv(1));
    assert_eq!(post(&station, &of_comune(""), &body).status, 201);
    assert_eq!(post(&station, &format!("/organizations/{PROVINCIA}/debtpositions"), &body).status, 201);
    assert_eq!(post(&station, "/organizations/UFFICIO_UNICO-01/debtpositions", &body).status, 201);
    assert_eq!(get(&station, "/organizations/UFFICIO_UNICO-01/debtpositions/P-1").status, 200);
}
