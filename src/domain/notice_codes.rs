//! What machines read on a notice, and how its numbers are printed: the QR text, the Data Matrix of a postal slip,
//! amounts and dates as Italy writes them (`domain` 6.7, 12.1, 12.2).

use chrono::NaiveDate;

use super::amount::Amount;
use super::codes::{NoticeNumber, is_organization_code};

/// The first two parts of every QR text: whose code it is, and its version.
const QR_HEAD: [&str; 2] = ["PAGOPA", "002"];

/// How long the text of a Data Matrix is, in characters.
pub const DATA_MATRIX_LENGTH: usize = 256;

/// The largest amount that a postal slip can carry, in cents: ten digits, one less than a QR code has.
const LARGEST_ON_A_SLIP: i64 = 9_999_999_999;

/// What a QR code says: which notice of which creditor, and how much.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QrText {
    /// The notice.
    pub notice: NoticeNumber,
    /// The creditor's code, eleven digits.
    pub creditor: String,
    /// What was due when it was printed; what is due now the creditor says.
    pub amount: Amount,
}

impl QrText {
    /// Writes `PAGOPA|002|<notice>|<creditor>|<cents>`, the cents with at least two digits.
    pub fn write(&self) -> String {
        let [owner, version] = QR_HEAD;
        format!("{owner}|{version}|{}|{}|{:02}", self.notice, self.creditor, self.amount.cents())
    }

    /// Reads what a scanner or a person handed in. Blanks around it and amounts with leading zeros are taken.
    pub fn read(text: &str) -> Option<QrText> {
        let parts: Vec<&str> = text.trim().split('|').collect();
        let [owner, version, notice, creditor, cents] = parts[..] else { return None };
        let is_cents = (2..=11).contains(&cents.len()) && cents.bytes().all(|b| b.is_ascii_digit());
        if !owner.eq_ignore_ascii_case(QR_HEAD[0]) || version != QR_HEAD[1] || !is_cents {
            return None;
        }
        Some(QrText {
            notice: NoticeNumber::parse(notice).ok()?,
            creditor: is_organization_code(creditor).then(|| creditor.to_owned())?,
            amount: Amount::from_cents(cents.parse().ok()?).ok()?,
        })
    }
}

/// What the Data Matrix of a postal slip says.
#[derive(Clone, Debug)]
pub struct SlipText<'a> {
    /// Notice, creditor and amount.
    pub qr: &'a QrText,
    /// The postal account, up to twelve digits.
    pub account: &'a str,
    /// The debtor's fiscal code; empty when it is not told.
    pub fiscal_code: &'a str,
    /// The debtor's name.
    pub name: &'a str,
    /// What is paid.
    pub subject: &'a str,
}

impl SlipText<'_> {
    /// Writes the 256 characters; texts too long for their fields are cut, and everything is printable ASCII. None
    /// when the amount or the account has more digits than its field.
    pub fn write(&self) -> Option<String> {
        if self.qr.amount.cents() > LARGEST_ON_A_SLIP || !is_postal_account(self.account) {
            return None;
        }
        Some(format!(
            "codfase=NBPA;18{notice}12{account:0>12}10{cents:010}38961P1{creditor:11}{fiscal_code}{name}{subject}{blank:12}A",
            notice = self.qr.notice,
            account = self.account,
            cents = self.qr.amount.cents(),
            creditor = self.qr.creditor,
            fiscal_code = field(self.fiscal_code, 16),
            name = field(self.name, 40),
            subject = field(self.subject, 110),
            blank = "",
        ))
    }
}

/// Whether an account number can stand in a Data Matrix.
pub fn is_postal_account(number: &str) -> bool {
    (1..=12).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit())
}

/// What a letter of another script is in Latin letters, as the codes have it; none where nobody knows.
pub fn in_latin(letter: &str) -> Option<String> {
    const UNKNOWN: &str = "\u{FFFD}";
    let latin = deunicode::deunicode_with_tofu(letter, UNKNOWN);
    (!latin.trim().is_empty() && !latin.contains(UNKNOWN)).then_some(latin)
}

/// A text in capital letters of printable ASCII, cut or filled up to its width. Letters with accents lose them, other
/// scripts are written in Latin letters.
fn field(text: &str, width: usize) -> String {
    let latin = deunicode::deunicode_with_tofu(text, "?");
    let printable = latin.chars().map(|c| if matches!(c, ' '..='~') { c.to_ascii_uppercase() } else { ' ' });
    let spaced: String = printable.collect();
    let words = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    format!("{words:width$.width$}")
}

/// A notice number as it is printed: in groups of four.
pub fn in_groups(notice: &NoticeNumber) -> String {
    let mut printed = String::with_capacity(22);
    for (at, digit) in notice.as_str().chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            printed.push(' ');
        }
        printed.push(digit);
    }
    printed
}

/// The months as Italy prints them in long dates.
pub const ITALIAN_MONTHS: [&str; 12] = [
    "gennaio",
    "febbraio",
    "marzo",
    "aprile",
    "maggio",
    "giugno",
    "luglio",
    "agosto",
    "settembre",
    "ottobre",
    "novembre",
    "dicembre",
];

/// An amount as Italy prints it: `1.020,99`.
pub fn italian_amount(cents: i64) -> String {
    let (euro, rest) = (cents / 100, cents % 100);
    let digits = euro.to_string();
    let mut printed = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            printed.push('.');
        }
        printed.push(digit);
    }
    format!("{printed},{rest:02}")
}

/// A date as Italy prints it: `31/12/2026`.
pub fn italian_date(date: NaiveDate) -> String {
    date.format("%d/%m/%Y").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::amount::LARGEST_CENTS;
    use proptest::prelude::*;

    fn a_qr(cents: i64) -> QrText {
        QrText {
            notice: NoticeNumber::parse("307000000001234573").unwrap(),
            creditor: "99000001018".into(),
            amount: Amount::from_cents(cents).unwrap(),
        }
    }

    #[test]
    fn what_a_qr_code_says() {
        for (cents, text) in [
            (12_050, "PAGOPA|002|307000000001234573|99000001018|12050"),
            (5, "PAGOPA|002|307000000001234573|99000001018|05"),
            (99_999_999_999, "PAGOPA|002|307000000001234573|99000001018|99999999999"),
        ] {
            assert_eq!(a_qr(cents).write(), text);
        }
    }

    #[test]
    fn what_is_a_qr_text() {
        let right = "PAGOPA|002|307000000001234573|99000001018|12050";
        for (text, cents) in [
            (right.to_owned(), Some(12_050)),
            (format!("  {right}\n"), Some(12_050)),
            (right.replace("|12050", "|00000012050"), Some(12_050)),
            (right.to_lowercase(), Some(12_050)),
            (right.replace("|12050", "|05"), Some(5)),
            (right.replace("|12050", "|5"), None),
            (right.replace("|12050", "|00"), None),
            (right.replace("|12050", "|000000012050"), None),
            (right.replace("|12050", "|+1205"), None),
            (right.replace("|12050", "|120.50"), None),
            (right.replace("|12050", ""), None),
            (right.replace("|002|", "|001|"), None),
            (right.replace("573|", "57|"), None),
            (right.replace("018|", "01|"), None),
            (right.replace("018|", "01A|"), None),
            (right.replace("PAGOPA", "PAGO"), None),
            (format!("{right}|"), None),
            (String::new(), None),
        ] {
            assert_eq!(QrText::read(&text).map(|qr| qr.amount.cents()), cents, "{text:?}");
        }
    }

    #[test]
    fn what_a_data_matrix_says() {
        let qr = a_qr(12_050);
        let slip = SlipText {
            qr: &qr,
            account: "99999999",
            fiscal_code: "VRDPNC70A01Z999J",
            name: "Verdelli Pancrazio",
            subject: "TARI 2026 rata unica",
        };
        let head = "codfase=NBPA;183070000000012345731200009999999910000001205038961P199000001018";
        let debtor = format!("VRDPNC70A01Z999JVERDELLI PANCRAZIO{}", " ".repeat(22));
        let rest = format!("TARI 2026 RATA UNICA{}{}A", " ".repeat(90), " ".repeat(12));
        let text = slip.write().unwrap();
        assert_eq!(text, format!("{head}{debtor}{rest}"));
        let offsets =
            [(13, "18"), (33, "12"), (47, "10"), (59, "3896"), (63, "1P1"), (77, "VRD"), (133, "TARI"), (255, "A")];
        for (at, word) in offsets {
            assert!(text[at..].starts_with(word), "{word} stands at {at}");
        }
    }

    #[test]
    fn what_no_slip_can_say() {
        for (cents, account, fits) in [
            (9_999_999_999, "123456789012", true),
            (10_000_000_000, "123456789012", false),
            (1, "1234567890123", false),
            (1, "", false),
            (1, "12 4", false),
        ] {
            let qr = a_qr(cents);
            let slip = SlipText { qr: &qr, account, fiscal_code: "", name: "", subject: "" };
            assert_eq!(slip.write().is_some(), fits, "{cents} {account}");
        }
    }

    #[test]
    fn what_fits_a_field() {
        for (text, fits) in [
            ("Perché no", "PERCHE N"),
            ("Straße", "STRASSE "),
            ("Šťastná", "STASTNA "),
            ("Иван", "IVAN    "),
            ("a\tb\u{0}c", "A B C   "),
            ("", "        "),
            ("D'Àù “x”", "D'AU \"X\""),
        ] {
            assert_eq!(field(text, 8), fits, "{text:?}");
        }
    }

    #[test]
    fn how_numbers_are_printed() {
        assert_eq!(in_groups(&a_qr(1).notice), "3070 0000 0001 2345 73");
        for (cents, printed) in [
            (1, "0,01"),
            (12_050, "120,50"),
            (102_099, "1.020,99"),
            (100_000_000, "1.000.000,00"),
            (99_999_999_999, "999.999.999,99"),
        ] {
            assert_eq!(italian_amount(cents), printed);
        }
        assert_eq!(italian_date(NaiveDate::from_ymd_opt(2026, 1, 9).unwrap()), "09/01/2026");
    }

    proptest! {
        #[test]
        fn what_is_written_can_be_read(cents in 1..=LARGEST_CENTS, zeros in 0usize..11) {
            let qr = a_qr(cents);
            prop_assert_eq!(QrText::read(&qr.write()), Some(qr.clone()));
            let padded = format!("PAGOPA|002|{}|{}|{cents:0width$}", qr.notice, qr.creditor, width = zeros.max(2));
            prop_assert_eq!(QrText::read(&padded), Some(qr));
        }

        #[test]
        fn a_data_matrix_has_256_printable_characters(
            name in any::<String>(), subject in any::<String>(), code in ".{0,20}", account in "[0-9]{1,12}",
        ) {
            let qr = a_qr(1);
            let slip = SlipText { qr: &qr, account: &account, fiscal_code: &code, name: &name, subject: &subject };
            let text = slip.write().unwrap();
            prop_assert_eq!(text.len(), DATA_MATRIX_LENGTH);
            prop_assert!(text.bytes().all(|b| (b' '..=b'~').contains(&b)));
            prop_assert!(text.ends_with('A') && text[59..].starts_with("38961P1"));
        }

        #[test]
        fn any_text_is_a_qr_text_or_not(text in any::<String>()) {
            prop_assert!(QrText::read(&text).is_none_or(|qr| qr.amount.cents() <= LARGEST_CENTS));
        }
    }
}
