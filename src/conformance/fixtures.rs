//! What the station under test holds: who is served there, and notices of which it is known how they stand.
//!
//! One JSON file: the registry of the sandbox, `paymentPositions` as `ec-station load` takes them, and how each notice
//! stands. It is read with an open mind: what a case needs must be there, and nothing is checked that no case needs.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::case::{State, Trait};
use super::notice::{Notice, listed, of_position};
use super::words::Word;
use crate::domain::codes::is_organization_code;
use crate::domain::registry::Caller;
use crate::intake::model;
use crate::sandbox::participants::{Organization, Participants, Service, Station};

/// What the station under test holds.
#[derive(Debug)]
pub struct Fixtures {
    /// Everybody of whom the platform knows: those of the file, and the beneficiaries of its positions.
    pub participants: Participants,
    /// Those who are served by the station under test, with their stations there.
    served: Vec<Organization>,
    /// The notices, in the order of the file.
    pub notices: Vec<Notice>,
    /// What was passed over, and why.
    pub remarks: Vec<String>,
}

/// A file of fixtures that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct FixturesError(String);

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File<'f> {
    #[serde(borrow, default)]
    payment_positions: Vec<&'f RawValue>,
    #[serde(default)]
    states: BTreeMap<String, String>,
    #[serde(default)]
    notices: Vec<Listed>,
}

/// A notice of which is said how it stands, with or without a position.
#[derive(Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Listed {
    pub(super) nav: String,
    pub(super) state: Option<String>,
    pub(super) organization: Option<String>,
    /// In cents.
    pub(super) amount: Option<i64>,
}

/// What is beside GPD's own members in a position.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Beside {
    #[serde(alias = "organizationFiscalCode")]
    organization: Option<String>,
    payment_option: Vec<BesideOption>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct BesideOption {
    state: Option<String>,
}

impl Fixtures {
    /// Reads the file, for the station at that address.
    pub fn parse(file: &[u8], url: &str, now: DateTime<Utc>) -> Result<Fixtures, FixturesError> {
        let broken = |error: serde_json::Error| FixturesError(error.to_string());
        let file = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
        let mut whole: Value = serde_json::from_slice(file).map_err(broken)?;
        let content: File<'_> = serde_json::from_slice(file).map_err(broken)?;
        let registered = Participants::of(&whole).map_err(|complaints| FixturesError(complaints.join("; ")))?;
        let mut fixtures =
            Fixtures { served: served(&registered, url), participants: registered, notices: vec![], remarks: vec![] };
        if fixtures.served.is_empty() {
            return Err(FixturesError("organizations: name at least one creditor with a station".into()));
        }
        let said = content.said().map_err(FixturesError)?;
        for (at, raw) in content.payment_positions.iter().enumerate() {
            fixtures.add_position(at, raw, &content.notices, &said, now)?;
        }
        for (at, notice) in content.notices.iter().enumerate() {
            if !fixtures.notices.iter().any(|known| known.number.as_str() == notice.nav) {
                fixtures.add_listed(&format!("notices[{at}]"), notice, said.get(notice.nav.as_str()).copied());
            }
        }
        for nav in content.states.keys() {
            let known = fixtures.notices.iter().any(|known| known.number.as_str() == nav)
                || content.notices.iter().any(|listed| listed.nav == *nav);
            if !known {
                let notice = Listed { nav: nav.clone(), ..Listed::default() };
                fixtures.add_listed(&in_states(nav), &notice, said.get(nav.as_str()).copied());
            }
        }
        add_beneficiaries(&mut whole, &fixtures.notices);
        fixtures.participants = Participants::of(&whole).map_err(|complaints| FixturesError(complaints.join("; ")))?;
        Ok(fixtures)
    }

    fn add_position(
        &mut self,
        at: usize,
        raw: &RawValue,
        listed: &[Listed],
        said: &BTreeMap<&str, State>,
        now: DateTime<Utc>,
    ) -> Result<(), FixturesError> {
        let place = format!("paymentPositions[{at}]");
        let broken = |error: serde_json::Error| FixturesError(format!("{place}: {error}"));
        let position: model::Position = serde_json::from_str(raw.get()).map_err(broken)?;
        let beside: Beside = serde_json::from_str(raw.get()).unwrap_or_default();
        let own_words = beside.payment_option.iter().map(|option| option.state.as_deref()).collect::<Vec<_>>();
        let mut notices =
            of_position(&position, &own_words, now).map_err(|what| FixturesError(format!("{place}: {what}")))?;
        let company = position.company_name.value().map(String::as_str);
        notices.retain_mut(|notice| {
            let named = listed.iter().find(|listed| listed.nav == notice.number.as_str());
            let named = named.and_then(|listed| listed.organization.as_deref()).or(beside.organization.as_deref());
            match self.owner(named, company, notice) {
                Some(owner) => notice.belongs_to(owner),
                None => {
                    let remark =
                        format!("{place}: whose the notice {} is cannot be told; name its organization", notice.number);
                    self.remarks.push(remark);
                    return false;
                }
            }
            notice.position = at;
            notice.state = said.get(notice.number.as_str()).copied().unwrap_or(notice.state);
            true
        });
        self.notices.extend(notices);
        Ok(())
    }

    /// Whose a notice is: of who is named; of the only one; of the one of that name; of the only one that has such notices.
    fn owner(&self, named: Option<&str>, company: Option<&str>, notice: &Notice) -> Option<&Organization> {
        if let Some(named) = named {
            return self.served.iter().find(|organization| organization.fiscal_code == named);
        }
        let only =
            |candidates: Vec<&'_ Organization>| (candidates.len() == 1).then(|| candidates[0].fiscal_code.clone());
        let all: Vec<_> = self.served.iter().collect();
        let routed: Vec<_> = all.iter().copied().filter(|it| it.station_of(&notice.number).is_some()).collect();
        let of_name: Vec<_> = all.iter().copied().filter(|it| Some(it.company_name.as_str()) == company).collect();
        let code = only(all).or_else(|| only(of_name)).or_else(|| only(routed))?;
        self.served.iter().find(|organization| organization.fiscal_code == code)
    }

    fn add_listed(&mut self, place: &str, entry: &Listed, state: Option<State>) {
        let Some(mut notice) = listed(entry, state.unwrap_or_default()) else {
            let nav = crate::intake::shown(&entry.nav);
            self.remarks
                .push(format!("{place}: {nav} is no notice number, which has eighteen digits; it is passed over"));
            return;
        };
        notice.position = usize::MAX - self.notices.len();
        match self.owner(entry.organization.as_deref(), None, &notice) {
            Some(owner) => {
                notice.belongs_to(owner);
                self.notices.push(notice);
            }
            None => {
                let nav = &entry.nav;
                self.remarks.push(format!("{place}: whose the notice {nav} is cannot be told; name its organization"));
            }
        }
    }

    /// The creditors that the station under test serves, with their stations there.
    pub fn served(&self) -> &[Organization] {
        &self.served
    }

    /// A service that can be paid without a notice, if there is one.
    pub fn service(&self) -> Option<&Service> {
        let mut services = self.participants.services().into_iter();
        services.find(|service| service.active && self.served_by(&service.organization).is_some())
    }

    /// One of the creditors that the station under test serves.
    pub fn served_by(&self, organization: &str) -> Option<&Organization> {
        self.served.iter().find(|served| served.fiscal_code == organization)
    }

    /// How the Node addresses the owner of a notice.
    pub fn owner_of(&self, notice: &Notice) -> Option<Caller> {
        let organization = self.served_by(&notice.organization)?;
        let station = organization.station_of(&notice.number).or_else(|| organization.stations.first())?;
        Some(station.addressed_for(&organization.fiscal_code))
    }

    /// How the Node addresses another beneficiary of a notice: first one that gets copies of receipts.
    pub fn beneficiary_of(&self, notice: &Notice) -> Option<Caller> {
        let others = || notice.others().filter_map(|code| self.served_by(code));
        let gets_copies = |station: &&Station| station.link.broadcast;
        let found = others().find_map(|it| it.stations.iter().find(gets_copies).map(|station| (it, station)));
        let found = found.or_else(|| others().find_map(|it| it.stations.first().map(|station| (it, station))));
        found.map(|(organization, station)| station.addressed_for(&organization.fiscal_code))
    }

    /// Whether a notice has something.
    pub fn has(&self, notice: &Notice, wanted: Trait) -> bool {
        let copied = |code: &str| {
            self.served_by(code).is_some_and(|it| it.stations.iter().any(|station| station.link.broadcast))
        };
        match wanted {
            Trait::Stamp => notice.shares.iter().any(|share| share.told.stamp.is_some()),
            Trait::Postal => !notice.shares.is_empty() && notice.shares.iter().all(|share| share.postal_iban.is_some()),
            Trait::SeveralTransfers => notice.shares.len() > 1,
            Trait::Beneficiary => notice.others().next().is_some(),
            Trait::Broadcast => notice.others().any(copied),
            Trait::Metadata => !notice.metadata.is_empty(),
            Trait::Overdue => notice.overdue,
        }
    }
}

impl File<'_> {
    /// How notices are said to stand outside their positions.
    fn said(&self) -> Result<BTreeMap<&str, State>, String> {
        let listed = self.notices.iter().enumerate().filter_map(|(at, listed)| {
            Some((format!("notices[{at}].state"), listed.nav.as_str(), listed.state.as_deref()?))
        });
        let states = self.states.iter().map(|(nav, state)| (in_states(nav), nav.as_str(), state.as_str()));
        let mut said = BTreeMap::new();
        for (place, nav, text) in listed.chain(states) {
            match Word::parse(text).map_err(|what| format!("{place}: {what}"))? {
                Word::Exactly(state) => said.insert(nav, state),
                Word::Open => said.insert(nav, State::Payable),
            };
        }
        Ok(said)
    }
}

fn in_states(nav: &str) -> String {
    format!("states.\"{}\"", crate::intake::shown(nav))
}

/// Those whose stations are at that address. A file that names other addresses only means this one all the same.
fn served(registered: &Participants, url: &str) -> Vec<Organization> {
    let same = |other: &str| other.trim_end_matches('/') == url.trim_end_matches('/');
    let with = |here: &dyn Fn(&Station) -> bool| {
        let organizations = registered.organizations().into_iter().cloned();
        let mut served: Vec<_> = organizations.filter(|organization| organization.active).collect();
        served
            .iter_mut()
            .for_each(|organization| organization.stations.retain(|station| station.active && here(station)));
        served.retain(|organization| !organization.stations.is_empty());
        served
    };
    let here = with(&|station| station.url.as_deref().is_none_or(same));
    if here.is_empty() { with(&|_| true) } else { here }
}

/// The platform knows the beneficiaries of positions that are right, whether the file has them as organizations or not.
fn add_beneficiaries(whole: &mut Value, notices: &[Notice]) {
    let Some(organizations) = whole.get_mut("organizations").and_then(Value::as_array_mut) else { return };
    let known = |code: &str, all: &[Value]| all.iter().any(|it| it["fiscalCode"].as_str() == Some(code));
    let others: BTreeSet<&str> = notices.iter().flat_map(Notice::others).collect();
    for code in others {
        if is_organization_code(code) && !known(code, organizations) {
            organizations.push(json!({"fiscalCode": code, "companyName": code}));
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    const HERE: &str = "http://localhost:8080/soap/paForNode";

    fn organization(code: &str, name: &str, segregation_code: &str, url: Option<&str>) -> Value {
        let mut station =
            json!({"idStation": format!("{code}_01"), "idBroker": code, "segregationCode": segregation_code});
        if let Some(url) = url {
            station["url"] = url.into();
        }
        json!({"fiscalCode": code, "companyName": name, "stations": [station]})
    }

    fn position(change: impl FnOnce(&mut Value)) -> Value {
        let mut position = json!({
            "iupd": "1", "type": "F", "fiscalCode": "VRDPNC70A01Z999J", "fullName": "Pancrazio Verdelli",
            "companyName": "Comune di Borgolieve", "switchToExpired": false,
            "paymentOption": [{"nav": "307000000001234573", "iuv": "07000000001234573", "amount": 12050,
                "description": "TARI", "isPartialPayment": false, "dueDate": "2026-12-31T22:59:59",
                "transfer": [{"idTransfer": "1", "amount": 12050, "remittanceInformation": "TARI", "category": "0101101IM",
                              "iban": "IT41P9999911111000000123456"}]}],
        });
        change(&mut position);
        position
    }

    fn read(organizations: &[Value], positions: &[Value], rest: Value) -> Result<Fixtures, String> {
        let mut file = json!({"organizations": organizations, "paymentPositions": positions});
        file.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        let now = Utc.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap();
        Fixtures::parse(file.to_string().as_bytes(), HERE, now).map_err(|error| error.to_string())
    }

    fn comune() -> Value {
        organization("99000001018", "Comune di Borgolieve", "07", None)
    }

    #[test]
    fn how_a_notice_stands() {
        let one = "307000000001234573";
        for (position, rest, state) in [
            (position(|_| ()), json!({}), State::Payable),
            (position(|it| it["status"] = "DRAFT".into()), json!({}), State::Draft),
            (position(|it| it["status"] = "REPORTED".into()), json!({}), State::Paid),
            (position(|it| it["status"] = "INVALID".into()), json!({}), State::Cancelled),
            (position(|it| it["validityDate"] = "2027-01-01T00:00:00".into()), json!({}), State::NotYetValid),
            (
                position(|it| it["paymentOption"][0]["dueDate"] = "2026-01-01T00:00:00".into()),
                json!({}),
                State::Payable,
            ),
            (
                position(|it| {
                    it["paymentOption"][0]["dueDate"] = "2026-01-01T00:00:00".into();
                    it["switchToExpired"] = true.into();
                    it["status"] = "VALID".into();
                }),
                json!({}),
                State::Expired,
            ),
            (position(|it| it["paymentOption"][0]["status"] = "PO_PAID".into()), json!({}), State::Paid),
            (
                position(|it| {
                    it["status"] = "PAID".into();
                    it["paymentOption"][0]["status"] = "PO_UNPAID".into();
                }),
                json!({}),
                State::Superseded,
            ),
            (
                position(|it| {
                    it["paymentOption"][0]["status"] = "PO_PAID".into();
                    it["paymentOption"][0]["state"] = "EXPIRED".into();
                }),
                json!({}),
                State::Expired,
            ),
            (position(|_| ()), json!({"notices": [{"nav": one, "state": "CANCELLED"}]}), State::Cancelled),
            (
                position(|it| it["status"] = "DRAFT".into()),
                json!({"notices": [{"nav": one, "state": "CANCELLED"}], "states": {one: "PAID"}}),
                State::Paid,
            ),
        ] {
            let fixtures = read(&[comune()], std::slice::from_ref(&position), rest).unwrap();
            assert_eq!(fixtures.notices[0].state, state, "{position}");
        }
    }

    #[test]
    fn what_is_paid_another_way() {
        let with_instalments = position(|it| {
            let mut instalment = it["paymentOption"][0].clone();
            instalment["isPartialPayment"] = true.into();
            for (number, status) in [("307000000001234674", "PO_PAID"), ("307000000001234775", "PO_UNPAID")] {
                (instalment["nav"], instalment["status"]) = (number.into(), status.into());
                it["paymentOption"].as_array_mut().unwrap().push(instalment.clone());
            }
            it["status"] = "PARTIALLY_PAID".into();
        });
        let fixtures = read(&[comune()], &[with_instalments], json!({})).unwrap();
        let states: Vec<_> = fixtures.notices.iter().map(|notice| notice.state).collect();
        assert_eq!(states, [State::Superseded, State::Paid, State::Payable]);
    }

    #[test]
    fn whose_a_notice_is() {
        let other = |name: &str, code: &str| organization("99000002024", name, code, None);
        let owner = |organizations: &[Value], position: Value, rest: Value| {
            let fixtures = read(organizations, &[position], rest).unwrap();
            fixtures.notices.first().map(|notice| notice.organization.clone()).ok_or(fixtures.remarks.join("; "))
        };
        let named = position(|it| it["organization"] = "99000002024".into());
        assert_eq!(owner(&[comune()], position(|_| ()), json!({})).unwrap(), "99000001018");
        assert_eq!(owner(&[comune(), other("Provincia", "07")], position(|_| ()), json!({})).unwrap(), "99000001018");
        assert_eq!(owner(&[comune(), other("Provincia", "07")], named, json!({})).unwrap(), "99000002024");
        let listed = json!({"notices": [{"nav": "307000000001234573", "organization": "99000002024"}]});
        assert_eq!(owner(&[comune(), other("Provincia", "07")], position(|_| ()), listed).unwrap(), "99000002024");
        let nameless = || position(|it| it["companyName"] = "Altro".into());
        assert_eq!(owner(&[comune(), other("Provincia", "08")], nameless(), json!({})).unwrap(), "99000001018");
        let remark = owner(&[comune(), other("Provincia", "07")], nameless(), json!({})).unwrap_err();
        assert!(remark.contains("name its organization"), "{remark}");
    }

    #[test]
    fn who_is_served_here() {
        let at = |url| organization("99000001018", "Comune di Borgolieve", "07", Some(url));
        let elsewhere = organization("99000002024", "Provincia", "07", Some("http://elsewhere/"));
        let codes = |organizations: &[Value]| {
            let fixtures = read(organizations, &[], json!({})).unwrap();
            fixtures.served().iter().map(|it| it.fiscal_code.clone()).collect::<Vec<_>>()
        };
        assert_eq!(codes(&[at("http://localhost:8080/soap/paForNode/"), elsewhere.clone()]), ["99000001018"]);
        assert_eq!(codes(&[at("http://a/"), elsewhere]), ["99000001018", "99000002024"]);
    }

    #[test]
    fn a_notice_without_a_position_is_known_by_its_number() {
        let rest = json!({"notices": [{"nav": "307000000001234674", "state": "PAID", "amount": 100}],
                          "states": {"307000000001234775": "EXPIRED", "what?": "PAID"}});
        let fixtures = read(&[comune()], &[], rest).unwrap();
        let states: Vec<_> = fixtures.notices.iter().map(|it| (it.state, it.amount.map(|it| it.cents()))).collect();
        assert_eq!(states, [(State::Paid, Some(100)), (State::Expired, None)]);
        assert_eq!(
            fixtures.remarks,
            [r#"states."what?": what? is no notice number, which has eighteen digits; it is passed over"#]
        );
    }

    #[test]
    fn beneficiaries_of_positions_are_known_to_the_platform() {
        let shared = position(|it| {
            let mut transfer = it["paymentOption"][0]["transfer"][0].clone();
            (transfer["idTransfer"], transfer["organizationFiscalCode"]) = ("2".into(), "99000002024".into());
            it["paymentOption"][0]["transfer"].as_array_mut().unwrap().push(transfer);
        });
        let fixtures = read(&[comune()], &[shared], json!({})).unwrap();
        assert!(fixtures.participants.organization("99000002024").is_some());
        let notice = &fixtures.notices[0];
        assert!(fixtures.has(notice, Trait::Beneficiary) && fixtures.has(notice, Trait::SeveralTransfers));
        assert!(!fixtures.has(notice, Trait::Broadcast) && fixtures.beneficiary_of(notice).is_none());
    }

    #[test]
    fn a_file_that_cannot_be_used_is_refused_and_told_why() {
        for (file, why) in [
            ("{", "EOF"),
            ("{}", "organizations"),
            (r#"{"organizations": []}"#, "name at least one creditor"),
            (r#"{"organizations": [{"fiscalCode": "99000001018", "companyName": "x"}]}"#, "name at least one creditor"),
        ] {
            let told = Fixtures::parse(file.as_bytes(), HERE, Utc::now()).unwrap_err().to_string();
            assert!(told.contains(why), "{told}");
        }
        for (rest, told) in [
            (
                json!({"states": {"307000000001234573": "PAGATO"}}),
                r#"states."307000000001234573": PAGATO is no state; write one of "#,
            ),
            (
                json!({"notices": [{"nav": "307000000001234573"}, {"nav": "307000000001234674", "state": "PAGATO"}]}),
                "notices[1].state: PAGATO is no state; write one of ",
            ),
        ] {
            let state = read(&[comune()], &[], rest).unwrap_err();
            assert!(state.starts_with(told), "{state}");
        }
        let nav =
            read(&[comune()], &[position(|it| it["paymentOption"][0]["nav"] = "12".into())], json!({})).unwrap_err();
        assert!(nav.starts_with("paymentPositions[0]: paymentOption[0]: nav"), "{nav}");
    }
}
