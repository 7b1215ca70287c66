//! Rows to domain types, or a loud "a stored value cannot be read".

use std::collections::HashMap;

use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{OptionTimes, StoredPosition};
use crate::domain::amount::{Amount, AmountOrZero};
use crate::domain::codes::{Iupd, Iuv, Nav, OrganizationCode};
use crate::domain::position::{
    Account, Begun, DebtPosition, MapEntry, Notice, OptionState, Payment, PaymentOption, PositionStatus, ServiceType,
    StampRequest, Transfer, TransferId,
};
use crate::store::sql::Row;
use crate::store::{StoreError, failed_to, unreadable};

/// Plans are counted from 0.
const SEVERAL: i64 = -1;

pub(super) fn read_notice(row: &Row, organization: &str) -> Result<Option<Notice>, StoreError> {
    let Some(mut option) = read_option(row)? else { return Ok(None) };
    let head = || -> Result<_, sqlx::Error> {
        Ok((
            (row.get("company_name")?, row.get("office_name")?, row.get::<Option<i64>>("begun_plan")?),
            (row.get::<Option<String>>("registered_name")?, row.get::<Option<&str>>("names")?),
        ))
    };
    let ((company_name, office_name, begun), (registered, others)) = head().map_err(failed_to("read a notice"))?;
    let others: HashMap<String, String> = match others {
        Some(names) => serde_json::from_str(names).map_err(|_| failed_to("read names")(unreadable("names")))?,
        None => HashMap::new(),
    };
    for transfer in option.transfers.iter_mut().filter(|transfer| transfer.company_name.is_none()) {
        let code = transfer.organization.as_str();
        let own = if code == organization { registered.as_ref() } else { None };
        transfer.company_name = own.or_else(|| others.get(code)).cloned();
    }
    let rival_paid = read_begun(begun).rivals(option.plan);
    Ok(Some(Notice { company_name, office_name, status: read_status(row)?, rival_paid, option }))
}

fn read_status(row: &Row) -> Result<PositionStatus, StoreError> {
    let name: &str = row.get("position_status").map_err(failed_to("read a position's status"))?;
    PositionStatus::parse(name).ok_or_else(|| failed_to("read a position's status")(unreadable("position status")))
}

/// A position from its rows, one for each option; none where the outer join found none.
pub(in crate::store) fn read_positions(rows: &[Row]) -> Result<Option<StoredPosition>, StoreError> {
    let Some(first) = rows.first() else { return Ok(None) };
    if first.get::<Option<i64>>("position_id").map_err(failed_to("read a position"))?.is_none() {
        return Ok(None);
    }
    let mut stored = read_position(first)?;
    for row in rows {
        if let Some(option) = read_option(row)? {
            stored.position.options.push(option);
            stored.times.push(read_times(row, &stored).map_err(failed_to("read a payment option"))?);
        }
    }
    Ok(Some(stored))
}

/// Positions from their rows, those of one position together; the last position may be told apart only by its end.
pub(in crate::store) fn read_all_positions(rows: &[Row]) -> Result<Vec<StoredPosition>, StoreError> {
    let key = |row: &Row| row.get::<i64>("position_id").map_err(failed_to("read a position"));
    let keys: Vec<i64> = rows.iter().map(key).collect::<Result<_, _>>()?;
    let mut positions = Vec::new();
    let mut from = 0;
    for part in keys.chunk_by(|one, other| one == other) {
        positions.extend(read_positions(&rows[from..from + part.len()])?);
        from += part.len();
    }
    Ok(positions)
}

/// When an option changed. What came before that was noted takes its position's times.
fn read_times(row: &Row, stored: &StoredPosition) -> Result<OptionTimes, sqlx::Error> {
    Ok(OptionTimes {
        inserted_at: row.instant("option_inserted_at")?.unwrap_or(stored.inserted_at),
        updated_at: row.instant("option_updated_at")?.unwrap_or(stored.updated_at),
        fee_updated_at: row.instant("fee_updated_at")?,
    })
}

fn read_position(row: &Row) -> Result<StoredPosition, StoreError> {
    let status = read_status(row)?;
    let read = || -> Result<StoredPosition, sqlx::Error> {
        Ok(StoredPosition {
            id: row.get("position_id")?,
            version: row.get("version")?,
            inserted_at: row.some_instant("inserted_at")?,
            updated_at: row.some_instant("updated_at")?,
            times: Vec::new(),
            position: DebtPosition {
                organization: OrganizationCode::new(row.get::<String>("organization")?),
                iupd: Iupd::new(row.get::<String>("iupd")?),
                company_name: row.get("company_name")?,
                office_name: row.get("office_name")?,
                pay_stand_in: row.get("pay_stand_in")?,
                service_type: ServiceType::parse(row.get("service_type")?).ok_or_else(|| unreadable("service type"))?,
                status,
                publish_date: row.instant("publish_date")?,
                payment_date: row.instant("settled_at")?,
                options: Vec::new(),
            },
        })
    };
    read().map_err(failed_to("read a position"))
}

/// The option in a row; none where the outer join found none.
fn read_option(row: &Row) -> Result<Option<PaymentOption>, StoreError> {
    let doing = "read a payment option";
    if row.get::<Option<i64>>("id").map_err(failed_to(doing))?.is_none() {
        return Ok(None);
    }
    let texts = || -> Result<[&str; 4], sqlx::Error> {
        Ok([row.get("debtor")?, row.get("metadata")?, row.get("status")?, row.get("transfers")?])
    };
    let [debtor, metadata, status, transfers] = texts().map_err(failed_to(doing))?;
    let read = || -> Result<_, sqlx::Error> {
        let payment = Payment {
            date: row.instant("payment_date")?,
            receipt_id: row.get("receipt_id")?,
            paid_cents: row.get("paid_cents")?,
            details: match row.get::<Option<&str>>("payment_details")? {
                Some(text) => serde_json::from_str(text).map_err(|_| unreadable("payment details"))?,
                None => Box::default(),
            },
        };
        let fee = AmountOrZero::from_cents(row.get("notification_fee_cents")?);
        let option = PaymentOption {
            nav: Nav::new(row.get::<String>("nav")?),
            iuv: Iuv::new(row.get::<String>("iuv")?),
            amount: Amount::from_cents(row.get("amount_cents")?).map_err(|e| sqlx::Error::Decode(e.into()))?,
            notification_fee: fee.map_err(|e| sqlx::Error::Decode(e.into()))?,
            description: row.get("description")?,
            plan_description: row.get("plan_description")?,
            debtor: serde_json::from_str(debtor).map_err(|_| unreadable("debtor"))?,
            is_partial_payment: row.get("is_partial_payment")?,
            plan: row.get("plan")?,
            validity_date: row.instant("validity_date")?,
            due_date: row.some_instant("due_date")?,
            retention_date: row.instant("retention_date")?,
            switch_to_expired: row.get("switch_to_expired")?,
            metadata: serde_json::from_str(metadata).map_err(|_| unreadable("metadata"))?,
            transfers: Vec::new(),
            state: OptionState::Unpaid,
        };
        Ok((option, payment))
    };
    let (mut option, payment) = read().map_err(failed_to(doing))?;
    option.state = OptionState::parse(status, payment).ok_or_else(|| failed_to(doing)(unreadable("option status")))?;
    option.transfers = read_transfers(transfers)?;
    Ok(Some(option))
}

/// The column `begun_plan`.
fn read_begun(column: Option<i64>) -> Begun {
    match column {
        None => Begun::None,
        Some(SEVERAL) => Begun::Several,
        Some(plan) => Begun::One(plan),
    }
}

/// The other way round.
pub(super) fn begun_column(begun: Begun) -> Option<i64> {
    match begun {
        Begun::None => None,
        Begun::One(plan) => Some(plan),
        Begun::Several => Some(SEVERAL),
    }
}

/// The column `segregation`: the first two characters of its IUVs, where they are the same in all.
pub(super) fn segregation_column(position: &DebtPosition) -> String {
    let mut codes = position.options.iter().map(|option| option.iuv.as_str().chars().take(2));
    let Some(first) = codes.next() else { return String::new() };
    let same = codes.all(|code| code.eq(first.clone()));
    if same { first.collect() } else { String::new() }
}

/// The column `due_day`: the day on which its options are due, where it is the same for all.
pub(super) fn due_day_column(position: &DebtPosition) -> String {
    let mut days = position.options.iter().map(|option| option.due_date.date_naive());
    let Some(first) = days.next() else { return String::new() };
    if days.all(|day| day == first) { day_column(first) } else { String::new() }
}

/// A day as that column has it.
pub(super) fn day_column(day: NaiveDate) -> String {
    day.format("%Y-%m-%d").to_string()
}

/// A transfer in the row of its option.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct TransferRow {
    id: i64,
    amount_cents: i64,
    organization: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    company_name: Option<String>,
    remittance_information: String,
    category: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    iban: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    postal_iban: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stamp_hash: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stamp_type: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stamp_province: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    metadata: Vec<MapEntry>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    reported: bool,
}

fn read_transfers(text: &str) -> Result<Vec<Transfer>, StoreError> {
    let corrupt = || failed_to("read transfers")(unreadable("transfer"));
    let rows: Vec<TransferRow> = serde_json::from_str(text).map_err(|_| corrupt())?;
    rows.into_iter().map(|row| row.transfer().ok_or_else(corrupt)).collect()
}

/// Transfers as their option's row keeps them.
pub(super) fn transfers_text(transfers: &[Transfer]) -> String {
    let rows: Vec<TransferRow> = transfers.iter().map(TransferRow::of).collect();
    serde_json::to_string(&rows).expect("texts and numbers always have a JSON form")
}

impl TransferRow {
    fn of(transfer: &Transfer) -> TransferRow {
        let (iban, postal_iban, stamp) = match transfer.account.clone() {
            Account::Iban { iban, postal_iban } => (Some(iban), postal_iban, None),
            Account::Stamp(stamp) => (None, None, Some(stamp)),
        };
        let (stamp_hash, stamp_type, stamp_province) = match stamp {
            Some(StampRequest { hash, kind, province }) => (Some(hash), Some(kind), Some(province)),
            None => (None, None, None),
        };
        TransferRow {
            id: i64::from(transfer.id.get()),
            amount_cents: transfer.amount.cents(),
            organization: transfer.organization.as_str().to_owned(),
            company_name: transfer.company_name.clone(),
            remittance_information: transfer.remittance_information.clone(),
            category: transfer.category.clone(),
            iban,
            postal_iban,
            stamp_hash,
            stamp_type,
            stamp_province,
            metadata: transfer.metadata.clone(),
            reported: transfer.reported,
        }
    }

    fn transfer(self) -> Option<Transfer> {
        let account = match (self.iban, self.stamp_hash, self.stamp_type, self.stamp_province) {
            (Some(iban), ..) => Account::Iban { iban, postal_iban: self.postal_iban },
            (None, Some(hash), Some(kind), Some(province)) => Account::Stamp(StampRequest { hash, kind, province }),
            _ => return None,
        };
        Some(Transfer {
            id: TransferId::new(self.id)?,
            amount: Amount::from_cents(self.amount_cents).ok()?,
            organization: OrganizationCode::new(self.organization),
            company_name: self.company_name,
            remittance_information: self.remittance_information,
            category: self.category,
            account,
            metadata: self.metadata,
            reported: self.reported,
        })
    }
}
