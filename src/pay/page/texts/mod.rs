//! What the page says, in a file for each language. A sentence that lacks in one of them does not compile.

mod de;
mod en;
mod it;

pub(super) use self::de::GERMAN;
pub(super) use self::en::ENGLISH;
pub(super) use self::it::ITALIAN;

/// A heading, and what there is to say below it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Said {
    pub(super) title: &'static str,
    pub(super) text: &'static str,
}

/// A sentence that a value completes.
pub(super) type Sentence = fn(&str) -> String;

/// Everything that the page says.
pub(super) struct Texts {
    pub(super) months: [&'static str; 12],

    // On every page.
    pub(super) site: &'static str,
    pub(super) skip: &'static str,
    pub(super) languages: &'static str,
    pub(super) footer: &'static str,
    pub(super) error_prefix: &'static str,
    pub(super) check: &'static str,

    // What is known of a notice.
    pub(super) creditor: &'static str,
    pub(super) creditor_code: &'static str,
    pub(super) office: &'static str,
    pub(super) reason: &'static str,
    pub(super) notice: &'static str,
    pub(super) amount: &'static str,
    pub(super) due: &'static str,

    // Which notice?
    pub(super) which: Said,
    pub(super) by_hand: &'static str,
    pub(super) creditor_hint: &'static str,
    pub(super) notice_hint: &'static str,
    pub(super) by_code: &'static str,
    pub(super) qr: &'static str,
    pub(super) qr_hint: &'static str,
    pub(super) go_on: &'static str,
    pub(super) creditor_wrong: &'static str,
    pub(super) notice_wrong: &'static str,
    pub(super) qr_wrong: &'static str,

    // It can be paid.
    pub(super) payable: &'static str,
    pub(super) as_of: Sentence,
    pub(super) overdue: &'static str,
    pub(super) may_change: &'static str,
    pub(super) payer: Said,
    pub(super) email: &'static str,
    pub(super) email_hint: &'static str,
    pub(super) email_wrong: &'static str,
    pub(super) first_name: &'static str,
    pub(super) surname: &'static str,
    pub(super) name_wrong: &'static str,
    pub(super) telephone: &'static str,
    pub(super) telephone_wrong: &'static str,
    pub(super) pay: Sentence,
    pub(super) where_to: &'static str,

    // What there is to say before it is paid.
    pub(super) again: Said,
    pub(super) gave_up: Said,
    pub(super) went_wrong: Said,
    pub(super) no_checkout_now: Said,
    pub(super) too_many_requests: &'static str,

    // Elsewhere.
    pub(super) elsewhere: Said,
    pub(super) only_elsewhere: Said,
    pub(super) places: [&'static str; 3],
    pub(super) post_office: &'static str,

    // Sent away.
    pub(super) in_progress: &'static str,
    pub(super) sent: Sentence,
    pub(super) receipt_decides: &'static str,
    pub(super) refresh: &'static str,
    pub(super) not_done: Said,
    pub(super) try_again: &'static str,

    // Paid.
    pub(super) paid: Said,
    pub(super) paid_amount: &'static str,
    pub(super) fee: &'static str,
    pub(super) total: &'static str,
    pub(super) paid_on: &'static str,
    pub(super) psp: &'static str,
    pub(super) receipt: &'static str,
    pub(super) receipt_pdf: &'static str,
    pub(super) failed: Said,

    // It cannot be paid.
    pub(super) already_paid: Said,
    pub(super) expired: Said,
    pub(super) cancelled: Said,
    pub(super) not_yet: Said,
    pub(super) superseded: Said,
    pub(super) unknown: Said,
    pub(super) unpresentable: Said,
    pub(super) sent_before: &'static str,

    // There is no page.
    pub(super) open_page: &'static str,
    pub(super) not_found: Said,
    pub(super) wrong_method: Said,
    pub(super) wrong_form: Said,
    pub(super) from_elsewhere: Said,
    pub(super) down: Said,
}
