//! What is wrong with an answer: first what the Node itself would object to, then what the case expected otherwise.

use serde::Serialize;

use super::case::{Case, Expect, Outcome, Severity};
use super::facts::{amount, wrong};
use super::notice::Notice;
use crate::sandbox::calls::Primitive;
use crate::sandbox::calls::answer::{Asked, Finding, judge, labelled};
use crate::sandbox::calls::line::{Exchange, Heard};
use crate::sandbox::calls::message::Qr;
use crate::sandbox::calls::rule::Rule;
use crate::sandbox::calls::said::Said;
use crate::sandbox::participants::Participants;
use crate::soap::envelope;
use crate::xml::{Document, Element, Limits, decode};

/// A rule that a station breaks, and how.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Breach {
    /// A short stable name.
    pub rule: String,
    /// The rule in a sentence.
    pub requirement: String,
    /// Where it comes from.
    pub source: String,
    /// How much it matters.
    pub severity: Severity,
    /// How it is broken. No person's data.
    pub what: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cure: Option<String>,
}

/// What an answer is about.
#[derive(Clone, Copy, Debug)]
pub(super) struct About<'a> {
    pub(super) case: &'a Case,
    pub(super) primitive: Primitive,
    pub(super) notice: &'a Notice,
    pub(super) qr: &'a Qr,
    pub(super) participants: &'a Participants,
}

/// An answer, as far as it could be read.
#[derive(Clone, Debug)]
pub(super) struct Answer {
    pub(super) primitive: Primitive,
    /// None, when it is none of these.
    pub(super) outcome: Option<Outcome>,
    /// The code of a KO.
    pub(super) code: Option<String>,
    pub(super) said: Said,
}

/// Judges what came back, after the answer before it.
pub(super) fn breaches(
    about: About<'_>,
    expect: &Expect,
    exchange: &Exchange,
    before: Option<&Answer>,
) -> (Answer, Vec<Breach>) {
    let asked = Asked { primitive: about.primitive, qr: Some(about.qr), participants: Some(about.participants) };
    let verdict = judge(asked, exchange);
    let (outcome, code) = exchange.heard.as_ref().map_or((None, None), outcome);
    let answer = Answer { primitive: about.primitive, outcome, code, said: verdict.said };
    let (of_node, of_case) = match &exchange.heard {
        Ok(heard) => {
            let minded = answer.minded(expect, heard.status, &verdict.findings);
            let unreadable = outcome.is_none() && !minded.is_empty();
            (minded, if unreadable { vec![] } else { answer.unexpected(expect, heard, about.notice, before) })
        }
        Err(_) => (verdict.findings.iter().collect(), vec![]),
    };
    let took = exchange.took.as_millis();
    let late = expect.within_ms.filter(|most| took > u128::from(*most));
    let late = late.map(|most| format!("the answer took {took} ms, {most} at most are right"));
    let of_node = of_node.into_iter().map(|finding| self::of_node(about.case, finding));
    let of_case = of_case.into_iter().chain(late).map(|what| self::of_case(about.case, what));
    (answer, of_node.chain(of_case).collect())
}

/// A breach of the rule of the case.
pub(super) fn of_case(case: &Case, what: String) -> Breach {
    Breach {
        rule: case.rule.clone(),
        requirement: case.requirement.clone(),
        source: case.source.clone(),
        severity: case.severity,
        what,
        cure: case.cure.clone(),
    }
}

/// A breach of a rule to which the Node holds every answer. An answer to what it would not send is advice at most.
fn of_node(case: &Case, finding: &Finding) -> Breach {
    let Finding { rule, what } = finding;
    Breach {
        rule: rule.name().into(),
        requirement: rule.text().into(),
        source: rule.source().into(),
        severity: case.severity,
        what: what.clone(),
        cure: super::cures::cure(*rule).map(str::to_owned),
    }
}

/// What an answer is, whatever else is wrong with it.
fn outcome(heard: &Heard) -> (Option<Outcome>, Option<String>) {
    let error = (heard.status >= 400).then_some(Outcome::Http);
    let (_, charset) = labelled(heard.content_type.as_deref());
    let Ok(text) = decode(&heard.body, charset.as_deref()) else { return (error, None) };
    let Ok(document) = Document::parse(&text, &Limits::default()) else { return (error, None) };
    let root = document.root();
    let body = root.children().find(|it| it.name() == "Body").filter(|_| root.name() == "Envelope");
    let Some(response) = body.and_then(|body| body.children().next()) else { return (error, None) };
    if response.is(envelope::SOAP, "Fault") {
        return (Some(Outcome::Fault), None);
    }
    let child =
        |of: Element<'_>, name: &str| of.children().find(|it| it.name() == name).map(|it| it.text().trim().to_owned());
    match child(response, "outcome").as_deref() {
        Some("OK") => (Some(Outcome::Ok), None),
        Some("KO") => {
            let fault = response.children().find(|it| it.name() == "fault");
            (Some(Outcome::Ko), fault.and_then(|fault| child(fault, "faultCode")))
        }
        _ => (error, None),
    }
}

impl Answer {
    /// What the Node finds, as far as it matters here: where the rules leave it to the station how to say no, its own are
    /// not for what it says; and a case may be content with other statuses.
    fn minded<'f>(&self, expect: &Expect, status: u16, findings: &'f [Finding]) -> Vec<&'f Finding> {
        let any_way = matches!(self.outcome, Some(Outcome::Http | Outcome::Fault)) && status >= 400;
        if any_way && self.is_welcome(expect) {
            return vec![];
        }
        findings.iter().filter(|finding| finding.rule != Rule::HttpStatus || expect.http.is_empty()).collect()
    }

    /// What the case expected otherwise.
    fn unexpected(&self, expect: &Expect, heard: &Heard, notice: &Notice, before: Option<&Answer>) -> Vec<String> {
        let mut unexpected = Vec::new();
        let for_another_reason = self.outcome == Some(Outcome::Ko)
            && !expect.faults.is_empty()
            && !expect.faults.iter().any(|right| self.code.as_ref() == Some(right));
        if !self.is_welcome(expect) || for_another_reason {
            unexpected.push(format!("{}, where {} is right", self.told(heard), expect.in_words()));
        } else if self.outcome == Some(Outcome::Ok) {
            unexpected.extend(expect.facts.iter().filter_map(|fact| wrong(*fact, &self.said, notice)));
        }
        if !expect.http.is_empty() && !expect.http.contains(&heard.status) {
            unexpected.push(format!("the status is {}, where {:?} is right", heard.status, expect.http));
        }
        if let Some(difference) = before.filter(|_| expect.same).and_then(|before| self.difference(before)) {
            unexpected.push(format!("the answer is another than the one before: {difference}"));
        }
        unexpected
    }

    fn is_welcome(&self, expect: &Expect) -> bool {
        self.outcome.is_some_and(|outcome| expect.outcome.contains(&outcome))
    }

    /// The answer in a few words.
    fn told(&self, heard: &Heard) -> String {
        match (self.outcome, &self.code) {
            (Some(Outcome::Ok), _) => "the answer is OK".into(),
            (Some(Outcome::Ko), Some(code)) => format!("the answer is KO {}", plain(code)),
            (Some(Outcome::Ko), None) => "the answer is KO without a code".into(),
            (Some(Outcome::Fault), _) => format!("the answer is a SOAP Fault with status {}", heard.status),
            (Some(Outcome::Http), _) => format!("the answer is status {} without SOAP", heard.status),
            (None, _) => format!("the answer is neither OK nor KO, with status {}", heard.status),
        }
    }

    /// How it differs from another in what both tell. Texts that say why are the station's own, and may change.
    fn difference(&self, other: &Answer) -> Option<&'static str> {
        if self.outcome != other.outcome || self.code != other.code {
            return Some("one is OK and the other is not, or for another reason");
        }
        let same = match (&self.said, &other.said) {
            (Said::Ko(_) | Said::Fault { .. }, _) | (_, Said::Ko(_) | Said::Fault { .. }) => return None,
            (one, another) if self.primitive == other.primitive => return (one != another).then_some("its content"),
            (one, another) => (amount(one), amount(another)),
        };
        (same.0 != same.1).then_some("the amount")
    }
}

impl Expect {
    /// What is right, in a few words.
    fn in_words(&self) -> String {
        let word = |outcome: &Outcome| match outcome {
            Outcome::Ok => "OK".to_owned(),
            Outcome::Ko if self.faults.is_empty() => "KO".to_owned(),
            Outcome::Ko => format!("KO {}", self.faults.join(" or ")),
            Outcome::Fault => "a SOAP Fault".to_owned(),
            Outcome::Http => "an error status".to_owned(),
        };
        self.outcome.iter().map(word).collect::<Vec<_>>().join(", or ")
    }
}

/// A text of the station, so short and plain that it can stand in a sentence.
pub(super) fn plain(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::domain::amount::AmountOrZero;
    use crate::domain::codes::NoticeNumber;
    use crate::sandbox::calls::line::Silence;

    const PAYABLE: &str = "<outcome>OK</outcome><paymentList><paymentOptionDescription><amount>120.50</amount>\
        <options>EQ</options><allCCP>false</allCCP></paymentOptionDescription></paymentList>\
        <paymentDescription>TARI</paymentDescription><fiscalCodePA>99000001018</fiscalCodePA>\
        <companyName>Comune di Borgolieve</companyName>";
    const EXPIRED: &str = "<outcome>KO</outcome><fault><faultCode>PAA_PAGAMENTO_SCADUTO</faultCode>\
        <faultString>Scaduto</faultString><id>99000001018</id></fault>";
    const FAULT: &str = "<s:Fault><faultcode>s:Client</faultcode><faultstring>No</faultstring></s:Fault>";

    fn response(content: &str) -> String {
        format!("<p:paVerifyPaymentNoticeRes>{content}</p:paVerifyPaymentNoticeRes>")
    }

    fn heard(status: u16, body: &str) -> Exchange {
        let envelope = format!(
            "<s:Envelope xmlns:s=\"{}\" xmlns:p=\"{}\"><s:Body>{body}</s:Body></s:Envelope>",
            envelope::SOAP,
            crate::soap::MESSAGES
        );
        let body = if body.is_empty() { vec![] } else { envelope.into_bytes() };
        let heard = Heard { status, content_type: Some("text/xml; charset=utf-8".into()), body };
        Exchange { sent: vec![], heard: Ok(heard), took: Duration::from_millis(5) }
    }

    /// The rules that an answer breaks.
    fn broken(expect: &str, exchange: &Exchange, before: Option<&Exchange>) -> String {
        let breaches = found("must", expect, exchange, before);
        breaches.iter().map(|breach| breach.rule.as_str()).collect::<Vec<_>>().join(" ")
    }

    fn found(severity: &str, expect: &str, exchange: &Exchange, before: Option<&Exchange>) -> Vec<Breach> {
        let text = format!(
            "title = \"t\"\nprimitive = \"paVerifyPaymentNotice\"\nrule = \"case\"\nrequirement = \"r\"\nsource = \"s\"\n\
             severity = \"{severity}\"\nrequest.repeat = 2\n[expect]\n{expect}"
        );
        let case = Case::parse("case", &text).unwrap().remove(0);
        let mut notice = Notice::bare(NoticeNumber::parse("307000000001234573").unwrap());
        notice.organization = "99000001018".into();
        notice.amount = AmountOrZero::from_cents(12_050).ok();
        notice.company_names = vec!["Comune di Borgolieve".into()];
        let (qr, participants) = (notice.qr(), Participants::default());
        let about =
            About { case: &case, primitive: Primitive::Verify, notice: &notice, qr: &qr, participants: &participants };
        let expect = &case.steps[0].expect;
        let before = before.map(|before| breaches(about, expect, before, None).0);
        breaches(about, expect, exchange, before.as_ref()).1
    }

    #[test]
    fn all_that_is_wrong_in_a_case_of_good_manners_is_advice() {
        let another = heard(200, "<p:paSendRTRes><outcome>OK</outcome></p:paSendRTRes>");
        for (severity, means) in [("must", Severity::Must), ("should", Severity::Should)] {
            let breaches = found(severity, "outcome = [\"KO\"]", &another, None);
            let told: Vec<_> = breaches.iter().map(|breach| (&*breach.rule, breach.severity)).collect();
            assert_eq!(told, [("response", means), ("case", means)]);
        }
    }

    #[test]
    fn what_an_answer_breaks() {
        let ok = || heard(200, &response(PAYABLE));
        let ko = || heard(200, &response(EXPIRED));
        let silent = Exchange { heard: Err(Silence::TimedOut), ..ok() };
        for (expect, exchange, rules) in [
            ("outcome = [\"OK\"]", ok(), ""),
            ("outcome = [\"OK\"]\nfacts = [\"amount\", \"companyName\"]", ok(), ""),
            (
                "outcome = [\"OK\"]\nfacts = [\"amount\"]",
                heard(200, &response(&PAYABLE.replace("120.50", "120.51"))),
                "case",
            ),
            (
                "outcome = [\"OK\"]\nfacts = [\"companyName\"]",
                heard(200, &response(&PAYABLE.replace("Comune di", "di"))),
                "case",
            ),
            ("outcome = [\"OK\"]", ko(), "case"),
            ("outcome = [\"OK\"]", heard(200, &response(&PAYABLE.replace("120.50", "120.5"))), "schema"),
            ("outcome = [\"KO\"]", ko(), ""),
            ("outcome = [\"KO\"]", ok(), "case"),
            ("outcome = [\"KO\"]\nfaults = [\"PAA_PAGAMENTO_SCADUTO\"]", ko(), ""),
            ("outcome = [\"KO\"]\nfaults = [\"PAA_PAGAMENTO_ANNULLATO\"]", ko(), "case"),
            ("outcome = [\"OK\", \"KO\"]\nfaults = [\"PAA_PAGAMENTO_ANNULLATO\"]", ok(), ""),
            // What is said counts, and so does the status with which it is.
            ("outcome = [\"KO\"]", heard(404, &response(EXPIRED)), "http-status"),
            ("outcome = [\"KO\"]\nhttp = [200, 404]", heard(404, &response(EXPIRED)), ""),
            ("outcome = [\"KO\"]\nhttp = [404]", ko(), "case"),
            ("outcome = [\"KO\"]", heard(500, FAULT), "case"),
            ("outcome = [\"KO\", \"FAULT\"]", heard(500, FAULT), ""),
            ("outcome = [\"FAULT\"]", heard(400, FAULT), ""),
            ("outcome = [\"FAULT\"]", heard(200, FAULT), "http-status"),
            ("outcome = [\"FAULT\", \"HTTP\"]", heard(415, ""), ""),
            ("outcome = [\"HTTP\"]\nhttp = [405]", heard(415, ""), "case"),
            ("outcome = [\"KO\"]", heard(415, ""), "http-status well-formed case"),
            ("outcome = [\"OK\"]", silent.clone(), "in-time"),
            ("outcome = [\"HTTP\"]", silent, "in-time"),
            ("outcome = [\"OK\"]\nwithin_ms = 4", ok(), "case"),
            ("outcome = [\"OK\"]\nwithin_ms = 5", ok(), ""),
        ] {
            assert_eq!(broken(expect, &exchange, None), rules, "{expect} {:?}", exchange.heard);
        }
    }

    #[test]
    fn however_an_answer_is_labelled() {
        for label in ["text/xml", "text/xml; charset=utf-8; action=\"x\"", "Text/XML;Charset=\"UTF-8\""] {
            let mut exchange = heard(200, &response(PAYABLE));
            if let Ok(heard) = &mut exchange.heard {
                heard.content_type = Some(label.into());
            }
            assert_eq!(broken("outcome = [\"OK\"]", &exchange, None), "", "{label}");
        }
    }

    #[test]
    fn when_two_answers_are_the_same() {
        const SAME: &str = "outcome = [\"OK\", \"KO\"]\nsame = true";
        let ok = |from: &str, to: &str| heard(200, &response(&PAYABLE.replace(from, to)));
        let ko = |from: &str, to: &str| heard(200, &response(&EXPIRED.replace(from, to)));
        for (first, second, rules) in [
            (ok("", ""), ok("", ""), ""),
            (ok("", ""), ok("120.50", "120.49"), "case"),
            (ok("", ""), ok("TARI", "TASI"), "case"),
            (ok("", ""), ko("", ""), "case"),
            (ko("", ""), ko("", ""), ""),
            (ko("", ""), ko(">Scaduto<", ">Scaduto alle 12:00<"), ""),
            (ko("", ""), ko("_SCADUTO", "_ANNULLATO"), "case"),
        ] {
            assert_eq!(broken(SAME, &second, Some(&first)), rules, "{second:?}");
        }
    }
}
