//! What citizens type: which notice, and who they are. Every fault is named beside its field.

use super::texts::Texts;
use super::view::shown;
use crate::domain::codes::{NoticeNumber, OrganizationCode, is_organization_code};
use crate::domain::notice_codes::QrText;
use crate::domain::payment_request::{Given, RequestedNotice};
use crate::domain::text::{LONGEST_EMAIL, is_email, is_xml_char};

/// The fields of a form as they came.
pub(super) struct Form(Vec<(String, String)>);

impl Form {
    /// Reads a form as browsers send it.
    pub(super) fn read(bytes: &[u8]) -> Option<Form> {
        serde_urlencoded::from_bytes(bytes).ok().map(Form)
    }

    /// A field without what surrounds it; none, where it did not come.
    fn sent(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.trim())
    }

    /// The same; empty, where it did not come.
    fn field(&self, name: &str) -> &str {
        self.sent(name).unwrap_or_default()
    }
}

/// A field of a form as a page shows it.
#[derive(Clone, Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    pub(super) label: &'static str,
    pub(super) hint: &'static str,
    pub(super) value: String,
    pub(super) error: Option<&'static str>,
    /// `text`, `email` or `tel`.
    pub(super) kind: &'static str,
    /// What browsers may fill in.
    pub(super) autocomplete: &'static str,
    /// Which keys a telephone shows.
    pub(super) keys: &'static str,
}

impl Field {
    /// The ids of what describes it.
    pub(super) fn described_by(&self) -> Option<String> {
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.name));
        let error = self.error.map(|_| format!("{}-error", self.name));
        let ids: Vec<String> = hint.into_iter().chain(error).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

/// What of a notice was typed.
#[derive(Clone, Debug, Default)]
pub(super) struct TypedNotice {
    creditor: String,
    number: String,
    qr: String,
}

/// What is wrong with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct NoticeFaults {
    pub(super) creditor: Option<&'static str>,
    pub(super) number: Option<&'static str>,
    pub(super) qr: Option<&'static str>,
}

impl TypedNotice {
    pub(super) fn of(form: &Form) -> TypedNotice {
        TypedNotice {
            creditor: form.field("creditor").to_owned(),
            number: form.field("notice").to_owned(),
            qr: form.field("qr").to_owned(),
        }
    }

    /// The notice that is meant. The code beats the fields.
    pub(super) fn notice(&self, texts: &Texts) -> Result<RequestedNotice, NoticeFaults> {
        if !self.qr.is_empty() {
            return read_qr(&self.qr).ok_or(NoticeFaults { qr: Some(texts.qr_wrong), ..NoticeFaults::default() });
        }
        let digits = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
        let creditor = Some(digits(&self.creditor)).filter(|code| is_organization_code(code));
        let number = NoticeNumber::parse(&digits(&self.number)).ok();
        match (creditor, number) {
            (Some(creditor), Some(notice)) => {
                Ok(RequestedNotice { organization: OrganizationCode::new(creditor), notice })
            }
            (creditor, number) => Err(NoticeFaults {
                creditor: creditor.is_none().then_some(texts.creditor_wrong),
                number: number.is_none().then_some(texts.notice_wrong),
                qr: None,
            }),
        }
    }

    /// What a refusal of the notice is a fault of.
    pub(super) fn refused(&self, why: &'static str) -> NoticeFaults {
        if self.qr.is_empty() {
            NoticeFaults { number: Some(why), ..NoticeFaults::default() }
        } else {
            NoticeFaults { qr: Some(why), ..NoticeFaults::default() }
        }
    }

    /// The fields, as they are shown: those that are typed, and the code.
    pub(super) fn fields(self, texts: &Texts, faults: NoticeFaults) -> ([Field; 2], Field) {
        let field = |name, label, hint, value: String, error, keys| Field {
            name,
            label,
            hint,
            value: shown(&value),
            error,
            kind: "text",
            autocomplete: "off",
            keys,
        };
        let typed = [
            field("creditor", texts.creditor_code, texts.creditor_hint, self.creditor, faults.creditor, "numeric"),
            field("notice", texts.notice, texts.notice_hint, self.number, faults.number, "numeric"),
        ];
        (typed, field("qr", texts.qr, texts.qr_hint, self.qr, faults.qr, "text"))
    }
}

/// The notice of a QR code's text; what it says of the amount is old news.
fn read_qr(text: &str) -> Option<RequestedNotice> {
    let QrText { notice, creditor, .. } = QrText::read(text)?;
    Some(RequestedNotice { organization: OrganizationCode::new(creditor), notice })
}

/// Most characters of a name and of a telephone number.
const LONGEST_NAME: usize = 70;
const LONGEST_TELEPHONE: usize = 35;

/// The four fields of a payer, by name: their texts, and whether each is right.
pub(super) struct TypedPayer {
    email: String,
    first_name: String,
    surname: String,
    telephone: String,
}

impl TypedPayer {
    /// What came counts, also what came empty; what did not come stays as it was told before.
    pub(super) fn of(form: &Form, before: &Given) -> TypedPayer {
        let field = |name, before: &str| form.sent(name).unwrap_or(before).to_owned();
        TypedPayer {
            email: field("email", &before.email),
            first_name: field("first_name", &before.first_name),
            surname: field("surname", &before.surname),
            telephone: field("telephone", &before.telephone),
        }
    }

    /// What was told before.
    pub(super) fn told(given: &Given) -> TypedPayer {
        let Given { email, surname, first_name, telephone, .. } = given.clone();
        TypedPayer { email, first_name, surname, telephone }
    }

    /// All that was told before, with what was typed now.
    pub(super) fn given(&self, before: &Given) -> Given {
        let TypedPayer { email, first_name, surname, telephone } = self;
        Given {
            email: email.clone(),
            surname: surname.clone(),
            first_name: first_name.clone(),
            telephone: telephone.clone(),
            others: before.others.clone(),
        }
    }

    /// Whether all of it may be kept.
    pub(super) fn is_right(&self) -> bool {
        is_right_email(&self.email) && is_right_telephone(&self.telephone) && self.names_are_right()
    }

    fn names_are_right(&self) -> bool {
        is_right_name(&self.first_name) && is_right_name(&self.surname)
    }

    /// The fields, as they are shown; with their faults, once they were sent.
    pub(super) fn fields(self, texts: &Texts, sent: bool) -> [Field; 4] {
        let fault = |right: bool, text| (sent && !right).then_some(text);
        let email = fault(is_right_email(&self.email), texts.email_wrong);
        let first_name = fault(is_right_name(&self.first_name), texts.name_wrong);
        let surname = fault(is_right_name(&self.surname), texts.name_wrong);
        let telephone = fault(is_right_telephone(&self.telephone), texts.telephone_wrong);
        let field = |name, label, hint, value: String, error, kind, autocomplete| Field {
            name,
            label,
            hint,
            value: shown(&value),
            error,
            kind,
            autocomplete,
            keys: kind,
        };
        [
            field("email", texts.email, texts.email_hint, self.email, email, "email", "email"),
            field("first_name", texts.first_name, "", self.first_name, first_name, "text", "given-name"),
            field("surname", texts.surname, "", self.surname, surname, "text", "family-name"),
            field("telephone", texts.telephone, "", self.telephone, telephone, "tel", "tel"),
        ]
    }
}

fn is_right_email(text: &str) -> bool {
    text.is_empty() || (text.len() <= LONGEST_EMAIL && is_email(text))
}

fn is_right_name(text: &str) -> bool {
    text.chars().count() <= LONGEST_NAME && text.chars().all(|c| is_xml_char(c) && !c.is_control())
}

fn is_right_telephone(text: &str) -> bool {
    let fits = text.len() <= LONGEST_TELEPHONE && text.bytes().all(|b| b.is_ascii_digit() || b"+-./() ".contains(&b));
    text.is_empty() || (fits && text.bytes().any(|b| b.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::texts::ITALIAN;
    use super::*;

    fn typed(creditor: &str, number: &str, qr: &str) -> TypedNotice {
        TypedNotice { creditor: creditor.into(), number: number.into(), qr: qr.into() }
    }

    #[test]
    fn which_notice_is_meant() {
        const NAV: &str = "307000000001234573";
        const QR: &str = "PAGOPA|002|307000000001234573|99000001018|12050";
        for (creditor, number, qr, wrong) in [
            ("99000001018", NAV, "", ""),
            (" 990 0000 1018", "3070 0000 0001 2345 73", "", ""),
            ("", "", QR, ""),
            ("nonsense", "nonsense", QR, ""),
            ("", "", "", "creditor notice"),
            ("99000001018", "", "", "notice"),
            ("9900000101", NAV, "", "creditor"),
            ("99000001018", "30700000000123457x", "", "notice"),
            ("99000001018", NAV, "PAGOPA|002", "qr"),
        ] {
            let answer = typed(creditor, number, qr).notice(&ITALIAN);
            let faults = answer.as_ref().err().copied().unwrap_or_default();
            let named = [("creditor", faults.creditor), ("notice", faults.number), ("qr", faults.qr)];
            let named: Vec<&str> = named.iter().filter(|(_, fault)| fault.is_some()).map(|(name, _)| *name).collect();
            assert_eq!(named.join(" "), wrong, "{creditor} {number} {qr}");
            if let Ok(notice) = answer {
                assert_eq!((notice.organization.as_str(), notice.notice.as_str()), ("99000001018", NAV));
            }
        }
    }

    #[test]
    fn which_payers_are_right() {
        let long = "a".repeat(71);
        for (email, name, telephone, right) in [
            ("", "", "", true),
            ("p.verdelli@example.org", "Pancrazio", "+39 06/000-000 (1)", true),
            ("p.verdelli", "", "", false),
            ("p verdelli@example.org", "", "", false),
            ("", &long, "", false),
            ("", "a\u{0}b", "", false),
            ("", "àèìòù 😀", "", true),
            ("", "", "none", false),
            ("", "", "+", false),
            ("", "", &"1".repeat(36), false),
        ] {
            let payer = TypedPayer {
                email: email.into(),
                first_name: name.into(),
                surname: String::new(),
                telephone: telephone.into(),
            };
            assert_eq!(payer.is_right(), right, "{email} {name} {telephone}");
            let faults = payer.fields(&ITALIAN, true).iter().filter(|field| field.error.is_some()).count();
            assert_eq!(faults == 0, right, "{email} {name} {telephone}");
        }
    }

    proptest! {
        #[test]
        fn whatever_is_sent_is_read_or_refused(bytes in any::<Vec<u8>>()) {
            if let Some(form) = Form::read(&bytes) {
                let _ = TypedNotice::of(&form).notice(&ITALIAN);
                let _ = TypedPayer::of(&form, &Given::default()).is_right();
            }
        }

        #[test]
        fn what_came_counts_and_what_did_not_come_stays(email in "[a-z]{0,5}@?[a-z.]{0,6}", name in any::<String>(), other in any::<String>()) {
            let sent = [("email", email.as_str()), ("first_name", &name), ("surname", "")];
            let sent = serde_urlencoded::to_string(sent).unwrap();
            let mut before = Given { telephone: "1".into(), surname: "Verdelli".into(), ..Given::default() };
            before.others.insert("x".into(), other.clone().into());
            let payer = TypedPayer::of(&Form::read(sent.as_bytes()).unwrap(), &before);
            let given = payer.given(&before);
            prop_assert_eq!(&given.email, &email);
            prop_assert_eq!(&given.surname, "");
            prop_assert_eq!(&given.first_name, name.trim());
            prop_assert_eq!(&given.telephone, "1");
            prop_assert_eq!(&given.others["x"], &other);
            if payer.is_right() {
                prop_assert!(given.first_name.chars().count() <= 70);
                prop_assert!(given.email.is_empty() || is_email(&given.email));
            }
        }
    }
}
