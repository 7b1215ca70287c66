//! Debt positions, their options and transfers: how they are found. `rows` makes domain types of what is found,
//! `saving` the other way round.

mod rows;
mod saving;

use self::rows::{read_notice, read_option, read_position};
use super::{Store, StoreError, Tx, failed_to};
use crate::domain::codes::{Iupd, NoticeNumber, OrganizationCode};
use crate::domain::position::{DebtPosition, Notice};
use crate::domain::registry::{Caller, Standing};

/// The columns that [`read_option`] needs, of an option called `o`.
macro_rules! option_columns {
    (beneficiary = $company_name:literal) => {
        concat!(
            "o.id, o.nav, o.iuv, o.amount_cents, o.description, o.debtor, o.is_partial_payment, o.plan,
             o.validity_date, o.due_date, o.retention_date, o.switch_to_expired, o.metadata, o.status,
             o.payment_date, o.receipt_id, o.paid_cents,
             (SELECT json_group_array(json_array(t.ordinal, t.id_transfer, t.amount_cents, t.organization, ",
            $company_name,
            ", t.remittance_information, t.category, t.iban, t.postal_iban, t.stamp_hash, t.stamp_type,
                     t.stamp_province, t.metadata))
              FROM transfer t WHERE t.option_id = o.id) AS transfers"
        )
    };
}

/// Who was called and the notice that was asked for, in one statement: the hot path of the station. A beneficiary
/// without a name of its own takes the registry's.
const NOTICE: &str = concat!(
    "SELECT EXISTS (SELECT 1 FROM organization r WHERE r.fiscal_code = $1 AND r.active) AS organization_known,
            EXISTS (SELECT 1 FROM organization_station l JOIN station s ON s.id_station = l.id_station
                    WHERE l.organization = $1 AND s.id_broker = $2) AS broker_known,
            EXISTS (SELECT 1 FROM organization_station l JOIN station s ON s.id_station = l.id_station
                    WHERE l.organization = $1 AND s.id_broker = $2 AND l.id_station = $3) AS station_known,
            p.company_name, p.office_name, p.status AS position_status,
            EXISTS (SELECT 1 FROM payment_option rival WHERE rival.position_id = o.position_id
                    AND rival.plan <> o.plan AND rival.status <> 'PO_UNPAID') AS rival_paid, ",
    option_columns!(
        beneficiary = "COALESCE(t.company_name,
                                (SELECT b.company_name FROM organization b WHERE b.fiscal_code = t.organization))"
    ),
    " FROM (SELECT 1 AS call) c
      LEFT JOIN payment_option o ON o.organization = $1 AND o.nav = $4
      LEFT JOIN debt_position p ON p.id = o.position_id"
);

/// A position with all its options, one row each; found by its IUPD or by one of its notices.
macro_rules! position_where {
    ($condition:literal) => {
        concat!(
            "SELECT p.id AS position_id, p.organization, p.iupd, p.company_name, p.office_name, p.pay_stand_in,
                    p.status AS position_status, p.publish_date, p.payment_date AS settled_at, ",
            option_columns!(beneficiary = "t.company_name"),
            " FROM debt_position p LEFT JOIN payment_option o ON o.position_id = p.id WHERE ",
            $condition,
            " ORDER BY o.ordinal"
        )
    };
}

const POSITION_BY_IUPD: &str = position_where!("p.organization = $1 AND p.iupd = $2");
const POSITION_BY_NAV: &str =
    position_where!("p.id = (SELECT n.position_id FROM payment_option n WHERE n.organization = $1 AND n.nav = $2)");

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
pub(in crate::store) struct StoredPosition {
    pub(in crate::store) id: i64,
    pub(in crate::store) position: DebtPosition,
}

impl Store {
    /// Reads who was called and the notice that was asked for.
    pub async fn notice(&self, caller: &Caller, notice: &NoticeNumber) -> Result<NoticeReading, StoreError> {
        let doing = "read a notice";
        let mut connection = self.read().await?;
        let row = sqlx::query(NOTICE)
            .bind(&caller.organization)
            .bind(&caller.broker)
            .bind(&caller.station)
            .bind(notice.as_str())
            .fetch_one(&mut *connection)
            .await
            .map_err(failed_to(doing))?;
        let standing = super::registry::standing(&row).map_err(failed_to(doing))?;
        Ok(NoticeReading { standing, notice: read_notice(&row) })
    }
}

impl Tx {
    /// The position that one of an organization's notices belongs to, with the key by which it is updated.
    pub async fn position_of_notice(
        &mut self,
        organization: &OrganizationCode,
        notice: &NoticeNumber,
    ) -> Result<Option<(i64, DebtPosition)>, StoreError> {
        let stored = self.position(POSITION_BY_NAV, organization, notice.as_str()).await?;
        Ok(stored.map(|stored| (stored.id, stored.position)))
    }

    pub(in crate::store) async fn position_by_iupd(
        &mut self,
        organization: &OrganizationCode,
        iupd: &Iupd,
    ) -> Result<Option<StoredPosition>, StoreError> {
        self.position(POSITION_BY_IUPD, organization, iupd.as_str()).await
    }

    async fn position(
        &mut self,
        statement: &'static str,
        organization: &OrganizationCode,
        key: &str,
    ) -> Result<Option<StoredPosition>, StoreError> {
        let query = sqlx::query(statement).bind(organization.as_str()).bind(key);
        let rows = query.fetch_all(&mut *self.0).await.map_err(failed_to("read a position"))?;
        let Some(first) = rows.first() else { return Ok(None) };
        let mut stored = read_position(first)?;
        for row in &rows {
            stored.position.options.extend(read_option(row)?);
        }
        Ok(Some(stored))
    }
}
