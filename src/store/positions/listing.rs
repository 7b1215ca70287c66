//! Positions page by page. A statement asks only for what the list asks for: each part that narrows it down is there or
//! not, so that an engine always finds the index that was made for it.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

use super::StoredPosition;
use super::position_columns;
use super::rows::{day_column, read_all_positions};
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
    /// The days on which one of their options is due.
    pub due: Option<RangeInclusive<NaiveDate>>,
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
        let day = option.due_date.date_naive();
        self.codes.allow(option.iuv.as_str()) && self.due.as_ref().is_none_or(|due| due.contains(&day))
    }

    fn count(&self) -> Statement<'_> {
        self.counted().unwrap_or_else(|| sql("SELECT COUNT(*) FROM debt_position p").and(self.list()))
    }

    /// First the keys of a page, then all that belongs to them.
    fn positions(&self) -> Statement<'_> {
        sql(concat!("SELECT ", position_columns!(), " FROM (SELECT k.id FROM ("))
            .and(self.keys())
            .and(sql(") k LIMIT 50) k JOIN debt_position p ON p.id = k.id"))
            .and(sql(" LEFT JOIN payment_option o ON o.position_id = p.id"))
            .and(sql(self.ordered()))
            .and(sql(", o.ordinal"))
    }

    /// The keys of a page. Parts are merged: each stands in its index in the order of the list, so that nobody looks at
    /// more of it than there is up to this page.
    fn keys(&self) -> Statement<'_> {
        let page = sql(" LIMIT $1 OFFSET $2").bind(self.limit).bind(self.limit.saturating_mul(self.page));
        let mut parts = self.parts();
        if parts.len() < 2 {
            return sql("SELECT p.id FROM debt_position p").and_if(parts.pop()).and(sql(self.ordered())).and(page);
        }
        let key = |part| sql("SELECT p.id, p.inserted_at FROM debt_position p").and(part);
        let merged = parts.into_iter().map(key).reduce(|all, part| all.and(sql(" UNION ALL ")).and(part));
        let ordered = if self.descending { "inserted_at DESC, id DESC" } else { "inserted_at, id" };
        sql("").and_if(merged).and(sql(" ORDER BY ")).and(sql(ordered)).and(page)
    }

    /// The parts of a list that have no position in common: one for each day, code or status. Only what is listed as it
    /// came has indexes for them.
    fn parts(&self) -> Vec<Statement<'_>> {
        if self.order != Order::Inserted {
            return vec![self.list()];
        }
        let part = |of| self.of_kind().and_if(self.when_paid()).and(of);
        match (&self.due, self.codes.listed()) {
            (Some(due), _) => {
                let days = due.start().iter_days().take_while(|day| day <= due.end());
                let on_day = |day| part(sql(" AND p.due_day = $1").bind(day_column(day))).and_if(self.with_codes());
                let several = part(sql(" AND p.due_day = ''")).and_if(self.with_option());
                days.map(on_day).chain([several]).collect()
            }
            (None, Some(codes)) => {
                let with_code = |code| part(sql(" AND p.segregation = $1").bind(code));
                let several = part(sql(" AND p.segregation = ''")).and_if(self.with_option());
                codes.iter().collect::<BTreeSet<_>>().into_iter().map(with_code).chain([several]).collect()
            }
            (None, None) if self.statuses.len() > 1 => {
                self.statuses.iter().map(|status| part(sql(" AND p.status = $1").bind(status.as_str()))).collect()
            }
            (None, None) => vec![self.list()],
        }
    }

    /// The whole list at once.
    fn list(&self) -> Statement<'_> {
        let due = self.due.as_ref().map(|due| {
            let several = sql(" OR p.due_day = ''").and_if(self.with_option());
            sql(" AND (").and(on_days(due)).and(several).and(sql(")"))
        });
        self.of_kind().and_if(self.when_paid()).and_if(due).and_if(self.with_codes())
    }

    /// Positions that have an option with one of the codes, if any are listed.
    fn with_codes(&self) -> Option<Statement<'_>> {
        let several = sql(" OR p.segregation = ''").and_if(self.with_option());
        Some(sql(" AND (").and(has_code(self.codes.listed()?)).and(several).and(sql(")")))
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

    fn when_paid(&self) -> Option<Statement<'_>> {
        let paid = self.paid.as_ref()?;
        Some(sql(" AND p.payment_date BETWEEN $1 AND $2").bind(*paid.start()).bind(*paid.end()))
    }

    /// What one option of a position must be like, where one comes by. (SQLite makes a join of EXISTS, and OFFSET then
    /// counts a position as often as it has such options.)
    pub(super) fn with_option(&self) -> Option<Statement<'_>> {
        let like = self.like_this()?;
        let option = sql(" AND (SELECT 1 FROM payment_option o WHERE o.position_id = p.id AND ");
        Some(option.and(like).and(sql(" LIMIT 1) IS NOT NULL")))
    }

    /// The same, where options are looked for by the day on which they are due.
    pub(super) fn with_due_option(&self) -> Option<Statement<'_>> {
        let options = sql(" AND p.id IN (SELECT o.position_id FROM payment_option o WHERE o.organization = $1 AND ");
        Some(options.bind(self.organization.as_str()).and(self.like_this()?).and(sql(")")))
    }

    fn like_this(&self) -> Option<Statement<'_>> {
        let due = self.due.as_ref().map(|due| {
            let end = due.end().and_time(NaiveTime::MIN).and_utc() + TimeDelta::days(1) - TimeDelta::microseconds(1);
            sql("o.due_date BETWEEN $1 AND $2").bind(due.start().and_time(NaiveTime::MIN).and_utc()).bind(end)
        });
        match (due, self.codes.listed().map(with_code)) {
            (Some(due), Some(code)) => Some(due.and(sql(" AND ")).and(code)),
            (due, code) => due.or(code),
        }
    }
}

/// A position whose options are all due on the same of these days.
pub(super) fn on_days(days: &RangeInclusive<NaiveDate>) -> Statement<'_> {
    let [from, to] = [days.start(), days.end()].map(|day| day_column(*day));
    sql("p.due_day BETWEEN $1 AND $2").bind(from).bind(to)
}

/// A position whose options all have one of these codes.
pub(super) fn has_code(codes: &[String]) -> Statement<'_> {
    any_of(codes.iter().map(|code| sql("p.segregation = $1").bind(code)))
}

/// An option whose IUV begins with one of these codes.
fn with_code(codes: &[String]) -> Statement<'_> {
    any_of(codes.iter().map(|code| sql("(o.iuv >= $1 AND o.iuv < $2)").bind(code).bind(end_of_prefix(code))))
}
