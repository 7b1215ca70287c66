//! GPD's own permissive rules and words (`gpd-api` 4.1, 5.2 to 5.6): codes, accounts and categories are any text.

use chrono::{DateTime, Utc};

use super::check::{Found, Rulebook};
use super::defect::{Complaint, Sort, shown};
use super::{Rules, model, texts};
use crate::domain::amount::Amount;
use crate::domain::codes::{Nav, OrganizationCode};
use crate::domain::position::{MOST_METADATA, MOST_TRANSFERS, Transfer, TransferId};
use crate::domain::text::is_two_capitals;

/// As permissive as GPD, which words some things in one way in each version of its API.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Gpd {
    /// Version 1.
    V1,
    /// Version 3.
    V3,
}

impl Rulebook for Gpd {
    fn missing(&self, field: &'static str) -> Complaint {
        let reason = match field {
            "" | "debtor" => "must not be null",
            "iupd" if *self == Gpd::V3 => "IUPD (debt-position identifier) is required",
            "iupd" => "iupd is required",
            "type" => "type is required",
            "fiscalCode" => "fiscal code is required",
            "fullName" => "full name is required",
            "companyName" => "company name is required",
            "switchToExpired" => "switch to expired value is required",
            "iuv" => "iuv is required",
            "amount" => "amount is required",
            "description" => "payment option description is required",
            "isPartialPayment" => "is partial payment is required",
            "dueDate" => "due date is required",
            "idTransfer" => "id transfer is required",
            "remittanceInformation" => "remittance information is required",
            "category" => "category is required",
            "key" => "key is required",
            "value" => "value is required",
            _ => "must not be blank",
        };
        Complaint::new(reason, "give it a value")
    }

    fn takes_blank(&self, field: &'static str) -> bool {
        !matches!(
            field,
            "iupd"
                | "companyName"
                | "iuv"
                | "description"
                | "idTransfer"
                | "remittanceInformation"
                | "category"
                | "key"
                | "value"
                | "stamp.hashDocument"
        )
    }

    fn text(&self, field: &'static str, text: &str) -> Result<(), Complaint> {
        texts::without_nul(text)?;
        let two_capitals = |reason: &'static str| {
            if is_two_capitals(text) { Ok(()) } else { Err(Complaint::new(reason, "write two capital letters")) }
        };
        match field {
            "country" => two_capitals("The country must be reported with two capital letters (example: IT)"),
            "stamp.provincialResidence" => two_capitals("must match \"[A-Z]{2}\""),
            "email" if !texts::is_loose_email(text) => {
                Err(Complaint::new("Please provide a valid email address", "correct the address or leave it out"))
            }
            "stamp.stampType" if text.chars().count() != 2 => {
                Err(Complaint::new("size must be between 2 and 2", "write 01"))
            }
            _ => at_most(field, text),
        }
    }

    fn amount(&self, cents: i64) -> Result<Amount, Complaint> {
        Amount::from_cents(cents).map_err(|_| Complaint::new("minimum amount is 1 eurocent", "correct the amount"))
    }

    fn notice(&self, nav: Option<&str>, iuv: &str, _rules: &Rules) -> Result<Nav, Found> {
        Ok(nav.map_or_else(|| Nav::new(format!("3{iuv}")), Nav::new))
    }

    fn option_count(&self, _count: usize) -> Result<(), Complaint> {
        Ok(())
    }

    fn list_length(&self, length: usize, most: usize) -> Result<(), Complaint> {
        if (1..=most).contains(&length) {
            return Ok(());
        }
        Err(Complaint::new(format!("size must be between 1 and {most}"), format!("give it 1 to {most} elements")))
    }

    fn same_number(&self, field: &'static str) -> Complaint {
        let reason = match (self, field) {
            // A constraint on the whole request, of which GPD says nothing.
            (Gpd::V3, "iuv") => return Complaint::new("", "give each instalment an IUV of its own"),
            _ => "the same number is on another payment option of this position",
        };
        Complaint::new(reason, "give each payment option a notice number of its own").sorted(Sort::Twin)
    }

    fn transfer_count(&self, count: usize) -> Result<(), Complaint> {
        if *self == Gpd::V3 {
            return self.list_length(count, MOST_TRANSFERS);
        }
        if count <= MOST_TRANSFERS {
            return Ok(());
        }
        Err(Complaint::new(
            format!(
                "Number of transfers congruence error: Each payment option must have a maximum of {MOST_TRANSFERS} \
                 transactions [transactions found={count}]"
            ),
            "split the option into 1 to 5 transfers",
        )
        .sorted(Sort::Congruence))
    }

    fn wrong_transfer_id(&self, id: &str) -> Complaint {
        Complaint::new(
            format!(
                "Transfer ID congruence error: The transaction id not have a value between those expected \
                 [transaction id={}; expected values=[1, 2, 3, 4, 5]]",
                short(id)
            ),
            "number the transfers of an option from 1",
        )
    }

    // Unique is (iuv, organization, idTransfer): two beneficiaries may have the same number.
    fn transfer_key<'t>(&self, transfer: &'t Transfer) -> (TransferId, Option<&'t OrganizationCode>) {
        (transfer.id, Some(&transfer.organization))
    }

    fn wrong_sum(&self, amount: i64, sum: i128) -> Complaint {
        Complaint::new(
            format!(
                "Amounts congruence error: payment option amount must coincide with the total of the transfers amount \
                 [payment_option_amount(in cent)={amount}; total_tranfers_amount(in cent)={sum}]"
            ),
            "correct the amount of the option or of a transfer",
        )
    }

    fn beneficiary(&self, _code: &str) -> Result<(), Complaint> {
        Ok(())
    }

    fn category(&self, text: &str, _rules: &Rules) -> Result<String, Complaint> {
        Ok(text.to_owned())
    }

    fn in_force(&self, _category: &str, _rules: &Rules) -> Result<(), Complaint> {
        Ok(())
    }

    fn wrong_account(&self, transfer: &model::Transfer, iuv: Option<&str>) -> Complaint {
        let id = transfer.id_transfer.value().map(|id| short(id)).unwrap_or_default();
        Complaint::new(
            format!(
                "The Iban may be present (optionally combined with the Postal Iban) or the Stamp. Not all at the same \
                 time [iuv={}, transaction id={id}].",
                iuv.filter(|iuv| !iuv.contains(char::is_whitespace)).map(shown).unwrap_or_default()
            ),
            "give an iban, perhaps with a postalIban beside it, or a stamp",
        )
    }

    fn iban(&self, field: &'static str, text: &str) -> Result<(), Complaint> {
        let (length, characters) = match field {
            "iban" => (
                "The IBAN must not be blank and must not exceed 35 characters.",
                "IBAN must not contain spaces or special characters.",
            ),
            _ => (
                "Postal IBAN is optional, but if provided, it must not be blank and must not exceed 35 characters.",
                "Postal IBAN must not contain spaces or special characters.",
            ),
        };
        if !(1..=35).contains(&text.chars().count()) {
            Err(Complaint::new(length, "write 1 to 35 letters and digits"))
        } else if !text.bytes().all(|b| b.is_ascii_alphanumeric()) {
            Err(Complaint::new(characters, "write letters and digits only"))
        } else {
            Ok(())
        }
    }

    fn takes_no_value(&self, list: &'static str) -> bool {
        list == "installmentMetadata"
    }

    fn unregistered(&self) -> Result<(), Complaint> {
        Ok(())
    }

    fn too_many_metadata(&self, _count: usize) -> String {
        format!("size must be between 0 and {MOST_METADATA}")
    }

    fn is_reserved(&self, list: &'static str, key: &str) -> bool {
        list != "transferMetadata" && key == "NOTIFICATION_FEE"
    }

    fn validity(&self, validity: DateTime<Utc>, now: Option<DateTime<Utc>>) -> Result<(), Complaint> {
        match now {
            Some(now) if validity <= now => Err(Complaint::new(
                format!(
                    "Dates congruence error: validity_date must be >= current_date [validity_date={}; \
                     current_date={}] ",
                    date(validity),
                    date(now)
                ),
                "leave it out: the position is valid once it is published",
            )),
            _ => Ok(()),
        }
    }

    fn due(
        &self,
        due: DateTime<Utc>,
        validity: Option<DateTime<Utc>>,
        now: Option<DateTime<Utc>>,
        rules: &Rules,
    ) -> Result<(), Complaint> {
        if [validity, now].into_iter().flatten().all(|earlier| due >= earlier) {
            return Ok(());
        }
        Err(Complaint::new(
            format!(
                "Dates congruence error: due_date must be >= validity_date (if provided) or due_date must be >= \
                 current_date [due_date={}; validity_date={}; current_date={}]",
                date(due),
                validity.map_or("null".into(), date),
                date(rules.now)
            ),
            "give a later date; for positions of another system use --history",
        ))
    }

    fn retention(&self, retention: DateTime<Utc>, due: DateTime<Utc>) -> Result<(), Complaint> {
        if retention >= due {
            return Ok(());
        }
        Err(Complaint::new(
            format!(
                "Dates congruence error: retention_date must be >= due_date [retention_date={}; due_date={}] ",
                date(retention),
                date(due)
            ),
            "put the dates in order: valid, due, retained",
        ))
    }
}

/// A number as it was written. Any longer text may be anything that slipped into its place, also a person's name.
fn short(id: &str) -> &str {
    let is_number = id.len() <= 3 && id.bytes().all(|b| b.is_ascii_digit());
    if is_number { id } else { "…" }
}

/// As GPD prints dates in its messages: twelve hours, without saying which half of the day.
fn date(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %I:%M:%S").to_string()
}

fn at_most(field: &'static str, text: &str) -> Result<(), Complaint> {
    let most = match field {
        "companyName" | "officeName" | "description" | "remittanceInformation" | "key" | "value" => 140,
        "stamp.hashDocument" => 72,
        // GPD has no rule here, and fails on its column's length.
        _ => 255,
    };
    if text.chars().count() <= most {
        return Ok(());
    }
    let reason = match field {
        "remittanceInformation" => {
            "remittance information must be compliant to EACT FORMATTING RULES, up to 140 chars".to_owned()
        }
        "key" => "key must not exceed 140 characters".to_owned(),
        "value" => "value must not exceed 140 characters".to_owned(),
        _ => format!("size must be between 0 and {most}"),
    };
    Err(Complaint::new(reason, format!("shorten it to {most} characters")))
}
