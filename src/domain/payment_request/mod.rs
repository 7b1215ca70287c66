//! A payment request of the front office: somebody is to pay, and somebody else wants to hear when it is done
//! (`domain` 11).
//!
//! A request is open until a receipt says that its notice was paid. Nothing else makes its report: not what a browser says
//! on its way back, and not what the cart was told. A receipt of a payment that failed is reported too, and replaced by
//! the one of the payment that may follow.

mod callback;
mod given;

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};

pub use self::callback::{Callback, LONGEST_FIELD, LONGEST_URL, Method, Reach};
pub use self::given::Given;
use super::amount::AmountOrZero;
use super::codes::{NoticeNumber, OrganizationCode};
use super::receipt::Outcome;

/// What a request is called: 24 hexadecimal digits, of which the first eight are the second of its creation and the rest
/// is random. Whoever has it may see the request's page.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct RequestId(String);

/// A text that is no id of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("must be 24 hexadecimal digits")]
pub struct NoRequestId;

impl RequestId {
    /// A new one, from the moment and from randomness.
    pub fn new(now: DateTime<Utc>, random: [u8; 8]) -> RequestId {
        RequestId(format!("{:08x}{:016x}", now.timestamp() as u32, u64::from_be_bytes(random)))
    }

    /// The digits, in small letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for RequestId {
    type Err = NoRequestId;

    fn from_str(text: &str) -> Result<RequestId, NoRequestId> {
        let right = text.len() == 24 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b));
        if right { Ok(RequestId(text.to_owned())) } else { Err(NoRequestId) }
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The second of its creation; the rest opens a page.
impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestId({}…)", &self.0[..8])
    }
}

/// A request as it is kept.
#[derive(Clone, Debug)]
pub struct PaymentRequest {
    /// What it is called.
    pub id: RequestId,
    /// Who opened it: the name of a key.
    pub account: String,
    /// When.
    pub opened_at: DateTime<Utc>,
    /// What is to be paid, once somebody has said so.
    pub notice: Option<RequestedNotice>,
    /// What the notice asked for when it was looked at last; zero without one.
    pub amount: AmountOrZero,
    /// What the caller and the citizen told.
    pub given: Given,
    /// Whom to tell of the end.
    pub callback: Option<Callback>,
    /// When the citizen was last sent away to pay.
    pub sent_at: Option<DateTime<Utc>>,
    /// What the last receipt said; none: there was none.
    pub report: Option<Report>,
}

/// The notice of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestedNotice {
    /// Its creditor (`ente_pa`).
    pub organization: OrganizationCode,
    /// Its number (`avviso_pa`).
    pub notice: NoticeNumber,
}

/// How a request ended, by the receipt that ended it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// What the receipt says (`payment_status`).
    pub outcome: Outcome,
    /// The receipt's id (`payment_id`).
    pub receipt_id: String,
    /// By what the store finds the receipt.
    pub receipt_digest: [u8; 32],
    /// When it was paid, to the second, in Rome: `2026-03-10T09:41:07`.
    pub paid_local: String,
    /// What was paid, the PSP's fee excluded.
    pub amount: AmountOrZero,
    /// The PSP's fee, where the receipt tells it.
    pub fee: Option<AmountOrZero>,
    /// When the receipt came.
    pub closed_at: DateTime<Utc>,
}

impl Report {
    /// What the payer was charged, in cents: the amount and the fee.
    pub fn total_cents(&self) -> i64 {
        self.amount.cents() + self.fee.map_or(0, AmountOrZero::cents)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_tells_its_second_and_is_read_back() {
        let at = "2023-06-08T15:40:28Z".parse().unwrap();
        let id = RequestId::new(at, [0, 1, 2, 3, 4, 5, 6, 0xff]);
        assert_eq!(id.as_str(), "6481f66c00010203040506ff");
        assert_eq!(id.as_str().parse(), Ok(id.clone()));
        assert_eq!(format!("{id:?}"), "RequestId(6481f66c…)");
        for text in ["", "6481F66C00010203040506FF", "6481f66c00010203040506f", "6481f66c00010203040506fg"] {
            assert_eq!(text.parse::<RequestId>(), Err(NoRequestId), "{text}");
        }
    }
}
