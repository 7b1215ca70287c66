//! GPD's `PaymentPosition`, version 1, as operators write it (`gpd-api` 4.1).
//!
//! Unknown properties are ignored, as GPD does. Nothing is judged here. Texts may name people: no `Debug`.
//! What the published schema says of a property is what GPD's own rules say; strict ones may say more.

use std::fmt;

use serde::Deserialize;
use utoipa::ToSchema;

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
#[derive(Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PaymentPositionRequest, description = "A debt, as its creditor hands it in.")]
#[allow(missing_docs)]
pub struct Position {
    /// Your own key of the debt, unique within the organization.
    #[schema(value_type = String, required = true, min_length = 1, max_length = 255)]
    #[serde(default)]
    pub iupd: Given<String>,
    /// `F` where the debtor is a person, `G` where it is a company.
    #[schema(value_type = String, required = true, pattern = "^[FG]$")]
    #[serde(default, rename = "type")]
    pub kind: Given<String>,
    /// Whether pagoPA may take the payment in our stead while we do not answer. True unless you say otherwise.
    #[schema(value_type = Option<bool>)]
    #[serde(default)]
    pub pay_stand_in: Given<bool>,
    /// The debtor's fiscal code.
    #[schema(value_type = String, required = true, max_length = 255)]
    #[serde(default)]
    pub fiscal_code: Given<String>,
    /// The debtor's name.
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
    /// Whether the debt can no longer be paid once it is overdue.
    #[schema(value_type = bool, required = true)]
    #[serde(default)]
    pub switch_to_expired: Given<bool>,
    /// The creditor, as the payer reads it.
    #[schema(value_type = String, required = true, min_length = 1, max_length = 140)]
    #[serde(default)]
    pub company_name: Given<String>,
    #[schema(value_type = Option<String>, max_length = 140)]
    #[serde(default)]
    pub office_name: Given<String>,
    /// From when it can be paid, in the future; without one, from when it is published.
    #[schema(value_type = Option<String>, pattern = "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?Z?$")]
    #[serde(default)]
    pub validity_date: Given<String>,
    /// How it can be paid: all at once, in instalments, or either.
    #[schema(value_type = Vec<PaymentOption>)]
    #[serde(default)]
    pub payment_option: List<PaymentOption>,
    #[schema(ignore)]
    #[serde(default)]
    pub status: Given<String>,
    #[schema(ignore)]
    #[serde(default)]
    pub publish_date: Given<String>,
    #[schema(ignore)]
    #[serde(default)]
    pub payment_date: Given<String>,
}

/// `PaymentOption`. The last three properties are read-only in GPD and count only for a history.
#[derive(Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = PaymentOptionRequest, description = "One notice: what is paid in one go.")]
#[allow(missing_docs)]
pub struct PaymentOption {
    /// The notice number; without one, `3` and the IUV.
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    pub nav: Given<String>,
    /// The creditor's reference, unique within the organization. Strict validation wants its check digits right. Without one,
    /// the next free number of a segregation code that is registered for the organization.
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
    /// True for an instalment, false for a single payment.
    #[schema(value_type = bool, required = true)]
    #[serde(default)]
    pub is_partial_payment: Given<bool>,
    /// Date and time in UTC, with or without a `Z`.
    #[schema(value_type = String, required = true, pattern = "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?Z?$")]
    #[serde(default)]
    pub due_date: Given<String>,
    #[schema(value_type = Option<String>, pattern = "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?Z?$")]
    #[serde(default)]
    pub retention_date: Given<String>,
    /// Who gets the money.
    #[schema(value_type = Vec<Transfer>, min_items = 1, max_items = 5)]
    #[serde(default)]
    pub transfer: List<Transfer>,
    #[schema(value_type = Option<Vec<Metadata>>, max_items = 10)]
    #[serde(default)]
    pub payment_option_metadata: List<Metadata>,
    #[schema(ignore)]
    #[serde(default)]
    pub status: Given<String>,
    #[schema(ignore)]
    #[serde(default)]
    pub payment_date: Given<String>,
    #[schema(ignore)]
    #[serde(default)]
    pub id_receipt: Given<String>,
}

/// `Transfer`.
#[derive(Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = TransferRequest, description = "A part of an amount: to an IBAN, or for a digital stamp.")]
#[allow(missing_docs)]
pub struct Transfer {
    #[schema(value_type = String, required = true, pattern = "^[1-5]$")]
    #[serde(default)]
    pub id_transfer: Given<String>,
    /// In cents of a euro.
    #[schema(value_type = i64, required = true, minimum = 1)]
    #[serde(default)]
    pub amount: Given<i64>,
    /// Whose money it is; without one, that of the organization in the path.
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    pub organization_fiscal_code: Given<String>,
    #[schema(value_type = Option<String>, max_length = 140)]
    #[serde(default)]
    pub company_name: Given<String>,
    #[schema(value_type = String, required = true, min_length = 1, max_length = 140)]
    #[serde(default)]
    pub remittance_information: Given<String>,
    /// The taxonomy code of the service.
    #[schema(value_type = String, required = true, min_length = 1, max_length = 255)]
    #[serde(default)]
    pub category: Given<String>,
    #[schema(value_type = Option<String>, pattern = "^[A-Za-z0-9]{1,35}$")]
    #[serde(default)]
    pub iban: Given<String>,
    /// A postal account beside the IBAN, for postal slips.
    #[schema(value_type = Option<String>, pattern = "^[A-Za-z0-9]{1,35}$")]
    #[serde(default)]
    pub postal_iban: Given<String>,
    /// A digital stamp, in place of an IBAN.
    #[schema(value_type = Option<Stamp>)]
    #[serde(default)]
    pub stamp: Given<Stamp>,
    #[schema(value_type = Option<Vec<Metadata>>, max_items = 10)]
    #[serde(default)]
    pub transfer_metadata: List<Metadata>,
}

/// `Stamp`.
#[derive(Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = StampRequest, description = "The request for a digital stamp.")]
#[allow(missing_docs)]
pub struct Stamp {
    /// The digest of the document that is stamped, in base 64.
    #[schema(value_type = String, required = true, min_length = 1, max_length = 72)]
    #[serde(default)]
    pub hash_document: Given<String>,
    /// `01` for the stamp duty.
    #[schema(value_type = String, required = true, min_length = 2, max_length = 2)]
    #[serde(default)]
    pub stamp_type: Given<String>,
    #[schema(value_type = String, required = true, pattern = "^[A-Z]{2}$")]
    #[serde(default)]
    pub provincial_residence: Given<String>,
}

/// An entry of a metadata list.
#[derive(Clone, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[schema(description = "A key and a value of your own. A key comes once.")]
#[allow(missing_docs)]
pub struct Metadata {
    #[schema(value_type = String, required = true, min_length = 1, max_length = 140)]
    #[serde(default)]
    pub key: Given<String>,
    #[schema(value_type = String, required = true, min_length = 1, max_length = 140)]
    #[serde(default)]
    pub value: Given<String>,
}
