//! A payment from its activation to its last receipt (`domain` 2, 15).

use chrono::{DateTime, NaiveDate, Utc};

use crate::domain::amount::AmountOrZero;
use crate::domain::receipt::{Subject, Version};
use crate::sandbox::calls::message::Qr;
use crate::sandbox::calls::said;

/// A PSP as it calls.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PspCaller {
    /// `idPSP`.
    pub psp: String,
    /// `idBrokerPSP`.
    pub broker: String,
    /// `idChannel`.
    pub channel: String,
}

/// A payment.
#[derive(Clone, Debug)]
pub struct Payment {
    /// Its token, which becomes the id of its receipt.
    pub token: String,
    /// The notice.
    pub qr: Qr,
    /// Who activated it.
    pub by: PspCaller,
    /// `activatePaymentNotice` or `activatePaymentNoticeV2`.
    pub version: Version,
    /// The station that was asked.
    pub station: String,
    /// When.
    pub activated_at: DateTime<Utc>,
    /// Until when its token lives.
    pub expires_at: DateTime<Utc>,
    /// What the station said is to be paid.
    pub due: said::Payment,
    /// Whether it was the archive that said so, in the station's stead.
    pub stand_in: bool,
    /// `paymentNote` of the activation.
    pub payment_note: Option<String>,
    /// `paymentMethod` of the activation, which only V2 has.
    pub payment_method: Option<String>,
    /// `touchPoint` of the activation, which only V2 has.
    pub touch_point: Option<String>,
    /// How far it is.
    pub state: PaymentState,
    /// What the PSP told at its end.
    pub outcome: Option<Outcome>,
}

/// How far a payment is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaymentState {
    /// Its token is out.
    Paying,
    /// The PSP says that money has moved.
    Paid,
    /// Its receipts are written.
    NoticeGenerated,
    /// One of them was sent.
    NoticeSent,
    /// All of them have an answer.
    Notified,
    /// The PSP said no, or never came back.
    Cancelled,
}

impl PaymentState {
    /// Whether money has moved.
    pub fn is_paid(self) -> bool {
        !matches!(self, PaymentState::Paying | PaymentState::Cancelled)
    }

    /// The state's name.
    pub fn as_str(self) -> &'static str {
        match self {
            PaymentState::Paying => "PAYING",
            PaymentState::Paid => "PAID",
            PaymentState::NoticeGenerated => "NOTICE_GENERATED",
            PaymentState::NoticeSent => "NOTICE_SENT",
            PaymentState::Notified => "NOTIFIED",
            PaymentState::Cancelled => "CANCELLED",
        }
    }
}

/// How a PSP says a payment ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Whether money has moved.
    pub ok: bool,
    /// Who says so: the PSP that activated the payment, perhaps by another channel.
    pub by: PspCaller,
    /// When the Node heard it.
    pub at: DateTime<Utc>,
    /// How it was paid; mandatory with an OK.
    pub details: Option<OutcomeDetails>,
    /// The stamps that were bought: transfer id and document.
    pub stamps: Vec<(i64, Vec<u8>)>,
}

/// How a payment was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeDetails {
    /// `cash`, `creditCard`, `bancomat` or `other`.
    pub payment_method: String,
    /// `frontOffice`, `atm`, `onLine`, `app` or `other`.
    pub payment_channel: Option<String>,
    /// The PSP's fee.
    pub fee: AmountOrZero,
    /// The share of the fee that the creditor bears.
    pub primary_ci_incurred_fee: Option<AmountOrZero>,
    /// `idBundle`.
    pub id_bundle: Option<String>,
    /// `idCiBundle`.
    pub id_ci_bundle: Option<String>,
    /// Who paid.
    pub payer: Option<Subject>,
    /// When the PSP booked it.
    pub application_date: NaiveDate,
    /// When the money arrives.
    pub transfer_date: NaiveDate,
}

impl Payment {
    /// How far it is by now: a token that nobody used dies by itself.
    pub fn state_at(&self, now: DateTime<Utc>) -> PaymentState {
        match self.state {
            PaymentState::Paying if self.expires_at <= now => PaymentState::Cancelled,
            state => state,
        }
    }
}
