//! The list of positions: every filter against a naive model, and what is wrong with a query.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};
use ec_station::domain::codes::{Iupd, Iuv, Nav};
use ec_station::domain::position::{DebtPosition, PaymentOption, PositionStatus, ServiceType};
use rand::RngExt;
use rand::rngs::StdRng;
use serde_json::{Value, json};

use super::{a_body, get, of_comune, post};
use crate::database::Database;
use crate::extent::chance;
use crate::given::{self, a_position_of, an_option, days, today};
use crate::station::Station;

/// A list with this query.
fn list(station: &Station, query: &str) -> Value {
    let heard = get(station, &of_comune(&format!("?{query}")));
    assert_eq!(heard.status, 200, "{query}: {}", heard.text);
    heard.json()
}

/// The keys on a page.
fn iupds(list: &Value) -> Vec<&str> {
    list["payment_position_list"].as_array().unwrap().iter().map(|one| one["iupd"].as_str().unwrap()).collect()
}

#[test]
fn what_is_wrong_with_a_query() {
    let station = Station::spawn();
    let title = "400 BAD REQUEST: ";
    for (query, problem) in [
        ("limit=51", "getOrganizationDebtPositions.limit: must be less than or equal to 50"),
        ("limit=0", "getOrganizationDebtPositions.limit: must be greater than or equal to 1"),
        ("limit=ten", "Invalid value ten for property limit"),
        ("page=-1", "getOrganizationDebtPositions.page: must be greater than or equal to 0"),
        ("page=99999999999", "Invalid value 99999999999 for property page"),
        ("status=valid", "Invalid value valid for property status"),
        ("status=UNPAYABLE", "Invalid value UNPAYABLE for property status"),
        ("orderby=iupd", "Invalid value iupd for property orderby"),
        ("ordering=UP", "Invalid value UP for property ordering"),
        ("serviceType=OTHER", "Invalid value OTHER for property serviceType"),
        ("due_date_from=2026-11-22T00:00:00", "Invalid value 2026-11-22T00:00:00 for property due_date_from"),
        ("due_date_to=22/11/2026", "Invalid value 22/11/2026 for property due_date_to"),
        ("payment_date_from=2026-02-30", "Invalid value 2026-02-30 for property payment_date_from"),
        ("payment_date_time_to=2026-11-22", "Invalid value 2026-11-22 for property payment_date_time_to"),
        ("segregationCodes=4,47", r#"segregationCodes: must match "\d{2}(,\d{2})*""#),
    ] {
        assert_eq!(get(&station, &of_comune(&format!("?{query}"))).problem(), format!("{title}{problem}"), "{query}");
    }
}

#[test]
fn the_three_families_of_dates_exclude_each_other() {
    let station = Station::spawn();
    for query in [
        "due_date_from=2026-11-01&payment_date_to=2026-11-02",
        "due_date_to=&payment_date_time_from=",
        "payment_date_from=2026-11-01&payment_date_time_to=2026-11-02T00:00:00",
    ] {
        let problem = "400 Exclusive Parameters: Parameters due_date_to, due_date_from and payment_date_from, \
                       payment_date_toandpayment_date_time_from, payment_date_time_to are mutual exclusive";
        assert_eq!(get(&station, &of_comune(&format!("?{query}"))).problem(), problem, "{query}");
    }
}

#[test]
fn a_list_looks_at_thirty_days_at_the_most() {
    let station = Station::spawn();
    for (query, from, to, days) in [
        ("due_date_from=2026-11-22&due_date_to=2026-11-21", "2026-11-22T00:00:00", "2026-11-21T23:59:59.999999999", 0),
        ("due_date_from=2026-11-01&due_date_to=2026-12-02", "2026-11-01T00:00:00", "2026-12-02T23:59:59.999999999", 31),
        (
            "payment_date_time_from=2026-11-01T10:00:00&payment_date_time_to=2026-12-02T10:00:00Z",
            "2026-11-01T10:00:00",
            "2026-12-02T10:00:00",
            31,
        ),
    ] {
        let problem = format!(
            "400 The debt positions cannot be recovered: Debt positions cannot be recovered. Verify that due_date_to >= \
             due_date_from and that the interval between the two dates not exceed the maximum number of days allowed \
             [due_date_from= {from}, due_date_to= {to}, days_between_from_to= {days}, max_days_interval= 30]"
        );
        assert_eq!(get(&station, &of_comune(&format!("?{query}"))).problem(), problem, "{query}");
    }
    for query in
        ["due_date_from=2026-11-01&due_date_to=2026-12-01", "payment_date_to=2026-11-01", "due_date_from=9999-12-31"]
    {
        assert_eq!(list(&station, query)["page_info"]["items_found"], 0, "{query}");
    }
}

#[test]
fn a_list_of_nothing_is_empty() {
    let station = Station::spawn();
    let nothing = json!({
        "payment_position_list": [],
        "page_info": { "page": 3, "limit": 10, "items_found": 0, "total_pages": 0 },
    });
    assert_eq!(list(&station, "page=3"), nothing);
    let unknown = get(&station, "/organizations/nobody-knows-this-one/debtpositions?page=3");
    assert_eq!((unknown.status, unknown.json()), (200, nothing));
}

#[test]
fn a_list_shows_what_a_read_shows() {
    let station = Station::spawn();
    assert_eq!(post(&station, &of_comune(""), &a_body("TARI-1", "07000000001234573")).status, 201);
    let read = get(&station, &of_comune("/TARI-1")).json();
    for path in ["", "/gpd/debt-positions-service/v1", "/gpd/api/v1"] {
        let listed = get(&station, &format!("{path}{}", of_comune(""))).json();
        let page_info = json!({ "page": 0, "limit": 10, "items_found": 1, "total_pages": 1 });
        assert_eq!(listed, json!({ "payment_position_list": [read], "page_info": page_info }), "{path}");
    }
    let elsewhere = get(&station, &format!("/aca/debt-positions-service/v1{}", of_comune("?serviceType=GPD"))).json();
    let archive = get(&station, &format!("/aca/debt-positions-service/v1{}", of_comune(""))).json();
    assert_eq!(archive["page_info"]["items_found"], 0);
    assert_eq!(elsewhere, archive, "the mount point says which service it is");
    // What has no such parameter does not look at it.
    assert_eq!(get(&station, &of_comune("/TARI-1?serviceType=x")).status, 200);
    for path in ["", "/v3"] {
        assert_eq!(get(&station, &format!("{path}{}", of_comune("/a.b"))).status, 400, "{path}: no IUPD");
    }
}

/// What a list of several plans counts and does not show.
#[test]
fn several_plans_are_counted_and_not_shown() {
    let instalment = |number: u64, plan| PaymentOption { is_partial_payment: true, plan, ..numbered(number) };
    let two_plans = a_position_of(vec![instalment(1, 1), instalment(2, 1), instalment(3, 2), instalment(4, 2)]);
    let one_plan = a_position_of(vec![instalment(5, 1), instalment(6, 1)]);
    let station = Station::spawn_on(Database::with(&[two_plans, one_plan.clone()]), |_| ());
    let listed = list(&station, "limit=1&orderby=IUPD&ordering=ASC");
    assert_eq!(listed["page_info"], json!({ "page": 0, "limit": 1, "items_found": 1, "total_pages": 2 }));
    assert!(iupds(&listed).is_empty());
    assert_eq!(iupds(&list(&station, "")), [one_plan.iupd.as_str()]);
}

/// An option with a notice of its own.
fn numbered(number: u64) -> PaymentOption {
    let code = ["07", "08", "47"][number as usize % 3];
    let iuv = format!("{code}{number:015}");
    PaymentOption { nav: Nav::new(format!("3{iuv}")), iuv: Iuv::new(iuv), ..an_option("307000000001234573") }
}

/// Any of these.
fn one<T: Copy>(chance: &mut StdRng, all: &[T]) -> T {
    all[chance.random_range(0..all.len())]
}

/// An instant within twelve days before and after today, often one at which something begins or ends.
fn some_day(chance: &mut StdRng) -> DateTime<Utc> {
    let midnight = today() - Duration::hours(12);
    let seconds = one(chance, &[0, 1, 43_200, 86_399]);
    midnight + Duration::days(chance.random_range(-12..=12)) + Duration::seconds(seconds)
}

/// A position in any state.
pub fn random_position(chance: &mut StdRng, number: u64) -> DebtPosition {
    use PositionStatus::*;
    let status = one(chance, &[Draft, Published, Valid, Valid, Invalid, Expired, PartiallyPaid, Paid, Reported]);
    let options = (0..chance.random_range(1..=3u64)).map(|at| {
        let mut option = numbered(number * 3 + at * one(chance, &[0, 1]) + at * 1_000_000);
        option.due_date = some_day(chance);
        option.plan = at as i64 + 1;
        option.switch_to_expired = chance.random_bool(0.7);
        option.validity_date = chance.random_bool(0.6).then(|| some_day(chance));
        let paid = match status {
            Paid | Reported => at == 0,
            PartiallyPaid => at == 0,
            _ => false,
        };
        if paid {
            option.state = given::paid();
        }
        option
    });
    let options: Vec<_> = options.collect();
    DebtPosition {
        iupd: Iupd::new(format!("{}-{number}", one(chance, &["a", "B", "é", "_"]))),
        company_name: one(chance, &["Comune di Borgolieve", "comune di Borgolieve", "Àncora", "_"]).into(),
        service_type: one(chance, &[ServiceType::Gpd, ServiceType::Gpd, ServiceType::Aca, ServiceType::Wisp]),
        payment_date: matches!(status, Paid | Reported).then(|| some_day(chance)),
        status,
        ..a_position_of(options)
    }
}

/// One question to a list, and which positions it means.
#[derive(Default)]
struct Question {
    query: Vec<String>,
    service: Option<ServiceType>,
    status: Option<PositionStatus>,
    due: Option<(DateTime<Utc>, DateTime<Utc>)>,
    paid: Option<(DateTime<Utc>, DateTime<Utc>)>,
    codes: Option<Vec<&'static str>>,
    by: &'static str,
    descending: bool,
    limit: usize,
}

impl Question {
    fn any(chance: &mut StdRng) -> Question {
        use PositionStatus::*;
        let mut question = Question { limit: chance.random_range(1..=50), ..Question::default() };
        question.by = one(chance, &["INSERTED_DATE", "IUPD", "STATUS", "COMPANY_NAME"]);
        question.descending = chance.random_bool(0.5);
        question.query = vec![
            format!("limit={}", question.limit),
            format!("orderby={}", question.by),
            format!("ordering={}", if question.descending { "DESC" } else { "ASC" }),
        ];
        if chance.random_bool(0.4) {
            let service = one(chance, &[ServiceType::Gpd, ServiceType::Aca, ServiceType::Wisp]);
            question.service = Some(service);
            question.query.push(format!("serviceType={}", service.as_str()));
        }
        if chance.random_bool(0.4) {
            let status = one(chance, &[Draft, Published, Valid, Invalid, Expired, PartiallyPaid, Paid, Reported]);
            question.status = Some(status);
            question.query.push(format!("status={}", status.as_str()));
        }
        if chance.random_bool(0.4) {
            let codes = one(chance, &[&["07"] as &[_], &["08", "47", "08"], &["99"]]);
            question.query.push(format!("segregationCodes={}", codes.join(",")));
            question.codes = Some(codes.to_vec());
        }
        let from = some_day(chance).date_naive();
        let to = from + Duration::days(chance.random_range(0..=20));
        let beginning = from.and_hms_opt(0, 0, 0).unwrap().and_utc();
        let end = to.and_hms_micro_opt(23, 59, 59, 999_999).unwrap().and_utc();
        match chance.random_range(0..5) {
            0 => {
                question.due = Some((beginning, end));
                question.query.push(format!("due_date_from={from}&due_date_to={to}"));
            }
            1 => {
                question.paid = Some((beginning, end));
                question.query.push(format!("payment_date_from={from}&payment_date_to={to}"));
            }
            2 => {
                let (from, to) = (beginning + Duration::seconds(1), beginning + Duration::days(9));
                question.paid = Some((from, to));
                let local = |at: DateTime<Utc>| at.format("%Y-%m-%dT%H:%M:%S").to_string();
                question.query.push(format!(
                    "payment_date_time_from={}&payment_date_time_to={}Z",
                    local(from),
                    local(to)
                ));
            }
            _ => {}
        }
        question
    }

    fn wants_option(&self, option: &PaymentOption) -> bool {
        let code =
            self.codes.as_ref().is_none_or(|codes| codes.iter().any(|code| option.iuv.as_str().starts_with(code)));
        code && self.due.is_none_or(|(from, to)| from <= option.due_date && option.due_date <= to)
    }

    fn wants(&self, position: &DebtPosition, status: PositionStatus) -> bool {
        let service = match self.service {
            None => position.service_type != ServiceType::Wisp,
            Some(service) => position.service_type == service,
        };
        service
            && self.status.is_none_or(|wanted| wanted == status)
            && self.paid.is_none_or(|(from, to)| position.payment_date.is_some_and(|at| from <= at && at <= to))
            && position.options.iter().any(|option| self.wants_option(option))
    }

    /// The positions it means, in their order. All came at the same moment, one after the other.
    fn answer<'p>(&self, positions: &'p [DebtPosition], now: DateTime<Utc>) -> Vec<&'p DebtPosition> {
        let mut wanted: Vec<(usize, &DebtPosition)> = positions
            .iter()
            .enumerate()
            .filter(|(_, position)| self.wants(position, position.status_at(now)))
            .collect();
        wanted.sort_by_key(|(at, position)| {
            let name = match self.by {
                "IUPD" => position.iupd.as_str(),
                "STATUS" => position.status_at(now).as_str(),
                "COMPANY_NAME" => &position.company_name,
                _ => "",
            };
            (name, *at)
        });
        if self.descending {
            wanted.reverse();
        }
        wanted.into_iter().map(|(_, position)| position).collect()
    }

    /// Asks page by page, and one more.
    fn ask(&self, station: &Station, positions: &[DebtPosition], now: DateTime<Utc>) {
        let expected = self.answer(positions, now);
        let pages = expected.len().div_ceil(self.limit);
        for page in 0..=pages {
            let query = format!("{}&page={page}", self.query.join("&"));
            let heard = list(station, &query);
            let expected: Vec<_> = expected.iter().skip(page * self.limit).take(self.limit).collect();
            let keys: Vec<_> = expected.iter().map(|position| position.iupd.as_str()).collect();
            assert_eq!(iupds(&heard), keys, "{query}");
            let page_info = json!({
                "page": page, "limit": self.limit, "items_found": expected.len(), "total_pages": pages,
            });
            assert_eq!(heard["page_info"], page_info, "{query}");
            for (heard, position) in heard["payment_position_list"].as_array().unwrap().iter().zip(expected) {
                assert_eq!(heard["status"], position.status_at(now).as_str(), "{query}");
                let options = heard["paymentOption"].as_array().unwrap();
                let heard: Vec<_> = options.iter().map(|option| option["nav"].as_str().unwrap()).collect();
                let wanted = position.options.iter().filter(|option| self.wants_option(option));
                assert_eq!(heard, wanted.map(|option| option.nav.as_str()).collect::<Vec<_>>(), "{query}");
            }
        }
    }
}

/// Whatever is asked for while time goes on, the list is what a look at every position would give.
#[test]
fn every_filter_means_what_it_says() {
    let mut chance = chance("every_filter_means_what_it_says");
    let positions: Vec<_> = (0..300).map(|number| random_position(&mut chance, number)).collect();
    let statuses: BTreeSet<_> = positions.iter().map(|position| position.status.as_str()).collect();
    assert_eq!(statuses.len(), 8, "chance has made every status");
    let station = Station::spawn_on(Database::with(&positions), |_| ());
    for day in -13..=13 {
        station.set_now(days(day));
        for _ in 0..6 {
            Question::any(&mut chance).ask(&station, &positions, days(day));
        }
    }
}
