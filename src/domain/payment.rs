//! Whether an option is paid, and what is known of its payment.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Whether an option is paid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OptionState {
    /// `PO_UNPAID`.
    Unpaid,
    /// `PO_PAID`, `PO_PARTIALLY_REPORTED`, `PO_REPORTED`.
    Paid {
        /// How far the reporting flows have confirmed it.
        reported: Reported,
        /// The payment.
        payment: Payment,
    },
}

/// How far the reporting flows have confirmed a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reported {
    /// No transfer was found yet.
    No,
    /// Some were.
    Partially,
    /// All were.
    Fully,
}

/// A payment as the option remembers it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Payment {
    /// When, as far as it is known.
    pub date: Option<DateTime<Utc>>,
    /// The receipt that settled it; none when it was paid outside pagoPA.
    pub receipt_id: Option<String>,
    /// What was paid, in cents; none when nobody said.
    pub paid_cents: Option<i64>,
    /// How it was paid and where it was reported, as far as anybody said.
    pub details: Box<PaymentDetails>,
}

/// What is told of a payment and decides nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PaymentDetails {
    /// The means of payment, in the Node's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// Name of the payment service provider.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub psp_company: Option<String>,
    /// Its code at the Node.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub psp_code: Option<String>,
    /// Its fiscal code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub psp_tax_code: Option<String>,
    /// The provider's fee, in cents.
    pub fee_cents: i64,
    /// When the reporting flows first named it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reporting_date: Option<DateTime<Utc>>,
    /// The reporting flow that named it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow: Option<String>,
}

impl OptionState {
    /// GPD's name.
    pub fn as_str(&self) -> &'static str {
        match self {
            OptionState::Unpaid => "PO_UNPAID",
            OptionState::Paid { reported: Reported::No, .. } => "PO_PAID",
            OptionState::Paid { reported: Reported::Partially, .. } => "PO_PARTIALLY_REPORTED",
            OptionState::Paid { reported: Reported::Fully, .. } => "PO_REPORTED",
        }
    }

    /// Reads GPD's name; the payment counts only for the paid ones.
    pub fn parse(name: &str, payment: Payment) -> Option<OptionState> {
        let reported = match name {
            "PO_UNPAID" => return Some(OptionState::Unpaid),
            "PO_PAID" => Reported::No,
            "PO_PARTIALLY_REPORTED" => Reported::Partially,
            "PO_REPORTED" => Reported::Fully,
            _ => return None,
        };
        Some(OptionState::Paid { reported, payment })
    }

    /// Whether money has been received.
    pub fn is_paid(&self) -> bool {
        matches!(self, OptionState::Paid { .. })
    }

    /// Whether the reporting flows told of a payment of which nobody has told anything yet: its receipt is to come.
    pub fn awaits_receipt(&self) -> bool {
        matches!(self, OptionState::Paid { reported: Reported::Partially | Reported::Fully, payment }
            if payment.receipt_id.is_none() && payment.date.is_none())
    }

    /// What it is once this payment is told: what the reporting flows said before stays.
    pub fn once_paid(&self, mut payment: Payment) -> OptionState {
        let OptionState::Paid { reported, payment: before } = self else {
            return OptionState::Paid { reported: Reported::No, payment };
        };
        payment.details.reporting_date = before.details.reporting_date;
        payment.details.flow.clone_from(&before.details.flow);
        OptionState::Paid { reported: *reported, payment }
    }

    /// The payment, when there is one.
    pub fn payment(&self) -> Option<&Payment> {
        match self {
            OptionState::Unpaid => None,
            OptionState::Paid { payment, .. } => Some(payment),
        }
    }
}
