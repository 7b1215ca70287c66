//! Debt positions and their options, each with its transfers in its row: how they are found. `rows` makes domain types
//! of what is found, `saving` the other way round.

mod counting;
mod holders;
mod listing;
mod moves;
mod rows;
mod saving;

use std::collections::HashMap;

use chrono::{DateTime, Utc};

pub use self::holders::{Holders, Read};
pub use self::listing::{Listing, MOST_ON_A_PAGE, Order, Page};
pub(super) use self::rows::read_positions;
use self::rows::{read_all_positions, read_notice};
pub(super) use self::saving::{Placed, pay_option, settle_position};
use super::sql::{Row, Statement, sql, sql_of_rows};
use super::{Engine, ROWS, Store, StoreError, Tx, failed_to};
use crate::domain::codes::{Iupd, Iuv, NoticeNumber, OrganizationCode};
use crate::domain::position::{DebtPosition, Notice, PaymentOption};
use crate::domain::registry::{Caller, Standing};

/// The columns that make an option, of one that is called `o`.
macro_rules! option_columns {
    () => {
        "o.id, o.nav, o.iuv, o.amount_cents, o.description, o.debtor, o.is_partial_payment, o.plan, o.validity_date,
         o.due_date, o.retention_date, o.switch_to_expired, o.metadata, o.status, o.payment_date, o.receipt_id,
         o.paid_cents, o.payment_details, o.notification_fee_cents, o.plan_description, o.transfers"
    };
}

/// The columns that make a position, of one that is called `p` and its options `o`.
macro_rules! position_columns {
    () => {
        concat!(
            "p.id AS position_id, p.organization, p.iupd, p.company_name, p.office_name, p.pay_stand_in,
             p.service_type, p.version, p.inserted_at, p.updated_at, p.status AS position_status, p.publish_date,
             p.payment_date AS settled_at, o.inserted_at AS option_inserted_at, o.updated_at AS option_updated_at,
             o.fee_updated_at, ",
            $crate::store::positions::option_columns!()
        )
    };
}

pub(super) use {option_columns, position_columns};

/// Who was called and the notice that was asked for, in one statement: the hot path of the station. A beneficiary
/// without a name of its own takes the registry's; that of the called organization is at hand, others are looked for
/// only where there are any.
macro_rules! notice {
    (names = $names:literal) => {
        concat!(
            "SELECT r.active, r.company_name AS registered_name, l.id_broker,
                    p.company_name, p.office_name, p.status AS position_status, p.begun_plan,
                    CASE WHEN o.nameless_beneficiary THEN (",
            $names,
            ") END AS names, ",
            $crate::store::positions::option_columns!(),
            " FROM (SELECT 1 AS call) c
              LEFT JOIN organization r ON r.fiscal_code = $1
              LEFT JOIN organization_station l ON l.organization = $1 AND l.id_station = $2
              LEFT JOIN payment_option o ON o.organization = $1 AND o.nav = $3
              LEFT JOIN debt_position p ON p.id = o.position_id
              LIMIT 1"
        )
    };
}

const NOTICE_SQLITE: &str = notice!(
    names = "SELECT json_group_object(b.fiscal_code, b.company_name) FROM json_each(o.transfers) t
             JOIN organization b ON b.fiscal_code = t.value ->> 'organization'"
);

const NOTICE_POSTGRES: &str = notice!(
    names = "SELECT CAST(json_object_agg(b.fiscal_code, b.company_name) AS TEXT)
             FROM json_array_elements(CAST(o.transfers AS JSON)) t
             JOIN organization b ON b.fiscal_code = t.value ->> 'organization'"
);

const POSITION_BY_IUPD: &str = concat!(
    "SELECT ",
    position_columns!(),
    " FROM debt_position p LEFT JOIN payment_option o ON o.position_id = p.id
     WHERE p.organization = $1 AND p.iupd = $2 ORDER BY o.ordinal"
);

const POSITION_BY_NUMBER: &str = concat!(
    "SELECT ",
    position_columns!(),
    " FROM debt_position p JOIN payment_option o ON o.position_id = p.id
      WHERE p.id = (SELECT n.position_id FROM payment_option n
                    WHERE n.organization = $1 AND (n.nav = $2 OR n.iuv = $2)
                    ORDER BY CASE WHEN n.nav = $2 THEN 0 ELSE 1 END LIMIT 1)
      ORDER BY o.ordinal"
);

const POSITION_BY_IUV: &str = concat!(
    "SELECT ",
    position_columns!(),
    " FROM debt_position p JOIN payment_option o ON o.position_id = p.id
      WHERE p.id = (SELECT n.position_id FROM payment_option n WHERE n.organization = $1 AND n.iuv = $2)
      ORDER BY o.ordinal"
);

const POSITIONS_BY_IUPD: &str = concat!(
    "SELECT ",
    position_columns!(),
    " FROM debt_position p LEFT JOIN payment_option o ON o.position_id = p.id
      WHERE (p.organization, p.iupd) IN ("
);

/// By what a position is found.
#[derive(Clone, Copy, Debug)]
pub enum Key<'k> {
    /// Its own key.
    Iupd(&'k str),
    /// The notice number of one of its options, or else an IUV.
    Number(&'k str),
    /// The IUV of one of its options.
    Iuv(&'k str),
}

impl<'k> Key<'k> {
    fn statement(self, organization: &'k OrganizationCode) -> Statement<'k> {
        let (text, value) = match self {
            Key::Iupd(iupd) => (POSITION_BY_IUPD, iupd),
            Key::Number(number) => (POSITION_BY_NUMBER, number),
            Key::Iuv(iuv) => (POSITION_BY_IUV, iuv),
        };
        sql(text).bind(organization.as_str()).bind(value)
    }
}

/// What one statement tells about a call for a notice.
#[derive(Debug)]
pub struct NoticeReading {
    /// What the registry knows of the caller.
    pub standing: Standing,
    /// The notice, if the called organization has it; or that what is stored of it cannot be read.
    pub notice: Result<Option<Notice>, StoreError>,
}

/// A position as it is stored, with the key by which it is updated.
#[derive(Clone, Debug)]
pub struct StoredPosition {
    /// Its key.
    pub id: i64,
    /// How often it was changed.
    pub version: i64,
    /// Since when it is here.
    pub inserted_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// The times of its options, in their order.
    pub times: Vec<OptionTimes>,
    /// What it says.
    pub position: DebtPosition,
}

impl StoredPosition {
    /// A position that has just been stored.
    pub fn new(id: i64, position: DebtPosition, now: DateTime<Utc>) -> StoredPosition {
        let times = vec![OptionTimes::beginning(now); position.options.len()];
        StoredPosition { id, version: 0, inserted_at: now, updated_at: now, times, position }
    }

    /// The same position after a change.
    pub fn changed_to(&self, position: DebtPosition, now: DateTime<Utc>) -> StoredPosition {
        let times = self.times_of(&position.options, now);
        let (id, inserted_at) = (self.id, self.inserted_at);
        StoredPosition { id, version: self.version + 1, inserted_at, updated_at: now, times, position }
    }

    /// The times of the options that it has from now on: of one that is known by its IUV they go on.
    fn times_of(&self, options: &[PaymentOption], now: DateTime<Utc>) -> Vec<OptionTimes> {
        let known = self.position.options.iter().zip(&self.times);
        let known: HashMap<&Iuv, _> = known.map(|(option, times)| (&option.iuv, (option, times))).collect();
        let times = |option: &PaymentOption| match known.get(&option.iuv) {
            Some((known, times)) => times.after(known, option, now),
            None => OptionTimes::beginning(now),
        };
        options.iter().map(times).collect()
    }
}

impl OptionTimes {
    /// The times of an option that was one thing and is another.
    fn after(&self, before: &PaymentOption, after: &PaymentOption, now: DateTime<Utc>) -> OptionTimes {
        let same_fee = before.notification_fee == after.notification_fee;
        OptionTimes {
            inserted_at: self.inserted_at,
            updated_at: if before == after { self.updated_at } else { now },
            fee_updated_at: if same_fee { self.fee_updated_at } else { Some(now) },
        }
    }

    fn beginning(now: DateTime<Utc>) -> OptionTimes {
        OptionTimes { inserted_at: now, updated_at: now, fee_updated_at: None }
    }
}

/// When an option changed.
#[derive(Clone, Copy, Debug)]
pub struct OptionTimes {
    /// Since when it is here.
    pub inserted_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// When its notification fee was last set.
    pub fee_updated_at: Option<DateTime<Utc>>,
}

impl Store {
    /// Reads who was called and the notice that was asked for.
    pub async fn notice(&self, caller: &Caller, notice: &NoticeNumber) -> Result<NoticeReading, StoreError> {
        let row = match self.notice_row(&caller.organization, &caller.station, notice).await {
            // What is stored of this notice cannot even be looked into; the caller is still to be known.
            Err(corrupt) if !corrupt.is_outage() => {
                return Ok(NoticeReading { standing: self.standing(caller).await?, notice: Err(corrupt) });
            }
            answer => answer?,
        };
        let standing = match read_standing(&row, &caller.broker).map_err(failed_to("read a notice"))? {
            // What is wrong with the caller takes another look; nobody who is configured rightly gets here.
            Standing { organization: true, station: false, .. } => self.standing(caller).await?,
            standing => standing,
        };
        Ok(NoticeReading { standing, notice: read_notice(&row, &caller.organization) })
    }

    /// The same for whoever names no station: of its standing only the organization's is true.
    pub async fn notice_of(
        &self,
        organization: &OrganizationCode,
        notice: &NoticeNumber,
    ) -> Result<NoticeReading, StoreError> {
        let row = self.notice_row(organization.as_str(), "", notice).await?;
        let standing = read_standing(&row, "").map_err(failed_to("read a notice"))?;
        Ok(NoticeReading { standing, notice: read_notice(&row, organization.as_str()) })
    }

    async fn notice_row(&self, organization: &str, id_station: &str, notice: &NoticeNumber) -> Result<Row, StoreError> {
        let text = match self.engine {
            Engine::Sqlite(_) => NOTICE_SQLITE,
            Engine::Postgres(_) => NOTICE_POSTGRES,
        };
        let ask = || sql(text).bind(organization).bind(id_station).bind(notice.as_str());
        self.one("read a notice", ask).await
    }
}

/// The link between organization and station tells that all is well, or that something is not.
fn read_standing(row: &Row, broker: &str) -> Result<Standing, sqlx::Error> {
    let station = row.get::<Option<&str>>("id_broker")? == Some(broker);
    let organization = row.get::<Option<bool>>("active")?.unwrap_or(false);
    Ok(Standing { organization, broker: station, station })
}

impl Store {
    /// A position as it is stored.
    pub async fn position(
        &self,
        organization: &OrganizationCode,
        key: Key<'_>,
    ) -> Result<Option<StoredPosition>, StoreError> {
        read_positions(&self.rows("read a position", || key.statement(organization)).await?)
    }
}

impl Tx {
    /// A position as it is stored, for a change.
    pub async fn position(
        &mut self,
        organization: &OrganizationCode,
        key: Key<'_>,
    ) -> Result<Option<StoredPosition>, StoreError> {
        read_positions(&self.session.all("read a position", key.statement(organization)).await?)
    }

    /// Those of these positions that are stored, in no order.
    pub async fn positions(
        &mut self,
        organization: &OrganizationCode,
        iupds: &[Iupd],
    ) -> Result<Vec<StoredPosition>, StoreError> {
        let mut found = Vec::with_capacity(iupds.len());
        for chunk in iupds.chunks(ROWS) {
            let ask = sql_of_rows(POSITIONS_BY_IUPD, chunk.iter(), ") ORDER BY p.id, o.ordinal", |iupd, values| {
                values.extend([organization.as_str().into(), iupd.as_str().into()]);
            });
            found.extend(read_all_positions(&self.session.all("read positions", ask).await?)?);
        }
        Ok(found)
    }
}
