//! A notice that can be told to the Node: every code, amount and account in it fits the contract.
//!
//! Where data was loaded loosely a notice may be payable and still impossible to say on the wire. That is found out
//! here, once, for verify and both gets (`domain` 4.5, C8). Texts are not judged: they can always be cut or replaced.

use super::amount::LARGEST_CENTS;
use super::codes::is_organization_code;
use super::position::{Account, MOST_TRANSFERS, Notice, PaymentOption, Transfer};
use super::text::is_two_capitals;

/// What makes a notice impossible to present.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Defect {
    /// What is stored of it cannot be read.
    #[error("what is stored of it cannot be read")]
    Unreadable,
    /// Not one to five transfers.
    #[error("it has {0} transfers, not 1 to 5")]
    Transfers(usize),
    /// The transfers do not add up.
    #[error("its transfers add up to {sum} cents, not to {amount}")]
    Sum {
        /// What they add up to, in cents.
        sum: i128,
        /// What they should add up to, in cents.
        amount: i64,
    },
    /// Two transfers with one number.
    #[error("two transfers have the number {0}")]
    TransferId(u8),
    /// An amount above what the contract allows.
    #[error("an amount is above {LARGEST_CENTS} cents")]
    Amount,
    /// A date with a year of more or less than four digits.
    #[error("a date is out of range")]
    Date,
    /// A stamp duty was asked for by the first generation of messages.
    #[error("a stamp duty can only be told by paGetPaymentV2")]
    StampInV1,
    /// A code that does not fit its field.
    #[error("{0} does not fit the contract")]
    Code(&'static str),
}

/// A notice and the proof that it can be presented.
#[derive(Clone, Debug)]
pub struct Bill(Notice);

impl Bill {
    /// Proves that a notice can be presented, or says why it cannot.
    pub fn of(notice: Notice) -> Result<Bill, Defect> {
        let option = &notice.option;
        check_amounts(option)?;
        check_dates(option)?;
        require(has_length(option.iuv.as_str(), 1..=35), "creditorReferenceId")?;
        require(has_length(&option.debtor.fiscal_code, 2..=16), "entityUniqueIdentifierValue")?;
        option.transfers.iter().try_for_each(check_transfer)?;
        Ok(Bill(notice))
    }

    /// The notice.
    pub fn notice(&self) -> &Notice {
        &self.0
    }

    /// Whether some transfer is a stamp duty, which the first generation of messages cannot carry.
    pub fn has_stamp(&self) -> bool {
        self.0.option.transfers.iter().any(|transfer| matches!(transfer.account, Account::Stamp(_)))
    }
}

fn check_amounts(option: &PaymentOption) -> Result<(), Defect> {
    let transfers = &option.transfers;
    if !(1..=MOST_TRANSFERS).contains(&transfers.len()) {
        return Err(Defect::Transfers(transfers.len()));
    }
    let sum: i128 = transfers.iter().map(|transfer| i128::from(transfer.amount.cents())).sum();
    if sum != i128::from(option.amount.cents()) {
        return Err(Defect::Sum { sum, amount: option.amount.cents() });
    }
    let twice = |(at, transfer): (usize, &Transfer)| {
        transfers[..at].iter().any(|other| other.id == transfer.id).then_some(transfer.id)
    };
    if let Some(id) = transfers.iter().enumerate().find_map(twice) {
        return Err(Defect::TransferId(id.get()));
    }
    // The transfers are smaller than their sum.
    if option.amount.fits_the_wire() { Ok(()) } else { Err(Defect::Amount) }
}

fn check_dates(option: &PaymentOption) -> Result<(), Defect> {
    use chrono::Datelike;
    let fits = |date: &chrono::DateTime<chrono::Utc>| (1..=9999).contains(&date.year());
    if [Some(&option.due_date), option.retention_date.as_ref()].into_iter().flatten().all(fits) {
        Ok(())
    } else {
        Err(Defect::Date)
    }
}

fn check_transfer(transfer: &Transfer) -> Result<(), Defect> {
    require(is_organization_code(transfer.organization.as_str()), "fiscalCodePA")?;
    require(has_length(&transfer.category, 1..=140), "transferCategory")?;
    match &transfer.account {
        Account::Iban { iban, postal_iban } => {
            require(is_account(iban), "IBAN")?;
            require(postal_iban.as_deref().is_none_or(is_account), "postalIban")
        }
        Account::Stamp(stamp) => {
            require(is_stamp_hash(&stamp.hash), "hashDocumento")?;
            require(stamp.kind == "01", "tipoBollo")?;
            require(is_two_capitals(&stamp.province), "provinciaResidenza")
        }
    }
}

fn require(fits: bool, what: &'static str) -> Result<(), Defect> {
    if fits { Ok(()) } else { Err(Defect::Code(what)) }
}

/// Whether a code has a length within the bounds, in characters, and nothing that XML cannot say.
fn has_length(code: &str, bounds: std::ops::RangeInclusive<usize>) -> bool {
    bounds.contains(&code.chars().count()) && !code.trim().is_empty() && code.chars().all(super::text::is_xml_char)
}

fn is_account(iban: &str) -> bool {
    (1..=35).contains(&iban.len()) && iban.bytes().all(|b| b.is_ascii_alphanumeric())
}

/// Base64 text of 4 to 72 characters (`stBase64Binary72`).
pub fn is_stamp_hash(hash: &str) -> bool {
    use base64::Engine;
    (4..=72).contains(&hash.len()) && base64::engine::general_purpose::STANDARD.decode(hash).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::amount::Amount;
    use crate::domain::codes::{Iuv, OrganizationCode};
    use crate::domain::position::tests::a_notice;
    use crate::domain::position::{StampRequest, TransferId};

    fn stamp(hash: &str, kind: &str, province: &str) -> Account {
        Account::Stamp(StampRequest { hash: hash.into(), kind: kind.into(), province: province.into() })
    }

    #[test]
    fn which_notices_can_be_presented() {
        type Change = fn(&mut PaymentOption);
        let hash = "Xr870T9/vS4ZL01FtdXuTRqyGRUK0N1hxcQCERhIgEk=";
        assert!(is_stamp_hash(hash));
        let cases: &[(&str, Change, Option<Defect>)] = &[
            ("as it should be", |_| {}, None),
            ("no transfer", |o| o.transfers.clear(), Some(Defect::Transfers(0))),
            ("six transfers", |o| o.transfers = vec![o.transfers[0].clone(); 6], Some(Defect::Transfers(6))),
            ("wrong sum", |o| o.amount = Amount::from_cents(1).unwrap(), Some(Defect::Sum { sum: 12_050, amount: 1 })),
            (
                "one number twice",
                |o| {
                    o.transfers = vec![o.transfers[0].clone(); 2];
                    o.amount = Amount::from_cents(24_100).unwrap();
                },
                Some(Defect::TransferId(1)),
            ),
            (
                "above the largest amount",
                |o| {
                    o.amount = Amount::from_cents(LARGEST_CENTS + 1).unwrap();
                    o.transfers[0].amount = o.amount;
                },
                Some(Defect::Amount),
            ),
            ("long IUV", |o| o.iuv = Iuv::new("1".repeat(36)), Some(Defect::Code("creditorReferenceId"))),
            ("blank debtor", |o| o.debtor.fiscal_code = "  ".into(), Some(Defect::Code("entityUniqueIdentifierValue"))),
            ("due in the year 12977", |o| o.due_date += chrono::Duration::days(4_000_000), Some(Defect::Date)),
            (
                "kept until 12977",
                |o| o.retention_date = Some(o.due_date + chrono::Duration::days(4_000_000)),
                Some(Defect::Date),
            ),
            (
                "a beneficiary of ten digits",
                |o| o.transfers[0].organization = OrganizationCode::new("9900000101"),
                Some(Defect::Code("fiscalCodePA")),
            ),
            (
                "lettered beneficiary",
                |o| o.transfers[0].organization = OrganizationCode::new("ABC"),
                Some(Defect::Code("fiscalCodePA")),
            ),
            (
                "any account GPD takes",
                |o| o.transfers[0].account = Account::Iban { iban: "IT000".into(), postal_iban: None },
                None,
            ),
            (
                "blank in an account",
                |o| o.transfers[0].account = Account::Iban { iban: "IT 0".into(), postal_iban: None },
                Some(Defect::Code("IBAN")),
            ),
            ("long category", |o| o.transfers[0].category = "x".repeat(141), Some(Defect::Code("transferCategory"))),
            (
                "a stamp",
                |o| o.transfers[0].account = stamp("Xr870T9/vS4ZL01FtdXuTRqyGRUK0N1hxcQCERhIgEk=", "01", "RM"),
                None,
            ),
            (
                "a stamp of another type",
                |o| o.transfers[0].account = stamp("AAAA", "02", "RM"),
                Some(Defect::Code("tipoBollo")),
            ),
            (
                "a stamp without hash",
                |o| o.transfers[0].account = stamp("", "01", "RM"),
                Some(Defect::Code("hashDocumento")),
            ),
            (
                "a stamp of no province",
                |o| o.transfers[0].account = stamp("AAAA", "01", "rm"),
                Some(Defect::Code("provinciaResidenza")),
            ),
        ];
        for (what, change, defect) in cases {
            let mut notice = a_notice();
            notice.option.transfers[0].id = TransferId::new(1).unwrap();
            change(&mut notice.option);
            assert_eq!(Bill::of(notice).err(), *defect, "{what}");
        }
    }

    #[test]
    fn which_notices_need_the_second_generation() {
        assert!(!Bill::of(a_notice()).unwrap().has_stamp());
        let mut notice = a_notice();
        notice.option.transfers[0].account = stamp("AAAA", "01", "RM");
        assert!(Bill::of(notice).unwrap().has_stamp());
    }
}
