//! GPD's `PaymentPositionV3`, as operators write it (`gpd-api` 9.1): its payment options are plans, each with its debtor.
//!
//! Transfers and metadata are those of version 1. Nothing is judged here, and texts may name people: no `Debug`.

use std::fmt;

use serde::Deserialize;
use utoipa::ToSchema;

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
#[derive(Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PaymentPositionV3Request, description = "A debt with any number of plans, as its creditor hands it in.")]
#[allow(missing_docs)]
pub struct Position {
    #[schema(value_type = String, required = true, min_length = 1, max_length = 255)]
    #[serde(default)]
    pub iupd: Given<String>,
    #[schema(value_type = Option<bool>)]
    #[serde(default)]
    pub pay_stand_in: Given<bool>,
    #[schema(value_type = String, required = true, min_length = 1, max_length = 140)]
    #[serde(default)]
    pub company_name: Given<String>,
    #[schema(value_type = Option<String>, max_length = 140)]
    #[serde(default)]
    pub office_name: Given<String>,
    #[schema(value_type = Vec<PaymentOption>, required = true, min_items = 1, max_items = 100)]
    #[serde(default)]
    pub payment_option: List<PaymentOption>,
}

/// `PaymentOptionV3`: a plan of instalments, or a single payment as the only one of them.
#[derive(Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PaymentOptionV3Request, description = "A plan of instalments, or a single payment as the only one of them.")]
#[allow(missing_docs)]
pub struct PaymentOption {
    #[schema(value_type = Option<String>, max_length = 140)]
    #[serde(default)]
    pub description: Given<String>,
    /// From when it can be paid; without one, from when it is published.
    #[schema(value_type = Option<String>, pattern = "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?Z?$")]
    #[serde(default)]
    pub validity_date: Given<String>,
    #[schema(value_type = Option<String>, pattern = "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?Z?$")]
    #[serde(default)]
    pub retention_date: Given<String>,
    /// Whether it can no longer be paid once it is overdue.
    #[schema(value_type = bool, required = true)]
    #[serde(default)]
    pub switch_to_expired: Given<bool>,
    #[schema(value_type = Debtor, required = true)]
    #[serde(default)]
    pub debtor: Given<Debtor>,
    #[schema(value_type = Vec<Installment>, required = true, min_items = 1, max_items = 100)]
    #[serde(default)]
    pub installments: List<Installment>,
}

/// `Debtor`.
#[derive(Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DebtorRequest, description = "Who owes it.")]
#[allow(missing_docs)]
pub struct Debtor {
    /// `F` where the debtor is a person, `G` where it is a company.
    #[schema(value_type = String, required = true, pattern = "^[FG]$")]
    #[serde(default, rename = "type")]
    pub kind: Given<String>,
    #[schema(value_type = String, required = true, max_length = 255)]
    #[serde(default)]
    pub fiscal_code: Given<String>,
    #[schema(value_type = String, required = true, max_length = 255)]
    #[serde(default)]
    pub full_name: Given<String>,
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    pub street_name: Given<String>,
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    pub civic_number: Given<String>,
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    pub postal_code: Given<String>,
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    pub city: Given<String>,
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    pub province: Given<String>,
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    pub region: Given<String>,
    #[schema(value_type = Option<String>, pattern = "^[A-Z]{2}$")]
    #[serde(default)]
    pub country: Given<String>,
    #[schema(value_type = Option<String>, max_length = 255, format = "email")]
    #[serde(default)]
    pub email: Given<String>,
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    pub phone: Given<String>,
}

/// `Installment`: one notice.
#[derive(Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InstallmentRequest, description = "One notice: what is paid in one go.")]
#[allow(missing_docs)]
pub struct Installment {
    /// The notice number; without one, `3` and the IUV.
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    pub nav: Given<String>,
    /// Without one, the next free number of a segregation code of yours.
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    pub iuv: Given<String>,
    /// In cents of a euro; the sum of the transfers.
    #[schema(value_type = i64, required = true, minimum = 1)]
    #[serde(default)]
    pub amount: Given<i64>,
    #[schema(value_type = String, required = true, min_length = 1, max_length = 140)]
    #[serde(default)]
    pub description: Given<String>,
    /// Date and time in UTC, with or without a `Z`.
    #[schema(value_type = String, required = true, pattern = "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?Z?$")]
    #[serde(default)]
    pub due_date: Given<String>,
    #[schema(value_type = Vec<Transfer>, required = true, min_items = 1, max_items = 5)]
    #[serde(default)]
    pub transfer: List<Transfer>,
    #[schema(value_type = Option<Vec<Metadata>>, max_items = 10)]
    #[serde(default)]
    pub installment_metadata: List<Metadata>,
}
