//! Debt positions and their options, each with its transfers in its row: how they are found. `rows` makes domain types
//! of what is found, `saving` the other way round.

mod rows;
mod saving;

use self::rows::read_notice;
pub(super) use self::rows::read_positions;
pub(super) use self::saving::{pay_option, settle_position};
use super::sql::{Row, sql};
use super::{Engine, Store, StoreError, Tx, failed_to};
use crate::domain::codes::{Iupd, NoticeNumber, OrganizationCode};
use crate::domain::position::{DebtPosition, Notice};
use crate::domain::registry::{Caller, Standing};

/// The columns that make an option, of one that is called `o`.
macro_rules! option_columns {
    () => {
        "o.id, o.nav, o.iuv, o.amount_cents, o.description, o.debtor, o.is_partial_payment, o.plan, o.validity_date,
         o.due_date, o.retention_date, o.switch_to_expired, o.metadata, o.status, o.payment_date, o.receipt_id,
         o.paid_cents, o.transfers"
    };
}

/// The columns that make a position, of one that is called `p` and its options `o`.
macro_rules! position_columns {
    () => {
        concat!(
            "p.id AS position_id, p.organization, p.iupd, p.company_name, p.office_name, p.pay_stand_in,
             p.status AS position_status, p.publish_date, p.payment_date AS settled_at, ",
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
    /// What it says.
    pub position: DebtPosition,
}

impl Store {
    /// Reads who was called and the notice that was asked for.
    pub async fn notice(&self, caller: &Caller, notice: &NoticeNumber) -> Result<NoticeReading, StoreError> {
        let doing = "read a notice";
        let text = match self.engine {
            Engine::Sqlite(_) => NOTICE_SQLITE,
            Engine::Postgres(_) => NOTICE_POSTGRES,
        };
        let ask = || sql(text).bind(&caller.organization).bind(&caller.station).bind(notice.as_str());
        let row = match self.one(doing, ask).await {
            // What is stored of this notice cannot even be looked into; the caller is still to be known.
            Err(corrupt) if !corrupt.is_outage() => {
                return Ok(NoticeReading { standing: self.standing(caller).await?, notice: Err(corrupt) });
            }
            answer => answer?,
        };
        let standing = match read_standing(&row, caller).map_err(failed_to(doing))? {
            // What is wrong with the caller takes another look; nobody who is configured rightly gets here.
            Standing { organization: true, station: false, .. } => self.standing(caller).await?,
            standing => standing,
        };
        Ok(NoticeReading { standing, notice: read_notice(&row, caller) })
    }
}

/// The link between organization and station tells that all is well, or that something is not.
fn read_standing(row: &Row, caller: &Caller) -> Result<Standing, sqlx::Error> {
    let station = row.get::<Option<&str>>("id_broker")? == Some(&*caller.broker);
    let organization = row.get::<Option<bool>>("active")?.unwrap_or(false);
    Ok(Standing { organization, broker: station, station })
}

impl Tx {
    pub(in crate::store) async fn position_by_iupd(
        &mut self,
        organization: &OrganizationCode,
        iupd: &Iupd,
    ) -> Result<Option<StoredPosition>, StoreError> {
        let ask = sql(POSITION_BY_IUPD).bind(organization.as_str()).bind(iupd.as_str());
        read_positions(&self.session.all("read a position", ask).await?)
    }
}
