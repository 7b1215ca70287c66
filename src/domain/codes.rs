//! The codes of the field: notice numbers, fiscal codes, IBANs, taxonomy codes, and their check digits.
//!
//! Two families live here. *Opaque* codes ([`Nav`], [`Iuv`], [`Iupd`], [`OrganizationCode`]) are any text, because
//! receipts and GPD clients bring any text. *Checked* codes ([`NoticeNumber`], [`FiscalCode`], [`Iban`],
//! [`TaxonomyCode`]) are what an operator must hand in under strict validation. Nothing the Node sends is ever
//! refused for its check digits: public samples and test creditors carry wrong ones (`domain` 6.1, 4.4).

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! opaque_text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Takes any text as it is.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text as it was given.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

opaque_text! {
    /// The code of a creditor (`idPA`, `fiscalCode`): eleven digits on the wire, any text from GPD's clients.
    OrganizationCode
}
opaque_text! {
    /// A notice number (*numero avviso*) as it was loaded or received.
    Nav
}
opaque_text! {
    /// *Identificativo Univoco di Versamento*, `creditorReferenceId`.
    Iuv
}
opaque_text! {
    /// The key of a debt position, chosen by the creditor.
    Iupd
}

/// Why a code is not what it should be, in words an operator can act on.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// The shape is wrong; the text says which shape is right.
    #[error("must be {0}")]
    Shape(&'static str),
    /// The check digits or letter do not match; the text is what they would be.
    #[error("check characters do not match: they would be {0}")]
    Check(String),
    /// Notices of the old kinds are read but never issued.
    #[error("must begin with 3, the only auxiliary digit for new notices")]
    AuxDigit,
}

/// Eighteen digits: a notice number as it stands in a SOAP message.
///
/// Parsing asks for nothing but the digits; [`NoticeNumber::check`] is for what an operator issues.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct NoticeNumber(String);

impl NoticeNumber {
    /// The notice of the Node's stand-in probe (`domain` 4.4).
    pub const PROBE: &'static str = "000000000000000000";

    /// Eighteen ASCII digits.
    pub fn parse(text: &str) -> Result<NoticeNumber, CodeError> {
        if text.len() == 18 && all_digits(text) {
            Ok(NoticeNumber(text.to_owned()))
        } else {
            Err(CodeError::Shape("eighteen digits"))
        }
    }

    /// The eighteen digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is the notice with which the Node asks if the station is alive.
    pub fn is_probe(&self) -> bool {
        self.0 == Self::PROBE
    }

    /// The first digit, which says how the rest is made.
    pub fn aux_digit(&self) -> u8 {
        self.0.as_bytes()[0] - b'0'
    }

    /// The two digits after the auxiliary digit: segregation code for 3, application code for 0.
    pub fn code(&self) -> &str {
        &self.0[1..3]
    }

    /// The IUV that belongs to it: without the auxiliary digit, and without the application code for 0.
    pub fn iuv(&self) -> &str {
        if self.aux_digit() == 0 { &self.0[3..] } else { &self.0[1..] }
    }

    /// Checks a notice that is to be issued: auxiliary digit 3 and right check digits.
    pub fn check(&self) -> Result<(), CodeError> {
        if self.aux_digit() != 3 {
            return Err(CodeError::AuxDigit);
        }
        let expected = check_digits(&self.0[..16]);
        if self.0[16..] == expected { Ok(()) } else { Err(CodeError::Check(expected)) }
    }
}

impl fmt::Display for NoticeNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The segregation codes that somebody is confined to: a list, or none at all for everything (`gpd-api` 5.6).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SegregationCodes(Option<Vec<String>>);

impl SegregationCodes {
    /// No bounds.
    pub fn all() -> SegregationCodes {
        SegregationCodes(None)
    }

    /// Only these.
    pub fn only(mut codes: Vec<String>) -> SegregationCodes {
        codes.sort();
        codes.dedup();
        SegregationCodes(Some(codes))
    }

    /// Reads `47,48`: two digits each, separated by commas. However often one is named, there are a hundred at most.
    pub fn parse(text: &str) -> Option<SegregationCodes> {
        let right = text.split(',').all(|code| code.len() == 2 && all_digits(code));
        right.then(|| SegregationCodes::only(text.split(',').map(str::to_owned).collect()))
    }

    /// The codes; none means every code.
    pub fn listed(&self) -> Option<&[String]> {
        self.0.as_deref()
    }

    /// Whether an IUV is within bounds: it begins with one of the codes.
    pub fn allow(&self, iuv: &str) -> bool {
        self.0.as_ref().is_none_or(|codes| codes.iter().any(|code| iuv.starts_with(code.as_str())))
    }

    /// Whether nothing is within bounds.
    pub fn are_none(&self) -> bool {
        self.0.as_ref().is_some_and(Vec::is_empty)
    }

    /// What is within these bounds and those.
    pub fn within(self, other: SegregationCodes) -> SegregationCodes {
        match (self.0, other.0) {
            (Some(mine), Some(theirs)) => {
                SegregationCodes(Some(mine.into_iter().filter(|code| theirs.contains(code)).collect()))
            }
            (mine, theirs) => SegregationCodes(mine.or(theirs)),
        }
    }
}

/// The two check digits of a notice: the number made of the given digits, modulo 93 (`domain` 6.1).
pub fn check_digits(digits: &str) -> String {
    let remainder = digits.bytes().fold(0u32, |rest, digit| (rest * 10 + u32::from(digit - b'0')) % 93);
    format!("{remainder:02}")
}

/// A debtor's code with right check characters: eleven digits, sixteen characters, or `ANONIMO`.
#[derive(Clone, PartialEq, Eq)]
pub struct FiscalCode(String);

// It may name a person.
impl fmt::Debug for FiscalCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FiscalCode(not shown)")
    }
}

impl FiscalCode {
    /// What stands for a debtor nobody knows.
    pub const ANONYMOUS: &'static str = "ANONIMO";

    /// Reads and checks a code (`domain` 6.3).
    pub fn parse(text: &str) -> Result<FiscalCode, CodeError> {
        match text.len() {
            _ if text == Self::ANONYMOUS => {}
            11 if all_digits(text) => {
                let expected = vat_check(&text.as_bytes()[..10]);
                if text.as_bytes()[10] != expected {
                    return Err(CodeError::Check(char::from(expected).to_string()));
                }
            }
            16 if has_person_shape(text.as_bytes()) => {
                let expected = letter_check(&text.as_bytes()[..15]);
                if text.as_bytes()[15] != expected {
                    return Err(CodeError::Check(char::from(expected).to_string()));
                }
            }
            _ => return Err(CodeError::Shape("a fiscal code of 16 characters, one of 11 digits, or ANONIMO")),
        }
        Ok(FiscalCode(text.to_owned()))
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn has_person_shape(code: &[u8]) -> bool {
    let digit = |c: u8| c.is_ascii_digit() || b"LMNPQRSTUV".contains(&c);
    code.iter().enumerate().all(|(at, &c)| match at {
        0..=5 | 11 | 15 => c.is_ascii_uppercase(),
        8 => b"ABCDEHLMPRST".contains(&c),
        _ => digit(c),
    })
}

fn vat_check(ten: &[u8]) -> u8 {
    let total: u32 = ten
        .iter()
        .enumerate()
        .map(|(at, c)| {
            let digit = u32::from(c - b'0');
            match (at % 2, digit) {
                (0, _) => digit,
                (_, 0..=4) => digit * 2,
                _ => digit * 2 - 9,
            }
        })
        .sum();
    b'0' + ((10 - total % 10) % 10) as u8
}

/// The check letter shared by fiscal codes and the CIN of an Italian account.
fn letter_check(characters: &[u8]) -> u8 {
    const ODD: [u32; 26] =
        [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25, 24, 23];
    let value = |c: u8| u32::from(if c.is_ascii_digit() { c - b'0' } else { c - b'A' });
    let sum: u32 =
        characters.iter().enumerate().map(|(at, &c)| if at % 2 == 0 { ODD[value(c) as usize] } else { value(c) }).sum();
    b'A' + (sum % 26) as u8
}

/// An account with right check digits; for Italian ones also a right CIN.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Iban(String);

impl Iban {
    /// Reads and checks an IBAN without blanks, capital letters only (`domain` 6.4).
    pub fn parse(text: &str) -> Result<Iban, CodeError> {
        const SHAPE: CodeError =
            CodeError::Shape("an IBAN: country, two check digits and 11 to 30 capital letters or digits");
        let bytes = text.as_bytes();
        let right_shape = (15..=34).contains(&bytes.len())
            && bytes[..2].iter().all(u8::is_ascii_uppercase)
            && bytes[2..4].iter().all(u8::is_ascii_digit)
            && bytes[4..].iter().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
        if !right_shape {
            return Err(SHAPE);
        }
        let expected = iban_check(bytes);
        if text[2..4] != expected {
            return Err(CodeError::Check(expected));
        }
        if &bytes[..2] == b"IT" {
            check_italian(bytes)?;
        }
        Ok(Iban(text.to_owned()))
    }

    /// The IBAN.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the account is at *Poste Italiane*.
    pub fn is_postal(&self) -> bool {
        is_postal_iban(&self.0)
    }
}

/// Whether a text looks like an account at *Poste Italiane*: country IT and ABI 07601.
pub fn is_postal_iban(iban: &str) -> bool {
    iban.len() == 27 && iban.starts_with("IT") && iban.get(5..10) == Some("07601")
}

fn check_italian(iban: &[u8]) -> Result<(), CodeError> {
    let right_shape = iban.len() == 27 && iban[4].is_ascii_uppercase() && iban[5..15].iter().all(u8::is_ascii_digit);
    if !right_shape {
        return Err(CodeError::Shape(
            "an Italian IBAN: IT, two check digits, a letter, ten digits and twelve characters",
        ));
    }
    let cin = letter_check(&iban[5..]);
    if iban[4] == cin { Ok(()) } else { Err(CodeError::Check(format!("CIN {}", char::from(cin)))) }
}

fn iban_check(iban: &[u8]) -> String {
    let rest = iban[4..].iter().chain(&iban[..2]).chain(b"00").fold(0u32, |rest, &c| {
        if c.is_ascii_digit() {
            (rest * 10 + u32::from(c - b'0')) % 97
        } else {
            (rest * 100 + u32::from(c - b'A') + 10) % 97
        }
    });
    format!("{:02}", 98 - rest)
}

/// *Codice tassonomico*: creditor type, macro area, service, legal reason; nine characters.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TaxonomyCode(String);

impl TaxonomyCode {
    /// Reads `0101101IM`, also in its printed form `9/0101101IM/` (`domain` 6.5).
    pub fn parse(text: &str) -> Result<TaxonomyCode, CodeError> {
        let bare = text.strip_prefix("9/").map(|rest| rest.strip_suffix('/').unwrap_or(rest)).unwrap_or(text);
        let right_shape = bare.len() == 9
            && bare.is_ascii()
            && all_digits(&bare[..7])
            && ["IM", "TS", "SP", "SA", "AP"].contains(&&bare[7..]);
        if right_shape {
            Ok(TaxonomyCode(bare.to_owned()))
        } else {
            Err(CodeError::Shape("a taxonomy code: seven digits and IM, TS, SP, SA or AP, such as 0101101IM"))
        }
    }

    /// The nine characters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether a text has the shape of an organization's code on the wire: eleven digits. Its check digit is no matter:
/// test creditors carry wrong ones (`domain` 4.4).
pub fn is_organization_code(text: &str) -> bool {
    text.len() == 11 && all_digits(text)
}

fn all_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::table::rows;
    use proptest::prelude::*;

    #[test]
    fn what_an_issued_notice_must_look_like() {
        let table = "
            notice              answer
            307000000001234573  right
            307000000001234674  right
            307000000000000105  right
            307000000001234574  Check(\"73\")
            302012387654312384  Check(\"86\")
            311111111112222222  Check(\"47\")
            001000000001234516  AuxDigit";
        for row in rows(table) {
            let answer = NoticeNumber::parse(row[0]).unwrap().check();
            assert_eq!(answer.map_or_else(|e| format!("{e:?}"), |()| "right".into()), row[1], "{}", row[0]);
        }
    }

    #[test]
    fn the_iuv_of_a_notice() {
        for (notice, iuv) in [
            ("307000000001234573", "07000000001234573"),
            ("001000000001234516", "000000001234516"),
            ("200000000001234571", "00000000001234571"),
        ] {
            assert_eq!(NoticeNumber::parse(notice).unwrap().iuv(), iuv);
        }
        assert_eq!(check_digits("0010000000012345"), "16");
        assert_eq!(check_digits("2000000000012345"), "71");
    }

    #[test]
    fn which_codes_are_right() {
        for (code, right) in [
            ("VRDPNC70A01Z999J", true),
            ("VRDPNC70A01Z99VY", true),
            ("VRDPNC70A01Z999K", false),
            ("VRDPNC70F01Z999J", false),
            ("99000001018", true),
            ("99000002024", true),
            ("77777777777", false),
            ("ANONIMO", true),
            ("anonimo", false),
            ("", false),
        ] {
            assert_eq!(FiscalCode::parse(code).is_ok(), right, "{code}");
        }
        for (iban, right) in [
            ("IT41P9999911111000000123456", true),
            ("IT94G0760199999000099999999", true),
            ("IT93I9999922222000000654321", true),
            ("IT42P9999911111000000123456", false),
            ("IT0000000000000000000000000", false),
            ("DE89370400440532013000", true),
            ("it41p9999911111000000123456", false),
            ("IT41 P9999911111000000123456", false),
            ("", false),
        ] {
            assert_eq!(Iban::parse(iban).is_ok(), right, "{iban}");
        }
        for (code, bare) in [
            ("0101101IM", Some("0101101IM")),
            ("9/0101101IM/", Some("0101101IM")),
            ("0101101XX", None),
            ("010110IM", None),
            ("9/0101101ÌM", None),
        ] {
            assert_eq!(TaxonomyCode::parse(code).ok().as_ref().map(TaxonomyCode::as_str), bare, "{code}");
        }
    }

    #[test]
    fn lists_of_segregation_codes() {
        for (text, codes) in [
            ("47", Some("47")),
            ("47,47", Some("47")),
            ("48,47,48", Some("47,48")),
            ("", None),
            ("47,", None),
            ("4", None),
            ("47 ,48", None),
            ("4à", None),
        ] {
            let read = SegregationCodes::parse(text).map(|codes| codes.listed().unwrap().join(","));
            assert_eq!(read.as_deref(), codes, "{text}");
        }
        let many = vec!["00,01,99"; 1000].join(",");
        assert_eq!(SegregationCodes::parse(&many).unwrap().listed().map(<[String]>::len), Some(3));
    }

    #[test]
    fn a_wrong_cin_is_named() {
        // Right mod 97, wrong CIN: letter and digits changed together.
        let rest = "A9999911111000000123456";
        let iban = format!("IT{}{rest}", iban_check(format!("IT00{rest}").as_bytes()));
        assert_eq!(Iban::parse(&iban), Err(CodeError::Check("CIN P".into())));
    }

    proptest! {
        #[test]
        fn a_number_with_our_check_digits_may_be_issued(base in "3[0-9]{15}") {
            let notice = NoticeNumber::parse(&format!("{base}{}", check_digits(&base))).unwrap();
            prop_assert_eq!(notice.check(), Ok(()));
        }

        #[test]
        fn any_text_is_a_code_or_an_error(text in ".{0,40}") {
            let _ = (NoticeNumber::parse(&text).map(|n| n.check()), FiscalCode::parse(&text), Iban::parse(&text), TaxonomyCode::parse(&text));
        }

        #[test]
        fn one_wrong_digit_is_always_found(base in "3[0-9]{15}", at in 1usize..16, other in 1u8..10) {
            let mut bytes = format!("{base}{}", check_digits(&base)).into_bytes();
            bytes[at] = b'0' + (bytes[at] - b'0' + other) % 10;
            prop_assert!(NoticeNumber::parse(&String::from_utf8(bytes).unwrap()).unwrap().check().is_err());
        }

        #[test]
        fn a_changed_iban_is_found(at in 4usize..27, other in 1u8..10) {
            let mut bytes = b"IT41P9999911111000000123456".to_vec();
            prop_assume!(bytes[at].is_ascii_digit());
            bytes[at] = b'0' + (bytes[at] - b'0' + other) % 10;
            prop_assert!(Iban::parse(&String::from_utf8(bytes).unwrap()).is_err());
        }
    }
}
