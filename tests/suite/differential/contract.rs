//! The four requests under test, as the schema describes them, and random values that are right for each field.
//!
//! Written down again here on purpose, by hand and from the published schema: taking the fields from the reader
//! would make the two agree in their mistakes.

use base64::{Engine, engine::general_purpose::STANDARD};
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt};

pub struct Operation {
    pub name: &'static str,
    pub request: &'static str,
    pub fields: &'static [Field],
}

#[derive(PartialEq)]
pub struct Field {
    pub name: &'static str,
    pub kind: Kind,
    /// What a truthful `xsi:type` says here.
    pub type_name: &'static str,
    pub optional: bool,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Kind {
    /// One to so many characters.
    Text(usize),
    /// Exactly so many characters, of any kind.
    Exactly(usize),
    /// Exactly so many digits.
    Digits(usize),
    Amount,
    TransferType,
    Date,
    Base64,
    Structure(&'static [Field]),
}

pub static OPERATIONS: [Operation; 4] = [
    Operation { name: "paVerifyPaymentNotice", request: "paVerifyPaymentNoticeReq", fields: &VERIFY },
    Operation { name: "paGetPayment", request: "paGetPaymentReq", fields: &GET },
    Operation { name: "paGetPaymentV2", request: "paGetPaymentV2Request", fields: &GET },
    Operation { name: "paDemandPaymentNotice", request: "paDemandPaymentNoticeRequest", fields: &DEMAND },
];

const fn field(name: &'static str, kind: Kind, type_name: &'static str) -> Field {
    Field { name, kind, type_name, optional: false }
}

const fn optional(name: &'static str, kind: Kind, type_name: &'static str) -> Field {
    Field { name, kind, type_name, optional: true }
}

const ID_PA: Field = field("idPA", Kind::Text(35), "common:stText35");
const ID_BROKER: Field = field("idBrokerPA", Kind::Text(35), "common:stText35");
const ID_STATION: Field = field("idStation", Kind::Text(35), "common:stText35");
const QR_CODE: Field = field("qrCode", Kind::Structure(&QR_CODE_FIELDS), "pafn:ctQrCode");
static QR_CODE_FIELDS: [Field; 2] = [
    field("fiscalCode", Kind::Digits(11), "common:stFiscalCodePA"),
    field("noticeNumber", Kind::Digits(18), "common:stNoticeNumber"),
];
static VERIFY: [Field; 4] = [ID_PA, ID_BROKER, ID_STATION, QR_CODE];
static GET: [Field; 8] = [
    ID_PA,
    ID_BROKER,
    ID_STATION,
    QR_CODE,
    optional("amount", Kind::Amount, "common:stAmount"),
    optional("paymentNote", Kind::Text(210), "pafn:stText210"),
    optional("transferType", Kind::TransferType, "pafn:stTransferType"),
    optional("dueDate", Kind::Date, "common:stISODate"),
];
static DEMAND: [Field; 6] = [
    ID_PA,
    ID_BROKER,
    ID_STATION,
    field("idServizio", Kind::Exactly(5), "pafn:stIdentificativoServizio"),
    field("idSoggettoServizio", Kind::Exactly(5), "pafn:stIdentificativoSoggettoServizio"),
    field("datiSpecificiServizioRequest", Kind::Base64, "xs:base64Binary"),
];

impl Field {
    /// A value the schema accepts: often what a real caller would send, otherwise anything the type allows.
    pub fn valid_value(&self, rng: &mut StdRng) -> String {
        match (self.name, self.kind) {
            ("idPA" | "idBrokerPA" | "fiscalCode", _) if rng.random() => "99000001018".into(),
            ("idStation", _) if rng.random() => "99000001018_01".into(),
            (_, Kind::Text(longest)) => {
                let length = rng.random_range(1..=longest);
                text(rng, length)
            }
            (_, Kind::Exactly(length)) => text(rng, length),
            (_, Kind::Digits(length)) => digits(rng, length),
            (_, Kind::Amount) => amount(rng),
            (_, Kind::TransferType) => (*["POSTAL", "PAGOPA"].choose(rng).unwrap()).into(),
            (_, Kind::Date) => date(rng),
            (_, Kind::Base64) => base64(rng),
            (_, Kind::Structure(_)) => unreachable!("a structure has fields, not a value"),
        }
    }
}

/// So many characters, mostly those of an Italian sentence, some that take two, three or four bytes in UTF-8.
pub fn text(rng: &mut StdRng, length: usize) -> String {
    const PLAIN: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 .,;:-_/()+?!#%=@*";
    const SPECIAL: &str = "àèéìòùÀÈÌÒÙß&<>\"'€\u{a0}\u{2019}\u{1f600}";
    let alphabet: Vec<char> = if rng.random_bool(0.7) { PLAIN.chars() } else { SPECIAL.chars() }.collect();
    (0..length).map(|_| *alphabet.choose(rng).unwrap()).collect()
}

pub fn digits(rng: &mut StdRng, length: usize) -> String {
    (0..length).map(|_| char::from(b'0' + rng.random_range(0..10))).collect()
}

fn amount(rng: &mut StdRng) -> String {
    let length = rng.random_range(1..=9);
    let zeros = if rng.random_bool(0.2) { rng.random_range(1..30) } else { 0 };
    format!("{}{}.{}", "0".repeat(zeros), digits(rng, length), digits(rng, 2))
}

fn date(rng: &mut StdRng) -> String {
    let (year, month, day) = (rng.random_range(1..=9999), rng.random_range(1..=12), rng.random_range(1..=28));
    let zone = match rng.random_range(0..10) {
        0 => "Z".into(),
        1 => format!("+{:02}:{:02}", rng.random_range(0..14), rng.random_range(0..60)),
        2 => format!("-{:02}:{:02}", rng.random_range(0..14), rng.random_range(0..60)),
        _ => String::new(),
    };
    format!("{year:04}-{month:02}-{day:02}{zone}")
}

pub fn base64(rng: &mut StdRng) -> String {
    let mut bytes = vec![0; rng.random_range(0..60)];
    rng.fill_bytes(&mut bytes);
    STANDARD.encode(bytes)
}
