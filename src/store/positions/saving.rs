//! Domain types to rows: many at a time, since that is how they come.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use sqlx::QueryBuilder;

use crate::domain::codes::{Nav, OrganizationCode};
use crate::domain::position::{Account, DebtPosition, PaymentOption, Transfer};
use crate::domain::settlement::Paid;
use crate::store::{StoreError, Tx, failed_to, unreadable};

const INSERT_POSITIONS: &str = "
    INSERT INTO debt_position (organization, iupd, company_name, office_name, pay_stand_in, status, publish_date,
                               payment_date, inserted_at, updated_at) ";

const KNOWN: &str = "SELECT organization, iupd FROM debt_position";

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

impl Tx {
    /// For each position whether its organization has one with this key.
    pub(in crate::store) async fn known(&mut self, positions: &[DebtPosition]) -> Result<Vec<bool>, StoreError> {
        let mut known = HashSet::new();
        for chunk in positions.chunks(ROWS) {
            let mut select = QueryBuilder::new(KNOWN);
            select.push(" WHERE (organization, iupd) IN (");
            select.push_values(chunk, |mut row, position| {
                row.push_bind(position.organization.as_str()).push_bind(position.iupd.as_str());
            });
            select.push(")");
            let query = select.build_query_as::<(String, String)>().persistent(false);
            known.extend(query.fetch_all(&mut *self.0).await.map_err(failed_to("look for positions"))?);
        }
        let key = |p: &DebtPosition| (p.organization.as_str().to_owned(), p.iupd.as_str().to_owned());
        Ok(positions.iter().map(|position| known.contains(&key(position))).collect())
    }

    /// Inserts new positions and gives their keys in the same order.
    pub(in crate::store) async fn insert_positions(
        &mut self,
        positions: &[&DebtPosition],
        now: DateTime<Utc>,
    ) -> Result<Vec<i64>, StoreError> {
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
            insert.push(" RETURNING organization, iupd, id");
            let query = insert.build_query_as().persistent(is_kept(chunk));
            let rows: Vec<(String, String, i64)> = query.fetch_all(&mut *self.0).await.map_err(failed_to(doing))?;
            keys.extend(rows.into_iter().map(|(organization, iupd, id)| ((organization, iupd), id)));
        }
        let key = |p: &&DebtPosition| (p.organization.as_str().to_owned(), p.iupd.as_str().to_owned());
        let key = |p| keys.get(&key(p)).copied().ok_or_else(|| failed_to(doing)(unreadable("key")));
        positions.iter().map(key).collect()
    }

    /// Replaces what is stored under a key, options included (they are to be inserted anew).
    pub(in crate::store) async fn replace_position(
        &mut self,
        id: i64,
        position: &DebtPosition,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let doing = "update a position";
        sqlx::query(DELETE_OPTIONS).bind(id).execute(&mut *self.0).await.map_err(failed_to(doing))?;
        self.update_position(id, position, now).await
    }

    pub(in crate::store) async fn update_position(
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
    pub(in crate::store) async fn insert_options<'p>(
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
        let query = insert.build_query_as().persistent(is_kept(options));
        let rows: Vec<(i64, String, i64)> =
            query.fetch_all(&mut *self.0).await.map_err(failed_to("insert payment options"))?;
        Ok(rows.into_iter().map(|(position_id, nav, id)| ((position_id, nav), id)).collect())
    }

    pub(in crate::store) async fn nav_is_taken(
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
        let query = insert.build().persistent(is_kept(transfers));
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

/// Whether the statement that inserts these rows stays prepared. Each number of rows is a statement of its own; the one
/// for a single row comes again with every position that is saved alone, the others rarely.
fn is_kept<T>(rows: &[T]) -> bool {
    rows.len() == 1
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("texts and lists always have a JSON form")
}
