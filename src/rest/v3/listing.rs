//! The list of an organization's positions (`gpd-api` 9.2): filters of all kinds at once, and every plan is shown.

use std::ops::RangeInclusive;

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::model::ReadPosition;
use crate::domain::position::PositionStatus::{self, *};
use crate::rest::Answer;
use crate::rest::operator::Operator;
use crate::rest::positions::listing::{FAMILIES, METHOD, PageInfo, bounds, days, order, page_of};
use crate::rest::query::Query;
use crate::station::Station;
use crate::store::{Listing, MOST_ON_A_PAGE};

/// A page of positions.
#[derive(Serialize, ToSchema)]
#[schema(as = PositionListV3)]
struct PositionList {
    payment_position_list: Vec<ReadPosition>,
    page_info: PageInfo,
}

/// List positions, page by page.
///
/// Where one end of a pair of dates is missing, the list reaches 30 days, which is the most.
#[utoipa::path(
    get,
    path = "/organizations/{organization}/debtpositions",
    operation_id = "listPositionsV3",
    tag = "positions v3",
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
         pattern = "^(DRAFT|PUBLISHED|VALID|UNPAYABLE|PARTIALLY_PAID|PAID)$"),
        ("orderby" = Option<String>, Query, description = "The order: by insertion unless you say otherwise.",
         pattern = "^(INSERTED_DATE|IUPD|STATUS|COMPANY_NAME)$"),
        ("ordering" = Option<String>, Query, description = "The last one first unless you say otherwise.",
         pattern = "^(ASC|DESC)$"),
        ("serviceType" = Option<String>, Query, description = "That came through this service only.",
         pattern = "^(GPD|ACA|WISP)$"),
    ),
    responses(
        (status = 200, description = "Positions with their debtors.", body = PositionList),
        (status = 503, description = "So many have just become valid or expired that it is still being noted: try again after `Retry-After`."),
    )
)]
pub(super) async fn list(station: web::Data<Station>, operator: Operator, query: Query) -> Answer {
    let limit = query.number(METHOD, "limit", 10, (1, MOST_ON_A_PAGE))?;
    let page = query.number(METHOD, "page", 0, (0, i64::from(i32::MAX)))?;
    let statuses = query.parsed("status", statuses)?;
    let (order, descending) = order(&query)?;
    let [due, paid_days, paid] = FAMILIES.map(|names| bounds(&query, names)?.range());
    let listing = Listing {
        organization: &operator.organization,
        service: operator.service()?,
        statuses: statuses.unwrap_or_default(),
        due: due?.map(days),
        paid: both(paid_days?, paid?),
        codes: &operator.codes,
        order,
        descending,
        limit,
        page,
    };
    let subject = operator.subject(&station, "The debt positions cannot be listed");
    let page = page_of(&station, &listing, subject).await?;
    let page_info = PageInfo::of(&page, &listing);
    let shown = page.positions.iter().map(|stored| ReadPosition::of(stored, |option| listing.wants(option)));
    Ok(HttpResponse::Ok().json(PositionList { payment_position_list: shown.collect(), page_info }))
}

/// The states that version 3 calls by this name.
fn statuses(name: &str) -> Option<&'static [PositionStatus]> {
    match name {
        "DRAFT" => Some(&[Draft]),
        "PUBLISHED" => Some(&[Published]),
        "VALID" => Some(&[Valid]),
        "UNPAYABLE" => Some(&[Invalid, Expired]),
        "PARTIALLY_PAID" => Some(&[PartiallyPaid]),
        "PAID" => Some(&[Paid, Reported]),
        _ => None,
    }
}

/// A span of time.
type Span = RangeInclusive<DateTime<Utc>>;

/// What lies within both spans; one that is not given holds everything.
fn both(one: Option<Span>, other: Option<Span>) -> Option<Span> {
    match (one, other) {
        (Some(one), Some(other)) => Some(*one.start().max(other.start())..=*one.end().min(other.end())),
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    use crate::rest::v3::model::status_of;

    #[test]
    fn every_state_is_found_under_the_name_it_is_told_by() {
        for status in [Draft, Published, Valid, Invalid, Expired, PartiallyPaid, Paid, Reported] {
            assert!(statuses(status_of(status)).unwrap().contains(&status), "{status:?}");
        }
        assert_eq!((statuses("INVALID"), statuses("paid"), statuses("")), (None, None, None));
    }

    #[test]
    fn two_spans_hold_what_lies_within_both() {
        let span = |from: i64, to: i64| {
            Some(DateTime::UNIX_EPOCH + TimeDelta::days(from)..=DateTime::UNIX_EPOCH + TimeDelta::days(to))
        };
        assert_eq!(both(None, None), None);
        assert_eq!(both(span(1, 3), None), span(1, 3));
        assert_eq!(both(None, span(1, 3)), span(1, 3));
        assert_eq!(both(span(1, 3), span(2, 4)), span(2, 3));
        assert!(both(span(1, 2), span(3, 4)).unwrap().is_empty());
    }
}
