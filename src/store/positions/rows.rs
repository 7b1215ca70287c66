//! Rows to domain types, or a loud "a stored value cannot be read".

use serde::Deserialize;
use sqlx::Row;
use sqlx::sqlite::SqliteRow;

use super::StoredPosition;
use crate::domain::amount::Amount;
use crate::domain::codes::{Iupd, Iuv, Nav, OrganizationCode};
use crate::domain::position::{
    Account, DebtPosition, Notice, OptionState, Payment, PaymentOption, PositionStatus, StampRequest, Transfer,
    TransferId,
};
use crate::store::{StoreError, failed_to, unreadable};

pub(super) fn read_notice(row: &SqliteRow) -> Result<Option<Notice>, StoreError> {
    let Some(option) = read_option(row)? else { return Ok(None) };
    let head = || -> Result<_, sqlx::Error> {
        Ok((row.try_get("company_name")?, row.try_get("office_name")?, row.try_get("rival_paid")?))
    };
    let (company_name, office_name, rival_paid) = head().map_err(failed_to("read a notice"))?;
    Ok(Some(Notice { company_name, office_name, status: read_status(row)?, rival_paid, option }))
}

fn read_status(row: &SqliteRow) -> Result<PositionStatus, StoreError> {
    let name: &str = row.try_get("position_status").map_err(failed_to("read a position's status"))?;
    PositionStatus::parse(name).ok_or_else(|| failed_to("read a position's status")(unreadable("position status")))
}

pub(super) fn read_position(row: &SqliteRow) -> Result<StoredPosition, StoreError> {
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
pub(super) fn read_option(row: &SqliteRow) -> Result<Option<PaymentOption>, StoreError> {
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
    option.state = OptionState::parse(status, payment).ok_or_else(|| failed_to(doing)(unreadable("option status")))?;
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
    String,
);

fn read_transfers(aggregate: &str) -> Result<Vec<Transfer>, StoreError> {
    let corrupt = || failed_to("read transfers")(unreadable("transfer"));
    let mut rows: Vec<TransferRow> = serde_json::from_str(aggregate).map_err(|_| corrupt())?;
    rows.sort_unstable_by_key(|row| row.0);
    rows.into_iter().map(|row| row.transfer().ok_or_else(corrupt)).collect()
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
            metadata: serde_json::from_str(&metadata).ok()?,
        })
    }
}
