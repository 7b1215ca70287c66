//! The list of an organization's positions (`gpd-api` 7.2).

use std::ops::RangeInclusive;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, web};
use chrono::{DateTime, Days, NaiveDate, NaiveTime, TimeDelta, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::model::BasePosition;
use crate::domain::position::PositionStatus;
use crate::intake;
use crate::rest::Answer;
use crate::rest::denials::Subject;
use crate::rest::operator::Operator;
use crate::rest::problem::Problem;
use crate::rest::query::Query;
use crate::rest::times::local;
use crate::station::Station;
use crate::store::{Listing, MOST_ON_A_PAGE, Order, Page};
use crate::use_cases::positions;

/// What GPD calls the operation when a number is out of its bounds.
pub(in crate::rest) const METHOD: &str = "getOrganizationDebtPositions";

/// How many days a list may look at.
const MOST_DAYS: i64 = 30;

/// Nothing that is stored is later: a year has four digits.
const LAST_DAY: NaiveDate = NaiveDate::from_ymd_opt(9999, 12, 31).expect("it is a day");

/// The parameters that bound a list in time, as they exclude each other.
pub(in crate::rest) const FAMILIES: [[&str; 2]; 3] = [
    ["due_date_from", "due_date_to"],
    ["payment_date_from", "payment_date_to"],
    ["payment_date_time_from", "payment_date_time_to"],
];

/// A page of positions.
#[derive(Serialize, ToSchema)]
struct PositionList {
    payment_position_list: Vec<BasePosition>,
    page_info: PageInfo,
}

/// Which page it is, of how many.
#[derive(Serialize, ToSchema)]
pub(in crate::rest) struct PageInfo {
    page: i64,
    limit: i64,
    /// How many stand on this page.
    items_found: usize,
    total_pages: i64,
}

/// A page of a list, or why there is none.
pub(in crate::rest) async fn page_of(
    station: &Station,
    listing: &Listing<'_>,
    subject: Subject<'_>,
) -> Result<Page, Problem> {
    let page = positions::list(station, listing).await.map_err(|error| subject.problem(error))?;
    page.ok_or_else(|| {
        let detail = "Many positions have just become valid or expired, and it is still being noted: try again";
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, subject.failure, detail)
    })
}

impl PageInfo {
    /// Of a page of a list.
    pub(in crate::rest) fn of(page: &Page, listing: &Listing<'_>) -> PageInfo {
        PageInfo {
            page: listing.page,
            limit: listing.limit,
            items_found: page.positions.len(),
            total_pages: page.pages(listing.limit),
        }
    }
}

/// List positions, page by page.
///
/// Of the three pairs of dates one may be given; where one end is missing, the list reaches 30 days, which is the most.
/// Where it looks at due dates or segregation codes, only the options that match are told.
#[utoipa::path(
    get,
    path = "/organizations/{organization}/debtpositions",
    operation_id = "getOrganizationDebtPositions",
    tag = "positions",
    params(
        ("limit" = Option<i32>, Query, description = "How many on a page: 10 unless you say otherwise.", minimum = 1, maximum = 50),
        ("page" = Option<i32>, Query, description = "Which page; the first is 0.", minimum = 0),
        ("due_date_from" = Option<String>, Query, description = "With an option that is due on this day or later."),
        ("due_date_to" = Option<String>, Query, description = "With an option that is due on this day or before."),
        ("payment_date_from" = Option<String>, Query, description = "Paid on this day or later."),
        ("payment_date_to" = Option<String>, Query, description = "Paid on this day or before."),
        ("payment_date_time_from" = Option<String>, Query, description = "Paid at this moment or later."),
        ("payment_date_time_to" = Option<String>, Query, description = "Paid at this moment or before."),
        ("status" = Option<String>, Query, description = "In this state only.",
         pattern = "^(DRAFT|PUBLISHED|VALID|INVALID|EXPIRED|PARTIALLY_PAID|PAID|REPORTED)$"),
        ("orderby" = Option<String>, Query, description = "The order: by insertion unless you say otherwise.",
         pattern = "^(INSERTED_DATE|IUPD|STATUS|COMPANY_NAME)$"),
        ("ordering" = Option<String>, Query, description = "The last one first unless you say otherwise.",
         pattern = "^(ASC|DESC)$"),
        ("serviceType" = Option<String>, Query, description = "That came through this service only.",
         pattern = "^(GPD|ACA|WISP)$"),
    ),
    responses(
        (status = 200, description = "Positions without their debtors.", body = PositionList),
        (status = 503, description = "So many have just become valid or expired that it is still being noted: try again after `Retry-After`."),
    )
)]
pub(super) async fn list(station: web::Data<Station>, operator: Operator, query: Query) -> Answer {
    let limit = query.number(METHOD, "limit", 10, (1, MOST_ON_A_PAGE))?;
    let page = query.number(METHOD, "page", 0, (0, i64::from(i32::MAX)))?;
    let status = query.parsed("status", PositionStatus::parse)?;
    let (order, descending) = order(&query)?;
    let [due, paid_days, paid] = FAMILIES.map(|names| bounds(&query, names));
    let (due, paid_days, paid) = (due?, paid_days?, paid?);
    exclusive(&query)?;
    let listing = Listing {
        organization: &operator.organization,
        service: operator.service()?,
        statuses: status.as_slice(),
        due: due.range()?.map(days),
        paid: paid_days.range()?.or(paid.range()?),
        codes: &operator.codes,
        order,
        descending,
        limit,
        page,
    };
    let subject = operator.subject(&station, "The debt positions cannot be listed");
    let page = page_of(&station, &listing, subject).await?;
    let page_info = PageInfo::of(&page, &listing);
    // Version 1 of the API knows one plan: what has more is counted, but not shown.
    let shown = page.positions.iter().filter(|stored| stored.position.instalment_plans() < 2);
    let payment_position_list = shown.map(|stored| BasePosition::of(stored, |option| listing.wants(option))).collect();
    Ok(HttpResponse::Ok().json(PositionList { payment_position_list, page_info }))
}

/// The days of a range of whole days.
pub(in crate::rest) fn days(range: RangeInclusive<DateTime<Utc>>) -> RangeInclusive<NaiveDate> {
    range.start().date_naive()..=range.end().date_naive()
}

/// What a list is ordered by, and whether the last one comes first.
pub(in crate::rest) fn order(query: &Query) -> Result<(Order, bool), Problem> {
    let by = query.parsed("orderby", |name| match name {
        "INSERTED_DATE" => Some(Order::Inserted),
        "IUPD" => Some(Order::Iupd),
        "STATUS" => Some(Order::Status),
        "COMPANY_NAME" => Some(Order::Company),
        _ => None,
    })?;
    let descending = query.parsed("ordering", |name| match name {
        "ASC" => Some(false),
        "DESC" => Some(true),
        _ => None,
    })?;
    Ok((by.unwrap_or(Order::Inserted), descending.unwrap_or(true)))
}

/// One of the families of parameters that bound a list in time.
#[derive(Clone, Copy)]
pub(in crate::rest) struct Bounds {
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
}

/// Reads two parameters that hold days, or date-times where their names say so.
pub(in crate::rest) fn bounds(query: &Query, [from, to]: [&str; 2]) -> Result<Bounds, Problem> {
    let read = |name: &str, whole_day: fn(NaiveDate) -> DateTime<Utc>| {
        query.parsed(name, |text| match name.contains("_time_") {
            true => intake::moment(text).ok(),
            false => intake::day(text).map(whole_day),
        })
    };
    Ok(Bounds { from: read(from, beginning)?, to: read(to, end)? })
}

impl Bounds {
    /// The time between, where one of them is given; the other one is then as far away as may be.
    pub(in crate::rest) fn range(self) -> Result<Option<RangeInclusive<DateTime<Utc>>>, Problem> {
        let most = Days::new(MOST_DAYS.unsigned_abs());
        let (from, to) = match (self.from, self.to) {
            (None, None) => return Ok(None),
            (Some(from), Some(to)) => (from, to),
            (Some(from), None) => {
                (from, end(from.date_naive().checked_add_days(most).map_or(LAST_DAY, |day| day.min(LAST_DAY))))
            }
            (None, Some(to)) => (to.date_naive().checked_sub_days(most).map_or(to, beginning), to),
        };
        let between = to - from;
        if from > to || between.num_days() > MOST_DAYS {
            return Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "The debt positions cannot be recovered",
                format!(
                    "Debt positions cannot be recovered. Verify that due_date_to >= due_date_from and that the interval \
                     between the two dates not exceed the maximum number of days allowed [due_date_from= {}, \
                     due_date_to= {}, days_between_from_to= {}, max_days_interval= {MOST_DAYS}]",
                    local(from),
                    local(to),
                    between.num_days(),
                ),
            ));
        }
        Ok(Some(from..=to))
    }
}

fn beginning(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

/// The last moment of a day.
fn end(day: NaiveDate) -> DateTime<Utc> {
    beginning(day) + TimeDelta::days(1) - TimeDelta::nanoseconds(1)
}

/// Whether only one family bounds the list; the name of a parameter counts also without a value.
fn exclusive(query: &Query) -> Result<(), Problem> {
    let named = FAMILIES.iter().filter(|names| names.iter().any(|name| query.names(name))).count();
    if named < 2 {
        return Ok(());
    }
    let detail = "Parameters due_date_to, due_date_from and payment_date_from, payment_date_toandpayment_date_time_from, \
                  payment_date_time_to are mutual exclusive";
    Err(Problem::new(StatusCode::BAD_REQUEST, "Exclusive Parameters", detail))
}
