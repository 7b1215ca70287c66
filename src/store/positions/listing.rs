//! Positions page by page. A statement asks only for what the list asks for: each part that narrows it down is there or
//! not, so that an engine always finds the index that was made for it.

use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};

use super::StoredPosition;
use super::position_columns;
use super::rows::read_all_positions;
use crate::domain::codes::{OrganizationCode, SegregationCodes};
use crate::domain::position::{PaymentOption, PositionStatus, ServiceType};
use crate::store::sql::{Statement, any_of, end_of_prefix, sql};
use crate::store::{Store, StoreError, failed_to};

/// Most positions that a page may have. PostgreSQL plans for this many and not for a tenth of the table, which is what it
/// takes a parameter for.
pub const MOST_ON_A_PAGE: i64 = 50;

/// Which positions of an organization, and which page of them.
#[derive(Clone, Debug)]
pub struct Listing<'l> {
    /// Whose positions.
    pub organization: &'l OrganizationCode,
    /// The service they came through; none means all but those of old carts.
    pub service: Option<ServiceType>,
    /// Where they stand, as stored; none means anywhere.
    pub statuses: &'l [PositionStatus],
    /// When one of their options is due.
    pub due: Option<RangeInclusive<DateTime<Utc>>>,
    /// When they were settled.
    pub paid: Option<RangeInclusive<DateTime<Utc>>>,
    /// The segregation codes that one of their options must have.
    pub codes: &'l SegregationCodes,
    /// What they are ordered by.
    pub order: Order,
    /// Whether the last one comes first.
    pub descending: bool,
    /// How many stand on a page, at most [`MOST_ON_A_PAGE`].
    pub limit: i64,
    /// Which page, the first being 0.
    pub page: i64,
}

/// What a list is ordered by. What is equal comes in the order in which it came here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// When they came here.
    Inserted,
    /// Their key, in the order of bytes.
    Iupd,
    /// The name of their status.
    Status,
    /// The name of the creditor, in the order of bytes.
    Company,
}

/// A page of a list.
#[derive(Clone, Debug)]
pub struct Page {
    /// The positions on this page, with all their options.
    pub positions: Vec<StoredPosition>,
    /// How many there are on all pages.
    pub total: i64,
}

impl Page {
    /// How many pages of so many there are.
    pub fn pages(&self, limit: i64) -> i64 {
        (self.total + limit - 1) / limit
    }
}

impl Store {
    /// A page of a list, and how many positions the whole list has.
    pub async fn positions(&self, listing: &Listing<'_>) -> Result<Page, StoreError> {
        let doing = "list positions";
        let total = self.one(doing, || listing.count()).await?.only().map_err(failed_to(doing))?;
        let positions = read_all_positions(&self.rows(doing, || listing.positions()).await?)?;
        Ok(Page { positions, total })
    }
}

impl Listing<'_> {
    /// Whether an option is what the list looks for: where it looks at options at all, only those are shown.
    pub fn wants(&self, option: &PaymentOption) -> bool {
        self.codes.allow(option.iuv.as_str()) && self.due.as_ref().is_none_or(|due| due.contains(&option.due_date))
    }

    fn count(&self) -> Statement<'_> {
        self.counted().unwrap_or_else(|| sql("SELECT COUNT(*) FROM debt_position p").and(self.matching()))
    }

    /// First the keys of a page, then all that belongs to them.
    fn positions(&self) -> Statement<'_> {
        sql(concat!("SELECT ", position_columns!(), " FROM (SELECT k.id FROM (SELECT p.id FROM debt_position p"))
            .and(self.matching())
            .and(sql(self.ordered()))
            .and(sql(" LIMIT $1 OFFSET $2").bind(self.limit).bind(self.limit.saturating_mul(self.page)))
            .and(sql(") k LIMIT 50) k JOIN debt_position p ON p.id = k.id"))
            .and(sql(" LEFT JOIN payment_option o ON o.position_id = p.id"))
            .and(sql(self.ordered()))
            .and(sql(", o.ordinal"))
    }

    fn ordered(&self) -> &'static str {
        match (self.order, self.descending) {
            (Order::Inserted, false) => " ORDER BY p.inserted_at, p.id",
            (Order::Inserted, true) => " ORDER BY p.inserted_at DESC, p.id DESC",
            (Order::Iupd, false) => " ORDER BY p.iupd",
            (Order::Iupd, true) => " ORDER BY p.iupd DESC",
            (Order::Status, false) => " ORDER BY p.status, p.inserted_at, p.id",
            (Order::Status, true) => " ORDER BY p.status DESC, p.inserted_at DESC, p.id DESC",
            (Order::Company, false) => " ORDER BY p.company_name, p.inserted_at, p.id",
            (Order::Company, true) => " ORDER BY p.company_name DESC, p.inserted_at DESC, p.id DESC",
        }
    }

    /// The positions of all pages.
    fn matching(&self) -> Statement<'_> {
        let paid = |paid: &RangeInclusive<_>| {
            sql(" AND p.payment_date BETWEEN $1 AND $2").bind(*paid.start()).bind(*paid.end())
        };
        self.of_kind().and_if(self.paid.as_ref().map(paid)).and_if(match (&self.due, self.codes.listed()) {
            (None, Some(codes)) => Some(
                sql(" AND (")
                    .and(has_code(codes))
                    .and(sql(" OR p.segregation = ''").and_if(self.with_options()))
                    .and(sql(")")),
            ),
            _ => self.with_options(),
        })
    }

    /// What is known of a position, and of what was counted of such positions.
    pub(super) fn of_kind(&self) -> Statement<'_> {
        let service = match self.service {
            None => sql(" AND p.service_type <> 'WISP'"),
            Some(ServiceType::Gpd) => sql(" AND p.service_type = 'GPD'"),
            // The index of what is rare is not for our own.
            Some(rare) => sql(" AND p.service_type = $1 AND p.service_type <> 'GPD'").bind(rare.as_str()),
        };
        let status = |status: &PositionStatus| sql("p.status = $1").bind(status.as_str());
        let any = (!self.statuses.is_empty()).then(|| sql(" AND ").and(any_of(self.statuses.iter().map(status))));
        sql(" WHERE p.organization = $1").bind(self.organization.as_str()).and(service).and_if(any)
    }

    /// What one option at least must be like: due options are looked for by their date, codes are looked at where one
    /// comes by.
    pub(super) fn with_options(&self) -> Option<Statement<'_>> {
        let organization = self.organization.as_str();
        match (&self.due, self.codes.listed()) {
            (None, None) => None,
            // SQLite makes a join of EXISTS, and then OFFSET counts a position as often as it has such options.
            (None, Some(codes)) => Some(
                sql(" AND (SELECT 1 FROM payment_option o WHERE o.position_id = p.id AND ")
                    .and(with_code(codes))
                    .and(sql(" LIMIT 1) IS NOT NULL")),
            ),
            (Some(due), codes) => Some(
                sql(" AND p.id IN (SELECT o.position_id FROM payment_option o
                                   WHERE o.organization = $1 AND o.due_date BETWEEN $2 AND $3")
                .bind(organization)
                .bind(*due.start())
                .bind(*due.end())
                .and_if(codes.map(|codes| sql(" AND ").and(with_code(codes))))
                .and(sql(")")),
            ),
        }
    }
}

/// A position whose options all have one of these codes.
pub(super) fn has_code(codes: &[String]) -> Statement<'_> {
    any_of(codes.iter().map(|code| sql("p.segregation = $1").bind(code)))
}

/// An option whose IUV begins with one of these codes.
fn with_code(codes: &[String]) -> Statement<'_> {
    any_of(codes.iter().map(|code| sql("(o.iuv >= $1 AND o.iuv < $2)").bind(code).bind(end_of_prefix(code))))
}
