//! The file of participants: what each member may hold, and what they must be together.

use std::collections::{HashMap, HashSet};

use serde_json::Value;

use super::place::{Complaints, Place};
use super::{Channel, ChannelKind, Organization, Participants, Psp, Service, Station};
use crate::domain::codes::is_organization_code;
use crate::domain::receipt::Version;
use crate::domain::registry::{self, StationLink};
use crate::intake;
use crate::sandbox::calls::line::is_address;

/// What is in the file when it names no PSP: one bank, whose password everybody knows.
const ONE_BANK: &str = r#"{"psps": [{"idPSP": "99000003030", "companyName": "Banca Esempio S.p.A.",
  "fiscalCode": "99000003030",
  "channels": [{"idChannel": "99000003030_01", "idBrokerPSP": "99000003030", "password": "pwdpwdpwd"}]}]}"#;

/// Longest time-out, in milliseconds.
const LONGEST_MS: u64 = 600_000;

/// Reads the file, or tells everything that is wrong with it.
pub(super) fn read(file: &Value) -> Result<Participants, Vec<String>> {
    let complaints = Complaints::default();
    let whole = Place::whole(file, &complaints);
    let organizations: Vec<_> = whole.objects("organizations").into_iter().map(organization).collect();
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

fn organization(place: Place<'_>) -> Organization {
    let organization = Organization {
        fiscal_code: place.code("fiscalCode", is_organization_code, "eleven digits in quotes"),
        company_name: place.text("companyName", 140),
        office_name: place.optional_text("officeName", 140),
        active: place.flag("active", true),
        stations: place.objects("stations").into_iter().map(station).collect(),
        ibans: place.texts("ibans", looks_like_an_iban, "an IBAN, without blanks and in capital letters"),
    };
    place.end();
    organization
}

fn station(place: Place<'_>) -> Station {
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
        timeout_ms: place.number("timeoutMs", 1..=LONGEST_MS),
        receipt_timeout_ms: place.number("receiptTimeoutMs", 1..=LONGEST_MS),
        get_version: version("getVersion"),
        receipt_version: version("receiptVersion"),
    };
    place.end();
    station
}

/// As the station's own registry has it. Accounts are only compared here, so their check digits are nobody's business.
fn as_in_the_registry(organization: &Organization) -> registry::Organization {
    registry::Organization {
        fiscal_code: organization.fiscal_code.clone(),
        company_name: organization.company_name.clone(),
        office_name: organization.office_name.clone(),
        active: organization.active,
        stations: organization.stations.iter().map(|station| station.link.clone()).collect(),
        ibans: None,
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
        place.complain("idChannel", "another PSP has this channel with other members; a shared channel is the same for all");
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
        if !owner.is_empty() && organizations.iter().all(|organization| organization.fiscal_code != owner) {
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
            organization: place.code("organization", is_organization_code, "the fiscal code of a creditor, eleven digits"),
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

/// The shape in which PSPs are told an account.
fn looks_like_an_iban(text: &str) -> bool {
    let capital_or_digit = |b: &u8| b.is_ascii_uppercase() || b.is_ascii_digit();
    (5..=34).contains(&text.len())
        && text.bytes().take(2).all(|b| b.is_ascii_uppercase())
        && text.bytes().skip(2).take(2).all(|b| b.is_ascii_digit())
        && text.as_bytes().iter().all(capital_or_digit)
}
