//! Domain types to rows: many at a time, since that is how they come.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::rows::{begun_column, transfers_text};
use crate::domain::codes::{Nav, OrganizationCode};
use crate::domain::position::{DebtPosition, PaymentOption, Transfer};
use crate::domain::settlement::Paid;
use crate::store::sql::{Row, Statement, sql, sql_of_rows};
use crate::store::{ROWS, StoreError, Tx, failed_to, unreadable};

const INSERT_POSITIONS: &str = "
    INSERT INTO debt_position (organization, iupd, company_name, office_name, pay_stand_in, status, publish_date,
                               payment_date, begun_plan, inserted_at, updated_at) ";

const KNOWN: &str = "SELECT organization, iupd FROM debt_position WHERE (organization, iupd) IN (";

const UPDATE_POSITION: &str = "
    UPDATE debt_position SET company_name = $2, office_name = $3, pay_stand_in = $4, status = $5, publish_date = $6,
                             payment_date = $7, updated_at = $8, begun_plan = $9
    WHERE id = $1";

const DELETE_OPTIONS: &str = "DELETE FROM payment_option WHERE position_id = $1";

const INSERT_OPTIONS: &str = "
    INSERT INTO payment_option (position_id, ordinal, organization, nav, iuv, amount_cents, description, debtor,
                                is_partial_payment, plan, validity_date, due_date, retention_date, switch_to_expired,
                                metadata, status, payment_date, receipt_id, paid_cents, transfers,
                                nameless_beneficiary) ";

const NAV_TAKEN: &str = "SELECT EXISTS (SELECT 1 FROM payment_option WHERE organization = $1 AND nav = $2)";

const PAY_OPTION: &str = "
    UPDATE payment_option SET status = 'PO_PAID', payment_date = $3, receipt_id = $4, paid_cents = $5
    WHERE position_id = $1 AND nav = $2";

const SETTLE_POSITION: &str = "
    UPDATE debt_position
    SET status = $2, updated_at = $4, begun_plan = $5, payment_date = CASE WHEN $2 = 'PAID' THEN COALESCE(payment_date, $3) ELSE payment_date END
    WHERE id = $1";

impl Tx {
    /// For each position whether its organization has one with this key.
    pub(in crate::store) async fn known(&mut self, positions: &[DebtPosition]) -> Result<Vec<bool>, StoreError> {
        let doing = "look for positions";
        let mut known = HashSet::new();
        for chunk in positions.chunks(ROWS) {
            let select = sql_of_rows(KNOWN, chunk.iter(), ")", |position, values| {
                values.extend([position.organization.as_str().into(), position.iupd.as_str().into()]);
            });
            for row in self.session.all(doing, select).await? {
                known.insert(key_of(&row).map_err(failed_to(doing))?);
            }
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
            let insert =
                sql_of_rows(INSERT_POSITIONS, chunk.iter(), " RETURNING organization, iupd, id", |position, values| {
                    values.extend([
                        position.organization.as_str().into(),
                        position.iupd.as_str().into(),
                        (&position.company_name).into(),
                        (&position.office_name).into(),
                        position.pay_stand_in.into(),
                        position.status.as_str().into(),
                        position.publish_date.into(),
                        position.payment_date.into(),
                        begun_column(position.begun()).into(),
                        now.into(),
                        now.into(),
                    ]);
                });
            for row in self.session.all(doing, insert).await? {
                let id = row.get("id").map_err(failed_to(doing))?;
                keys.insert(key_of(&row).map_err(failed_to(doing))?, id);
            }
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
        self.session.execute(doing, sql(DELETE_OPTIONS).bind(id)).await?;
        self.update_position(id, position, now).await
    }

    pub(in crate::store) async fn update_position(
        &mut self,
        id: i64,
        position: &DebtPosition,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let update = sql(UPDATE_POSITION)
            .bind(id)
            .bind(&position.company_name)
            .bind(&position.office_name)
            .bind(position.pay_stand_in)
            .bind(position.status.as_str())
            .bind(position.publish_date)
            .bind(position.payment_date)
            .bind(now)
            .bind(begun_column(position.begun()));
        self.session.execute("update a position", update).await.map(drop)
    }

    /// Inserts the options of positions with their transfers; the one whose notice or IUV its organization already
    /// uses comes back, and then not everything was inserted.
    pub(in crate::store) async fn insert_options<'p>(
        &mut self,
        positions: &[(i64, &'p DebtPosition)],
    ) -> Result<Result<(), &'p PaymentOption>, StoreError> {
        let options: Vec<OptionToInsert<'p>> = positions.iter().flat_map(|(id, p)| options_of(*id, p)).collect();
        for chunk in options.chunks(ROWS) {
            let mut inserted = self.insert_option_rows(chunk).await?;
            for OptionToInsert { position_id, option, .. } in chunk {
                // Taken out, so that the same notice twice in one position is a clash too.
                if !inserted.remove(&(*position_id, option.nav.as_str().to_owned())) {
                    return Ok(Err(option));
                }
            }
        }
        Ok(Ok(()))
    }

    /// Inserts what can be inserted, and tells which by position and notice.
    async fn insert_option_rows(
        &mut self,
        options: &[OptionToInsert<'_>],
    ) -> Result<HashSet<(i64, String)>, StoreError> {
        let doing = "insert payment options";
        let after = " ON CONFLICT DO NOTHING RETURNING position_id, nav";
        let insert = sql_of_rows(INSERT_OPTIONS, options.iter(), after, |row, values| {
            let OptionToInsert { position_id, ordinal, organization, option } = row;
            let payment = option.state.payment();
            let nameless = |t: &Transfer| t.company_name.is_none() && t.organization.as_str() != *organization;
            values.extend([
                (*position_id).into(),
                (*ordinal as i64).into(),
                (*organization).into(),
                option.nav.as_str().into(),
                option.iuv.as_str().into(),
                option.amount.cents().into(),
                (&option.description).into(),
                json(&option.debtor).into(),
                option.is_partial_payment.into(),
                option.plan.into(),
                option.validity_date.into(),
                option.due_date.into(),
                option.retention_date.into(),
                option.switch_to_expired.into(),
                json(&option.metadata).into(),
                option.state.as_str().into(),
                payment.and_then(|p| p.date).into(),
                payment.and_then(|p| p.receipt_id.as_deref()).into(),
                payment.and_then(|p| p.paid_cents).into(),
                transfers_text(&option.transfers).into(),
                option.transfers.iter().any(nameless).into(),
            ]);
        });
        let rows = self.session.all(doing, insert).await?;
        let key = |row: &Row| Ok((row.get("position_id")?, row.get("nav")?));
        rows.iter().map(key).collect::<Result<_, _>>().map_err(failed_to(doing))
    }

    pub(in crate::store) async fn nav_is_taken(
        &mut self,
        organization: &OrganizationCode,
        nav: &Nav,
    ) -> Result<bool, StoreError> {
        let doing = "look for a notice";
        let ask = sql(NAV_TAKEN).bind(organization.as_str()).bind(nav.as_str());
        self.session.one(doing, ask).await?.only().map_err(failed_to(doing))
    }

    /// Records a payment on an option and the status that follows on its position.
    pub async fn save_payment(
        &mut self,
        position_id: i64,
        nav: &Nav,
        paid: &Paid,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let statements = vec![pay_option(position_id, nav, paid), settle_position(position_id, paid, now)];
        self.session.together("record a payment", statements).await.map(drop)
    }
}

/// Marks an option as paid.
pub(in crate::store) fn pay_option<'a>(position_id: i64, nav: &'a Nav, paid: &'a Paid) -> Statement<'a> {
    let payment = &paid.payment;
    sql(PAY_OPTION)
        .bind(position_id)
        .bind(nav.as_str())
        .bind(payment.date)
        .bind(&payment.receipt_id)
        .bind(payment.paid_cents)
}

/// Gives a position the status that follows from a payment.
pub(in crate::store) fn settle_position(position_id: i64, paid: &Paid, now: DateTime<Utc>) -> Statement<'_> {
    sql(SETTLE_POSITION)
        .bind(position_id)
        .bind(paid.status.as_str())
        .bind(paid.payment.date)
        .bind(now)
        .bind(begun_column(paid.begun))
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

fn key_of(row: &Row) -> Result<(String, String), sqlx::Error> {
    Ok((row.get("organization")?, row.get("iupd")?))
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("texts and lists always have a JSON form")
}
