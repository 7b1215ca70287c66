//! A cart for Checkout: what a citizen is to pay there, and where he comes back to (`domain` 10).

use std::fmt;

use serde::Serialize;
use url::Url;

use crate::domain::bill::Bill;
use crate::domain::cart::{LONGEST_TEXT, MOST_NOTICES};
use crate::domain::codes::{NoticeNumber, OrganizationCode, is_organization_code};
use crate::domain::payment_request::RequestId;
use crate::domain::text::{LONGEST_EMAIL, fitted, is_email};

/// Why there is no cart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoCart {
    /// Not one to five notices.
    #[error("it has {0} notices, not 1 to {MOST_NOTICES}")]
    Notices(usize),
    /// A creditor whose code Checkout does not take.
    #[error("the creditor's code is not eleven digits")]
    Creditor,
    /// A page that no browser can come back to.
    #[error("the page's address is no URL of http or https")]
    Page,
}

/// Which version of the API takes the cart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Generation {
    /// `…/v1`.
    V1,
    /// `…/v2`, which also asks where citizens go whose outcome is not known yet.
    V2,
}

/// A cart that keeps to the rules. Its `Debug` shows nothing: an e-mail address and the page's key are in it.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cart {
    #[serde(skip_serializing_if = "Option::is_none")]
    email_notice: Option<String>,
    payment_notices: Vec<CartNotice>,
    return_urls: ReturnUrls,
    id_cart: String,
    #[serde(rename = "allCCP")]
    all_ccp: bool,
}

impl fmt::Debug for Cart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cart(not shown)")
    }
}

/// A notice in a cart.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CartNotice {
    notice_number: String,
    fiscal_code: String,
    amount: i64,
    company_name: String,
    description: String,
    #[serde(skip)]
    postal: bool,
}

#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct ReturnUrls {
    return_ok_url: String,
    return_cancel_url: String,
    return_error_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_waiting_url: Option<String>,
}

impl CartNotice {
    /// A notice as it is to be paid now. Texts are cut; one that is blank gives way to the code it speaks of.
    pub fn of(organization: &OrganizationCode, notice: &NoticeNumber, bill: &Bill) -> Result<CartNotice, NoCart> {
        if !is_organization_code(organization.as_str()) {
            return Err(NoCart::Creditor);
        }
        let told = bill.notice();
        let text = |text: &str, code: &str| fitted(text, LONGEST_TEXT).unwrap_or(code.into()).into_owned();
        Ok(CartNotice {
            notice_number: notice.to_string(),
            fiscal_code: organization.to_string(),
            amount: told.option.amount.cents(),
            company_name: text(&told.company_name, organization.as_str()),
            description: text(&told.option.description, notice.as_str()),
            postal: told.option.all_ccp(true),
        })
    }
}

impl Cart {
    /// A cart of a request, whose citizen comes back to addresses below `page`, with `query` at their ends. What is no
    /// e-mail address is left out.
    pub fn of(
        request: &RequestId,
        notices: Vec<CartNotice>,
        email: &str,
        (page, query): (&str, &str),
        generation: Generation,
    ) -> Result<Cart, NoCart> {
        if !(1..=MOST_NOTICES).contains(&notices.len()) {
            return Err(NoCart::Notices(notices.len()));
        }
        if !Url::parse(page).is_ok_and(|page| matches!(page.scheme(), "http" | "https")) {
            return Err(NoCart::Page);
        }
        let back = |how: &str| format!("{page}/return/{how}{query}");
        Ok(Cart {
            email_notice: Some(email)
                .filter(|email| email.len() <= LONGEST_EMAIL && is_email(email))
                .map(str::to_owned),
            all_ccp: notices.iter().all(|notice| notice.postal),
            payment_notices: notices,
            return_urls: ReturnUrls {
                return_ok_url: back("ok"),
                return_cancel_url: back("cancel"),
                return_error_url: back("error"),
                return_waiting_url: (generation == Generation::V2).then(|| back("waiting")),
            },
            id_cart: request.to_string(),
        })
    }
}

impl Cart {
    /// The same without an e-mail address, where it has one.
    pub(super) fn without_email(&self) -> Option<Cart> {
        self.email_notice.is_some().then(|| Cart { email_notice: None, ..self.clone() })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::amount::Amount;
    use crate::domain::position::tests::a_notice;
    use crate::domain::position::{Account, Notice};
    use crate::domain::table::rows;

    const PAGE: &str = "https://pay.example.org/payment/69afe1a0c3f2a94d7b10e655";

    fn request() -> RequestId {
        "69afe1a0c3f2a94d7b10e655".parse().unwrap()
    }

    fn noticed(change: impl FnOnce(&mut Notice)) -> CartNotice {
        let mut notice = a_notice();
        change(&mut notice);
        let number = NoticeNumber::parse("307000000001234573").unwrap();
        CartNotice::of(&OrganizationCode::new("99000001018"), &number, &Bill::of(notice).unwrap()).unwrap()
    }

    fn cart(notices: Vec<CartNotice>, email: &str, page: &str, generation: Generation) -> Result<Cart, NoCart> {
        Cart::of(&request(), notices, email, (page, "?lang=it"), generation)
    }

    #[test]
    fn a_cart_is_told_in_the_words_of_the_api() {
        let cart = |generation| {
            let one = noticed(|notice| {
                notice.company_name = "Comune di Borgolieve".into();
                notice.option.description = "TARI 2026".into();
            });
            serde_json::to_value(cart(vec![one], "cliente@example.org", PAGE, generation).unwrap()).unwrap()
        };
        let mut expected = json!({
            "emailNotice": "cliente@example.org",
            "paymentNotices": [{
                "noticeNumber": "307000000001234573",
                "fiscalCode": "99000001018",
                "amount": 12050,
                "companyName": "Comune di Borgolieve",
                "description": "TARI 2026",
            }],
            "returnUrls": {
                "returnOkUrl": format!("{PAGE}/return/ok?lang=it"),
                "returnCancelUrl": format!("{PAGE}/return/cancel?lang=it"),
                "returnErrorUrl": format!("{PAGE}/return/error?lang=it"),
            },
            "idCart": "69afe1a0c3f2a94d7b10e655",
            "allCCP": false,
        });
        assert_eq!(cart(Generation::V1), expected);
        expected["returnUrls"]["returnWaitingUrl"] = json!(format!("{PAGE}/return/waiting?lang=it"));
        assert_eq!(cart(Generation::V2), expected);
    }

    #[test]
    fn which_carts_there_are() {
        let table = "
            notices page                      | answer
            0       https://pay.example.org/p | Notices(0)
            1       https://pay.example.org/p | cart
            5       http://127.0.0.1:8080/p   | cart
            6       https://pay.example.org/p | Notices(6)
            1       javascript:alert(1)       | Page
            1       pay.example.org/p         | Page";
        for row in rows(table) {
            let notices = vec![noticed(|_| {}); row[0].parse().unwrap()];
            let answer = cart(notices, "", row[1], Generation::V1);
            assert_eq!(answer.map_or_else(|no| format!("{no:?}"), |_| "cart".into()), row[2], "{row:?}");
        }
        let number = NoticeNumber::parse("307000000001234573").unwrap();
        let bill = Bill::of(a_notice()).unwrap();
        let of_nobody = CartNotice::of(&OrganizationCode::new("EC1"), &number, &bill);
        assert_eq!(of_nobody.err(), Some(NoCart::Creditor));
    }

    #[test]
    fn texts_are_cut_between_characters_and_never_blank() {
        for (text, told) in [
            ("TARI".to_owned(), "TARI".to_owned()),
            ("à".repeat(141), "à".repeat(140)),
            ("😀".repeat(200), "😀".repeat(140)),
            ("a\u{0}b".into(), "a b".into()),
        ] {
            let one = noticed(|notice| {
                notice.company_name = text.clone();
                notice.option.description = text.clone();
            });
            assert_eq!((&one.company_name, &one.description), (&told, &told));
        }
        let blank = noticed(|notice| {
            notice.company_name = " ".into();
            notice.option.description = String::new();
        });
        assert_eq!(blank.company_name, "99000001018");
        assert_eq!(blank.description, "307000000001234573");
    }

    #[test]
    fn only_an_address_is_told_as_one() {
        let long = format!("{}@example.org", "a".repeat(250));
        for (email, told) in [
            ("p.verdelli@example.org", true),
            ("", false),
            ("nobody", false),
            ("a b@example.org", false),
            (&long, false),
        ] {
            let cart = cart(vec![noticed(|_| {})], email, PAGE, Generation::V1).unwrap();
            assert_eq!(cart.email_notice.is_some(), told, "{email}");
        }
    }

    #[test]
    fn a_cart_is_postal_when_all_its_notices_are() {
        let postal = || {
            noticed(|notice| {
                for transfer in &mut notice.option.transfers {
                    let postal = Some("IT94G0760199999000099999999".into());
                    transfer.account =
                        Account::Iban { iban: "IT41P9999911111000000123456".into(), postal_iban: postal };
                }
            })
        };
        for (notices, all) in [(vec![postal(), postal()], true), (vec![postal(), noticed(|_| {})], false)] {
            assert_eq!(cart(notices, "", PAGE, Generation::V1).unwrap().all_ccp, all);
        }
    }

    #[test]
    fn a_cart_asks_for_the_notices_amount() {
        for cents in [1, 13_000, 99_999_999_999] {
            let dear = noticed(|notice| {
                notice.option.amount = Amount::from_cents(cents).unwrap();
                notice.option.transfers[0].amount = Amount::from_cents(cents).unwrap();
                notice.option.transfers.truncate(1);
            });
            assert_eq!(dear.amount, cents);
        }
    }
}
