//! What is asked for.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::domain::amount::{AmountOrZero, LARGEST_CENTS};
use crate::domain::position::{Payment, PaymentDetails};
use crate::intake::{Given, Wanted};
use crate::rest::asked::Look;
use crate::rest::problem::Problem;

/// What stands for a provider and a receipt where an option was paid outside pagoPA.
const CLOSED_BY_THE_CREDITOR: &str = "CLOSED_AS_ALREADY_PAID_BY_EC";

/// A payment that somebody tells of. The amount is not among what is told.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ToldPayment {
    #[schema(value_type = Option<String>, pattern = "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?Z?$")]
    #[serde(default)]
    payment_date: Given<String>,
    #[schema(value_type = Option<String>, max_length = 255)]
    #[serde(default)]
    payment_method: Given<String>,
    #[schema(value_type = Option<String>, max_length = 35)]
    #[serde(default)]
    psp_code: Given<String>,
    #[schema(value_type = Option<String>, max_length = 70)]
    #[serde(default)]
    psp_tax_code: Given<String>,
    #[schema(value_type = String, required = true, min_length = 1, max_length = 255)]
    #[serde(default)]
    psp_company: Given<String>,
    #[schema(value_type = String, required = true, min_length = 1, max_length = 255)]
    #[serde(default)]
    id_receipt: Given<String>,
    #[schema(value_type = Option<Cents>)]
    #[serde(default)]
    fee: Given<Cents>,
}

/// A payment outside pagoPA.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PaidElsewhere {
    #[schema(value_type = Option<String>, pattern = "^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,9})?)?Z?$")]
    #[serde(default)]
    payment_date: Given<String>,
}

/// A notification fee.
#[derive(Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct Fee {
    #[schema(value_type = i64, required = true, minimum = 0)]
    #[serde(default)]
    notification_fee: Given<i64>,
}

/// Cents as a number, or as a text.
#[derive(Clone, Deserialize, ToSchema)]
#[serde(untagged)]
enum Cents {
    Number(i64),
    Text(String),
}

macro_rules! objects {
    ($($name:ident),+) => {
        $(impl Wanted for $name {
            const NAME: &'static str = "an object";
            const CURE: &'static str = "put the properties in curly brackets";
        })+
    };
}

objects!(ToldPayment, PaidElsewhere, Fee);

impl Wanted for Cents {
    const NAME: &'static str = "a whole number";
    const CURE: &'static str = "write the fee in cents: 150 for 1.50 euro";
}

impl ToldPayment {
    /// The payment.
    pub(super) fn payment(&self) -> Result<Payment, Problem> {
        let mut look = Look::default();
        let details = PaymentDetails {
            method: look.text("paymentMethod", &self.payment_method, None),
            psp_code: look.text("pspCode", &self.psp_code, Some(35)),
            psp_tax_code: look.text("pspTaxCode", &self.psp_tax_code, Some(70)),
            psp_company: look.some_text("pspCompany", &self.psp_company, "pspCompany is required"),
            fee_cents: self.fee(&mut look),
            ..PaymentDetails::default()
        };
        let payment = Payment {
            date: look.date("paymentDate", &self.payment_date),
            receipt_id: look.some_text("idReceipt", &self.id_receipt, "idReceipt is required"),
            paid_cents: None,
            details: Box::new(details),
        };
        look.end().map(|()| payment)
    }

    fn fee(&self, look: &mut Look) -> i64 {
        let cents = match look.optional("fee", &self.fee) {
            None => return 0,
            Some(Cents::Number(cents)) => Some(cents),
            Some(Cents::Text(text)) => text.trim().parse().ok(),
        };
        let cents = cents.filter(|cents| *cents >= 0);
        if cents.is_none() {
            look.wrong("fee", "must be a whole number of cents");
        }
        cents.unwrap_or_default()
    }
}

impl PaidElsewhere {
    /// The payment.
    pub(super) fn payment(&self) -> Result<Payment, Problem> {
        let mut look = Look::default();
        let date = look.date("paymentDate", &self.payment_date);
        let psp_company = Some(CLOSED_BY_THE_CREDITOR.to_owned());
        let details = Box::new(PaymentDetails { psp_company, ..PaymentDetails::default() });
        let receipt_id = Some(CLOSED_BY_THE_CREDITOR.to_owned());
        look.end().map(|()| Payment { date, receipt_id, paid_cents: None, details })
    }
}

impl Fee {
    /// The fee.
    pub(super) fn amount(&self) -> Result<AmountOrZero, Problem> {
        let mut look = Look::default();
        let cents = look.required("notificationFee", &self.notification_fee, "Notification fee is required");
        match cents {
            Some(..0) => look.wrong("notificationFee", "Notification fee must be greater or equals to zero"),
            Some(cents) if cents > LARGEST_CENTS => {
                look.wrong("notificationFee", &format!("must be less than or equal to {LARGEST_CENTS}"));
            }
            _ => {}
        }
        look.end()?;
        AmountOrZero::from_cents(cents.unwrap_or_default()).map_err(|error| Problem::bad_request(error.to_string()))
    }
}
