//! In English.

use super::{Said, Texts};

pub(in crate::pay::page) const ENGLISH: Texts = Texts {
    months: [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],

    site: "pagoPA payments",
    skip: "Skip to content",
    languages: "Language",
    footer: "Payment of a pagoPA notice. This page uses no cookies and collects nothing but what you type.",
    error_prefix: "Error: ",
    check: "Check what you typed",

    creditor: "Creditor",
    creditor_code: "Creditor’s fiscal code",
    office: "Office",
    reason: "Reason",
    notice: "Notice number",
    amount: "Amount",
    due: "Due date",

    which: Said {
        title: "Which notice would you like to pay?",
        text: "You find the details on the pagoPA payment notice. Type them, or paste the text of the QR code.",
    },
    by_hand: "Type the details of the notice",
    creditor_hint: "11 digits, next to the creditor’s name on the notice",
    notice_hint: "18 digits; spaces do not matter",
    by_code: "Or paste the text of the QR code",
    qr: "Text of the QR code",
    qr_hint: "It begins with PAGOPA|002|",
    go_on: "Continue",
    creditor_wrong: "The creditor’s fiscal code has 11 digits",
    notice_wrong: "The notice number has 18 digits",
    qr_wrong: "This is not the text of a pagoPA notice’s QR code",

    payable: "Pay your notice",
    as_of: |when| format!("Amount as of {when}."),
    overdue: "The due date has passed: the notice can still be paid.",
    may_change: "The amount may change until you pay, for example because of discounts, interest or penalties. Whoever \
                 carries out the payment may add a fee.",
    payer: Said {
        title: "Your details",
        text: "All of them are optional. The e-mail address is passed on to Checkout, which suggests it for the outcome \
               of the payment.",
    },
    email: "E-mail address",
    email_hint: "For example name@example.org",
    email_wrong: "Type an e-mail address such as name@example.org, or leave the field empty",
    first_name: "First name",
    surname: "Surname",
    name_wrong: "Use 70 characters at most",
    telephone: "Telephone",
    telephone_wrong: "Type a telephone number such as +39 06 123456, or leave the field empty",
    pay: |amount| format!("Pay {amount}"),
    where_to: "You go on to pagoPA’s Checkout site, where you choose how to pay.",

    again: Said {
        title: "Careful: a payment has already been started",
        text: "Try again only if you did not complete it. If you did, wait for the receipt: paying again might mean \
               paying twice.",
    },
    gave_up: Said {
        title: "You came back without completing the payment",
        text: "You can try again whenever you like.",
    },
    went_wrong: Said {
        title: "The payment site reports an error",
        text: "You can try again. If you were charged all the same, wait for the receipt before you try again.",
    },
    too_many_requests: "Too many payment requests are open for this notice. Pay it in one of the other ways.",
    no_checkout_now: Said {
        title: "The payment site does not answer as it should",
        text: "Nothing was charged. Try again in a few minutes, or pay in one of the other ways.",
    },

    elsewhere: Said {
        title: "Other ways to pay",
        text: "With the notice number and the creditor’s fiscal code you can also pay:",
    },
    only_elsewhere: Said {
        title: "Where to pay",
        text: "You cannot pay on this page. With the notice number and the creditor’s fiscal code you can pay:",
    },
    places: [
        "with the IO app, or the app and the site of your bank (pagoPA or CBILL services)",
        "at a bank, at the counter or at an enabled cash machine (ATM)",
        "in affiliated shops, such as tobacconists, bars and supermarkets",
    ],
    post_office: "at the post office, or on its site and with its app",

    in_progress: "Payment in progress",
    sent: |when| format!("The payment was started on {when}."),
    receipt_decides: "We do not have the receipt yet, which is the only proof of payment. It usually comes within a few \
                      minutes, sometimes the day after. You can close this page and come back later.",
    refresh: "Refresh",
    not_done: Said {
        title: "Did you not complete the payment?",
        text: "If you left the payment site before the end, you can try again.",
    },
    try_again: "Try to pay again",

    paid: Said { title: "Payment made", text: "The receipt has come: the notice is paid." },
    paid_amount: "Amount paid",
    fee: "Fee",
    total: "Total",
    paid_on: "Date and time of payment",
    psp: "Payment service provider",
    receipt: "Receipt number",
    receipt_pdf: "Download the receipt (PDF)",
    failed: Said {
        title: "Payment failed",
        text: "The receipt says that the payment did not go through. To pay the notice, turn to the creditor or to \
               whoever sent you to this page.",
    },

    already_paid: Said {
        title: "Notice already paid",
        text: "The notice has been paid in another way: there is nothing left to do. For the receipt, turn to whoever \
               carried out the payment, or to the creditor.",
    },
    expired: Said {
        title: "Notice expired",
        text: "The due date has passed and the notice can no longer be paid. Ask the creditor whether there is a new one.",
    },
    cancelled: Said {
        title: "Notice cancelled",
        text: "The creditor has cancelled the notice: it is not to be paid. For information, turn to the creditor.",
    },
    not_yet: Said {
        title: "Notice not yet payable",
        text: "The creditor has not opened the payment of this notice yet. Come back later, or turn to the creditor.",
    },
    superseded: Said {
        title: "Notice no longer payable",
        text: "The payment of this debt has begun with other notices, for example in instalments: go on with those.",
    },
    unknown: Said {
        title: "Notice not found",
        text: "We find no notice with these details. Check them on the notice, or turn to the creditor.",
    },
    unpresentable: Said {
        title: "Notice not payable now",
        text: "The details of the notice need a correction. The creditor knows: try again later, or turn to the creditor.",
    },
    sent_before: "A payment has already been started from this page. If you completed it, the receipt will appear here.",

    not_found: Said {
        title: "Page not found",
        text: "The address is not that of a payment request. Check that you copied all of it.",
    },
    wrong_method: Said {
        title: "This does not work",
        text: "The page is not used in this way. Go back and try again.",
    },
    wrong_form: Said {
        title: "Form not readable", text: "What came is not this page’s form. Go back and try again."
    },
    from_elsewhere: Said {
        title: "Request from another site",
        text: "The form was sent from another site and was not accepted. Open the payment page and try again.",
    },
    down: Said {
        title: "Service not available at the moment",
        text: "We cannot read the details of the payment. Try again in a few minutes.",
    },
};
