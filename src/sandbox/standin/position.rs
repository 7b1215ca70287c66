//! `paCreatePosition`: how a creditor copies a notice to the archive, and what it hears (`domain` 8).

use chrono::DateTime;
use serde_json::{Map, Value, json};

use super::archive::{Archived, Unkept, shortened};
use crate::domain::amount::AmountOrZero;
use crate::domain::codes::NoticeNumber;
use crate::domain::receipt::Subject;
use crate::sandbox::calls::answer::looks_like_an_iban;
use crate::sandbox::calls::message::Qr;
use crate::sandbox::node::Node;

/// The answer: a status, and JSON; `application/problem+json` unless the status is 200.
pub struct Reply {
    /// HTTP status.
    pub status: u16,
    /// The body.
    pub body: Value,
}

/// Takes what a creditor tells. `key`: the subscription key it shows; the sandbox knows none, but wants to see one.
pub fn create_position(node: &Node, key: Option<&str>, body: &[u8]) -> Reply {
    if key.is_none_or(|key| key.trim().is_empty()) {
        return problem(401, "Unauthorized", "Ocp-Apim-Subscription-Key is missing");
    }
    let Ok(Value::Object(members)) = serde_json::from_slice(body) else {
        return problem(400, "Bad Request", "the body is no JSON object");
    };
    let (qr, told) = match read(&members) {
        Ok(read) => read,
        Err(complaints) => return problem(400, "Bad Request", &complaints.join("; ")),
    };
    let Some(organization) = node.participants.organization(&qr.organization) else {
        return problem(400, "Bad Request", "paFiscalCode: the platform does not know this creditor");
    };
    let paid = node.ledger().is_paid(&qr);
    let status = if told.amount.cents() == 0 { "INVALID" } else { "VALID" };
    let notice = qr.notice.to_string();
    if let Err(unkept) = node.stand_ins().archive.keep(qr, told, organization, paid) {
        return refused(unkept);
    }
    let mut answer = members;
    answer.insert("nav".into(), notice.into());
    answer.insert("companyName".into(), organization.company_name.as_str().into());
    answer.insert("status".into(), status.into());
    Reply { status: 200, body: Value::Object(answer) }
}

fn refused(unkept: Unkept) -> Reply {
    match unkept {
        Unkept::Unknown => problem(404, "Not Found", "there is nothing to invalidate"),
        Unkept::Over => problem(409, "Conflict", "the position was paid or invalidated before"),
        Unkept::NoAccount => problem(422, "Unprocessable Entity", "no account: neither given nor registered"),
        Unkept::StrangeAccount => problem(422, "Unprocessable Entity", "an account that is not registered"),
    }
}

fn problem(status: u16, title: &str, detail: &str) -> Reply {
    Reply { status, body: json!({"type": "about:blank", "title": title, "status": status, "detail": detail}) }
}

/// Reads the members. Complaints name members and rules, never what was written: it may be about a person.
fn read(members: &Map<String, Value>) -> Result<(Qr, Archived), Vec<String>> {
    let mut form = Form { members, complaints: vec![] };
    let organization = form.text("paFiscalCode", 11, 11);
    let kind = form.text("entityType", 1, 1);
    if !matches!(kind.as_str(), "F" | "G") {
        form.complain("entityType: must be F or G");
    }
    let code = form.text("entityFiscalCode", 2, 255);
    let name = form.text("entityFullName", 1, 255);
    let iuv = form.text("iuv", 1, 255);
    let nav = form.optional("nav", 1, 255).unwrap_or_else(|| format!("3{iuv}"));
    let notice = NoticeNumber::parse(&nav).ok().filter(|notice| notice.iuv() == iuv);
    if notice.is_none() {
        form.complain("nav: must be 18 digits, a digit and then the iuv");
    }
    let amount = members.get("amount").and_then(Value::as_i64).and_then(|cents| AmountOrZero::from_cents(cents).ok());
    if amount.is_none() {
        form.complain("amount: must be whole cents, 0 to 99999999999");
    }
    let description = form.text("description", 1, 255);
    let expires = DateTime::parse_from_rfc3339(&form.text("expirationDate", 1, 64)).ok();
    if expires.is_none() {
        form.complain("expirationDate: must be a date and a time with a zone, such as 2026-12-31T22:59:59Z");
    }
    let (iban, postal_iban) = (form.account("iban"), form.account("postalIban"));
    let (switch_to_expired, pay_stand_in) = (form.yes_no("switchToExpired", false), form.yes_no("payStandIn", true));
    let (Some(notice), Some(amount), Some(expires), []) = (notice, amount, expires, form.complaints.as_slice()) else {
        return Err(form.complaints);
    };
    let debtor = Subject {
        entity_unique_identifier_type: Some(kind),
        entity_unique_identifier_value: Some(shortened(&code, 16)),
        full_name: Some(shortened(&name, 70)),
        ..Subject::default()
    };
    let told = Archived { amount, debtor, description, expires, switch_to_expired, pay_stand_in, iban, postal_iban };
    Ok((Qr { organization, notice }, told))
}

struct Form<'m> {
    members: &'m Map<String, Value>,
    complaints: Vec<String>,
}

impl Form<'_> {
    fn complain(&mut self, complaint: impl Into<String>) {
        self.complaints.push(complaint.into());
    }

    /// A text that has to be there and is not blank.
    fn text(&mut self, name: &str, least: usize, most: usize) -> String {
        let text = self.optional(name, least, most);
        if text.is_none() && self.is_absent(name) {
            self.complain(format!("{name}: is missing"));
        }
        text.unwrap_or_default()
    }

    fn optional(&mut self, name: &str, least: usize, most: usize) -> Option<String> {
        if self.is_absent(name) {
            return None;
        }
        let text = self.members.get(name).and_then(Value::as_str);
        let fits = |text: &&str| (least..=most).contains(&text.chars().count()) && !text.trim().is_empty();
        let text = text.filter(fits).map(str::to_owned);
        if text.is_none() {
            self.complain(format!("{name}: must be a text of {least} to {most} characters"));
        }
        text
    }

    /// An account that PSPs can be told.
    fn account(&mut self, name: &str) -> Option<String> {
        let account = self.optional(name, 27, 27)?;
        if !looks_like_an_iban(&account) {
            self.complain(format!("{name}: must be an IBAN, without blanks"));
        }
        Some(account)
    }

    fn yes_no(&mut self, name: &str, otherwise: bool) -> bool {
        if self.is_absent(name) {
            return otherwise;
        }
        let said = self.members.get(name).and_then(Value::as_bool);
        if said.is_none() {
            self.complain(format!("{name}: must be true or false"));
        }
        said.unwrap_or(otherwise)
    }

    fn is_absent(&self, name: &str) -> bool {
        self.members.get(name).is_none_or(Value::is_null)
    }
}
