//! The form of requests: paths, switches, bodies that nobody reads, ids of requests (`gpd-api` 2, 3.1).

use serde_json::json;

use super::cases::{bring, gpd, iuv, options, patch};
use super::{a_body, call, delete, get, of_comune, post, put};
use crate::given::COMUNE;

#[test]
fn paths_that_gpd_does_not_take() {
    let station = gpd();
    let key = r#"must match "[\w*\h-]+""#;
    let number = r#"must match "\d{1,30}""#;
    let long = "3".repeat(31);
    for (heard, detail) in [
        (get(&station, &of_comune("/TARI.2026")), format!("getOrganizationDebtPositionByIUPD.iupd: {key}")),
        (
            get(&station, "/organizations/a+b/debtpositions/x"),
            format!("getOrganizationDebtPositionByIUPD.organizationFiscalCode: {key}"),
        ),
        (delete(&station, &of_comune("/citt%C3%A0")), format!("deleteDebtPosition.iupd: {key}")),
        (
            get(&station, &options("/IUV-1/debtposition")),
            r#"getDebtPositionByIUV.iuv: must match "\b\w{0,35}\b""#.to_owned(),
        ),
        (
            get(&station, "/organizations/9900000101/paymentoptions/1/debtposition"),
            r#"getDebtPositionByIUV.organizationFiscalCode: must match "\d{11}""#.to_owned(),
        ),
        (get(&station, &options("/47abc")), format!("getOrganizationPaymentOptionByNAV.nav: {number}")),
        (get(&station, &options(&format!("/{long}"))), format!("getOrganizationPaymentOptionByNAV.nav: {number}")),
        (
            get(&station, "/organizations/UFFICIO/paymentoptions/1"),
            format!("getOrganizationPaymentOptionByNAV.organizationFiscalCode: {number}"),
        ),
    ] {
        assert_eq!(heard.problem(), format!("400 BAD REQUEST: {detail}"));
    }
    let many = call(&station, "DELETE", "/organizations/990000010180/debtpositions", &[], Some("{}"));
    let words = r#"400 BAD REQUEST: deleteMultipleDebtPositions.organizationFiscalCode: must match "\b\w{11}\b""#;
    assert_eq!(many.problem(), words);
}

/// Where GPD looks at nothing, keys are any text.
#[test]
fn paths_that_gpd_takes() {
    let station = gpd();
    let body = a_body("TARI.2026/à", &iuv(1));
    let at = "/organizations/uno.due/debtpositions";
    assert_eq!(post(&station, at, &body).status, 201);
    let path = format!("{at}/TARI.2026%2F%C3%A0");
    assert_eq!(put(&station, &path, &body).status, 200);
    for verb in ["publish", "invalidate"] {
        let heard = call(&station, "POST", &format!("{path}/{verb}"), &[], None);
        assert_eq!(heard.status, 200, "{}", heard.text);
    }
    let blanks = a_body("TARI 2026*_-", &iuv(2));
    assert_eq!(post(&station, &of_comune(""), &blanks).status, 201);
    assert_eq!(get(&station, &of_comune("/TARI%202026*_-")).status, 200);
}

#[test]
fn switches_in_a_query() {
    let station = gpd();
    for (number, (value, status)) in
        [("True", "VALID"), ("on", "VALID"), ("YES", "VALID"), ("1", "VALID"), ("off", "DRAFT"), ("0", "DRAFT")]
            .into_iter()
            .enumerate()
    {
        let path = of_comune(&format!("?toPublish={value}"));
        let heard = post(&station, &path, &a_body(&format!("S-{number}"), &iuv(number)));
        assert_eq!(heard.json()["status"], status, "{value}");
    }
    let heard = post(&station, &of_comune("?toPublish=perhaps"), &a_body("S-9", &iuv(9)));
    assert_eq!(heard.problem(), "400 BAD REQUEST: Invalid value perhaps for property toPublish");
    let heard = post(&station, &of_comune("?serviceType=gpd"), &a_body("S-9", &iuv(9)));
    assert_eq!(heard.problem(), "400 BAD REQUEST: Invalid value gpd for property serviceType");
}

#[test]
fn bodies_that_cannot_be_read() {
    let station = gpd();
    let missing = "400 BAD REQUEST: Required request body is missing: an object in JSON";
    let missing_list = "400 BAD REQUEST: paymentPositions: must not be empty";
    for (path, body, words) in [
        (of_comune(""), None, missing),
        (of_comune(""), Some(""), missing),
        (of_comune(""), Some(" \n"), missing),
        (of_comune(""), Some("null"), missing),
        (of_comune("/bulk"), None, missing),
        (of_comune("/bulk"), Some("{}"), missing_list),
        (of_comune(""), Some("[]"), "400 BAD REQUEST: JSON parse error: must be an object, not a list"),
        (of_comune(""), Some("{"), "400 BAD REQUEST: JSON parse error: "),
        (of_comune(""), Some("{\"iupd\": "), "400 BAD REQUEST: JSON parse error: "),
    ] {
        let heard = call(&station, "POST", &path, &[], body).problem();
        assert!(heard.starts_with(words), "{body:?}: {heard}");
        assert!(!heard.contains("iupd is"), "{heard}");
    }
}

/// Clients send all kinds of nothing.
#[test]
fn bodies_that_nobody_reads() {
    let station = gpd();
    for (number, body) in
        [None, Some(""), Some("{}"), Some("null"), Some("\"\""), Some("{ broken")].into_iter().enumerate()
    {
        let (iupd, first, _) = bring(&station, number, "DRAFT");
        for verb in ["publish", "invalidate"] {
            let heard = call(&station, "POST", &of_comune(&format!("/{iupd}/{verb}")), &[], body);
            assert_eq!(heard.status, 200, "{body:?}: {}", heard.text);
        }
        let verify = format!("/payment-options/organizations/{COMUNE}/notices/3{first}");
        assert_eq!(call(&station, "POST", &verify, &[], body).status, 200, "{body:?}");
    }
}

#[test]
fn every_answer_carries_the_id_of_its_request() {
    let station = gpd();
    for path in [of_comune("/nobody"), of_comune("/no.key"), options("/1"), "/nowhere".to_owned(), "/info".to_owned()] {
        let heard = call(&station, "GET", &path, &[("X-Request-Id", "mine-1")], None);
        assert_eq!(heard.header("x-request-id"), Some("mine-1"), "{path}");
        let ids = [(); 2].map(|()| get(&station, &path).header("x-request-id").unwrap().to_owned());
        assert!(ids[0] != ids[1] && ids[0].len() == 36, "{path}: {ids:?}");
    }
}

/// What stands where in each layout, and what does not.
#[test]
fn what_is_mounted_where() {
    let station = gpd();
    bring(&station, 1, "VALID");
    let external = "/gpd/debt-positions-service";
    let one = of_comune("/P-1");
    let option = options(&format!("/{}", iuv(10)));
    for (method, path, status) in [
        ("GET", format!("{external}/v1{one}"), 200),
        ("GET", format!("{external}/v2{one}"), 404),
        ("GET", format!("/gpd/api/v1{one}"), 200),
        ("GET", format!("/gpd/api/v2{one}"), 200),
        ("GET", format!("/aca/debt-positions-service/v1{one}"), 200),
        ("GET", format!("/pn-integration-gpd/api/v1{one}"), 404),
        ("GET", format!("{external}/v1{option}"), 404),
        ("GET", format!("/gpd/api/v1{option}"), 200),
        ("GET", format!("/gpd/api/v2{option}"), 200),
        ("GET", format!("/pn-integration-gpd/api/v1{option}"), 200),
        ("POST", format!("/pn-integration-gpd/api/v1{option}/pay"), 404),
        ("POST", format!("{external}/v1{option}/pay"), 404),
        ("GET", format!("{external}/v1{option}/debtposition"), 404),
        ("GET", format!("/gpd/api/v1{option}/debtposition"), 200),
        ("POST", format!("{external}/v1{}", of_comune("/bulk")), 405),
        ("DELETE", format!("{external}/v1{}", of_comune("")), 405),
        ("PATCH", format!("/aca/debt-positions-service/v1{}", of_comune("/transfers")), 405),
        ("PATCH", one.clone(), 405),
        ("POST", one, 405),
        ("PUT", option, 405),
        ("POST", format!("/gpd/api/v1/payment-options/organizations/{COMUNE}/notices/1"), 404),
    ] {
        let heard = call(&station, method, &path, &[], None);
        assert_eq!(heard.status, status, "{method} {path}: {}", heard.text);
    }
    let account = json!({ "newIban": "IT00" });
    for mount in ["", "/gpd/api/v1", "/gpd/api/v2", "/gpd/debt-positions-service/v1"] {
        let path = format!("{mount}{}", of_comune("/transfers?oldIban=nobodys"));
        assert_eq!(patch(&station, &path, &account).json()["updatedTransfers"], 0, "{mount}");
    }
    // A position may be called like a verb.
    for iupd in ["bulk", "transfers"] {
        let number = 50 + iupd.len();
        assert_eq!(post(&station, &of_comune(""), &a_body(iupd, &iuv(number))).status, 201);
        assert_eq!(get(&station, &of_comune(&format!("/{iupd}"))).status, 200);
        assert_eq!(delete(&station, &of_comune(&format!("/{iupd}"))).status, 200);
    }
}

#[test]
fn a_position_by_the_iuv_of_an_option() {
    let station = gpd();
    bring(&station, 1, "PARTIALLY_PAID");
    for number in [10, 11] {
        let heard = get(&station, &options(&format!("/{}/debtposition", iuv(number)))).json();
        assert_eq!((&heard["iupd"], &heard["status"]), (&json!("P-1"), &json!("PARTIALLY_PAID")));
        assert!(heard.get("fullName").is_none(), "no debtor: {heard}");
    }
    let by_nav = get(&station, &options(&format!("/3{}/debtposition", iuv(10))));
    assert_eq!(by_nav.status, 404, "by IUV only: {}", by_nav.text);
}
