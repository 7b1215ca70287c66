//! Strict validation: what is loaded can be said to the Node, credited and accounted for (`domain` 5 to 7).

use chrono::{DateTime, Utc};

use super::check::{Found, Rulebook};
use super::defect::{Complaint, Sort};
use super::{Rules, model, texts};
use crate::domain::amount::{Amount, LARGEST_CENTS};
use crate::domain::bill::is_stamp_hash;
use crate::domain::codes::{
    CodeError, FiscalCode, Iban, Nav, NoticeNumber, OrganizationCode, TaxonomyCode, is_organization_code,
    is_postal_iban,
};
use crate::domain::position::{MOST_METADATA, MOST_TRANSFERS, Transfer, TransferId};
use crate::domain::text::{is_email, is_two_capitals};

const ANOTHER_CODE: &str = "take a code that is valid today from the taxonomy";

/// The default rules.
pub(super) struct Strict;

impl Rulebook for Strict {
    fn missing(&self, field: &'static str) -> Complaint {
        match field {
            "" => Complaint::new("is null", "write the element or take it out of the list"),
            "switchToExpired" => Complaint::new("is missing", "write true if it cannot be paid after its due date"),
            "isPartialPayment" => Complaint::new("is missing", "write true for an instalment, false for the whole"),
            _ => Complaint::new("is missing or blank", "give it a value"),
        }
    }

    fn takes_blank(&self, _field: &'static str) -> bool {
        false
    }

    fn text(&self, field: &'static str, text: &str) -> Result<(), Complaint> {
        texts::sayable(text)?;
        texts::at_most(limit(field), text)?;
        let shape = |right: bool, what: &'static str, cure: &'static str| {
            if right { Ok(()) } else { Err(Complaint::new(what, cure)) }
        };
        match field {
            "fiscalCode" => fiscal_code(text),
            "country" => shape(is_two_capitals(text), "must be two capital letters", "write IT for Italy"),
            "email" => shape(
                is_email(text),
                "must be an e-mail address that the Node can carry",
                "use letters, digits and . _ + - only, or leave it out",
            ),
            "stamp.hashDocument" => shape(
                is_stamp_hash(text),
                "must be base64 of 4 to 72 characters",
                "write the base64 of the document's SHA-256, 44 characters",
            ),
            "stamp.stampType" => shape(text == "01", "must be 01", "write 01, the only type there is"),
            "stamp.provincialResidence" => {
                shape(is_two_capitals(text), "must be two capital letters", "write the car-plate code, as RM")
            }
            _ => Ok(()),
        }
    }

    fn amount(&self, cents: i64) -> Result<Amount, Complaint> {
        let amount = Amount::from_cents(cents).ok().filter(|amount| amount.fits_the_wire());
        amount.ok_or_else(|| {
            Complaint::new(format!("{cents} cents is not between 1 and {LARGEST_CENTS}"), "correct the amount")
        })
    }

    fn notice(&self, nav: Option<&str>, iuv: &str, rules: &Rules) -> Result<Nav, Found> {
        let Some(nav) = nav else { return from_iuv(iuv, rules) };
        let notice = NoticeNumber::parse(nav)
            .map_err(|error| ("nav", code(error, "write the eighteen digits of the notice, without blanks")))?;
        check_digits(&notice, rules).map_err(|error| ("nav", wrong_number(error)))?;
        if notice.iuv() == iuv {
            Ok(Nav::new(nav))
        } else {
            let cure = format!("write {}", notice.iuv());
            Err(("iuv", Complaint::new("is not the notice number without its first digit", cure)))
        }
    }

    fn option_count(&self, count: usize) -> Result<(), Complaint> {
        match count {
            0 => Err(Complaint::new("has no payment option", "give the position at least one payment option")),
            _ => Ok(()),
        }
    }

    fn list_length(&self, length: usize, most: usize) -> Result<(), Complaint> {
        if (1..=most).contains(&length) {
            return Ok(());
        }
        Err(Complaint::new(format!("has {length} elements, not 1 to {most}"), format!("give it 1 to {most} elements")))
    }

    fn same_number(&self, _field: &'static str) -> Complaint {
        Complaint::new(
            "the same number is on another payment option of this position",
            "give each payment option a notice number of its own",
        )
        .sorted(Sort::Twin)
    }

    fn transfer_count(&self, count: usize) -> Result<(), Complaint> {
        if (1..=MOST_TRANSFERS).contains(&count) {
            Ok(())
        } else {
            Err(Complaint::new(
                format!("has {count} transfers, not 1 to {MOST_TRANSFERS}"),
                "split the option into 1 to 5 transfers",
            )
            .sorted(Sort::Congruence))
        }
    }

    fn wrong_transfer_id(&self, _id: &str) -> Complaint {
        Complaint::new("must be 1, 2, 3, 4 or 5", "number the transfers of an option from 1")
    }

    fn transfer_key<'t>(&self, transfer: &'t Transfer) -> (TransferId, Option<&'t OrganizationCode>) {
        (transfer.id, None)
    }

    fn wrong_sum(&self, amount: i64, sum: i128) -> Complaint {
        Complaint::new(
            format!("the option is {amount} cents, its transfers add up to {sum}"),
            "correct the amount of the option or of a transfer",
        )
    }

    fn beneficiary(&self, code: &str) -> Result<(), Complaint> {
        if is_organization_code(code) {
            Ok(())
        } else {
            Err(Complaint::new("must be eleven digits", "write the fiscal code of the organization that is credited"))
        }
    }

    fn category(&self, text: &str, rules: &Rules) -> Result<String, Complaint> {
        let taxonomy = TaxonomyCode::parse(text)
            .map_err(|error| code(error, "take the code from the column DATI SPECIFICI INCASSO of the taxonomy"))?;
        if let Some(catalogue) = &rules.catalogue {
            catalogue.knows(&taxonomy).map_err(|reason| Complaint::new(reason, ANOTHER_CODE))?;
        }
        Ok(taxonomy.as_str().to_owned())
    }

    fn in_force(&self, category: &str, rules: &Rules) -> Result<(), Complaint> {
        let (Some(catalogue), Ok(taxonomy)) = (&rules.catalogue, TaxonomyCode::parse(category)) else { return Ok(()) };
        // What was issued in the past may carry a code that has ended since.
        if rules.history {
            return Ok(());
        }
        let today = rules.now.with_timezone(&chrono_tz::Europe::Rome).date_naive();
        catalogue.accepts(&taxonomy, today).map_err(|reason| Complaint::new(reason, ANOTHER_CODE))
    }

    fn wrong_account(&self, transfer: &model::Transfer, _iuv: Option<&str>) -> Complaint {
        if transfer.stamp.is_absent() {
            Complaint::new("has no IBAN and no stamp", "give an iban, perhaps with a postalIban beside it, or a stamp")
        } else {
            Complaint::new("has a stamp beside an IBAN", "keep the stamp or the IBAN, not both")
        }
    }

    fn iban(&self, field: &'static str, text: &str) -> Result<(), Complaint> {
        Iban::parse(text).map_err(|error| code(error, "copy the IBAN again, without blanks and in capital letters"))?;
        if field == "postalIban" && !is_postal_iban(text) {
            return Err(Complaint::new(
                "is not an account at Poste Italiane",
                "write an Italian IBAN with ABI 07601, or leave postalIban out",
            ));
        }
        Ok(())
    }

    fn takes_no_value(&self, _list: &'static str) -> bool {
        false
    }

    fn unregistered(&self) -> Result<(), Complaint> {
        Err(Complaint::new(
            "is not among the accounts that the organization has registered",
            "write a registered one, or register this one with `ec-station registry import` or over the API",
        ))
    }

    fn too_many_metadata(&self, count: usize) -> String {
        format!("has {count} entries, but only {MOST_METADATA} fit")
    }

    fn is_reserved(&self, _list: &'static str, key: &str) -> bool {
        matches!(key, "IBANAPPOGGIO" | "NOTIFICATION_FEE")
    }

    fn validity(&self, validity: DateTime<Utc>, now: Option<DateTime<Utc>>) -> Result<(), Complaint> {
        match now {
            Some(now) if validity < now => {
                Err(Complaint::new("is in the past", "leave it out: the position is valid once it is published"))
            }
            _ => Ok(()),
        }
    }

    fn due(
        &self,
        due: DateTime<Utc>,
        validity: Option<DateTime<Utc>>,
        now: Option<DateTime<Utc>>,
        _rules: &Rules,
    ) -> Result<(), Complaint> {
        if now.is_some_and(|now| due < now) {
            Err(Complaint::new("is in the past", "give a later date; for positions of another system use --history"))
        } else if validity.is_some_and(|validity| due < validity) {
            Err(Complaint::new("is before validityDate", "put the dates in order: valid, due, retained"))
        } else {
            Ok(())
        }
    }

    fn retention(&self, retention: DateTime<Utc>, due: DateTime<Utc>) -> Result<(), Complaint> {
        if retention < due {
            Err(Complaint::new("is before dueDate", "put the dates in order: valid, due, retained"))
        } else {
            Ok(())
        }
    }
}

/// Most characters of each text, as the SOAP messages have them (`domain` 3.0); elsewhere what GPD can hold.
fn limit(field: &str) -> usize {
    match field {
        "fullName" | "streetName" => 70,
        "civicNumber" | "postalCode" => 16,
        "city" | "province" | "region" => 35,
        "email" => 256,
        "companyName" | "officeName" | "description" | "remittanceInformation" | "key" | "value" => 140,
        _ => 255,
    }
}

fn fiscal_code(text: &str) -> Result<(), Complaint> {
    let cure = match FiscalCode::parse(&text.to_uppercase()) {
        Ok(_) => "write it in capital letters",
        Err(_) => "correct the code, or write ANONIMO where the debtor is not known",
    };
    FiscalCode::parse(text).map(drop).map_err(|error| code(error, cure))
}

fn code(error: CodeError, cure: &'static str) -> Complaint {
    Complaint::new(error.to_string(), cure)
}

fn wrong_number(error: CodeError) -> Complaint {
    match error {
        CodeError::Check(digits) => Complaint::new(
            format!("the check digits do not match: they would be {digits}"),
            "copy the notice number again, or compute its last two digits again",
        ),
        other => code(other, "issue notices with 3 as first digit"),
    }
}

/// The notice of an IUV alone: `3` and the IUV.
fn from_iuv(iuv: &str, rules: &Rules) -> Result<Nav, Found> {
    let nav = format!("3{iuv}");
    let notice = NoticeNumber::parse(&nav).map_err(|_| {
        ("iuv", Complaint::new("must be seventeen digits", "write the notice number without its first digit"))
    })?;
    check_digits(&notice, rules).map_err(|error| ("iuv", wrong_number(error)))?;
    Ok(Nav::new(nav))
}

/// Only notices that begin with 3 are issued and have digits to check; a history may hold the older kinds.
fn check_digits(notice: &NoticeNumber, rules: &Rules) -> Result<(), CodeError> {
    if rules.history && notice.aux_digit() != 3 { Ok(()) } else { notice.check() }
}
