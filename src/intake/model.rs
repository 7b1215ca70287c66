//! GPD's `PaymentPosition`, version 1, as operators write it (`gpd-api` 4.1).
//!
//! Unknown properties are ignored, as GPD does. Nothing is judged here. Texts may name people: no `Debug`.

use std::fmt;

use serde::Deserialize;

use super::given::{Given, Wanted};

/// A list whose elements may each be wrong on their own.
pub type List<T> = Given<Vec<Given<T>>>;

macro_rules! object {
    ($name:ident) => {
        impl Wanted for $name {
            const NAME: &'static str = "an object";
            const CURE: &'static str = "put the properties in curly brackets";
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(not shown)"))
            }
        }
    };
}

pub(super) use object;

object!(Position);
object!(PaymentOption);
object!(Transfer);
object!(Stamp);
object!(Metadata);

/// `PaymentPosition`. The last three properties are read-only in GPD and count only for a history.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(missing_docs)]
pub struct Position {
    pub iupd: Given<String>,
    #[serde(rename = "type")]
    pub kind: Given<String>,
    pub pay_stand_in: Given<bool>,
    pub fiscal_code: Given<String>,
    pub full_name: Given<String>,
    pub street_name: Given<String>,
    pub civic_number: Given<String>,
    pub postal_code: Given<String>,
    pub city: Given<String>,
    pub province: Given<String>,
    pub region: Given<String>,
    pub country: Given<String>,
    pub email: Given<String>,
    pub phone: Given<String>,
    pub switch_to_expired: Given<bool>,
    pub company_name: Given<String>,
    pub office_name: Given<String>,
    pub validity_date: Given<String>,
    pub payment_option: List<PaymentOption>,
    pub status: Given<String>,
    pub publish_date: Given<String>,
    pub payment_date: Given<String>,
}

/// `PaymentOption`. The last three properties are read-only in GPD and count only for a history.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(missing_docs)]
pub struct PaymentOption {
    pub nav: Given<String>,
    pub iuv: Given<String>,
    pub amount: Given<i64>,
    pub description: Given<String>,
    pub is_partial_payment: Given<bool>,
    pub due_date: Given<String>,
    pub retention_date: Given<String>,
    pub transfer: List<Transfer>,
    pub payment_option_metadata: List<Metadata>,
    pub status: Given<String>,
    pub payment_date: Given<String>,
    pub id_receipt: Given<String>,
}

/// `Transfer`.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(missing_docs)]
pub struct Transfer {
    pub id_transfer: Given<String>,
    pub amount: Given<i64>,
    pub organization_fiscal_code: Given<String>,
    pub company_name: Given<String>,
    pub remittance_information: Given<String>,
    pub category: Given<String>,
    pub iban: Given<String>,
    pub postal_iban: Given<String>,
    pub stamp: Given<Stamp>,
    pub transfer_metadata: List<Metadata>,
}

/// `Stamp`.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(missing_docs)]
pub struct Stamp {
    pub hash_document: Given<String>,
    pub stamp_type: Given<String>,
    pub provincial_residence: Given<String>,
}

/// An entry of a metadata list.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
#[allow(missing_docs)]
pub struct Metadata {
    pub key: Given<String>,
    pub value: Given<String>,
}
