//! What a caller says when a payment request is opened (`domain` 11.2-11.4), from bytes.
//!
//! JSON in an envelope or bare, or a form whose field `data` holds it, as PHP sends it. Numbers stand for their digits
//! where a text is expected. Everything that is wrong is told at once: the member, the fault and the cure.

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::members::{Members, depth, text_of};
use crate::domain::amount::{AmountError, AmountOrZero};
use crate::domain::codes::{NoticeNumber, OrganizationCode, is_organization_code};
use crate::domain::notice_codes::QrText;
use crate::domain::payment_request::{Callback, Given, LONGEST_FIELD, LONGEST_URL, Method, Reach, RequestedNotice};
use crate::domain::text::is_email;
use crate::intake::shown;

/// Largest body, in bytes.
pub(super) const MOST_BYTES: usize = 64 << 10;
/// Most members that mean nothing here, the longest name of one, its largest value in bytes, and how deep that may be.
const MOST_OTHERS: usize = 50;
const LONGEST_NAME: usize = 64;
const LARGEST_OTHER: usize = 4096;
const DEEPEST: usize = 8;

/// Members of our own answers: a caller that sends them back does not change them.
const OURS: [&str; 7] = ["_id", "id", "type", "timestamp", "owner", "report", "payment_url"];

/// A payment request that somebody wants to open.
#[derive(Clone, Debug, Default)]
pub struct Opening {
    /// What is to be paid, where that is known.
    pub notice: Option<RequestedNotice>,
    /// What the caller thinks it costs.
    pub amount: Option<AmountOrZero>,
    /// What the caller told.
    pub given: Given,
    /// Whom to tell of the end.
    pub callback: Option<Callback>,
}

/// Reads the body of a call. What is wrong with it is told for people.
pub fn read_opening(bytes: &[u8], is_form: bool, reach: Reach) -> Result<Opening, String> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = str::from_utf8(bytes).map_err(|_| "the body is not UTF-8: send it with that encoding")?;
    // Many a client calls every body a form. No name of a field begins so.
    let text = match is_form && !text.trim_start().starts_with('{') {
        true => field_of(text).ok_or("the form has no field data: put the JSON of the request there")?,
        false => text.to_owned(),
    };
    let mut members = object(&text)?;
    if let Some(data) = members.take_even_null("data") {
        if let Some((name, _)) = members.rest().first() {
            return Err(format!("{} stands beside data: put it inside", shown(name)));
        }
        members = Members::of(data.get()).ok_or("data must be an object, such as {\"data\":{\"email\":\"…\"}}")?;
    }
    let mut reading = Reading { members, wrong: Vec::new() };
    let opening = reading.opening(reach);
    if reading.wrong.is_empty() { Ok(opening) } else { Err(reading.wrong.join("; ")) }
}

/// The field of a form that holds the request.
fn field_of(text: &str) -> Option<String> {
    let mut fields = url::form_urlencoded::parse(text.as_bytes());
    fields.find(|(name, _)| name == "data").map(|(_, value)| value.into_owned())
}

fn object(text: &str) -> Result<Members, String> {
    if text.trim().is_empty() {
        return Err("the body is empty: send {\"data\":{}} at least".into());
    }
    serde_json::from_str(text).map_err(|error| match error.classify() {
        serde_json::error::Category::Data => "the body must be an object, such as {\"data\":{}}".into(),
        _ => format!("the body is not JSON: look at line {}, column {}", error.line(), error.column()),
    })
}

/// Members that are read one after the other, and what was wrong so far.
struct Reading {
    members: Members,
    wrong: Vec<String>,
}

impl Reading {
    fn opening(&mut self, reach: Reach) -> Opening {
        self.look_for_twins();
        let amount = self.amount();
        let (notice, asked) = self.notice();
        let given = Given {
            email: self.email(),
            surname: self.text("cognome", 70),
            first_name: self.text("nome", 70),
            telephone: self.text("telefono", 35),
            ..Given::default()
        };
        let callback = self.callback(reach);
        let given = Given { others: self.others(), ..given };
        Opening { notice, amount: amount.or(asked), given, callback }
    }

    /// A name that a JSON has twice means one thing to one reader and another to the next.
    fn look_for_twins(&mut self) {
        if let Some(name) = self.members.twin() {
            self.wrong.push(format!("{} is there twice: leave one", shown(name)));
        }
    }

    /// A text, empty where there is none, without blanks around it.
    fn text(&mut self, name: &str, most: usize) -> String {
        let Some(value) = self.members.take(name) else { return String::new() };
        let text = text_of(&value).map(|text| text.trim().to_owned());
        match text {
            None => self.wrong.push(format!("{name} must be a text")),
            Some(text) if text.chars().count() > most => {
                self.wrong.push(format!("{name} is longer than {most} characters: shorten it"));
            }
            Some(text) if text.contains(char::is_control) => {
                self.wrong.push(format!("{name} holds a control character: take it out"));
            }
            Some(text) => return text,
        }
        String::new()
    }

    fn email(&mut self) -> String {
        let email = self.text("email", 256);
        if !email.is_empty() && !is_email(&email) {
            self.wrong.push("email is no e-mail address: write one, such as cliente@example.org, or none".into());
        }
        email
    }

    /// Zero says as much as nothing: it is what a request shows that was opened without a notice.
    fn amount(&mut self) -> Option<AmountOrZero> {
        let text = self.text("importo", 20);
        if text.is_empty() {
            return None;
        }
        // Programs write numbers without the zeros at their end.
        let written = match text.split_once('.') {
            None => format!("{text}.00"),
            Some((_, tenths)) if tenths.len() == 1 => format!("{text}0"),
            _ => text,
        };
        let wrong = match AmountOrZero::from_euro(&written) {
            Ok(amount) => return Some(amount).filter(|amount| *amount != AmountOrZero::ZERO),
            Err(AmountError::Shape) => "is no amount in euro",
            Err(AmountError::Range) => "is above 999999999.99 euro",
        };
        self.wrong.push(format!("importo {wrong}: write for example \"120.50\", or leave it out"));
        None
    }

    /// The notice, by its two codes or by the text of its QR code, which also says what it costs.
    fn notice(&mut self) -> (Option<RequestedNotice>, Option<AmountOrZero>) {
        let (creditor, number, qr) = (self.text("ente_pa", 35), self.text("avviso_pa", 100), self.text("qr", 100));
        let scanned = if number.contains('|') { &number } else { &qr };
        let plain: String = number.chars().filter(|c| *c != ' ').collect();
        if !scanned.is_empty() {
            return self.scanned(scanned, &creditor, if scanned == &number { "" } else { &plain });
        }
        match (creditor.is_empty(), plain.is_empty()) {
            (true, true) => return (None, None),
            (false, true) => self.wrong.push("avviso_pa is missing: give the notice's 18 digits beside ente_pa".into()),
            (true, false) => {
                self.wrong.push("ente_pa is missing: give the creditor's 11 digits beside avviso_pa".into())
            }
            (false, false) => {}
        }
        if !creditor.is_empty() && !is_organization_code(&creditor) {
            self.wrong.push("ente_pa must be the 11 digits of the creditor's fiscal code".into());
        }
        let notice = NoticeNumber::parse(&plain).ok();
        if !plain.is_empty() && notice.is_none() {
            self.wrong.push("avviso_pa must be the 18 digits of a notice number, or the text of its QR code".into());
        }
        (notice.map(|notice| RequestedNotice { organization: OrganizationCode::new(creditor), notice }), None)
    }

    fn scanned(
        &mut self,
        scanned: &str,
        creditor: &str,
        number: &str,
    ) -> (Option<RequestedNotice>, Option<AmountOrZero>) {
        let Some(QrText { notice, creditor: owner, amount }) = QrText::read(scanned) else {
            self.wrong.push("the text of the QR code must be PAGOPA|002|notice|creditor|cents".into());
            return (None, None);
        };
        let organization = OrganizationCode::new(owner);
        if !creditor.is_empty() && creditor != organization.as_str() {
            self.wrong.push("ente_pa and the QR code name two creditors: leave one".into());
        }
        if ![notice.as_str(), ""].contains(&number) {
            self.wrong.push("avviso_pa and the QR code name two notices: leave one".into());
        }
        (Some(RequestedNotice { organization, notice }), Some(amount.into()))
    }

    fn callback(&mut self, reach: Reach) -> Option<Callback> {
        let value = self.members.take("callback").filter(|value| value.get() != "\"\"")?;
        let Some(members) = Members::of(value.get()) else {
            self.wrong.push("callback must be an object with a url".into());
            return None;
        };
        if members.len() == 0 {
            return None;
        }
        let mut inner = Reading { members, wrong: Vec::new() };
        inner.look_for_twins();
        let url = inner.text("url", LONGEST_URL);
        let method = match inner.text("method", 10).to_ascii_uppercase().as_str() {
            "" | "POST" => Method::Post,
            "PUT" => Method::Put,
            _ => {
                inner.wrong.push("method must be POST or PUT".into());
                Method::Post
            }
        };
        let field =
            Some(inner.text("field", LONGEST_FIELD)).filter(|field| !field.is_empty()).unwrap_or_else(|| "data".into());
        let headers = inner.headers();
        let callback = Callback { url, method, field, headers };
        let faults = if inner.wrong.is_empty() { callback.faults(reach) } else { Vec::new() };
        self.wrong.extend(inner.wrong.into_iter().map(|wrong| format!("callback.{wrong}")));
        self.wrong.extend(faults);
        Some(callback)
    }

    fn headers(&mut self) -> Vec<(String, String)> {
        let Some(value) = self.members.take("headers").filter(|value| value.get() != "\"\"") else { return Vec::new() };
        let members = Members::of(value.get()).map(Members::rest);
        let texts = members.and_then(|members| {
            members.into_iter().map(|(name, value)| Some((name, text_of(&value)?))).collect::<Option<Vec<_>>>()
        });
        texts.unwrap_or_else(|| {
            self.wrong.push("headers must be an object of texts".into());
            Vec::new()
        })
    }

    /// What means nothing here and is kept all the same.
    fn others(&mut self) -> Map<String, Value> {
        let mut others = Map::new();
        let rest = std::mem::take(&mut self.members).rest();
        for (name, value) in rest.into_iter().filter(|(name, _)| !OURS.contains(&name.as_str())) {
            match other(&name, &value) {
                Ok(value) => drop(others.insert(name, value)),
                Err(wrong) => self.wrong.push(wrong),
            }
        }
        if others.len() > MOST_OTHERS {
            self.wrong.push(format!("there are more than {MOST_OTHERS} members of other names: take some of them out"));
        }
        others
    }
}

fn other(name: &str, value: &RawValue) -> Result<Value, String> {
    if name.is_empty() || name.chars().count() > LONGEST_NAME || name.contains(char::is_control) {
        return Err(format!(
            "a member has a name that is empty, longer than {LONGEST_NAME} characters or not printable"
        ));
    }
    let shown = shown(name);
    if value.get().len() > LARGEST_OTHER || depth(value.get()) > DEEPEST {
        return Err(format!("{shown} is larger than {LARGEST_OTHER} bytes or deeper than {DEEPEST} levels"));
    }
    let written = value.get();
    let value = serde_json::from_str(written).map_err(|_| format!("{shown} holds a number that is too large"))?;
    // A number that is not read back as it was written is kept as its digits.
    let value = match value {
        Value::Number(number) if number.to_string() != written => Value::String(written.to_owned()),
        value => value,
    };
    if holds_nul(&value) {
        return Err(format!("{shown} holds the character U+0000: take it out"));
    }
    Ok(value)
}

/// Whether a text in it holds the one character that no database can.
fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::Array(items) => items.iter().any(holds_nul),
        Value::Object(members) => members.iter().any(|(name, value)| name.contains('\0') || holds_nul(value)),
        _ => false,
    }
}
