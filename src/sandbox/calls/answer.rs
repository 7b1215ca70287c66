//! Reads what a station answers and judges it as the Node does: its form by the contract's schema, then its sense.
//!
//! Everything that is wrong is found, not only the first: the Node of the sandbox needs to know whether there is
//! anything, a conformance report wants all of it.

use std::sync::LazyLock;

use super::Primitive;
use super::line::{Exchange, Heard, Silence};
use super::message::Qr;
use super::rule::Rule;
use super::said::{FaultBean, Payable, Payment, Said, amount, optional, payment, text_of};
use crate::domain::codes::NoticeNumber;
use crate::sandbox::participants::Participants;
use crate::schema::Schema;
use crate::soap::{MESSAGES, envelope};
use crate::xml::{Document, Element, Limits, decode};

/// What the Node thinks of an answer.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// What is wrong with it; nothing, when the Node can use it.
    pub findings: Vec<Finding>,
    /// What it says, as far as that could be read.
    pub said: Said,
}

/// A rule that an answer breaks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// How it is broken. No person's data.
    pub what: String,
}

/// What the answer is to.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// What was asked.
    pub primitive: Primitive,
    /// About which notice, if about one.
    pub qr: Option<&'a Qr>,
    /// Who takes part, for what the Node checks against its registry; none where that is not known.
    pub participants: Option<&'a Participants>,
}

/// How many faults of form are worth a report.
const MOST_FAULTS: usize = 20;

static CONTRACT: LazyLock<Schema> = LazyLock::new(|| {
    let common = include_str!("../../../xsd/commonTypes.xsd");
    Schema::read(include_str!("../../../xsd/paForNode.xsd"), &[("commonTypes.xsd", common)])
        .expect("our own schema can be read")
});

impl Verdict {
    /// Whether the answer keeps to every rule.
    pub fn is_sound(&self) -> bool {
        self.findings.is_empty()
    }

    /// Whether the Node can use the answer, though it may break a rule that is none of the Node's business.
    pub fn is_usable(&self) -> bool {
        !self.findings.iter().any(|finding| finding.rule.stops_the_node())
    }

    /// Whether it is what a probe expects: nobody has that notice.
    pub fn does_not_know_the_notice(&self) -> bool {
        self.is_usable() && matches!(&self.said, Said::Ko(bean) if bean.code == UNKNOWN)
    }

    fn find(&mut self, rule: Rule, what: impl Into<String>) {
        self.findings.push(Finding { rule, what: what.into() });
    }
}

/// Judges what came back.
pub fn judge(asked: Asked<'_>, exchange: &Exchange) -> Verdict {
    match &exchange.heard {
        Ok(heard) => judge_heard(asked, heard),
        Err(silence) => {
            let (rule, what) = match silence {
                Silence::Unreachable(why) => (Rule::Reachable, why.clone()),
                Silence::TimedOut => (Rule::InTime, format!("no answer within {} ms", exchange.took.as_millis())),
                Silence::Broken(why) => (Rule::Reachable, why.clone()),
            };
            Verdict { findings: vec![Finding { rule, what }], said: Said::Nothing }
        }
    }
}

fn judge_heard(asked: Asked<'_>, heard: &Heard) -> Verdict {
    let mut verdict = Verdict { findings: vec![], said: Said::Nothing };
    let (kind, charset) = labelled(heard.content_type.as_deref());
    if !matches!(heard.status, 200 | 500) {
        verdict.find(Rule::HttpStatus, format!("the status is {}", heard.status));
    }
    if kind != "text/xml" {
        let label = if kind.is_empty() { "no type at all".to_owned() } else { shortened(&kind) };
        verdict.find(Rule::ContentType, format!("the answer is labelled {label}"));
    }
    let text = match decode(&heard.body, charset.as_deref()) {
        Ok(text) => text,
        Err(error) => {
            verdict.find(Rule::WellFormed, error.to_string());
            return verdict;
        }
    };
    let document = match Document::parse(&text, &Limits::default()) {
        Ok(document) => document,
        Err(error) => {
            verdict.find(Rule::WellFormed, error.to_string());
            return verdict;
        }
    };
    let root = match envelope::open(&document) {
        Ok(root) => root,
        Err(error) => {
            verdict.find(Rule::Envelope, crate::telemetry::chain(&error));
            return verdict;
        }
    };
    if root.is(envelope::SOAP, "Fault") {
        if heard.status != 500 {
            verdict.find(Rule::HttpStatus, format!("a SOAP Fault with status {}", heard.status));
        }
        let code = text_of(root, "faultcode");
        let code = code.rsplit(':').next().unwrap_or_default().to_owned();
        verdict.said = Said::Fault { code, text: text_of(root, "faultstring") };
        return verdict;
    }
    if heard.status == 500 {
        verdict.find(Rule::HttpStatus, "status 500 without a SOAP Fault");
    }
    judge_response(asked, root, verdict)
}

/// Judges the element in the Body.
fn judge_response(asked: Asked<'_>, root: Element<'_>, mut verdict: Verdict) -> Verdict {
    let expected = asked.primitive.response();
    if !root.is(MESSAGES, expected) {
        let what = if root.name() == expected {
            format!("{expected} is not in the namespace of paForNode")
        } else {
            format!("the Body holds {} where {expected} belongs", shortened(root.name()))
        };
        verdict.find(Rule::Response, what);
        return verdict;
    }
    let faults = CONTRACT.judge(root, MOST_FAULTS);
    if !faults.is_empty() {
        for fault in faults {
            verdict.find(Rule::Schema, format!("{}: {}", fault.path, fault.rule));
        }
        return verdict;
    }
    let fault = root.child("fault");
    if &*root.child("outcome").map(Element::text).unwrap_or_default() == "KO" {
        let Some(fault) = fault else {
            verdict.find(Rule::KoHasFault, "KO without a fault");
            return verdict;
        };
        let bean = FaultBean {
            code: text_of(fault, "faultCode"),
            text: text_of(fault, "faultString"),
            id: text_of(fault, "id"),
            description: optional(fault, "description"),
        };
        if !bean.code.starts_with(CREDITORS) {
            verdict.find(Rule::FaultCode, format!("the code does not begin with {CREDITORS}"));
        }
        verdict.said = Said::Ko(bean);
        return verdict;
    }
    if fault.is_some() {
        verdict.find(Rule::OkHasNoFault, "OK with a fault");
    }
    match asked.primitive {
        Primitive::SendRt | Primitive::SendRtV2 => verdict.said = Said::Taken,
        Primitive::Verify => {
            if let Some(payable) = payable(root, &mut verdict) {
                check_organization(&payable, asked.qr, &mut verdict);
                verdict.said = Said::Payable(payable);
            }
        }
        Primitive::Demand => {
            let qr = demanded(root, &mut verdict);
            if let (Some(qr), Some(payable)) = (qr, payable(root, &mut verdict)) {
                verdict.said = Said::Demanded(qr, payable);
            }
        }
        Primitive::Get | Primitive::GetV2 => match root.child("data") {
            None => verdict.find(Rule::OkHasData, "data is missing"),
            Some(data) => {
                let payment = payment(data);
                check_payment(&payment, asked, &mut verdict);
                verdict.said = Said::Payment(Box::new(payment));
            }
        },
    }
    verdict
}

/// How the codes of a creditor's station begin.
const CREDITORS: &str = "PAA_";
/// What a station says of a notice that it does not have.
const UNKNOWN: &str = "PAA_PAGAMENTO_SCONOSCIUTO";
/// What a station says of a notice that is paid.
pub const PAID: &str = "PAA_PAGAMENTO_DUPLICATO";

fn payable(root: Element<'_>, verdict: &mut Verdict) -> Option<Payable> {
    let mut missing = Vec::new();
    for name in ["paymentList", "paymentDescription", "fiscalCodePA", "companyName"] {
        if root.child(name).is_none() {
            missing.push(name);
        }
    }
    if !missing.is_empty() {
        verdict.find(Rule::OkHasData, format!("missing: {}", missing.join(", ")));
    }
    let options: Vec<_> = root.child("paymentList").into_iter().flat_map(Element::children).collect();
    if options.len() > 1 {
        verdict.find(Rule::OneOption, format!("{} options", options.len()));
    }
    let option = *options.first()?;
    let exact = text_of(option, "options");
    if exact != "EQ" {
        verdict.find(Rule::ExactAmount, format!("options is {exact}"));
    }
    Some(Payable {
        amount: amount(option, "amount"),
        due_date: optional(option, "dueDate"),
        detail: optional(option, "detailDescription"),
        all_ccp: matches!(text_of(option, "allCCP").trim(), "true" | "1"),
        description: optional(root, "paymentDescription")?,
        organization: optional(root, "fiscalCodePA")?,
        company_name: optional(root, "companyName")?,
        office_name: optional(root, "officeName"),
    })
}

fn check_organization(payable: &Payable, qr: Option<&Qr>, verdict: &mut Verdict) {
    if qr.is_some_and(|qr| qr.organization != payable.organization) {
        verdict.find(Rule::Organization, "fiscalCodePA is another creditor");
    }
}

fn demanded(root: Element<'_>, verdict: &mut Verdict) -> Option<Qr> {
    let qr = root.child("qrCode").and_then(|qr| {
        let notice = NoticeNumber::parse(&text_of(qr, "noticeNumber")).ok()?;
        Some(Qr { organization: text_of(qr, "fiscalCode"), notice })
    });
    if qr.is_none() {
        verdict.find(Rule::DemandedNotice, "qrCode is missing");
    }
    qr
}

/// What the Node checks before it lets anybody pay (`domain` 3.2).
fn check_payment(payment: &Payment, asked: Asked<'_>, verdict: &mut Verdict) {
    let sum: i64 = payment.transfers.iter().map(|transfer| transfer.amount.cents()).sum();
    if sum != payment.amount.cents() {
        let total = payment.amount.euro();
        verdict.find(Rule::Sum, format!("paymentAmount is {total}, the transfers add up to {sum} cents"));
    }
    if let Some(qr) = asked.qr
        && payment.iuv != qr.notice.iuv()
    {
        verdict.find(Rule::Reference, "creditorReferenceId is not the IUV of the notice");
    }
    for (at, transfer) in payment.transfers.iter().enumerate() {
        let id = transfer.id;
        if payment.transfers[..at].iter().any(|before| before.id == id) {
            verdict.find(Rule::TransferIds, format!("two transfers have the number {id}"));
        }
        if transfer.iban.is_some() == transfer.stamp.is_some() {
            verdict.find(Rule::Destination, format!("transfer {id} has neither an account nor a stamp, or both"));
        }
        if transfer.iban.as_deref().is_some_and(|iban| !looks_like_an_iban(iban)) {
            verdict.find(Rule::Account, format!("transfer {id}: the account is no IBAN"));
        }
        let Some(participants) = asked.participants else { continue };
        let Some(beneficiary) = participants.organization(&transfer.organization).filter(|it| it.active) else {
            verdict.find(Rule::Beneficiary, format!("transfer {id}: the beneficiary is not known or not active"));
            continue;
        };
        if let (Some(iban), Some(accounts)) = (&transfer.iban, &beneficiary.ibans)
            && !accounts.is_empty()
            && !accounts.contains(iban)
        {
            verdict.find(Rule::Account, format!("transfer {id}: the account is not registered for its beneficiary"));
        }
    }
}

/// As PSPs must be told an account: paForNode itself takes any text here, nodeForPsp does not.
pub(crate) fn looks_like_an_iban(text: &str) -> bool {
    let bytes = text.as_bytes();
    (5..=34).contains(&bytes.len())
        && bytes[..2].iter().all(u8::is_ascii_alphabetic)
        && bytes[2..4].iter().all(u8::is_ascii_digit)
        && bytes[4..].iter().all(u8::is_ascii_alphanumeric)
}

/// The media type and the charset of a label.
pub(crate) fn labelled(content_type: Option<&str>) -> (String, Option<String>) {
    let mut parts = content_type.unwrap_or_default().split(';');
    let kind = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
    let charset =
        parts.filter_map(|part| part.split_once('=')).find(|(name, _)| name.trim().eq_ignore_ascii_case("charset"));
    (kind, charset.map(|(_, value)| value.trim().trim_matches('"').to_owned()))
}

/// The beginning of a text from outside, for a sentence.
pub(crate) fn shortened(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_psp_can_be_told_as_an_account() {
        let longest = format!("IT41{}", "9".repeat(30));
        for (text, expected) in [
            ("IT41P9999911111000000123456", true),
            ("it00x", true),
            (&longest, true),
            (&format!("{longest}9"), false),
            ("IT00", false),
            ("", false),
            ("1T41P9999911111000000123456", false),
            ("ITX1P9999911111000000123456", false),
            ("IT41 P999 9911 1110", false),
            ("IT41-P999-9911", false),
            ("IT41P99999è", false),
        ] {
            assert_eq!(looks_like_an_iban(text), expected, "{text}");
        }
    }
}
