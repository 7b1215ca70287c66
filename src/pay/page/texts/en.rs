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
    footer: "Payment of a pagoPA notice. This page uses no cookies and keeps only what you type and when you start a payment.",
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
        text: "You can find the details on the pagoPA payment notice. Type them, or paste the text of the QR code.",
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
        text: "All of them are optional. What you type is also told to whoever sent you to this page. The e-mail \
               address is passed on to Checkout, to tell you the outcome of the payment.",
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
    gave_up: Said { title: "You left the payment site.", text: "No receipt of the payment has come here." },
    went_wrong: Said {
        title: "The payment site reports an error",
        text: "An error does not rule out a charge: if you were charged, wait for the receipt.",
    },
    too_many_requests: "Too many payment requests are open for this notice. Pay it in one of the other ways.",
    no_checkout_now: Said {
        title: "The payment site does not answer as it should",
        text: "Nothing was charged by this attempt. Try again in a few minutes, or pay in one of the other ways.",
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
        title: "Didn’t finish paying?",
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
    failed: Said { title: "Payment failed", text: "A receipt says that a payment of this notice did not go through." },

    already_paid: Said {
        title: "Notice already paid",
        text: "The notice has been paid in another way: there is nothing left to do. For the receipt, contact whoever \
               carried out the payment, or the creditor.",
    },
    expired: Said {
        title: "Notice expired",
        text: "The due date has passed and the notice can no longer be paid. Ask the creditor whether there is a new one.",
    },
    cancelled: Said {
        title: "Notice cancelled",
        text: "The creditor has cancelled the notice: it is not to be paid. For information, contact the creditor.",
    },
    not_yet: Said {
        title: "Notice not yet payable",
        text: "The creditor has not opened the payment of this notice yet. Come back later, or contact the creditor.",
    },
    superseded: Said {
        title: "Notice no longer payable",
        text: "The payment of this debt has begun with other notices, for example in instalments: go on with those.",
    },
    unknown: Said {
        title: "Notice not found",
        text: "We cannot find a notice with these details. Check them on the notice, or contact the creditor.",
    },
    unpresentable: Said {
        title: "Notice not payable now",
        text: "The details of the notice need a correction. Contact the creditor.",
    },
    sent_before: "A payment has already been started from this page. If you completed it, the receipt will appear here.",

    open_page: "Open the payment page",
    not_found: Said {
        title: "Page not found",
        text: "The address is not that of a payment request. Check that you copied all of it.",
    },
    wrong_method: Said { title: "This page cannot be opened like this", text: "Go back and try again." },
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
