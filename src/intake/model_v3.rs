//! GPD's `PaymentPositionV3`, as operators write it (`gpd-api` 9.1): its payment options are plans, each with its debtor.
//!
//! Transfers and metadata are those of version 1. Nothing is judged here, and texts may name people: no `Debug`.

use std::fmt;

use serde::Deserialize;

use super::given::{Given, Wanted};
use super::model::object;
pub use super::model::{List, Metadata, Transfer};

/// Most payment options of a position, and most instalments of a payment option.
pub const MOST_IN_LIST: usize = 100;

object!(Position);
object!(PaymentOption);
object!(Debtor);
object!(Installment);

/// `PaymentPositionV3`.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(missing_docs)]
pub struct Position {
    pub iupd: Given<String>,
    pub pay_stand_in: Given<bool>,
    pub company_name: Given<String>,
    pub office_name: Given<String>,
    pub payment_option: List<PaymentOption>,
}

/// `PaymentOptionV3`: a plan of instalments, or a single payment as the only one of them.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(missing_docs)]
pub struct PaymentOption {
    pub description: Given<String>,
    pub validity_date: Given<String>,
    pub retention_date: Given<String>,
    pub switch_to_expired: Given<bool>,
    pub debtor: Given<Debtor>,
    pub installments: List<Installment>,
}

/// `Debtor`.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(missing_docs)]
pub struct Debtor {
    #[serde(rename = "type")]
    pub kind: Given<String>,
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
}

/// `Installment`: one notice.
#[derive(Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[allow(missing_docs)]
pub struct Installment {
    pub nav: Given<String>,
    pub iuv: Given<String>,
    pub amount: Given<i64>,
    pub description: Given<String>,
    pub due_date: Given<String>,
    pub transfer: List<Transfer>,
    pub installment_metadata: List<Metadata>,
}
