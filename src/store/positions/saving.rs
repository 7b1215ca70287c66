//! Domain types to rows: many at a time, since that is how they come.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};

use super::rows::{begun_column, due_day_column, segregation_column, transfers_text};
use super::{OptionTimes, StoredPosition};
use crate::domain::codes::{Nav, OrganizationCode};
use crate::domain::position::{DebtPosition, PaymentOption, Transfer};
use crate::domain::settlement::Paid;
use crate::store::sql::{Row, Statement, sql, sql_of_rows};
use crate::store::{ROWS, StoreError, Tx, failed_to, unreadable};

const INSERT_POSITIONS: &str = "
    INSERT INTO debt_position (organization, iupd, company_name, office_name, pay_stand_in, status, publish_date,
                               payment_date, begun_plan, service_type, opens_at, expires_at, inserted_at, updated_at,
                               segregation, due_day) ";

const KNOWN: &str = "SELECT organization, iupd FROM debt_position WHERE (organization, iupd) IN (";

const UPDATE_POSITION: &str = "
    UPDATE debt_position SET company_name = $2, office_name = $3, pay_stand_in = $4, status = $5, publish_date = $6,
                             payment_date = $7, updated_at = $8, begun_plan = $9, opens_at = $10, expires_at = $11,
                             segregation = $12, due_day = $13,
                             version = version + 1
    WHERE id = $1";

const DELETE_POSITION: &str = "DELETE FROM debt_position WHERE id = $1";

const DELETE_OPTIONS: &str = "DELETE FROM payment_option WHERE position_id = $1";

const INSERT_OPTIONS: &str = "
    INSERT INTO payment_option (position_id, ordinal, organization, nav, iuv, amount_cents, description, debtor,
                                is_partial_payment, plan, validity_date, due_date, retention_date, switch_to_expired,
                                metadata, status, payment_date, receipt_id, paid_cents, transfers,
                                nameless_beneficiary, payment_details, notification_fee_cents, plan_description,
                                inserted_at, updated_at, fee_updated_at) ";

const NAV_TAKEN: &str = "SELECT EXISTS (SELECT 1 FROM payment_option WHERE organization = $1 AND nav = $2)";

const PAY_OPTION: &str = "
    UPDATE payment_option SET status = $8, payment_date = $3, receipt_id = $4, paid_cents = $5,
                              payment_details = $6, updated_at = $7
    WHERE position_id = $1 AND nav = $2";

const SETTLE_POSITION: &str = "
    UPDATE debt_position
    SET status = $2, updated_at = $4, begun_plan = $5, version = version + 1,
        payment_date = CASE WHEN $2 IN ('PAID', 'REPORTED') THEN COALESCE(payment_date, $3) ELSE payment_date END
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
        let keys = self.try_to_insert_positions(positions, now).await?;
        let key = |key: Option<i64>| key.ok_or_else(|| failed_to("insert positions")(unreadable("key")));
        keys.into_iter().map(key).collect()
    }

    /// The same; a position whose key is taken gets none.
    async fn try_to_insert_positions(
        &mut self,
        positions: &[&DebtPosition],
        now: DateTime<Utc>,
    ) -> Result<Vec<Option<i64>>, StoreError> {
        let doing = "insert positions";
        let after = " ON CONFLICT DO NOTHING RETURNING organization, iupd, id";
        let mut keys: HashMap<(String, String), i64> = HashMap::with_capacity(positions.len());
        for chunk in positions.chunks(ROWS) {
            let insert = sql_of_rows(INSERT_POSITIONS, chunk.iter(), after, |position, values| {
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
                    position.service_type.as_str().into(),
                    position.opens_at().into(),
                    position.expires_at().into(),
                    now.into(),
                    now.into(),
                    segregation_column(position).into(),
                    due_day_column(position).into(),
                ]);
            });
            for row in self.session.all(doing, insert).await? {
                let id = row.get("id").map_err(failed_to(doing))?;
                keys.insert(key_of(&row).map_err(failed_to(doing))?, id);
            }
        }
        // Taken out, so that the same key twice in one batch is taken too.
        let key = |p: &&DebtPosition| (p.organization.as_str().to_owned(), p.iupd.as_str().to_owned());
        Ok(positions.iter().map(|position| keys.remove(&key(position))).collect())
    }

    /// Inserts new positions with their options; gives the first option whose notice or IUV is taken, or nothing where
    /// a position's key is, and then not everything was inserted.
    pub async fn add_positions<'p>(
        &mut self,
        positions: &'p [DebtPosition],
        now: DateTime<Utc>,
    ) -> Result<Result<Vec<i64>, Option<&'p PaymentOption>>, StoreError> {
        let new: Vec<_> = positions.iter().collect();
        let keys = self.try_to_insert_positions(&new, now).await?;
        let Some(keys) = keys.into_iter().collect::<Option<Vec<i64>>>() else { return Ok(Err(None)) };
        let placed = keys.iter().zip(positions).map(|(id, position)| Placed { id: *id, position, before: None });
        let placed: Vec<_> = placed.collect();
        if let Err(taken) = self.insert_options(&placed, now).await? {
            return Ok(Err(Some(taken)));
        }
        self.settle_waiting_for(&keys, now).await?;
        Ok(Ok(keys))
    }

    /// Makes a stored position what it is to be; gives the option whose notice or IUV is taken, and then not everything
    /// was changed.
    pub async fn change_position<'p>(
        &mut self,
        before: &'p StoredPosition,
        after: &'p DebtPosition,
        now: DateTime<Utc>,
    ) -> Result<Result<(), &'p PaymentOption>, StoreError> {
        self.update_position(before.id, after, now).await?;
        if before.position.options == after.options {
            return Ok(Ok(()));
        }
        self.delete_options(before.id).await?;
        let place = Placed { id: before.id, position: after, before: Some(before) };
        if let Err(taken) = self.insert_options(&[place], now).await? {
            return Ok(Err(taken));
        }
        let known: HashSet<&Nav> = before.position.options.iter().map(|option| &option.nav).collect();
        if !after.options.iter().all(|option| known.contains(&option.nav)) {
            self.settle_changed(before.id, now).await?;
        }
        Ok(Ok(()))
    }

    /// Deletes a position with its options.
    pub async fn delete_position(&mut self, id: i64) -> Result<(), StoreError> {
        self.session.execute("delete a position", sql(DELETE_POSITION).bind(id)).await.map(drop)
    }

    pub(in crate::store) async fn delete_options(&mut self, id: i64) -> Result<(), StoreError> {
        self.session.execute("update a position", sql(DELETE_OPTIONS).bind(id)).await.map(drop)
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
            .bind(begun_column(position.begun()))
            .bind(position.opens_at())
            .bind(position.expires_at())
            .bind(segregation_column(position))
            .bind(due_day_column(position));
        self.session.execute("update a position", update).await.map(drop)
    }

    /// Inserts the options of positions with their transfers; the one whose notice or IUV its organization already
    /// uses comes back, and then not everything was inserted.
    pub(in crate::store) async fn insert_options<'p>(
        &mut self,
        positions: &[Placed<'p>],
        now: DateTime<Utc>,
    ) -> Result<Result<(), &'p PaymentOption>, StoreError> {
        let options: Vec<OptionToInsert<'p>> = positions.iter().flat_map(|place| place.options(now)).collect();
        for chunk in options.chunks(ROWS) {
            let mut inserted = self.insert_option_rows(chunk).await?;
            for OptionToInsert { place, option, .. } in chunk {
                // Taken out, so that the same notice twice in one position is a clash too.
                if !inserted.remove(&(place.id, option.nav.as_str().to_owned())) {
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
            let OptionToInsert { place, ordinal, option, times } = row;
            let organization = place.position.organization.as_str();
            let payment = option.state.payment();
            let nameless = |t: &Transfer| t.company_name.is_none() && t.organization.as_str() != organization;
            values.extend([
                place.id.into(),
                (*ordinal as i64).into(),
                organization.into(),
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
                payment.map(|p| json(&p.details)).into(),
                option.notification_fee.cents().into(),
                option.plan_description.as_deref().into(),
                times.inserted_at.into(),
                times.updated_at.into(),
                times.fee_updated_at.into(),
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
        let statements = vec![pay_option(position_id, nav, paid, now), settle_position(position_id, paid, now)];
        self.session.together("record a payment", statements).await.map(drop)
    }
}

/// Marks an option as paid.
pub(in crate::store) fn pay_option<'a>(
    position_id: i64,
    nav: &'a Nav,
    paid: &'a Paid,
    now: DateTime<Utc>,
) -> Statement<'a> {
    let payment = paid.state.payment();
    sql(PAY_OPTION)
        .bind(position_id)
        .bind(nav.as_str())
        .bind(payment.and_then(|p| p.date))
        .bind(payment.and_then(|p| p.receipt_id.as_deref()))
        .bind(payment.and_then(|p| p.paid_cents))
        .bind(payment.map(|p| json(&p.details)))
        .bind(now)
        .bind(paid.state.as_str())
}

/// Gives a position the status that follows from a payment.
pub(in crate::store) fn settle_position(position_id: i64, paid: &Paid, now: DateTime<Utc>) -> Statement<'_> {
    sql(SETTLE_POSITION)
        .bind(position_id)
        .bind(paid.status.as_str())
        .bind(paid.state.payment().and_then(|payment| payment.date))
        .bind(now)
        .bind(begun_column(paid.begun))
}

/// A position whose row is there and whose options are to be inserted.
#[derive(Clone, Copy)]
pub(in crate::store) struct Placed<'p> {
    /// The key of its row.
    pub(in crate::store) id: i64,
    /// What it says.
    pub(in crate::store) position: &'p DebtPosition,
    /// What it said before; new ones said nothing.
    pub(in crate::store) before: Option<&'p StoredPosition>,
}

/// An option with what its row needs besides.
struct OptionToInsert<'p> {
    place: Placed<'p>,
    ordinal: usize,
    option: &'p PaymentOption,
    times: OptionTimes,
}

impl<'p> Placed<'p> {
    fn options(&self, now: DateTime<Utc>) -> impl Iterator<Item = OptionToInsert<'p>> + use<'p> {
        let place = *self;
        let options = &place.position.options;
        let beginning = || vec![OptionTimes::beginning(now); options.len()];
        let times = place.before.map_or_else(beginning, |before| before.times_of(options, now));
        let options = options.iter().zip(times).enumerate();
        options.map(move |(ordinal, (option, times))| OptionToInsert { place, ordinal, option, times })
    }
}

fn key_of(row: &Row) -> Result<(String, String), sqlx::Error> {
    Ok((row.get("organization")?, row.get("iupd")?))
}

fn json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).expect("texts and lists always have a JSON form")
}
