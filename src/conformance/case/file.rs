//! The TOML of a case: read, checked, and turned into a case for each primitive.

use serde::Deserialize;

use super::{Case, CaseError, Expect, NoticeWanted, Request, Severity, Step};
use crate::sandbox::calls::Primitive;

impl Case {
    /// Reads a file of that name: a case for each primitive it names.
    pub fn parse(name: &str, text: &str) -> Result<Vec<Case>, CaseError> {
        let refused = |what: String| CaseError { file: format!("{name}.toml"), what };
        let file: File = toml::from_str(text).map_err(|error| refused(error.to_string()))?;
        file.check().map_err(refused)?;
        let primitives: Vec<Primitive> = match &file.primitive {
            Some(Named(primitive)) => vec![*primitive],
            None => file.primitives.iter().map(|Named(primitive)| *primitive).collect(),
        };
        let several = primitives.len() > 1;
        let case = |primitive: Primitive| Case {
            id: if several { format!("{name}:{}", primitive.name()) } else { name.to_owned() },
            title: file.title.clone(),
            primitive,
            rule: file.rule.clone(),
            requirement: file.requirement.clone(),
            source: file.source.clone(),
            severity: file.severity,
            cure: file.cure.clone(),
            notice: file.notice.clone(),
            steps: file.steps(primitive),
        };
        Ok(primitives.into_iter().map(case).collect())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    primitive: Option<Named>,
    #[serde(default)]
    primitives: Vec<Named>,
    rule: String,
    requirement: String,
    source: String,
    #[serde(default)]
    severity: Severity,
    cure: Option<String>,
    notice: Option<NoticeWanted>,
    #[serde(default)]
    request: Request,
    #[serde(default)]
    before: Vec<Before>,
    expect: Expect,
    expect_first: Option<Expect>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Before {
    primitive: Option<Named>,
    #[serde(default)]
    request: Request,
    expect: Option<Expect>,
    expect_first: Option<Expect>,
}

/// A primitive by its name.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct Named(Primitive);

impl TryFrom<String> for Named {
    type Error = String;

    fn try_from(name: String) -> Result<Named, String> {
        let names = || Primitive::ALL.map(Primitive::name).join(", ");
        Primitive::named(&name).map(Named).ok_or_else(|| format!("{name} is no primitive; there are {}", names()))
    }
}

impl File {
    fn steps(&self, primitive: Primitive) -> Vec<Step> {
        let first = |first: &Option<Expect>, last: &Expect| {
            first.clone().unwrap_or_else(|| Expect { same: false, ..last.clone() })
        };
        let before = self.before.iter().map(|step| {
            let expect = step.expect.clone().unwrap_or_else(Expect::ok);
            let primitive = step.primitive.map_or(primitive, |Named(primitive)| primitive);
            Step { primitive, request: step.request.clone(), expect_first: first(&step.expect_first, &expect), expect }
        });
        let last = Step {
            primitive,
            request: self.request.clone(),
            expect_first: first(&self.expect_first, &self.expect),
            expect: self.expect.clone(),
        };
        before.chain([last]).collect()
    }

    fn check(&self) -> Result<(), String> {
        if self.primitive.is_some() != self.primitives.is_empty() {
            return Err("name either a primitive or primitives".into());
        }
        let texts = [&self.title, &self.rule, &self.requirement, &self.source];
        if texts.iter().any(|text| text.trim().is_empty()) {
            return Err("title, rule, requirement and source cannot be empty".into());
        }
        let requests = self.before.iter().map(|step| &step.request).chain([&self.request]);
        for request in requests {
            request.check()?;
        }
        let firsts = self.before.iter().flat_map(|step| [&step.expect, &step.expect_first]);
        for expect in firsts.chain([&self.expect_first]).flatten().chain([&self.expect]) {
            expect.check()?;
        }
        if self.expect.same && self.before.is_empty() && self.request.repeat.unwrap_or(1) < 2 {
            return Err("expect.same needs a step before".into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::case::Outcome;

    const GOOD: &str = r#"
        title = "A title"
        primitive = "paVerifyPaymentNotice"
        rule = "a-rule"
        requirement = "A requirement."
        source = "a source"
        expect.outcome = ["KO"]
    "#;

    fn parsed(change: impl Fn(&str) -> String) -> Result<Vec<Case>, String> {
        Case::parse("any/case", &change(GOOD)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_case_for_each_primitive() {
        let several = r#"primitives = ["paGetPayment", "paGetPaymentV2"]"#;
        let cases = parsed(|good| good.replace(r#"primitive = "paVerifyPaymentNotice""#, several)).unwrap();
        let named: Vec<_> = cases.iter().map(|case| (case.id.as_str(), case.primitive)).collect();
        assert_eq!(named, [("any/case:paGetPayment", Primitive::Get), ("any/case:paGetPaymentV2", Primitive::GetV2)]);
        let one = parsed(str::to_owned).unwrap();
        assert_eq!((one.len(), one[0].id.as_str(), one[0].severity), (1, "any/case", Severity::Must));
    }

    #[test]
    fn steps_come_in_their_order_and_expect_an_ok() {
        let case = &parsed(|good| format!("{good}\n[[before]]\n[[before]]\nprimitive = \"paSendRT\"")).unwrap()[0];
        let primitives: Vec<_> = case.steps.iter().map(|step| step.primitive).collect();
        assert_eq!(primitives, [Primitive::Verify, Primitive::SendRt, Primitive::Verify]);
        assert_eq!(case.steps[1].expect.outcome, [Outcome::Ok]);
        assert!(case.changes_the_station());
    }

    #[test]
    fn a_case_that_makes_no_sense_is_refused_and_told_why() {
        let with = |line: &'static str| move |good: &str| format!("{good}\n{line}");
        for (wrong, why) in [
            (parsed(|good| good.replace("primitive =", "primitve =")), "unknown field `primitve`"),
            (parsed(|good| good.replace("paVerifyPaymentNotice", "paVerify")), "paVerify is no primitive; there are"),
            (
                parsed(|good| good.replace("primitive = \"paVerifyPaymentNotice\"", "")),
                "either a primitive or primitives",
            ),
            (parsed(|good| good.replace("a source", " ")), "cannot be empty"),
            (parsed(|good| good.replace("[\"KO\"]", "[]")), "expect.outcome cannot be empty"),
            (parsed(|good| good.replace("KO", "MAYBE")), "unknown variant `MAYBE`"),
            (parsed(with("expect.facts = [\"amount\"]")), "told by an OK"),
            (parsed(|good| good.replace("[\"KO\"]", "[\"OK\"]\nexpect.faults = [\"A\"]")), "those of a KO"),
            (parsed(with("expect.same = true")), "needs a step before"),
            (parsed(with("request.repeat = 0")), "at least 1"),
            (parsed(with("request.raw = \"\"\nrequest.root = \"a\"")), "nothing of it can be changed"),
            (parsed(with("request.insert = [{ xml = \"<a/>\" }]")), "one of after, before, into"),
            (parsed(with("[notice]\nstate = \"PAYED\"")), "unknown variant `PAYED`"),
            (parsed(with("[notice]\nwith = [\"stamps\"]")), "unknown variant `stamps`"),
            (parsed(with("[[before]]\nrule = \"x\"")), "unknown field `rule`"),
        ] {
            let told = wrong.expect_err(why);
            assert!(told.starts_with("any/case.toml: ") && told.contains(why), "{why}: {told}");
        }
    }

    #[test]
    fn the_built_in_cases_can_be_read() {
        let cases = crate::conformance::case::built_in().map_err(|error| error.to_string()).unwrap();
        assert!(cases.len() > 100);
        assert!(cases.windows(2).all(|pair| pair[0].id != pair[1].id));
    }
}
