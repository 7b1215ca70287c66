//! paForNode from the Node's side: what it asks of a station, and what it thinks of the answer.
//!
//! `message` writes requests, `line` sends them and waits as long as the Node would, `answer` reads and judges what came
//! back: first its form, by the contract's schema, then its sense. `rule` names each rule and where it comes from.

pub mod answer;
pub mod line;
pub mod message;
pub mod rule;
pub mod said;

use std::time::Duration;

/// What a station can be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Primitive {
    /// `paVerifyPaymentNotice`.
    Verify,
    /// `paGetPayment`.
    Get,
    /// `paGetPaymentV2`.
    GetV2,
    /// `paSendRT`.
    SendRt,
    /// `paSendRTV2`.
    SendRtV2,
    /// `paDemandPaymentNotice`.
    Demand,
}

impl Primitive {
    /// All of them.
    pub const ALL: [Primitive; 6] = [
        Primitive::Verify,
        Primitive::Get,
        Primitive::GetV2,
        Primitive::SendRt,
        Primitive::SendRtV2,
        Primitive::Demand,
    ];

    /// Its name, which is also its SOAPAction.
    pub fn name(self) -> &'static str {
        self.names().0
    }

    /// The element in the Body of its request.
    pub fn request(self) -> &'static str {
        self.names().1
    }

    /// The element in the Body of its response.
    pub fn response(self) -> &'static str {
        self.names().2
    }

    fn names(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Primitive::Verify => ("paVerifyPaymentNotice", "paVerifyPaymentNoticeReq", "paVerifyPaymentNoticeRes"),
            Primitive::Get => ("paGetPayment", "paGetPaymentReq", "paGetPaymentRes"),
            Primitive::GetV2 => ("paGetPaymentV2", "paGetPaymentV2Request", "paGetPaymentV2Response"),
            Primitive::SendRt => ("paSendRT", "paSendRTReq", "paSendRTRes"),
            Primitive::SendRtV2 => ("paSendRTV2", "paSendRTV2Request", "paSendRTV2Response"),
            Primitive::Demand => {
                ("paDemandPaymentNotice", "paDemandPaymentNoticeRequest", "paDemandPaymentNoticeResponse")
            }
        }
    }

    /// The primitive of that name.
    pub fn named(name: &str) -> Option<Primitive> {
        Primitive::ALL.into_iter().find(|primitive| primitive.name() == name)
    }

    /// Whether it brings a receipt.
    pub fn is_receipt(self) -> bool {
        matches!(self, Primitive::SendRt | Primitive::SendRtV2)
    }

    /// How long the Node waits for the answer (`domain` 14).
    pub fn patience(self) -> Duration {
        Duration::from_secs(if self.is_receipt() { 15 } else { 7 })
    }
}
