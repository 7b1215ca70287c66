//! The file of organizations: `{"organizations":[…]}` in, organizations or everything that is wrong with it out.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::letterhead;
use crate::domain::codes::{Iban, is_organization_code};
use crate::domain::letterhead::Letterhead;
use crate::domain::registry::{Organization, StationLink};

/// Members of the file that describe the positions behind a station, for whoever tries it; and what may stand anywhere.
pub const OF_POSITIONS: [&str; 5] = ["paymentPositions", "notices", "states", "$schema", "comment"];

/// The file. What only the Node of the sandbox reads, or whoever tries a station, is named here and passed over: one
/// file serves them all.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(dead_code)] // Named so that it is known.
struct File {
    organizations: Vec<Listed>,
    psps: Others,
    brokers: Others,
    postal_accounts: Others,
    services: Others,
    payment_positions: Others,
    notices: Others,
    states: Others,
    #[serde(rename = "$schema")]
    schema: Others,
    comment: Others,
}

/// What others read.
type Others = Option<IgnoredAny>;

/// An organization in the file.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Listed {
    fiscal_code: String,
    company_name: String,
    office_name: Option<String>,
    active: Option<bool>,
    #[serde(default)]
    stations: Vec<ListedStation>,
    ibans: Option<Vec<String>>,
    letterhead: Option<Letterhead>,
}

/// A station in the file; the second part is the Node's.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[allow(dead_code)]
struct ListedStation {
    id_station: String,
    id_broker: String,
    aux_digit: Option<u8>,
    segregation_code: Option<String>,
    #[serde(default)]
    broadcast: bool,

    url: Others,
    active: Others,
    service_active: Others,
    stand_in: Others,
    get_version: Others,
    receipt_version: Others,
    timeout_ms: Others,
    receipt_timeout_ms: Others,
}

impl From<Listed> for Organization {
    fn from(listed: Listed) -> Organization {
        let Listed { fiscal_code, company_name, office_name, active, stations, ibans, letterhead } = listed;
        let stations = stations.into_iter().map(StationLink::from).collect();
        let active = active.unwrap_or(true);
        Organization { fiscal_code, company_name, office_name, active, stations, ibans, letterhead }
    }
}

impl From<ListedStation> for StationLink {
    fn from(listed: ListedStation) -> StationLink {
        let ListedStation { id_station, id_broker, aux_digit, segregation_code, broadcast, .. } = listed;
        StationLink { id_station, id_broker, aux_digit: aux_digit.unwrap_or(3), segregation_code, broadcast }
    }
}

/// Reads and checks one organization by itself, written as in the file, without what is others'.
pub fn parse_one(text: &[u8]) -> Result<Organization, Vec<String>> {
    let written: Value = serde_json::from_slice(text).map_err(|error| vec![error.to_string()])?;
    let organization = Organization::deserialize(&written).map_err(|error| vec![error.to_string()])?;
    let mut complaints = lists_for_objects(&serde_json::json!({ "organizations": [written] }));
    complaints.extend(check(std::slice::from_ref(&organization)));
    if complaints.is_empty() { Ok(organization) } else { Err(complaints.into_iter().map(unplaced).collect()) }
}

/// Checks one organization by itself, as in the file.
pub fn check_one(organization: &Organization) -> Vec<String> {
    check(std::slice::from_ref(organization)).into_iter().map(unplaced).collect()
}

/// What is said of the only organization, without its place.
fn unplaced(complaint: String) -> String {
    complaint.trim_start_matches("organizations[0]").trim_start_matches('.').to_owned()
}

/// Reads and checks the file. Each complaint names the place it is about.
pub fn parse(file: &[u8]) -> Result<Vec<Organization>, Vec<String>> {
    let file = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
    let text = std::str::from_utf8(file).map_err(|_| vec!["the file is not UTF-8: save it as UTF-8".to_owned()])?;
    let lists = lists_for_objects(&serde_json::from_str(text).unwrap_or_default());
    if !lists.is_empty() {
        return Err(lists);
    }
    let File { organizations, .. } = serde_json::from_str(text).map_err(|error| vec![error.to_string()])?;
    let organizations: Vec<_> = organizations.into_iter().map(Organization::from).collect();
    let complaints = check(&organizations);
    if complaints.is_empty() { Ok(organizations) } else { Err(complaints) }
}

/// What is wrong with organizations that were read, each complaint with its place in the file.
pub fn check(organizations: &[Organization]) -> Vec<String> {
    let mut complaints = Vec::new();
    for (at, organization) in organizations.iter().enumerate() {
        check_organization(&format!("organizations[{at}]"), organization, &mut complaints);
    }
    check_together(organizations, &mut complaints);
    complaints
}

/// Lists where objects belong: serde would take their elements for properties, in the order of the code.
fn lists_for_objects(file: &Value) -> Vec<String> {
    let mut complaints = Vec::new();
    let mut check = |place: String, value: &Value| {
        if value.is_array() {
            complaints.push(format!("{place}: must be an object, not a list; name its properties"));
        }
    };
    check("the file".into(), file);
    for (at, organization) in file["organizations"].as_array().into_iter().flatten().enumerate() {
        check(format!("organizations[{at}]"), organization);
        for (station, link) in organization["stations"].as_array().into_iter().flatten().enumerate() {
            check(format!("organizations[{at}].stations[{station}]"), link);
        }
        let letterhead = &organization["letterhead"];
        check(format!("organizations[{at}].letterhead"), letterhead);
        check(format!("organizations[{at}].letterhead.postalAccount"), &letterhead["postalAccount"]);
    }
    complaints
}

fn check_organization(place: &str, organization: &Organization, complaints: &mut Vec<String>) {
    if !is_organization_code(&organization.fiscal_code) {
        complaints.push(format!("{place}.fiscalCode: must be eleven digits"));
    }
    check_text(&format!("{place}.companyName"), &organization.company_name, 140, complaints);
    if let Some(office) = &organization.office_name {
        check_text(&format!("{place}.officeName"), office, 140, complaints);
    }
    for (at, iban) in organization.ibans.iter().flatten().enumerate() {
        if let Err(error) = Iban::parse(iban) {
            complaints.push(format!("{place}.ibans[{at}]: {error}; write it without blanks and in capital letters"));
        }
    }
    if let Some(letterhead) = &organization.letterhead {
        letterhead::check(&format!("{place}.letterhead"), letterhead, complaints);
    }
    let mut links = HashSet::new();
    for (at, link) in organization.stations.iter().enumerate() {
        let place = format!("{place}.stations[{at}]");
        check_link(&place, link, complaints);
        if !links.insert((&link.id_station, link.aux_digit, &link.segregation_code)) {
            complaints.push(format!("{place}: the same station with the same codes came before"));
        }
        if let Some(rival) = organization.stations[..at].iter().find(|before| are_rivals(before, link)) {
            complaints.push(format!(
                "{place}: some notices of this station are also those of {} before; give each station codes of its own, or \
                 write broadcast true where it only receives copies",
                rival.id_station
            ));
        }
    }
}

/// Whether two stations would get the same notices: the Node sends each notice to one (`domain` 6.1). A station that
/// receives copies may stand beside any.
fn are_rivals(one: &StationLink, other: &StationLink) -> bool {
    let codes = (&one.segregation_code, &other.segregation_code);
    let same_code = matches!(one.aux_digit, 1 | 2) || codes.0.is_none() || codes.1.is_none() || codes.0 == codes.1;
    one.id_station != other.id_station
        && one.aux_digit == other.aux_digit
        && same_code
        && !one.broadcast
        && !other.broadcast
}

fn check_link(place: &str, link: &StationLink, complaints: &mut Vec<String>) {
    check_text(&format!("{place}.idStation"), &link.id_station, 35, complaints);
    check_text(&format!("{place}.idBroker"), &link.id_broker, 35, complaints);
    if link.aux_digit > 3 {
        complaints.push(format!("{place}.auxDigit: must be 0, 1, 2 or 3; new notices have 3"));
    }
    let Some(code) = &link.segregation_code else { return };
    if code.len() != 2 || !code.bytes().all(|b| b.is_ascii_digit()) {
        complaints.push(format!("{place}.segregationCode: must be two digits in quotes; leave it out for every code"));
    } else if matches!(link.aux_digit, 1 | 2) {
        complaints.push(format!("{place}.segregationCode: notices that begin with 1 or 2 have none; leave it out"));
    }
}

/// A text of so many characters: what stands in a message is compared as it is.
pub(super) fn check_text(place: &str, text: &str, most: usize, complaints: &mut Vec<String>) {
    if text.trim().is_empty() || text.chars().count() > most || text.chars().any(char::is_control) {
        complaints.push(format!("{place}: must be 1 to {most} characters, without control characters"));
    }
}

/// What no organization shows alone: one that is there twice, a station of two brokers.
fn check_together(organizations: &[Organization], complaints: &mut Vec<String>) {
    let (mut codes, mut brokers) = (HashSet::new(), HashMap::new());
    for (at, organization) in organizations.iter().enumerate() {
        if !codes.insert(&organization.fiscal_code) {
            complaints.push(format!("organizations[{at}].fiscalCode: this organization came before"));
        }
        for (station, link) in organization.stations.iter().enumerate() {
            if *brokers.entry(&link.id_station).or_insert(&link.id_broker) != &link.id_broker {
                let place = format!("organizations[{at}].stations[{station}].idBroker");
                complaints.push(format!("{place}: the same station has another broker before"));
            }
        }
    }
}

/// What the file would change for organizations that are not in it: a station has one broker for all it serves.
pub fn check_against(known: &[Organization], file: &[Organization]) -> Vec<String> {
    let elsewhere = known.iter().filter(|known| file.iter().all(|given| given.fiscal_code != known.fiscal_code));
    let links: Vec<_> = elsewhere.flat_map(|o| o.stations.iter().map(move |link| (o, link))).collect();
    let mut complaints = Vec::new();
    for (at, organization) in file.iter().enumerate() {
        for (station, link) in organization.stations.iter().enumerate() {
            let other = links.iter().find(|(_, k)| k.id_station == link.id_station && k.id_broker != link.id_broker);
            let Some((other, known)) = other else { continue };
            complaints.push(format!(
                "organizations[{at}].stations[{station}].idBroker: the station also serves {}, with broker {}; to change \
                 the broker put both organizations into one file",
                other.fiscal_code, known.id_broker
            ));
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATION: &str = r#"{"idStation":"99000001018_01","idBroker":"99000001018","auxDigit":3,"segregationCode":"07","broadcast":false}"#;

    fn file(organization: &str, stations: &str) -> String {
        format!(r#"{{"organizations":[{{{organization},"stations":[{stations}]}}]}}"#)
    }

    #[test]
    fn which_registries_are_right() {
        let borgolieve =
            r#""fiscalCode":"99000001018","companyName":"Comune di Borgolieve","officeName":"Ufficio Tributi""#;
        let beside = |code: &str, broadcast: &str| {
            let other = STATION.replace("_01", "_02").replace("07", code);
            let other = if broadcast.is_empty() { other } else { other.replace("false", "true") };
            format!("{STATION},{other}")
        };
        let long = format!(r#""fiscalCode":"99000001018","companyName":"{}""#, "x".repeat(141));
        for (text, complaint) in [
            (file(borgolieve, STATION), ""),
            (file(borgolieve, ""), ""),
            (file(borgolieve, &STATION.replace(r#""segregationCode":"07","#, "")), ""),
            (file(borgolieve, &format!("{STATION},{}", STATION.replace("07", "08"))), ""),
            (r#"{"organizations":[]}"#.into(), ""),
            (r#"[[]]"#.into(), "the file: must be an object"),
            (r#"{"organizations":[["99000001018","Comune",null]]}"#.into(), "organizations[0]: must be an object"),
            (file(borgolieve, &beside("07", "")), "organizations[0].stations[1]: some notices"),
            (
                file(borgolieve, &beside("07", "").replace(r#""segregationCode":"07","#, "")),
                "organizations[0].stations[1]: some",
            ),
            (
                file(borgolieve, &beside("07", "").replacen(r#""segregationCode":"07","#, "", 1)),
                "organizations[0].stations[1]: some",
            ),
            (file(borgolieve, &beside("08", "")), ""),
            (file(borgolieve, &beside("07", "broadcast")), ""),
            (file(borgolieve, &beside("07", "").replacen(":3", ":0", 1)), ""),
            (file(borgolieve, &format!("{STATION},{STATION}")), "organizations[0].stations[1]: the same station"),
            (
                file(
                    borgolieve,
                    &format!(
                        "{STATION},{}",
                        STATION.replace("07", "08").replace(r#":"99000001018","#, r#":"99000002024","#)
                    ),
                ),
                "organizations[0].stations[1].idBroker: the same station",
            ),
            (file(&format!(r#"{borgolieve},"ibans":["IT41P9999911111000000123456"]"#), ""), ""),
            (file(&format!(r#"{borgolieve},"ibans":[]"#), ""), ""),
            (file(&format!(r#"{borgolieve},"letterhead":{{}}"#), ""), ""),
            (file(&format!(r#"{borgolieve},"letterhead":["AB1CD"]"#), ""), "organizations[0].letterhead: must be an"),
            (
                file(&format!(r#"{borgolieve},"letterhead":{{"postalAccount":["000099999999","Comune"]}}"#), ""),
                "organizations[0].letterhead.postalAccount: must be an object",
            ),
            (
                file(&format!(r#"{borgolieve},"letterhead":{{"cbill":"1"}}"#), ""),
                "organizations[0].letterhead.cbill: must be five",
            ),
            (file(&format!(r#"{borgolieve},"letterhead":{{"phone":"1"}}"#), ""), "unknown field `phone`"),
            (
                file(
                    &format!(r#"{borgolieve},"ibans":["IT41P9999911111000000123456","IT42P9999911111000000123456"]"#),
                    "",
                ),
                "organizations[0].ibans[1]: check characters",
            ),
            (file(&borgolieve.replace("018", "01"), ""), "organizations[0].fiscalCode: must be eleven digits"),
            (
                file(&borgolieve.replace("Comune di Borgolieve", " "), ""),
                "organizations[0].companyName: must be 1 to 140",
            ),
            (file(&long, ""), "organizations[0].companyName: must be 1 to 140"),
            (file(&borgolieve.replace("Ufficio ", "\\n"), ""), "organizations[0].officeName: must be 1 to 140"),
            (
                file(borgolieve, &STATION.replace("_01", &"x".repeat(25))),
                "organizations[0].stations[0].idStation: must be 1 to 35",
            ),
            (file(borgolieve, &STATION.replace(":3", ":4")), "organizations[0].stations[0].auxDigit: must be"),
            (file(borgolieve, &STATION.replace(":3", ":2")), "organizations[0].stations[0].segregationCode: notices"),
            (
                file(borgolieve, &STATION.replace("07", "7")),
                "organizations[0].stations[0].segregationCode: must be two",
            ),
            (file(borgolieve, &STATION.replace("auxDigit", "auxDigits")), "unknown field `auxDigits`"),
            (
                format!(r#"{{"organizations":[{{{borgolieve}}},{{{borgolieve}}}]}}"#),
                "organizations[1].fiscalCode: this organization came before",
            ),
            (file(borgolieve, STATION).replacen('{', r#"{"psps":[],"brokers":[1],"comment":"","$schema":"","#, 1), ""),
            (file(borgolieve, STATION).replacen('{', r#"{"paymentPositions":[],"notices":[],"states":{},"#, 1), ""),
            (file(borgolieve, STATION).replacen('{', r#"{"postalAccounts":[],"services":[],"#, 1), ""),
            (file(borgolieve, STATION).replacen('{', r#"{"psp":[],"#, 1), "unknown field `psp`"),
            (file(borgolieve, &STATION.replacen('{', r#"{"url":"","active":1,"getVersion":1,"timeoutMs":1,"#, 1)), ""),
            (file(borgolieve, &STATION.replacen('{', r#"{"uri":"","#, 1)), "unknown field `uri`"),
            ("{}".into(), "missing field `organizations`"),
            ("[".into(), "EOF"),
        ] {
            let found = parse(text.as_bytes()).err().unwrap_or_default().join("\n");
            assert!(
                if complaint.is_empty() { found.is_empty() } else { found.starts_with(complaint) },
                "{text}: {found}"
            );
        }
    }

    #[test]
    fn one_organization_is_judged_as_in_a_file() {
        let borgolieve = r#"{"fiscalCode":"99000001018","companyName":"Comune di Borgolieve","stations":[]}"#;
        for (text, complaint) in [
            (borgolieve.to_owned(), ""),
            (borgolieve.replace("018", "01"), "fiscalCode: must be eleven digits"),
            (borgolieve.replace("[]", &format!("[{}]", STATION.replace(":3", ":4"))), "stations[0].auxDigit: must be"),
            (borgolieve.replace("fiscal", "tax"), "unknown field `taxCode`"),
            (
                borgolieve.replace("[]", &format!("[{}]", STATION.replacen('{', r#"{"url":"","#, 1))),
                "unknown field `url`",
            ),
            (r#"["99000001018","Comune",null]"#.into(), ": must be an object"),
            ("{".into(), "EOF"),
            ("".into(), "EOF"),
            ("\"\u{e0}\"".into(), "invalid type"),
        ] {
            let found = parse_one(text.as_bytes()).err().unwrap_or_default().join("\n");
            assert!(
                if complaint.is_empty() { found.is_empty() } else { found.starts_with(complaint) },
                "{text}: {found}"
            );
        }
    }

    #[test]
    fn a_registry_in_another_encoding_is_told() {
        assert_eq!(parse(b"{\"organizations\":[\"\xE0\"]}").unwrap_err(), ["the file is not UTF-8: save it as UTF-8"]);
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_a_registry_or_complaints(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..100)) {
            proptest::prop_assert!(parse(&bytes).err().is_none_or(|complaints| !complaints.is_empty()));
        }
    }
}
