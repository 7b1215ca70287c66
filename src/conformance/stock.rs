//! Which notice a case gets.
//!
//! A case gets the plainest notice that will do, and one that it changes is nobody's afterwards: neither it nor the other
//! notices of the same debt, which may have changed with it.

use std::collections::HashSet;

use serde::Serialize;

use super::case::{Fact, NoticeWanted, State, Trait};
use super::facts::known;
use super::fixtures::Fixtures;
use super::notice::Notice;
use crate::domain::codes::{NoticeNumber, check_digits};

/// The notices of the fixtures that are as the fixtures say.
pub(super) struct Stock<'f> {
    fixtures: &'f Fixtures,
    changed: HashSet<usize>,
    made_up: u64,
}

/// What a notice may have that makes it less plain.
const SPECIAL: [Trait; 5] =
    [Trait::Stamp, Trait::SeveralTransfers, Trait::Beneficiary, Trait::Overdue, Trait::Metadata];

impl<'f> Stock<'f> {
    pub(super) fn new(fixtures: &'f Fixtures) -> Stock<'f> {
        Stock { fixtures, changed: HashSet::new(), made_up: 0 }
    }

    /// A notice that is wanted, or what the fixtures lack: they have to tell the facts that are compared. The first generation of the protocol cannot sell stamps: a case
    /// for it gets none unless it asks for one.
    pub(super) fn take(
        &mut self,
        wanted: &NoticeWanted,
        facts: &[Fact],
        first_generation: bool,
    ) -> Result<Notice, String> {
        if wanted.state == State::Probe {
            return self.made_of(NoticeNumber::PROBE.to_owned());
        }
        let asked_for = |it: Trait| wanted.with.contains(&it);
        let fits = |notice: &&Notice| {
            notice.state == wanted.state
                && !self.changed.contains(&notice.position)
                && wanted.with.iter().all(|it| self.fixtures.has(notice, *it))
                && !wanted.without.iter().any(|it| self.fixtures.has(notice, *it))
                && (!first_generation || asked_for(Trait::Stamp) || !self.fixtures.has(notice, Trait::Stamp))
        };
        let frills =
            |notice: &&Notice| SPECIAL.iter().filter(|it| !asked_for(**it) && self.fixtures.has(notice, **it)).count();
        let is_told = |notice: &&Notice| facts.iter().all(|fact| known(*fact, notice));
        let fitting = || self.fixtures.notices.iter().filter(fits);
        let found = fitting().filter(is_told).min_by_key(frills).cloned();
        let untold = if fitting().next().is_some() { facts } else { &[] };
        match found {
            Some(notice) => {
                if wanted.fresh {
                    self.changed.insert(notice.position);
                }
                Ok(notice)
            }
            None if wanted.state == State::Unknown && wanted.with.is_empty() => self.make_up(),
            None => Err(lacking(wanted, untold)),
        }
    }

    /// A notice that nobody has, with a number of its own.
    pub(super) fn make_up(&mut self) -> Result<Notice, String> {
        let organization = self.fixtures.served().first().ok_or("there is no creditor")?;
        let station = organization.stations.iter().find(|station| !station.link.broadcast);
        let link = &station.or(organization.stations.first()).ok_or("the creditor has no station")?.link;
        let known = self.fixtures.notices.iter().find(|notice| notice.organization == organization.fiscal_code);
        let code = match (&link.segregation_code, known) {
            (Some(code), _) => code.clone(),
            (None, Some(known)) => known.number.code().to_owned(),
            (None, None) => "00".into(),
        };
        loop {
            self.made_up += 1;
            let base = format!("{}{code:0>2}9{:012}", link.aux_digit, 999_999_000_000 + self.made_up);
            let number = format!("{base}{}", check_digits(&base));
            if !self.fixtures.notices.iter().any(|notice| notice.number.as_str() == number) {
                return self.made_of(number);
            }
        }
    }

    fn made_of(&self, number: String) -> Result<Notice, String> {
        let number = NoticeNumber::parse(&number).map_err(|error| format!("{number}: {error}"))?;
        let owner = self.fixtures.served().first().ok_or("there is no creditor")?;
        let mut notice = Notice::bare(number);
        notice.belongs_to(owner);
        Ok(notice)
    }
}

/// What the fixtures lack, in words that can be counted.
fn lacking(wanted: &NoticeWanted, facts: &[Fact]) -> String {
    let mut text = format!("no notice {}", word(wanted.state));
    for (lead, traits) in [("with", &wanted.with), ("without", &wanted.without)] {
        if !traits.is_empty() {
            let traits: Vec<_> = traits.iter().map(word).collect();
            text.push_str(&format!(" {lead} {}", traits.join(", ")));
        }
    }
    if !facts.is_empty() {
        let facts: Vec<_> = facts.iter().map(word).collect();
        text.push_str(&format!(", of which they tell {}", facts.join(", ")));
    }
    if wanted.fresh {
        text.push_str(", that no other case has changed");
    }
    text
}

/// A word as it stands in a case.
fn word(it: impl Serialize) -> String {
    serde_json::to_value(it).ok().and_then(|it| it.as_str().map(str::to_owned)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use chrono::Utc;
    use serde_json::json;

    use super::*;

    fn fixtures() -> Fixtures {
        let transfer =
            |id: u8| json!({"idTransfer": id.to_string(), "amount": 100, "iban": "IT41P9999911111000000123456"});
        let stamp = json!({"idTransfer": "1", "amount": 1600, "stamp": {"hashDocument": "Xr87"}});
        let option =
            |nav: &str, transfers: Vec<serde_json::Value>| json!({"nav": nav, "amount": 1, "transfer": transfers});
        let file = json!({
            "organizations": [{"fiscalCode": "99000001018", "companyName": "Comune di Borgolieve",
                "stations": [{"idStation": "99000001018_01", "idBroker": "99000001018", "segregationCode": "07"}]}],
            "paymentPositions": [
                {"paymentOption": [option("307000000000000101", vec![stamp])]},
                {"paymentOption": [option("307000000000000202", vec![transfer(1), transfer(2)])]},
                {"paymentOption": [option("307000000000000303", vec![transfer(1)]),
                                   option("307000000000000404", vec![transfer(1)])]},
            ],
        });
        Fixtures::parse(file.to_string().as_bytes(), "http://x/", Utc::now()).unwrap()
    }

    fn wanted(text: &str) -> NoticeWanted {
        toml::from_str(text).unwrap()
    }

    #[test]
    fn which_notice_a_case_gets() {
        for (notice, first_generation, number) in [
            ("", false, Ok("307000000000000303")),
            ("with = [\"stamp\"]", false, Ok("307000000000000101")),
            ("with = [\"stamp\"]", true, Ok("307000000000000101")),
            ("with = [\"several-transfers\"]", false, Ok("307000000000000202")),
            (
                "with = [\"several-transfers\", \"stamp\"]",
                false,
                Err("no notice PAYABLE with several-transfers, stamp"),
            ),
            ("state = \"PAID\"\nwithout = [\"stamp\"]", false, Err("no notice PAID without stamp")),
            ("state = \"PROBE\"", false, Ok("000000000000000000")),
        ] {
            let fixtures = fixtures();
            let taken = Stock::new(&fixtures).take(&wanted(notice), &[], first_generation);
            let told = taken.as_ref().map(|notice| notice.number.as_str()).map_err(String::as_str);
            assert_eq!(told, number, "{notice}");
        }
    }

    #[test]
    fn a_notice_of_which_nothing_is_told_proves_nothing() {
        let fixtures = fixtures();
        let taken = Stock::new(&fixtures).take(&wanted(""), &[Fact::Debtor, Fact::Transfers], false);
        assert_eq!(taken.unwrap().number.as_str(), "307000000000000303");
        let lacking = Stock::new(&fixtures).take(&wanted(""), &[Fact::MetadataEcho], false).unwrap_err();
        assert_eq!(lacking, "no notice PAYABLE, of which they tell metadata-echo");
    }

    #[test]
    fn what_a_case_changes_is_nobodys_afterwards() {
        let fixtures = fixtures();
        let mut stock = Stock::new(&fixtures);
        let mut take = |notice: &str| stock.take(&wanted(notice), &[], true).map(|notice| notice.number.to_string());
        assert_eq!(take("fresh = true").unwrap(), "307000000000000303");
        // The other notice of that debt may have changed with it; a stamp is not for the first generation.
        assert_eq!(take("").unwrap(), "307000000000000202");
        assert_eq!(take("fresh = true").unwrap(), "307000000000000202");
        assert_eq!(take("fresh = true").unwrap_err(), "no notice PAYABLE, that no other case has changed");
    }

    #[test]
    fn an_unknown_notice_is_made_up_with_right_check_digits() {
        let fixtures = fixtures();
        let mut stock = Stock::new(&fixtures);
        let unknown = wanted("state = \"UNKNOWN\"");
        let (one, other) = (stock.take(&unknown, &[], false).unwrap(), stock.take(&unknown, &[], false).unwrap());
        assert!(one.number != other.number && one.number.code() == "07");
        assert_eq!(one.number.check(), Ok(()));
    }
}
