//! A cart as the creditor's front end posts it, and the rules of its members (`domain` 10).

use std::fmt;

use serde_json::Value;
use url::Url;

use crate::domain::amount::{AmountOrZero, LARGEST_CENTS};
use crate::domain::cart::{LONGEST_TEXT, MOST_NOTICES};
use crate::domain::codes::{NoticeNumber, is_organization_code};
use crate::domain::text::{LONGEST_EMAIL, is_email};
use crate::sandbox::calls::message::Qr;
use crate::sandbox::place::{Complaints, Place};

/// An id of a cart goes on as the `paymentNote`, which may be so long.
const LONGEST_ID: usize = 210;

/// Which of the two doors a cart came through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// `/checkout/ec/v1`.
    V1,
    /// `/checkout/ec/v2`: it also knows where to go while the outcome is not known.
    V2,
}

/// Notices that are paid with one operation.
#[derive(Clone, PartialEq, Eq)]
pub struct Cart {
    /// `idCart`, which comes back to the creditor as `paymentNote`.
    pub id: Option<String>,
    /// Where the citizen's confirmation would go.
    pub email: String,
    /// The notices, one to five.
    pub notices: Vec<CartNotice>,
    /// Where the browser goes afterwards.
    pub returns: ReturnUrls,
}

/// A notice of a cart, in the creditor's words.
#[derive(Clone, PartialEq, Eq)]
pub struct CartNotice {
    /// The notice.
    pub qr: Qr,
    /// What is to be paid, until the station is asked.
    pub amount: AmountOrZero,
    /// `companyName`.
    pub company_name: String,
    /// `description`.
    pub description: String,
}

/// Where the browser goes when the citizen is done. What it says there proves nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct ReturnUrls {
    /// It was paid.
    pub ok: Url,
    /// The citizen did not want to.
    pub cancel: Url,
    /// It could not be paid.
    pub error: Url,
    /// Nobody knows yet; only version 2 has it.
    pub waiting: Option<Url>,
}

/// E-mail addresses are people's, and return URLs may open their pages.
impl fmt::Debug for Cart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cart({} notices)", self.notices.len())
    }
}

impl Cart {
    /// Reads the body, or tells everything that is wrong with it: the member and its rule, never what was written.
    /// Members that the contract does not know are passed over.
    pub(super) fn read(body: &[u8], generation: Generation) -> Result<Cart, Vec<String>> {
        let body: Value = serde_json::from_slice(body).map_err(|_| vec!["the body is not JSON".to_owned()])?;
        if !body.is_object() {
            return Err(vec!["the body must be an object with named members".to_owned()]);
        }
        let complaints = Complaints::default();
        let whole = Place::whole(&body, &complaints);
        let email =
            optional(&whole, "emailNotice", |text| text.len() <= LONGEST_EMAIL && is_email(text), "an e-mail address");
        let id = whole.optional_text("idCart", LONGEST_ID);
        whole.flag("allCCP", false);
        let notices: Vec<_> = whole.objects("paymentNotices").iter().map(notice).collect();
        if !(1..=MOST_NOTICES).contains(&notices.len()) {
            whole.complain("paymentNotices", "must be a list of 1 to 5 notices");
        }
        let returns = return_urls(&whole.object("returnUrls"), generation);
        let complaints = complaints.into_list();
        let notices: Option<Vec<_>> = notices.into_iter().collect();
        match (notices, returns) {
            (Some(notices), Some(returns)) if complaints.is_empty() => {
                Ok(Cart { id, email: email.unwrap_or_default(), notices, returns })
            }
            _ => Err(complaints),
        }
    }

    /// What all its notices come to, in cents.
    pub(super) fn total_cents(&self) -> i64 {
        self.notices.iter().map(|notice| notice.amount.cents()).sum()
    }
}

fn optional(place: &Place<'_>, name: &'static str, fits: impl Fn(&str) -> bool, what: &str) -> Option<String> {
    (!place.is_missing(name)).then(|| place.code(name, fits, what))
}

fn notice(place: &Place<'_>) -> Option<CartNotice> {
    let number = place.code("noticeNumber", |text| NoticeNumber::parse(text).is_ok(), "eighteen digits in quotes");
    let organization = place.code("fiscalCode", is_organization_code, "eleven digits in quotes");
    if place.is_missing("amount") {
        place.complain("amount", "is missing; give it the cents to be paid");
    }
    let cents = place.number("amount", 1..=LARGEST_CENTS as u64);
    let company_name = place.text("companyName", LONGEST_TEXT);
    let description = place.text("description", LONGEST_TEXT);
    Some(CartNotice {
        qr: Qr { organization, notice: NoticeNumber::parse(&number).ok()? },
        amount: AmountOrZero::from_cents(cents? as i64).ok()?,
        company_name,
        description,
    })
}

fn return_urls(place: &Place<'_>, generation: Generation) -> Option<ReturnUrls> {
    let url = |name| Url::parse(&place.code(name, leads_somewhere, "a full address, with https:// or http://")).ok();
    let [ok, cancel, error] = ["returnOkUrl", "returnCancelUrl", "returnErrorUrl"].map(url);
    let waiting = if generation == Generation::V2 { Some(url("returnWaitingUrl")?) } else { None };
    Some(ReturnUrls { ok: ok?, cancel: cancel?, error: error?, waiting })
}

/// Whether a browser can be sent there: nothing but a page of the web.
fn leads_somewhere(text: &str) -> bool {
    Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

#[cfg(test)]
pub(super) mod tests {
    use serde_json::json;

    use super::*;

    pub(in crate::sandbox::checkout) fn a_body() -> Value {
        json!({
            "emailNotice": "cliente@example.org",
            "paymentNotices": [{"noticeNumber": "307000000001234573", "fiscalCode": "99000001018", "amount": 12_050,
                                "companyName": "Comune di Borgolieve", "description": "TARI 2026"}],
            "returnUrls": {"returnOkUrl": "https://pay.example.org/ok", "returnCancelUrl": "https://pay.example.org/no",
                           "returnErrorUrl": "https://pay.example.org/ko",
                           "returnWaitingUrl": "https://pay.example.org/wait"},
            "idCart": "69afe1a0c3f2a94d7b10e655", "allCCP": false
        })
    }

    fn complaints(body: &Value, generation: Generation) -> Vec<String> {
        Cart::read(body.to_string().as_bytes(), generation).err().unwrap_or_default()
    }

    /// What is said of a body in which one thing is different.
    fn with(pointer: &str, value: Value) -> String {
        let mut body = a_body();
        *body.pointer_mut(pointer).unwrap() = value;
        complaints(&body, Generation::V2).join("; ")
    }

    #[test]
    fn what_is_no_cart_at_all() {
        for (body, told) in [("", "the body is not JSON"), ("[]", "the body must be an object with named members")] {
            assert_eq!(Cart::read(body.as_bytes(), Generation::V1), Err(vec![told.to_owned()]), "{body}");
        }
        assert_eq!(
            complaints(&json!({}), Generation::V2),
            ["paymentNotices: must be a list of 1 to 5 notices", "returnUrls: must be an object with named members"]
        );
    }

    #[test]
    fn every_rule_of_every_member() {
        let notice = a_body()["paymentNotices"][0].clone();
        let list = |notices: usize| json!(vec![notice.clone(); notices]);
        for (pointer, wrong) in [
            ("/emailNotice", vec![json!("nobody"), json!(""), json!(1), json!(format!("{}@b", "a".repeat(256)))]),
            ("/idCart", vec![json!(""), json!(7), json!("x".repeat(211))]),
            ("/allCCP", vec![json!("true"), json!(0)]),
            ("/paymentNotices", vec![json!(null), json!({}), list(0), list(6)]),
            ("/paymentNotices/0", vec![json!("x")]),
            ("/paymentNotices/0/noticeNumber", vec![json!(null), json!("3070000000012345"), json!(307)]),
            ("/paymentNotices/0/fiscalCode", vec![json!(null), json!("9900000101"), json!("VRDPNC70A01Z999J")]),
            (
                "/paymentNotices/0/amount",
                vec![json!(null), json!(0), json!(-1), json!("12050"), json!(120.5), json!(100_000_000_000_i64)],
            ),
            ("/paymentNotices/0/companyName", vec![json!(null), json!(""), json!(" "), json!("x".repeat(141))]),
            ("/paymentNotices/0/description", vec![json!(null), json!(""), json!("x".repeat(141))]),
            ("/returnUrls", vec![json!(null), json!("https://pay.example.org")]),
            (
                "/returnUrls/returnOkUrl",
                vec![json!(null), json!("/ok"), json!("javascript:alert(1)"), json!("https://:443")],
            ),
            ("/returnUrls/returnCancelUrl", vec![json!(null), json!("data:text/html,x")]),
            ("/returnUrls/returnErrorUrl", vec![json!(null), json!("ftp://pay.example.org")]),
            ("/returnUrls/returnWaitingUrl", vec![json!(null), json!("mailto:a@b")]),
        ] {
            for value in wrong {
                let (told, place) = (with(pointer, value.clone()), pointer[1..].replace("/0", "[0]").replace('/', "."));
                assert!(told.starts_with(&format!("{place}: ")), "{pointer} = {value}: {told}");
                let shown = value.as_str().filter(|text| text.len() > 5);
                assert!(shown.is_none_or(|text| !told.contains(text)), "{told}");
            }
        }
    }

    #[test]
    fn what_may_be_left_out() {
        let mut body = a_body();
        for name in ["emailNotice", "idCart", "allCCP"] {
            body[name] = json!(null);
        }
        body["new"] = json!("in the next version");
        body["paymentNotices"] = json!(vec![body["paymentNotices"][0].clone(); 5]);
        let cart = Cart::read(body.to_string().as_bytes(), Generation::V2).unwrap();
        assert_eq!((cart.id, cart.email.as_str(), cart.notices.len()), (None, "", 5));
        body["returnUrls"]["returnWaitingUrl"] = json!("nowhere");
        let first = Cart::read(body.to_string().as_bytes(), Generation::V1).unwrap();
        assert_eq!(first.returns.waiting, None, "the first version does not know it");
    }
}
