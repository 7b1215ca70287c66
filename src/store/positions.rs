//! Debt positions, their options and transfers: rows to domain and back.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Deserialize;
use sqlx::sqlite::SqliteRow;
use sqlx::{QueryBuilder, Row};

use super::{Store, StoreError, Tx, failed_to};
use crate::domain::amount::Amount;
use crate::domain::codes::{Iupd, Iuv, Nav, NoticeNumber, OrganizationCode};
use crate::domain::position::{
    Account, DebtPosition, MapEntry, Notice, OptionState, Payment, PaymentOption, PositionStatus, StampRequest,
    Transfer, TransferId,
};
use crate::domain::registry::{Caller, Standing};
use crate::domain::settlement::Paid;

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
                     t.stamp_province, json(t.metadata)))
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

const INSERT_POSITIONS: &str = "
    INSERT INTO debt_position (organization, iupd, company_name, office_name, pay_stand_in, status, publish_date,
                               payment_date, inserted_at, updated_at) ";

const UPDATE_POSITION: &str = "
    UPDATE debt_position SET company_name = $2, office_name = $3, pay_stand_in = $4, status = $5, publish_date = $6,
                             payment_date = $7, updated_at = $8
    WHERE id = $1";

const DELETE_OPTIONS: &str = "DELETE FROM payment_option WHERE position_id = $1";

const INSERT_OPTIONS: &str = "
    INSERT INTO payment_option (position_id, ordinal, organization, nav, iuv, amount_cents, description, debtor,
                                is_partial_payment, plan, validity_date, due_date, retention_date, switch_to_expired,
                                metadata, status, payment_date, receipt_id, paid_cents) ";

const NAV_TAKEN: &str = "SELECT EXISTS (SELECT 1 FROM payment_option WHERE organization = $1 AND nav = $2)";

const INSERT_TRANSFERS: &str = "
    INSERT INTO transfer (option_id, ordinal, id_transfer, amount_cents, organization, company_name,
                          remittance_information, category, iban, postal_iban, stamp_hash, stamp_type, stamp_province,
                          metadata) ";

/// Rows of one INSERT: with nineteen columns at the most, below both engines' bound on parameters.
const ROWS: usize = 1000;

const PAY_OPTION: &str = "
    UPDATE payment_option SET status = 'PO_PAID', payment_date = $3, receipt_id = $4, paid_cents = $5
    WHERE position_id = $1 AND nav = $2";

const SETTLE_POSITION: &str = "
    UPDATE debt_position
    SET status = $2, updated_at = $4, payment_date = CASE WHEN $2 = 'PAID' THEN COALESCE(payment_date, $3) ELSE payment_date END
    WHERE id = $1";

/// What one statement tells about a call for a notice.
#[derive(Clone, Debug)]
pub struct NoticeReading {
    /// What the registry knows of the caller.
    pub standing: Standing,
    /// The notice, if the called organization has it.
    pub notice: Option<Notice>,
}

/// A position as it is stored, with the key by which it is updated.
#[derive(Clone, Debug)]
pub(super) struct StoredPosition {
    pub(super) id: i64,
    pub(super) position: DebtPosition,
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
        Ok(NoticeReading { standing, notice: read_notice(&row)? })
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

    pub(super) async fn position_by_iupd(
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

    /// Inserts new positions and gives their keys in the same order; none if one of them is there already.
    pub(super) async fn insert_positions(
        &mut self,
        positions: &[&DebtPosition],
        now: DateTime<Utc>,
    ) -> Result<Option<Vec<i64>>, StoreError> {
        let doing = "insert positions";
        let mut keys: HashMap<(String, String), i64> = HashMap::with_capacity(positions.len());
        for chunk in positions.chunks(ROWS) {
            let mut insert = QueryBuilder::new(INSERT_POSITIONS);
            insert.push_values(chunk, |mut row, position| {
                row.push_bind(position.organization.as_str())
                    .push_bind(position.iupd.as_str())
                    .push_bind(&position.company_name)
                    .push_bind(&position.office_name)
                    .push_bind(position.pay_stand_in)
                    .push_bind(position.status.as_str())
                    .push_bind(position.publish_date)
                    .push_bind(position.payment_date)
                    .push_bind(now)
                    .push_bind(now);
            });
            insert.push(" ON CONFLICT DO NOTHING RETURNING organization, iupd, id");
            // Each length is a statement of its own, not worth keeping prepared.
            let query = insert.build_query_as().persistent(false);
            let rows: Vec<(String, String, i64)> = query.fetch_all(&mut *self.0).await.map_err(failed_to(doing))?;
            keys.extend(rows.into_iter().map(|(organization, iupd, id)| ((organization, iupd), id)));
        }
        let key =
            |p: &&DebtPosition| keys.get(&(p.organization.as_str().to_owned(), p.iupd.as_str().to_owned())).copied();
        Ok((keys.len() == positions.len()).then(|| positions.iter().filter_map(key).collect()))
    }

    /// Replaces what is stored under a key, options included (they are to be inserted anew).
    pub(super) async fn replace_position(
        &mut self,
        id: i64,
        position: &DebtPosition,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let doing = "update a position";
        sqlx::query(DELETE_OPTIONS).bind(id).execute(&mut *self.0).await.map_err(failed_to(doing))?;
        self.update_position(id, position, now).await
    }

    pub(super) async fn update_position(
        &mut self,
        id: i64,
        position: &DebtPosition,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let query = sqlx::query(UPDATE_POSITION)
            .bind(id)
            .bind(&position.company_name)
            .bind(&position.office_name)
            .bind(position.pay_stand_in)
            .bind(position.status.as_str())
            .bind(position.publish_date)
            .bind(position.payment_date)
            .bind(now);
        query.execute(&mut *self.0).await.map(drop).map_err(failed_to("update a position"))
    }

    /// Inserts the options of positions with their transfers; the one whose notice or IUV its organization already
    /// uses comes back, and then not everything was inserted.
    pub(super) async fn insert_options<'p>(
        &mut self,
        positions: &[(i64, &'p DebtPosition)],
    ) -> Result<Result<(), &'p PaymentOption>, StoreError> {
        let options: Vec<OptionToInsert<'p>> = positions.iter().flat_map(|(id, p)| options_of(*id, p)).collect();
        let mut transfers = Vec::with_capacity(options.len());
        for chunk in options.chunks(ROWS) {
            let mut keys = self.insert_option_rows(chunk).await?;
            for to_insert in chunk {
                let key = (to_insert.position_id, to_insert.option.nav.as_str().to_owned());
                // Taken out, so that the same notice twice in one position is a clash too.
                let Some(option_id) = keys.remove(&key) else { return Ok(Err(to_insert.option)) };
                transfers.extend(to_insert.option.transfers.iter().enumerate().map(|(at, t)| (option_id, at, t)));
            }
        }
        for chunk in transfers.chunks(ROWS) {
            self.insert_transfer_rows(chunk).await?;
        }
        Ok(Ok(()))
    }

    /// Inserts what can be inserted, and gives the keys by position and notice.
    async fn insert_option_rows(
        &mut self,
        options: &[OptionToInsert<'_>],
    ) -> Result<HashMap<(i64, String), i64>, StoreError> {
        let mut insert = QueryBuilder::new(INSERT_OPTIONS);
        insert.push_values(options, |mut row, OptionToInsert { position_id, ordinal, organization, option }| {
            let payment = option.state.payment();
            row.push_bind(*position_id)
                .push_bind(*ordinal as i64)
                .push_bind(*organization)
                .push_bind(option.nav.as_str())
                .push_bind(option.iuv.as_str())
                .push_bind(option.amount.cents())
                .push_bind(&option.description)
                .push_bind(json(&option.debtor))
                .push_bind(option.is_partial_payment)
                .push_bind(option.plan)
                .push_bind(option.validity_date)
                .push_bind(option.due_date)
                .push_bind(option.retention_date)
                .push_bind(option.switch_to_expired)
                .push_bind(json(&option.metadata))
                .push_bind(option.state.as_str())
                .push_bind(payment.and_then(|p| p.date))
                .push_bind(payment.and_then(|p| p.receipt_id.as_deref()))
                .push_bind(payment.and_then(|p| p.paid_cents));
        });
        insert.push(" ON CONFLICT DO NOTHING RETURNING position_id, nav, id");
        let query = insert.build_query_as().persistent(false);
        let rows: Vec<(i64, String, i64)> =
            query.fetch_all(&mut *self.0).await.map_err(failed_to("insert payment options"))?;
        Ok(rows.into_iter().map(|(position_id, nav, id)| ((position_id, nav), id)).collect())
    }

    pub(super) async fn nav_is_taken(
        &mut self,
        organization: &OrganizationCode,
        nav: &Nav,
    ) -> Result<bool, StoreError> {
        let query = sqlx::query_scalar(NAV_TAKEN).bind(organization.as_str()).bind(nav.as_str());
        query.fetch_one(&mut *self.0).await.map_err(failed_to("look for a notice"))
    }

    async fn insert_transfer_rows(&mut self, transfers: &[(i64, usize, &Transfer)]) -> Result<(), StoreError> {
        let mut insert = QueryBuilder::new(INSERT_TRANSFERS);
        insert.push_values(transfers, |mut row, (option_id, ordinal, transfer)| {
            let (iban, postal_iban, stamp) = match &transfer.account {
                Account::Iban { iban, postal_iban } => (Some(iban), postal_iban.as_ref(), None),
                Account::Stamp(stamp) => (None, None, Some(stamp)),
            };
            row.push_bind(*option_id)
                .push_bind(*ordinal as i64)
                .push_bind(i64::from(transfer.id.get()))
                .push_bind(transfer.amount.cents())
                .push_bind(transfer.organization.as_str())
                .push_bind(&transfer.company_name)
                .push_bind(&transfer.remittance_information)
                .push_bind(&transfer.category)
                .push_bind(iban)
                .push_bind(postal_iban)
                .push_bind(stamp.map(|s| &s.hash))
                .push_bind(stamp.map(|s| &s.kind))
                .push_bind(stamp.map(|s| &s.province))
                .push_bind(json(&transfer.metadata));
        });
        let query = insert.build().persistent(false);
        query.execute(&mut *self.0).await.map(drop).map_err(failed_to("insert transfers"))
    }

    /// Records a payment on an option and the status that follows on its position.
    pub async fn save_payment(
        &mut self,
        position_id: i64,
        nav: &Nav,
        paid: &Paid,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let doing = "record a payment";
        let payment = &paid.payment;
        sqlx::query(PAY_OPTION)
            .bind(position_id)
            .bind(nav.as_str())
            .bind(payment.date)
            .bind(&payment.receipt_id)
            .bind(payment.paid_cents)
            .execute(&mut *self.0)
            .await
            .map_err(failed_to(doing))?;
        let settle =
            sqlx::query(SETTLE_POSITION).bind(position_id).bind(paid.status.as_str()).bind(payment.date).bind(now);
        settle.execute(&mut *self.0).await.map(drop).map_err(failed_to(doing))
    }
}

/// An option with what its row needs besides.
struct OptionToInsert<'p> {
    position_id: i64,
    ordinal: usize,
    organization: &'p str,
    option: &'p PaymentOption,
}

fn options_of(position_id: i64, position: &DebtPosition) -> impl Iterator<Item = OptionToInsert<'_>> {
    let organization = position.organization.as_str();
    let options = position.options.iter().enumerate();
    options.map(move |(ordinal, option)| OptionToInsert { position_id, ordinal, organization, option })
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("texts and lists always have a JSON form")
}

fn read_notice(row: &SqliteRow) -> Result<Option<Notice>, StoreError> {
    let Some(option) = read_option(row)? else { return Ok(None) };
    let head = || -> Result<_, sqlx::Error> {
        Ok((row.try_get("company_name")?, row.try_get("office_name")?, row.try_get("rival_paid")?))
    };
    let (company_name, office_name, rival_paid) = head().map_err(failed_to("read a notice"))?;
    Ok(Some(Notice { company_name, office_name, status: read_status(row)?, rival_paid, option }))
}

fn read_status(row: &SqliteRow) -> Result<PositionStatus, StoreError> {
    let name: &str = row.try_get("position_status").map_err(failed_to("read a position's status"))?;
    PositionStatus::parse(name).ok_or(StoreError::Corrupt("position status"))
}

fn read_position(row: &SqliteRow) -> Result<StoredPosition, StoreError> {
    let status = read_status(row)?;
    let read = || -> Result<StoredPosition, sqlx::Error> {
        Ok(StoredPosition {
            id: row.try_get("position_id")?,
            position: DebtPosition {
                organization: OrganizationCode::new(row.try_get::<String, _>("organization")?),
                iupd: Iupd::new(row.try_get::<String, _>("iupd")?),
                company_name: row.try_get("company_name")?,
                office_name: row.try_get("office_name")?,
                pay_stand_in: row.try_get("pay_stand_in")?,
                status,
                publish_date: row.try_get("publish_date")?,
                payment_date: row.try_get("settled_at")?,
                options: Vec::new(),
            },
        })
    };
    read().map_err(failed_to("read a position"))
}

/// The option in a row; none where the outer join found none.
fn read_option(row: &SqliteRow) -> Result<Option<PaymentOption>, StoreError> {
    let doing = "read a payment option";
    if row.try_get::<Option<i64>, _>("id").map_err(failed_to(doing))?.is_none() {
        return Ok(None);
    }
    let texts = || -> Result<[&str; 4], sqlx::Error> {
        Ok([row.try_get("debtor")?, row.try_get("metadata")?, row.try_get("status")?, row.try_get("transfers")?])
    };
    let [debtor, metadata, status, transfers] = texts().map_err(failed_to(doing))?;
    let read = || -> Result<_, sqlx::Error> {
        let payment = Payment {
            date: row.try_get("payment_date")?,
            receipt_id: row.try_get("receipt_id")?,
            paid_cents: row.try_get("paid_cents")?,
        };
        let option = PaymentOption {
            nav: Nav::new(row.try_get::<String, _>("nav")?),
            iuv: Iuv::new(row.try_get::<String, _>("iuv")?),
            amount: Amount::from_cents(row.try_get("amount_cents")?).map_err(|e| sqlx::Error::Decode(e.into()))?,
            description: row.try_get("description")?,
            debtor: serde_json::from_str(debtor).map_err(|e| sqlx::Error::Decode(e.into()))?,
            is_partial_payment: row.try_get("is_partial_payment")?,
            plan: row.try_get("plan")?,
            validity_date: row.try_get("validity_date")?,
            due_date: row.try_get("due_date")?,
            retention_date: row.try_get("retention_date")?,
            switch_to_expired: row.try_get("switch_to_expired")?,
            metadata: serde_json::from_str(metadata).map_err(|e| sqlx::Error::Decode(e.into()))?,
            transfers: Vec::new(),
            state: OptionState::Unpaid,
        };
        Ok((option, payment))
    };
    let (mut option, payment) = read().map_err(failed_to(doing))?;
    option.state = OptionState::parse(status, payment).ok_or(StoreError::Corrupt("option status"))?;
    option.transfers = read_transfers(transfers)?;
    Ok(Some(option))
}

/// A transfer as the statements aggregate it, in their order of columns.
#[derive(Deserialize)]
struct TransferRow(
    i64,
    i64,
    i64,
    String,
    Option<String>,
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Vec<MapEntry>,
);

fn read_transfers(aggregate: &str) -> Result<Vec<Transfer>, StoreError> {
    let mut rows: Vec<TransferRow> = serde_json::from_str(aggregate).map_err(|_| StoreError::Corrupt("transfer"))?;
    rows.sort_unstable_by_key(|row| row.0);
    rows.into_iter().map(|row| row.transfer().ok_or(StoreError::Corrupt("transfer"))).collect()
}

impl TransferRow {
    fn transfer(self) -> Option<Transfer> {
        let TransferRow(
            _,
            id,
            cents,
            organization,
            company_name,
            remittance,
            category,
            iban,
            postal_iban,
            hash,
            kind,
            province,
            metadata,
        ) = self;
        let account = match (iban, hash, kind, province) {
            (Some(iban), ..) => Account::Iban { iban, postal_iban },
            (None, Some(hash), Some(kind), Some(province)) => Account::Stamp(StampRequest { hash, kind, province }),
            _ => return None,
        };
        Some(Transfer {
            id: TransferId::new(id)?,
            amount: Amount::from_cents(cents).ok()?,
            organization: OrganizationCode::new(organization),
            company_name,
            remittance_information: remittance,
            category,
            account,
            metadata,
        })
    }
}
