//! The file of participants: what each member may hold, and what they must be together.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::{Channel, ChannelKind, Organization, Participants, Psp, Service, Station};
use crate::domain::codes::is_organization_code;
use crate::domain::receipt::Version;
use crate::domain::registry::{self, StationLink};
use crate::intake;
use crate::sandbox::calls::answer::looks_like_an_iban;
use crate::sandbox::calls::line::is_address;
use crate::sandbox::place::{Complaints, Place};

/// What is in the file when it names no PSP: one bank, whose password everybody knows.
const ONE_BANK: &str = r#"{"psps": [{"idPSP": "99000003030", "companyName": "Banca Esempio S.p.A.",
  "fiscalCode": "99000003030",
  "channels": [{"idChannel": "99000003030_01", "idBrokerPSP": "99000003030", "password": "pwdpwdpwd"}]}]}"#;

const ANOTHER: &str =
    "this station came before with other members; all its entries are alike, but for their notices and copies";

/// Longest time-out, in milliseconds.
const LONGEST_MS: u64 = 600_000;

/// Reads the file, or tells everything that is wrong with it.
pub(super) fn read(file: &Value) -> Result<Participants, Vec<String>> {
    let complaints = Complaints::default();
    let whole = Place::whole(file, &complaints);
    let mut stations = HashMap::new();
    let organizations: Vec<_> =
        whole.objects("organizations").into_iter().map(|place| organization(place, &mut stations)).collect();
    let as_registry: Vec<_> = organizations.iter().map(as_in_the_registry).collect();
    complaints.add_where_nothing_was_said(intake::registry::check(&as_registry));
    let mut psps = psps(&whole);
    let brokers = brokers(&whole);
    let postal_accounts = postal_accounts(&whole, &organizations);
    let services = services(&whole);
    whole.pass_over(&intake::registry::OF_POSITIONS);
    whole.end();
    if psps.is_empty() {
        let bank = serde_json::from_str(ONE_BANK).map_err(|error| vec![error.to_string()])?;
        psps = self::psps(&Place::whole(&bank, &complaints));
    }
    let complaints = complaints.into_list();
    if !complaints.is_empty() {
        return Err(complaints);
    }
    let [psp_brokers, brokers] = brokers;
    Ok(Participants {
        organizations: organizations.into_iter().map(|it| (it.fiscal_code.clone(), it)).collect(),
        psps: psps.into_iter().map(|it| (it.id_psp.clone(), it)).collect(),
        psp_brokers,
        brokers,
        postal_accounts,
        services,
    })
}

fn organization(place: Place<'_>, known: &mut HashMap<String, Station>) -> Organization {
    let organization = Organization {
        fiscal_code: place.code("fiscalCode", is_organization_code, "eleven digits in quotes"),
        company_name: place.text("companyName", 140),
        office_name: place.optional_text("officeName", 140),
        active: place.flag("active", true),
        stations: place.objects("stations").into_iter().map(|place| station(place, known)).collect(),
        ibans: place.texts("ibans", is_written_in_capitals, "an IBAN, without blanks and in capital letters"),
    };
    place.pass_over(&["letterhead"]);
    place.end();
    organization
}

fn station(place: Place<'_>, known: &mut HashMap<String, Station>) -> Station {
    let version = |name| match place.number(name, 1..=2) {
        Some(1) => Version::V1,
        _ => Version::V2,
    };
    let aux_digit = place.number("auxDigit", 0..=3).unwrap_or(3);
    let url = place.optional_text("url", 2048);
    if url.as_deref().is_some_and(|url| !is_address(url)) {
        place.complain("url", "must be a full address, such as http://localhost:8080/soap/paForNode");
    }
    let station = Station {
        link: StationLink {
            id_station: place.text("idStation", 35),
            id_broker: place.text("idBroker", 35),
            aux_digit: aux_digit as u8,
            segregation_code: place.optional_text("segregationCode", 2),
            broadcast: place.flag("broadcast", false),
        },
        url,
        active: place.flag("active", true),
        service_active: place.flag("serviceActive", true),
        stand_in: place.flag("standIn", false),
        timeout_ms: place.number("timeoutMs", 1..=LONGEST_MS),
        receipt_timeout_ms: place.number("receiptTimeoutMs", 1..=LONGEST_MS),
        get_version: version("getVersion"),
        receipt_version: version("receiptVersion"),
    };
    let id = &station.link.id_station;
    if known.get(id).is_some_and(|before| !id.is_empty() && !is_the_same(before, &station)) {
        place.complain("idStation", ANOTHER);
    }
    known.insert(id.clone(), station.clone());
    place.end();
    station
}

/// Whether two entries tell the same of a station; that its broker is one, the registry says. Which notices and copies
/// it gets is each entry's own.
fn is_the_same(one: &Station, other: &Station) -> bool {
    let told = |station: &Station| {
        let Station { url, active, service_active, timeout_ms, receipt_timeout_ms, .. } = station.clone();
        let versions = (station.get_version, station.receipt_version);
        (url, active, service_active, timeout_ms, receipt_timeout_ms, versions)
    };
    told(one) == told(other)
}

/// As the station's own registry has it. Accounts are only compared here, so their check digits are nobody's business.
fn as_in_the_registry(organization: &Organization) -> registry::Organization {
    // A station that could not be read stands in nobody's way.
    let link = |station: &Station| StationLink {
        broadcast: station.link.broadcast || station.link.id_station.is_empty(),
        ..station.link.clone()
    };
    registry::Organization {
        fiscal_code: organization.fiscal_code.clone(),
        company_name: organization.company_name.clone(),
        office_name: organization.office_name.clone(),
        active: organization.active,
        stations: organization.stations.iter().map(link).collect(),
        ibans: None,
        letterhead: None,
    }
}

fn psps(whole: &Place<'_>) -> Vec<Psp> {
    let (mut psps, mut ids, mut channels) = (Vec::new(), HashSet::new(), HashMap::new());
    for place in whole.objects("psps") {
        let psp = Psp {
            id_psp: place.text("idPSP", 35),
            company_name: place.text("companyName", 140),
            fiscal_code: place.optional_text("fiscalCode", 70),
            vat_number: place.optional_text("vatNumber", 20),
            active: place.flag("active", true),
            channels: place.objects("channels").into_iter().map(|place| channel(place, &mut channels)).collect(),
        };
        if !psp.id_psp.is_empty() && !ids.insert(psp.id_psp.clone()) {
            place.complain("idPSP", "this PSP came before; give each PSP an id of its own");
        }
        let mut own = HashSet::new();
        for (at, _) in psp.channels.iter().enumerate().filter(|(_, channel)| !own.insert(&channel.id_channel)) {
            place.complain(&format!("channels[{at}].idChannel"), "this channel came before; list it once");
        }
        place.end();
        psps.push(psp);
    }
    psps
}

fn channel(place: Place<'_>, known: &mut HashMap<String, Channel>) -> Channel {
    let kinds = [
        ("ATTIVATO_PRESSO_PSP", ChannelKind::AttivatoPressoPsp),
        ("IMMEDIATO", ChannelKind::Immediato),
        ("IMMEDIATO_MULTIBENEFICIARIO", ChannelKind::ImmediatoMultibeneficiario),
        ("DIFFERITO", ChannelKind::Differito),
    ];
    let is_password = |text: &str| (8..=15).contains(&text.chars().count());
    let channel = Channel {
        id_channel: place.text("idChannel", 35),
        id_broker_psp: place.text("idBrokerPSP", 35),
        password: place.code("password", is_password, "8 to 15 characters in quotes"),
        active: place.flag("active", true),
        kind: place.word("type", &kinds).unwrap_or(ChannelKind::AttivatoPressoPsp),
        postal: place.flag("postal", false),
        extended_fault: place.flag("extendedFault", true),
    };
    if known.get(&channel.id_channel).is_some_and(|before| *before != channel) {
        place.complain(
            "idChannel",
            "another PSP has this channel with other members; a shared channel is the same for all",
        );
    }
    known.insert(channel.id_channel.clone(), channel.clone());
    place.end();
    channel
}

/// Brokers of PSPs, then of creditors.
fn brokers(whole: &Place<'_>) -> [HashMap<String, bool>; 2] {
    let mut brokers = [HashMap::new(), HashMap::new()];
    for place in whole.objects("brokers") {
        let names = ["idBrokerPSP", "idBrokerPA"];
        let ids = names.map(|name| place.optional_text(name, 35));
        let active = place.flag("active", true);
        if names.map(|name| place.is_missing(name)) == [true, true] || ids.iter().all(Option::is_some) {
            place.complain("idBrokerPSP", "must be there, or idBrokerPA for a broker of creditors, but not both");
        }
        for ((id, known), name) in ids.into_iter().zip(&mut brokers).zip(names) {
            if id.is_some_and(|id| known.insert(id, active).is_some()) {
                place.complain(name, "this broker came before; list it once");
            }
        }
        place.end();
    }
    brokers
}

fn postal_accounts(whole: &Place<'_>, organizations: &[Organization]) -> HashMap<String, String> {
    let mut accounts = HashMap::new();
    for place in whole.objects("postalAccounts") {
        let is_account = |text: &str| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit());
        let account = place.code("ccPost", is_account, "twelve digits in quotes; fill up with zeros in front");
        let owner = place.code("organization", is_organization_code, "the fiscal code of a creditor, eleven digits");
        // An organization whose code cannot be read may be it.
        let may_be_it = |it: &Organization| it.fiscal_code.is_empty() || it.fiscal_code == owner;
        if !owner.is_empty() && !organizations.iter().any(may_be_it) {
            place.complain("organization", "is not among the organizations; add it there");
        }
        if !account.is_empty() && accounts.insert(account, owner).is_some() {
            place.complain("ccPost", "this account came before; it is one creditor's");
        }
        place.end();
    }
    accounts
}

/// A service may be that of a creditor or station that is not in the file: PSPs hear so when they ask for it.
fn services(whole: &Place<'_>) -> HashMap<String, Service> {
    let mut services = HashMap::new();
    for place in whole.objects("services") {
        let five = |text: &str| text.chars().count() == 5;
        let service = Service {
            id_soggetto_servizio: place.code("idSoggettoServizio", five, "five characters in quotes"),
            id_servizio: place.code("idServizio", five, "five characters in quotes"),
            organization: place.code(
                "organization",
                is_organization_code,
                "the fiscal code of a creditor, eleven digits",
            ),
            id_station: place.text("idStation", 35),
            active: place.flag("active", true),
            valid_from: place.day("validFrom"),
            valid_to: place.day("validTo"),
            version: place.number("version", 1..=2).unwrap_or(2) as u8,
        };
        if matches!((service.valid_from, service.valid_to), (Some(from), Some(to)) if to < from) {
            place.complain("validTo", "is before validFrom; put the dates in order");
        }
        let id = service.id_soggetto_servizio.clone();
        if !id.is_empty() && services.insert(id, service).is_some() {
            place.complain("idSoggettoServizio", "this service came before; give each a code of its own");
        }
        place.end();
    }
    services
}

/// As PSPs are told an account, and as everybody writes one.
fn is_written_in_capitals(text: &str) -> bool {
    looks_like_an_iban(text) && !text.bytes().any(|b| b.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::codes::NoticeNumber;
    use crate::domain::table::rows;

    /// A file with every member there is.
    fn complete() -> Value {
        json!({
            "$schema": "participants.schema.json",
            "comment": "for the desk",
            "organizations": [
                {"fiscalCode": "99000001018", "companyName": "Comune di Borgolieve", "officeName": "Ufficio Tributi",
                 "active": true, "ibans": ["IT41P9999911111000000123456"], "stations": [
                    {"idStation": "99000001018_01", "idBroker": "99000001018", "auxDigit": 3, "segregationCode": "07",
                     "broadcast": false, "url": "http://localhost:8080/soap/paForNode", "active": true,
                     "serviceActive": true, "standIn": false, "getVersion": 1, "receiptVersion": 2, "timeoutMs": 7000,
                     "receiptTimeoutMs": 15000},
                    {"idStation": "99000001018_02", "idBroker": "99000001018", "auxDigit": 3, "segregationCode": "08"}
                ]},
                {"fiscalCode": "99000002024", "companyName": "Provincia di Terralieve", "stations": []}
            ],
            "psps": [
                {"idPSP": "99000003030", "companyName": "Banca Esempio S.p.A.", "fiscalCode": "99000003030",
                 "vatNumber": "99000003030", "active": true, "channels": [
                    {"idChannel": "99000003030_01", "idBrokerPSP": "99000003030", "password": "pwdpwdpwd",
                     "active": true, "type": "ATTIVATO_PRESSO_PSP", "postal": false, "extendedFault": false}]},
                {"idPSP": "POSTE3", "companyName": "Poste Esempio S.p.A.", "channels": [
                    {"idChannel": "POSTE3", "idBrokerPSP": "BANCOPOSTA", "password": "pwdpwdpwd", "postal": true}]}
            ],
            "brokers": [{"idBrokerPSP": "97735020584", "active": false}, {"idBrokerPA": "99000001018"}],
            "postalAccounts": [{"ccPost": "000099999999", "organization": "99000001018"}],
            "services": [{"idSoggettoServizio": "00005", "idServizio": "00001", "organization": "99000001018",
                          "idStation": "99000001018_01", "active": true, "validFrom": "2026-01-01",
                          "validTo": "2026-12-31", "version": 2}],
            "paymentPositions": [], "notices": [], "states": {}
        })
    }

    fn complaints(file: &Value) -> Vec<String> {
        read(file).err().unwrap_or_default()
    }

    #[test]
    fn a_complete_file_is_a_registry_too() {
        let participants = read(&complete()).unwrap();
        let organizations = intake::registry::parse(complete().to_string().as_bytes()).unwrap();
        assert_eq!(organizations.len(), participants.organizations.len());
        let station = &participants.organization("99000001018").unwrap().stations[0];
        assert_eq!(station.link, organizations[0].stations[0]);
        assert_eq!((station.get_version(), station.receipt_version()), (Version::V1, Version::V2));
        assert!(!participants.channel("99000003030_01").unwrap().extended_fault);
        assert!(participants.channel("POSTE3").unwrap().extended_fault);
        assert!(!participants.psp_broker_is_active("97735020584") && participants.psp_broker_is_active("BANCOPOSTA"));
    }

    #[test]
    fn a_plain_registry_brings_a_bank_along() {
        let plain = r#"{"organizations": [{"fiscalCode": "99000001018", "companyName": "Comune", "stations": []}]}"#;
        for file in [plain.to_owned(), format!("\u{feff}{plain}")] {
            let participants = Participants::parse(file.as_bytes()).unwrap();
            assert_eq!(participants.psps()[0].channels[0].password, "pwdpwdpwd");
        }
    }

    #[test]
    fn what_is_wrong_is_told_with_its_place() {
        let station = "/organizations/0/stations/0";
        for (pointer, value, complaint) in [
            ("/organizations/0/fiscalCode", json!("123"), "organizations[0].fiscalCode: must be eleven digits"),
            (
                "/organizations/0/fiscalCode",
                json!(99000001018_u64),
                "organizations[0].fiscalCode: must be eleven digits",
            ),
            (
                "/organizations/1/fiscalCode",
                json!("99000001018"),
                "organizations[1].fiscalCode: this organization came",
            ),
            ("/organizations/0/companyName", json!(null), "organizations[0].companyName: is missing; give it"),
            ("/organizations/0/companyName", json!(" "), "organizations[0].companyName: must be a text"),
            ("/organizations/0/active", json!("true"), "organizations[0].active: must be true or false"),
            ("/organizations/0/ibans", json!("IT41"), "organizations[0].ibans: must be a list"),
            ("/organizations/0/ibans/0", json!("it41"), "organizations[0].ibans[0]: must be an IBAN"),
            ("/organizations/0/stations/0", json!([]), "organizations[0].stations[0]: must be an object"),
            (&format!("{station}/url"), json!("localhost:8080"), "organizations[0].stations[0].url: must be a full"),
            (&format!("{station}/url"), json!("ftp://a"), "organizations[0].stations[0].url: must be a full address"),
            (&format!("{station}/idStation"), json!(7), "organizations[0].stations[0].idStation: must be a text"),
            (&format!("{station}/auxDigit"), json!(4), "organizations[0].stations[0].auxDigit: must be a whole number"),
            (&format!("{station}/auxDigit"), json!(1), "organizations[0].stations[0].segregationCode: notices that"),
            (
                &format!("{station}/segregationCode"),
                json!("7"),
                "organizations[0].stations[0].segregationCode: must be",
            ),
            (&format!("{station}/segregationCode"), json!("08"), "organizations[0].stations[1]: some notices"),
            (&format!("{station}/idBroker"), json!("99"), ""),
            (&format!("{station}/getVersion"), json!(3), "organizations[0].stations[0].getVersion: must be a whole"),
            (&format!("{station}/timeoutMs"), json!(0), "organizations[0].stations[0].timeoutMs: must be a whole"),
            ("/psps/1/idPSP", json!("99000003030"), "psps[1].idPSP: this PSP came before"),
            ("/psps/0/idPSP", json!("x".repeat(36)), "psps[0].idPSP: must be a text in quotes, 1 to 35"),
            ("/psps/0/channels/0/password", json!("pwdpwdp"), "psps[0].channels[0].password: must be 8 to 15"),
            ("/psps/0/channels/0/password", json!("x".repeat(16)), "psps[0].channels[0].password: must be 8 to 15"),
            (
                "/psps/0/channels/0/type",
                json!("ALTRO"),
                "psps[0].channels[0].type: must be one of \"ATTIVATO_PRESSO_PSP\"",
            ),
            ("/psps/1/channels/0/idChannel", json!("99000003030_01"), "psps[1].channels[0].idChannel: another PSP"),
            ("/brokers/0", json!({}), "brokers[0].idBrokerPSP: must be there"),
            ("/brokers/0", json!({"idBrokerPSP": "1", "idBrokerPA": "1"}), "brokers[0].idBrokerPSP: must be there"),
            ("/brokers/0", json!({"idBrokerPA": "99000001018"}), "brokers[1].idBrokerPA: this broker came before"),
            ("/postalAccounts/0/ccPost", json!("99999999"), "postalAccounts[0].ccPost: must be twelve digits"),
            ("/postalAccounts/0/organization", json!("99000009999"), "postalAccounts[0].organization: is not among"),
            ("/services/0/idServizio", json!("1"), "services[0].idServizio: must be five characters"),
            ("/services/0/validTo", json!("31/12/2026"), "services[0].validTo: must be a date, such as \"2026-12-31\""),
            ("/services/0/validTo", json!("2025-12-31"), "services[0].validTo: is before validFrom"),
            ("/services/0/version", json!(3), "services[0].version: must be a whole number from 1 to 2"),
            ("/services/0/organization", json!("99000009999"), ""),
            ("/psps", json!({}), "psps: must be a list, in square brackets"),
        ] {
            let mut file = complete();
            *file.pointer_mut(pointer).unwrap() = value;
            let found = complaints(&file);
            let expected = usize::from(!complaint.is_empty());
            assert!(found.len() == expected && found.concat().starts_with(complaint), "{pointer}: {found:#?}");
        }
        assert_eq!(complaints(&json!([])), ["the file: must be an object with named members"]);
        assert!(Participants::parse(b"{").unwrap_err()[0].starts_with("the file is not JSON: EOF"));
        assert_eq!(Participants::parse(b"\"\xE0\"").unwrap_err(), ["the file is not UTF-8: save it as UTF-8"]);
    }

    #[test]
    fn a_station_is_the_same_in_all_its_entries() {
        for (member, value, is_the_same) in [
            ("segregationCode", json!("09"), true),
            ("broadcast", json!(true), true),
            ("url", json!("http://localhost:8080/elsewhere"), false),
            ("active", json!(false), false),
            ("serviceActive", json!(false), false),
            ("timeoutMs", json!(1), false),
            ("receiptTimeoutMs", json!(1), false),
            ("getVersion", json!(2), false),
            ("receiptVersion", json!(1), false),
        ] {
            for organization in [0, 1] {
                let mut file = complete();
                let mut entry = file["organizations"][0]["stations"][0].clone();
                (entry["segregationCode"], entry[member]) = (json!("10"), value.clone());
                let stations = file["organizations"][organization]["stations"].as_array_mut().unwrap();
                let at = stations.len();
                stations.push(entry);
                let place = format!("organizations[{organization}].stations[{at}].idStation: {ANOTHER}");
                let expected = if is_the_same { vec![] } else { vec![place] };
                assert_eq!(complaints(&file), expected, "{member}");
            }
        }
    }

    #[test]
    fn members_that_nobody_knows_are_told() {
        for (pointer, member, complaint) in [
            ("", "organisations", "organisations: is not known here; perhaps it is organizations"),
            (
                "/organizations/0",
                "fiscalcode",
                "organizations[0].fiscalcode: is not known here; perhaps it is fiscalCode",
            ),
            (
                "/organizations/0/stations/1",
                "extendedFault",
                "organizations[0].stations[1].extendedFault: is not known",
            ),
            ("/psps/0", "zzz", "psps[0].zzz: is not known here; leave it out"),
            ("/psps/0/channels/0", "pwd", "psps[0].channels[0].pwd: is not known here"),
            ("/brokers/0", "broker", "brokers[0].broker: is not known here"),
            ("/postalAccounts/0", "iban", "postalAccounts[0].iban: is not known here; leave it out"),
            ("/services/0", "from", "services[0].from: is not known here"),
        ] {
            let mut file = complete();
            file.pointer_mut(pointer).unwrap()[member] = json!(1);
            let found = complaints(&file);
            assert!(found.len() == 1 && found[0].starts_with(complaint), "{found:#?}");
        }
    }

    #[test]
    fn everything_is_told_at_once() {
        let mut file = complete();
        for pointer in
            ["/organizations/0/fiscalCode", "/organizations/0/stations/0/url", "/psps/0/idPSP", "/services/0"]
        {
            *file.pointer_mut(pointer).unwrap() = json!("");
        }
        let places: Vec<_> = complaints(&file).iter().map(|it| it.split(": ").next().unwrap().to_owned()).collect();
        let wrong = ["organizations[0].fiscalCode", "organizations[0].stations[0].url", "psps[0].idPSP", "services[0]"];
        assert_eq!(places, wrong, "and nothing that only follows from it");
    }

    #[test]
    fn a_password_is_never_repeated() {
        let mut file = complete();
        *file.pointer_mut("/psps/0/channels/0/password").unwrap() = json!("geheim");
        assert!(!complaints(&file).concat().contains("geheim"));
        assert!(!format!("{:?}", read(&complete()).unwrap()).contains("pwdpwdpwd"));
    }

    #[test]
    fn which_station_has_a_notice() {
        let stations = [
            ("A", 3, Some("07"), false),
            ("B", 3, Some("08"), false),
            ("C", 3, Some("09"), true),
            ("D", 3, Some("07"), true),
            ("E", 0, Some("11"), false),
            ("F", 1, None, false),
            ("G", 2, None, false),
        ];
        let stations: Vec<_> = stations
            .iter()
            .map(|(id, aux, code, broadcast)| {
                json!({"idStation": id, "idBroker": "99000001018", "auxDigit": aux,
                                                     "segregationCode": code, "broadcast": broadcast})
            })
            .collect();
        let file =
            json!({"organizations": [{"fiscalCode": "99000001018", "companyName": "Comune", "stations": stations}]});
        let participants = read(&file).unwrap();
        let organization = participants.organization("99000001018").unwrap();
        let table = "
            notice             | station
            307000000001234573 | A
            308000000001234573 | B
            309000000001234573 | C
            310000000001234573 | -
            011000000001234573 | E
            012000000001234573 | -
            107000000001234573 | F
            212000000001234573 | G
            511000000001234573 | -";
        for row in rows(table) {
            let station = organization.station_of(&NoticeNumber::parse(row[0]).unwrap());
            assert_eq!(station.map_or("-", |it| &it.link.id_station), row[1], "{row:?}");
        }
    }

    #[test]
    fn when_a_service_is_offered() {
        let table = "
            active from       to         | day        | offered
            true   -          -          | 2026-06-01 | true
            false  -          -          | 2026-06-01 | false
            true   2026-06-01 2026-06-01 | 2026-06-01 | true
            true   2026-06-02 -          | 2026-06-01 | false
            true   -          2026-05-31 | 2026-06-01 | false";
        for row in rows(table) {
            let mut service = services(&Place::whole(&complete(), &Complaints::default())).remove("00005").unwrap();
            (service.active, service.valid_from, service.valid_to) =
                (row[0] == "true", row[1].parse().ok(), row[2].parse().ok());
            assert_eq!(service.is_offered_on(row[3].parse().unwrap()), row[4] == "true", "{row:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_bytes_are_participants_or_complaints(bytes in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..100)) {
            proptest::prop_assert!(Participants::parse(&bytes).err().is_none_or(|complaints| !complaints.is_empty()));
        }
    }
}
