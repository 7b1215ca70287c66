//! Notices and receipts on paper, through the front door: who gets which, what they say to a reader and to a scanner.

mod bundles;
mod commands;
mod judge;
mod notices;
mod receipts;

use ec_station::domain::letterhead::{Letterhead, PostalAccount};
use ec_station::domain::position::{Account, DebtPosition, PaymentOption};
use serde_json::Value;

use self::judge::{Judged, judged};
use crate::given::{self, NAV, OTHER_NAV, a_position_of, a_transfer, an_option, bank_and_postal, days, euro};
use crate::station::{Station, agent};

/// What came back.
struct Answer {
    status: u16,
    headers: ureq::http::HeaderMap,
    body: Vec<u8>,
}

impl Answer {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Status and detail of a problem.
    fn problem(&self) -> (u16, String) {
        let json: Value = serde_json::from_slice(&self.body).expect("a problem is told in JSON");
        (self.status, json["detail"].as_str().or(json["message"].as_str()).unwrap().to_owned())
    }

    /// What a reader sees and a scanner decodes.
    fn judged(&self) -> Judged {
        assert_eq!((self.status, self.header("content-type")), (200, "application/pdf"), "{:?}", self.headers);
        judged(&self.body)
    }
}

fn get(station: &Station, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = agent().get(format!("{}{path}", station.url()));
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    answer(request.call())
}

fn post(station: &Station, path: &str, headers: &[(&str, &str)], body: &Value) -> Answer {
    let request = agent().post(format!("{}{path}", station.url())).content_type("application/json");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    answer(request.send(body.to_string()))
}

fn answer(response: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Answer {
    let mut response = response.expect("the station answers");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, body: response.body_mut().read_to_vec().unwrap() }
}

/// What the town prints, with a postal account.
fn a_letterhead() -> Letterhead {
    Letterhead {
        cbill: Some("AB1CD".into()),
        contacts: Some("Tel. 06 0000000".into()),
        website: None,
        postal_account: Some(PostalAccount {
            number: "000099999999".into(),
            holder: "Comune di Borgolieve - Tesoreria".into(),
            authorization: Some("Aut. DB/SSIC/E 0000 del 01/01/2026".into()),
        }),
        ..Letterhead::default()
    }
}

/// A station whose town prints so.
fn printing(letterhead: Letterhead) -> Station {
    let station = Station::spawn();
    let mut town = given::registry().swap_remove(0);
    town.letterhead = Some(letterhead);
    station.import(&[town]);
    station
}

fn option(nav: &str, cents: i64, account: Account) -> PaymentOption {
    PaymentOption { amount: euro(cents), transfers: vec![a_transfer(1, cents, account)], ..an_option(nav) }
}

/// All at once or in two instalments; the second comes first in the list.
fn in_instalments() -> DebtPosition {
    let instalment = |nav: &str, due: i64| {
        let mut option = option(nav, 6_025, bank_and_postal());
        (option.plan, option.is_partial_payment, option.due_date) = (0, true, days(due));
        option
    };
    a_position_of(vec![option(NAV, 12_050, bank_and_postal()), instalment(LAST, 60), instalment(OTHER_NAV, 30)])
}

/// The second instalment.
const LAST: &str = "307000000001234775";
