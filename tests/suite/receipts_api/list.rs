//! The list as GPD has it: what is refused, which receipts are in it, in which order and on which page.

use ec_station::domain::position::PaymentOption;
use serde_json::{Value, json};

use super::{get, paid, receipts, send};
use crate::database::Engine;
use crate::given::{
    self, COMUNE, NAV, OTHER_NAV, PROVINCIA, Receipt, a_position, a_position_of, a_receipt_for, an_option,
};
use crate::station::Station;

const VERDELLI: &str = "VRDPNC70A01Z999J";
const NERI: &str = "NREGLL80A41Z999K";

/// The IUVs of a list.
fn iuvs(station: &Station, query: &str) -> Vec<String> {
    let answer = get(station, &receipts(query));
    assert_eq!(answer.status, 200, "{query}: {}", answer.text());
    let json = answer.json();
    let results = json["results"].as_array().unwrap();
    assert_eq!(json["length"], results.len());
    results.iter().map(|found| found["iuv"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn what_is_out_of_bounds_is_refused_without_a_word() {
    let station = Station::spawn();
    for query in [
        "?pageNum=-1",
        "?pageNum=one",
        "?pageNum=99999999999",
        "?pageSize=0",
        "?pageSize=101",
        "?pageSize=1.5",
        "?segregationCodes=7",
        "?segregationCodes=07,",
        "?segregationCodes=07,8x",
    ] {
        let answer = get(&station, &receipts(query));
        assert_eq!((answer.status, answer.text()), (400, ""), "{query}");
    }
}

#[test]
fn a_time_that_is_none_is_refused() {
    let station = Station::spawn();
    let detail = "The requested date range is invalid. Supported formats are yyyy-MM-dd and yyyy-MM-dd'T'HH:mm:ss, and \
                  'from' must be less than or equal to 'to'.";
    for query in [
        "?from=yesterday",
        "?to=2026-13-01",
        "?from=2026-11-22T10:00",
        "?from=2026-11-22&to=2026-11-21",
        "?from=2026-11-22T10:00:01&to=2026-11-22T10:00:00",
        "?from=2027-01-01",
    ] {
        let expected = (400, "Invalid date range".to_owned(), detail.to_owned());
        assert_eq!(get(&station, &receipts(query)).problem(), expected, "{query}");
    }
}

#[test]
fn a_page_that_is_not_there() {
    let station = Station::spawn();
    let beyond = (400, "Not enough elements".into(), "The page number is too big for the filtered elements".into());
    assert_eq!(get(&station, &receipts("?pageNum=1")).problem(), beyond);
    let nothing = json!({"currentPageNumber": 0, "length": 0, "totalPages": 1, "results": []});
    assert_eq!(get(&station, &receipts("")).json(), nothing);

    for n in 1..=5 {
        send(&station, &paid(&format!("0700000000000000{n}"), VERDELLI, "2026-11-20T10:00:00"));
    }
    let page = |number: u32| get(&station, &receipts(&format!("?pageSize=2&pageNum={number}")));
    for (number, iuvs) in [(0, vec!["1", "2"]), (1, vec!["3", "4"]), (2, vec!["5"])] {
        let json = page(number).json();
        assert_eq!((&json["currentPageNumber"], &json["totalPages"]), (&json!(number), &json!(3)));
        assert_eq!(json["length"], iuvs.len());
        let found = json["results"].as_array().unwrap().iter().map(|found| found["iuv"].as_str().unwrap());
        assert_eq!(found.map(|iuv| &iuv[16..]).collect::<Vec<_>>(), iuvs);
    }
    assert_eq!(page(3).problem(), beyond);
    assert_eq!(page(i32::MAX as u32).problem(), beyond);
}

/// Every filter, alone and with others. Receipts come in an order that is none.
#[test]
fn which_receipts_are_found() {
    let station = Station::spawn();
    for (iuv, debtor, when) in [
        ("07000000000000002", VERDELLI, "2026-11-22T11:59:59"),
        ("47000000000000001", NERI, "2026-11-22T13:00:00"),
        ("07000000000000001", NERI, "2026-08-22T13:00:00"),
        ("07000000000000003", VERDELLI, "2026-08-22T12:59:59"),
        ("48000000000000001", VERDELLI, "2026-11-22T13:00:01"),
        ("07000000000000004", "07", "2026-10-31T23:59:59.750"),
        ("07000000000000005", VERDELLI, "2026-10-31T24:00:00"),
    ] {
        station.load(&a_position_of(vec![an_option(&format!("3{iuv}"))]));
        send(&station, &paid(iuv, debtor, when));
    }
    let all = "from=2020-01-01&to=2030-01-01";
    for (query, found) in [
        // The last three months: it is one o'clock in Rome.
        ("".to_owned(), vec!["07..1", "07..2", "07..4", "07..5", "47..1"]),
        ("from=2026-11-22".into(), vec!["07..2", "07..5", "47..1"]),
        ("from=2026-11-22T12:00:00".into(), vec!["07..5", "47..1"]),
        ("from=2026-08-01".into(), vec!["07..1", "07..3", "07..4"]),
        ("to=2026-10-31".into(), vec!["07..1", "07..3", "07..4"]),
        ("to=2026-10-31T23:59:58".into(), vec!["07..1", "07..3"]),
        ("from=2026-08-22&to=2026-08-22".into(), vec!["07..1", "07..3"]),
        ("from=2026-08-22T13:00:00&to=2026-08-22T13:00:00".into(), vec!["07..1"]),
        (all.into(), vec!["07..1", "07..2", "07..3", "07..4", "07..5", "47..1", "48..1"]),
        (format!("{all}&debtor={NERI}"), vec!["07..1", "47..1"]),
        (format!("{all}&debtor={}", &NERI[..15]), vec![]),
        (format!("{all}&debtor={}", NERI.to_lowercase()), vec![]),
        (format!("{all}&service=47"), vec!["47..1"]),
        (format!("{all}&service=07000000000000003"), vec!["07..3"]),
        (format!("{all}&service=%25"), vec![]),
        (format!("{all}&debtorOrIuv=47"), vec!["47..1"]),
        (format!("{all}&debtorOrIuv=NRE"), vec!["07..1", "47..1"]),
        (format!("{all}&debtorOrIuv=07000000000000004"), vec!["07..4"]),
        (format!("{all}&debtorOrIuv=_"), vec![]),
        (format!("{all}&segregationCodes=48,47"), vec!["47..1", "48..1"]),
        (format!("{all}&segregationCodes=49"), vec![]),
        (format!("{all}&segregationCodes=47,48&debtor={NERI}&service=4&debtorOrIuv=N"), vec!["47..1"]),
        // What old clients send, and what GPD does not know.
        (format!("{all}&service=47&limit=0&page=-1&order=x"), vec!["47..1"]),
        (format!("{all}&service=&debtor="), vec!["07..1", "07..2", "07..3", "07..4", "07..5", "47..1", "48..1"]),
    ] {
        let short = |iuv: &String| format!("{}..{}", &iuv[..2], &iuv[16..]);
        let listed: Vec<String> = iuvs(&station, &format!("?{query}")).iter().map(short).collect();
        assert_eq!(listed, found, "{query}");
    }
    assert_eq!(get(&station, &format!("/payments/{PROVINCIA}/receipts?{all}")).json()["length"], 0);
}

#[test]
fn what_a_list_says_of_a_receipt() {
    let station = Station::spawn();
    send(&station, &paid("07000000000000001", VERDELLI, "2026-11-20T10:00:00.5+01:00"));
    for path in ["/payments", "/gpd/payments-receipts-service/v1/payments"] {
        let expected = json!({"currentPageNumber": 0, "length": 1, "totalPages": 1, "results": [{
            "organizationFiscalCode": COMUNE, "iuv": "07000000000000001", "debtor": VERDELLI,
            "paymentDateTime": "2026-11-20T10:00:00.5+01:00", "status": "PAID"}]});
        assert_eq!(get(&station, &format!("{path}/{COMUNE}/receipts")).json(), expected);
    }
}

/// A receipt that does not say when it was paid is found by when it came.
#[test]
fn a_receipt_without_its_time() {
    let station = Station::spawn();
    send(&station, &Receipt { tail: String::new(), ..a_receipt_for(NAV) });
    let json = get(&station, &receipts("?from=2026-11-22T13:00:00&to=2026-11-22T13:00:00")).json();
    assert_eq!((&json["length"], &json["results"][0]["paymentDateTime"]), (&json!(1), &Value::Null));
}

/// Payments of the organization's own notices and no others.
#[test]
fn which_receipts_are_not_listed() {
    let station = Station::spawn();
    let to_the_province = given::head(PROVINCIA, PROVINCIA, "99000002024_01");
    let share = vec![(1, "100.00".into(), COMUNE.into(), None), (2, "20.50".into(), PROVINCIA.into(), None)];
    send(&station, &Receipt { head: to_the_province, transfers: share, ..a_receipt_for(NAV) });
    send(&station, &a_receipt_for("308000000001234567"));
    send(&station, &Receipt { outcome: "KO".into(), ..a_receipt_for(OTHER_NAV) });
    send(&station, &Receipt { iuv: "1".repeat(10_000), ..a_receipt_for("307000000001234775") });
    for organization in [COMUNE, PROVINCIA] {
        assert_eq!(get(&station, &format!("/payments/{organization}/receipts")).json()["length"], 0);
    }
    assert_eq!(station.receipts().len(), 4);
}

/// One of each IUV: the one that settled the notice, whenever it came.
#[test]
fn the_one_that_settled_the_notice() {
    let at = |hour: u32| format!("<paymentDateTime>2026-11-20T{hour:02}:00:00</paymentDateTime>");
    let hours = |station: &Station| -> Vec<String> {
        let json = get(station, &receipts("")).json();
        let results = json["results"].as_array().unwrap().iter();
        results.map(|found| found["paymentDateTime"].as_str().unwrap()[11..13].to_owned()).collect()
    };
    let receipt = |id: &str, hour| Receipt { id: id.into(), tail: at(hour), ..a_receipt_for(NAV) };

    let station = Station::spawn();
    station.load(&a_position());
    for (id, hour) in [("first", 10), ("second", 9)] {
        send(&station, &receipt(id, hour));
    }
    assert_eq!(hours(&station), ["10"], "the second is a double payment");

    // Both came before the position.
    let station = Station::spawn();
    for (id, hour) in [("first", 11), ("second", 9)] {
        send(&station, &receipt(id, hour));
    }
    assert_eq!(hours(&station), ["11"]);
    station.load(&a_position());
    assert_eq!(hours(&station), ["11"]);

    // Paid outside of pagoPA: what came later settles nothing, and is all there is.
    let station = Station::spawn();
    station.load(&a_position_of(vec![PaymentOption { state: given::paid(), ..an_option(NAV) }]));
    send(&station, &receipt("first", 12));
    assert_eq!(hours(&station), ["12"]);

    // A stranger's receipt under the IUV of a notice that is paid afterwards.
    let station = Station::spawn();
    station.load(&a_position());
    let other = Receipt { nav: OTHER_NAV.into(), ..receipt("first", 13) };
    send(&station, &other);
    assert_eq!(hours(&station), ["13"]);
    send(&station, &receipt("second", 14));
    assert_eq!(hours(&station), ["14"]);
    assert_eq!(get(&station, &receipts("/07000000001234573?raw=true")).text(), receipt("second", 14).v2());
}

/// So many receipts of the town that they are not sorted for each page, paid in October and in no order.
fn filled_with(count: u32) -> Station {
    let station = Station::spawn();
    let bytes = if Engine::of_this_run() == Engine::Sqlite { "BLOB" } else { "BYTEA" };
    station.database().change(&format!(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
         INSERT INTO receipt (recipient, receipt_id, receipt_sha256, content_sha256, version, id_broker, id_station,
                              organization, nav, iuv, outcome, amount_cents, kind, rule, parsed, raw, received_at, listed,
                              debtor_code, payment_date_time, paid_local)
         SELECT '{COMUNE}', CAST(i AS TEXT), CAST(CAST(i AS TEXT) AS {bytes}), CAST('' AS {bytes}), 2, '', '', '{COMUNE}',
                '3' || x.iuv, x.iuv, 'OK', 100, 'OWN', 'D8', '{{}}', CAST('' AS {bytes}), '2026-11-01T00:00:00+00:00', TRUE,
                CASE WHEN i % 2 = 0 THEN '{VERDELLI}' ELSE '{NERI}' END, x.paid, x.paid
         FROM (SELECT i, '0' || CAST(7000000000000000 + (CAST(i AS BIGINT) * 7919) % 1000003 AS TEXT) AS iuv,
                      '2026-10-' || SUBSTR(CAST(101 + i % 28 AS TEXT), 2) || 'T10:00:00' AS paid FROM n) x"
    ));
    station
}

#[test]
fn pages_of_many() {
    let count = 6_000;
    let station = filled_with(count);
    let iuv = |i: u32| format!("0{}", 7_000_000_000_000_000 + u64::from(i) * 7_919 % 1_000_003);
    for (query, wanted) in [
        ("", Box::new(|_| true) as Box<dyn Fn(u32) -> bool>),
        ("&from=2026-10-02&to=2026-10-28", Box::new(|i| i % 28 > 0)),
        ("&from=2026-10-05&to=2026-10-05", Box::new(|i| i % 28 == 4)),
        (&format!("&debtor={NERI}"), Box::new(|i| i % 2 == 1)),
        ("&service=070000000001", Box::new(|i| iuv(i).starts_with("070000000001"))),
        ("&segregationCodes=06,07&debtorOrIuv=07", Box::new(|_| true)),
    ] {
        let mut expected: Vec<_> = (1..=count).filter(|i| wanted(*i)).map(iuv).collect();
        expected.sort();
        let pages = expected.len().div_ceil(100);
        for page in [0, 1, pages.max(1) - 1] {
            let found = iuvs(&station, &format!("?pageSize=100&pageNum={page}{query}"));
            let expected: Vec<_> = expected.iter().skip(page * 100).take(100).cloned().collect();
            assert_eq!(found, expected, "page {page} {query}");
        }
        let answer = get(&station, &receipts(&format!("?pageSize=100&pageNum={pages}{query}")));
        assert_eq!(answer.status, 400, "{query}");
    }
}
