//! Who takes part: creditors with their stations, PSPs with their channels, postal accounts, services. One JSON file.
//!
//! The file is the station's own registry with more in it: `ec-station registry import` takes it too.

use std::collections::HashMap;

use serde::Deserialize;
use serde_json::Value;

use crate::domain::codes::NoticeNumber;
use crate::domain::receipt::Version;
use crate::domain::registry::{Caller, StationLink};

/// Everybody the Node knows.
#[derive(Clone, Debug, Default)]
pub struct Participants {
    organizations: HashMap<String, Organization>,
    psps: HashMap<String, Psp>,
    brokers: HashMap<String, Broker>,
    postal_accounts: HashMap<String, String>,
    services: HashMap<String, Service>,
}

/// A creditor.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Organization {
    /// Its fiscal code.
    pub fiscal_code: String,
    /// Its name.
    pub company_name: String,
    /// Its office.
    #[serde(default)]
    pub office_name: Option<String>,
    /// Whether the platform serves it.
    #[serde(default = "yes")]
    pub active: bool,
    /// Its stations.
    #[serde(default)]
    pub stations: Vec<Station>,
    /// The accounts it has registered; none or an empty list: all are taken.
    #[serde(default)]
    pub ibans: Option<Vec<String>>,
}

/// A station that serves a creditor, as the platform has it configured.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Station {
    /// What the station itself has in its registry.
    #[serde(flatten)]
    pub link: StationFields,
    /// Where it is; none: where the sandbox was told that stations are.
    #[serde(default)]
    pub url: Option<String>,
    /// Whether the platform calls it.
    #[serde(default = "yes")]
    pub active: bool,
    /// Whether its broker may be called.
    #[serde(default = "yes")]
    pub broker_active: bool,
    /// 1 or 2: `paGetPayment` or `paGetPaymentV2`.
    #[serde(default = "two")]
    pub get_version: u8,
    /// 1 or 2: `paSendRT` or `paSendRTV2`.
    #[serde(default = "two")]
    pub receipt_version: u8,
    /// Whether a PSP hears the station's own fault beside the Node's.
    #[serde(default = "yes")]
    pub extended_fault: bool,
    /// How long it may take to answer, where not as the settings say.
    #[serde(default)]
    pub timeout_ms: Option<u64>,
    /// How long it may take to answer a receipt, where not as the settings say.
    #[serde(default)]
    pub receipt_timeout_ms: Option<u64>,
    /// Whether the archive answers for it, however well it does.
    #[serde(default)]
    pub stand_in: bool,
}

/// The members of a station's link (`domain` 6.1).
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct StationFields {
    /// `<broker>_<two digits>`.
    pub id_station: String,
    /// The broker that runs it.
    pub id_broker: String,
    /// The first digit of its notices.
    #[serde(default = "three")]
    pub aux_digit: u8,
    /// Their segregation code; none: all.
    #[serde(default)]
    pub segregation_code: Option<String>,
    /// Whether it gets copies of receipts.
    #[serde(default)]
    pub broadcast: bool,
}

/// A payment service provider.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Psp {
    /// `idPSP`, an opaque code.
    #[serde(rename = "idPSP")]
    pub id_psp: String,
    /// Its name.
    pub company_name: String,
    /// Its fiscal code.
    #[serde(default)]
    pub fiscal_code: Option<String>,
    /// Its *partita IVA*.
    #[serde(default)]
    pub vat_number: Option<String>,
    /// Whether the platform serves it.
    #[serde(default = "yes")]
    pub active: bool,
    /// Its channels.
    #[serde(default)]
    pub channels: Vec<Channel>,
}

/// A channel of a PSP.
#[derive(Clone, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Channel {
    /// `<broker>_<two digits>`.
    pub id_channel: String,
    /// The broker that runs it.
    #[serde(rename = "idBrokerPSP")]
    pub id_broker_psp: String,
    /// 8 to 15 characters.
    pub password: String,
    /// Whether the platform listens to it.
    #[serde(default = "yes")]
    pub active: bool,
    /// Whether it may pay notices; others are for other services of the platform.
    #[serde(default = "yes")]
    pub pays_notices: bool,
    /// Whether it is the post office's, where slips are paid: stations are asked for postal accounts.
    #[serde(default)]
    pub postal: bool,
}

impl std::fmt::Debug for Channel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Channel").field("id_channel", &self.id_channel).finish_non_exhaustive()
    }
}

/// A broker of PSPs.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Broker {
    /// `idBrokerPSP`.
    #[serde(rename = "idBrokerPSP")]
    pub id_broker_psp: String,
    /// Whether the platform serves it.
    #[serde(default = "yes")]
    pub active: bool,
}

/// A postal account and whose it is.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct PostalAccount {
    cc_post: String,
    organization: String,
}

/// A service that can be paid without a notice (`domain` 3.6).
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Service {
    /// `idSoggettoServizio`, by which PSPs ask: five characters.
    pub id_soggetto_servizio: String,
    /// `idServizio`: five characters.
    pub id_servizio: String,
    /// The creditor that is asked.
    pub organization: String,
    /// The station that is asked.
    pub id_station: String,
    /// Whether it is offered at the moment.
    #[serde(default = "yes")]
    pub active: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct File {
    #[serde(default)]
    organizations: Vec<Organization>,
    psps: Option<Vec<Psp>>,
    #[serde(default)]
    brokers: Vec<Broker>,
    #[serde(default)]
    postal_accounts: Vec<PostalAccount>,
    #[serde(default)]
    services: Vec<Service>,
}

fn yes() -> bool {
    true
}

fn two() -> u8 {
    2
}

fn three() -> u8 {
    3
}

/// What is in the file when it names no PSP: one bank, whose password everybody knows.
const ONE_BANK: &str = r#"[{"idPSP": "99000003030", "companyName": "Banca Esempio S.p.A.", "fiscalCode": "99000003030",
  "channels": [{"idChannel": "99000003030_01", "idBrokerPSP": "99000003030", "password": "pwdpwdpwd"}]}]"#;

impl Participants {
    /// Reads the file. Every complaint names the place it is about and what belongs there.
    pub fn parse(file: &[u8]) -> Result<Participants, Vec<String>> {
        let file: Value = serde_json::from_slice(file).map_err(|error| vec![format!("not JSON: {error}")])?;
        Participants::of(&file)
    }

    /// The same from JSON that was read already; members that are nobody's here are passed over.
    pub fn of(file: &Value) -> Result<Participants, Vec<String>> {
        let file: File = serde_path_to_error(file)?;
        let psps = match file.psps {
            Some(psps) => psps,
            None => serde_json::from_str(ONE_BANK).map_err(|error| vec![error.to_string()])?,
        };
        Ok(Participants {
            organizations: file.organizations.into_iter().map(|it| (it.fiscal_code.clone(), it)).collect(),
            psps: psps.into_iter().map(|it| (it.id_psp.clone(), it)).collect(),
            brokers: file.brokers.into_iter().map(|it| (it.id_broker_psp.clone(), it)).collect(),
            postal_accounts: file.postal_accounts.into_iter().map(|it| (it.cc_post, it.organization)).collect(),
            services: file.services.into_iter().map(|it| (it.id_soggetto_servizio.clone(), it)).collect(),
        })
    }

    /// A creditor, by its fiscal code.
    pub fn organization(&self, fiscal_code: &str) -> Option<&Organization> {
        self.organizations.get(fiscal_code)
    }

    /// A PSP, by its id.
    pub fn psp(&self, id: &str) -> Option<&Psp> {
        self.psps.get(id)
    }

    /// The PSPs, in the order of their ids.
    pub fn psps(&self) -> Vec<&Psp> {
        let mut psps: Vec<_> = self.psps.values().collect();
        psps.sort_by(|a, b| a.id_psp.cmp(&b.id_psp));
        psps
    }

    /// The creditors, in the order of their codes.
    pub fn organizations(&self) -> Vec<&Organization> {
        let mut all: Vec<_> = self.organizations.values().collect();
        all.sort_by(|a, b| a.fiscal_code.cmp(&b.fiscal_code));
        all
    }

    /// Whether a broker of PSPs is known: by itself or by a channel it runs.
    pub fn knows_broker(&self, id: &str) -> bool {
        let runs = |psp: &Psp| psp.channels.iter().any(|channel| channel.id_broker_psp == id);
        self.brokers.contains_key(id) || self.psps.values().any(runs)
    }

    /// Whether the platform serves a broker of PSPs; one that only its channels name is served.
    pub fn broker_is_active(&self, id: &str) -> bool {
        self.brokers.get(id).is_none_or(|broker| broker.active)
    }

    /// A channel, and the PSPs that may use it.
    pub fn channel(&self, id: &str) -> Option<&Channel> {
        self.psps.values().flat_map(|psp| &psp.channels).find(|channel| channel.id_channel == id)
    }

    /// Whose a postal account is.
    pub fn of_postal_account(&self, cc_post: &str) -> Option<&str> {
        self.postal_accounts.get(cc_post).map(String::as_str)
    }

    /// A service, by the code with which PSPs ask.
    pub fn service(&self, id_soggetto_servizio: &str) -> Option<&Service> {
        self.services.get(id_soggetto_servizio)
    }
}

impl Organization {
    /// The station that has a notice of this creditor (`domain` 6.1). One that only gets copies has none.
    pub fn station_of(&self, notice: &NoticeNumber) -> Option<&Station> {
        let mut routed = self.stations.iter().filter(|station| station.as_link().routes(notice));
        let first = routed.clone().find(|station| !station.link.broadcast);
        first.or_else(|| routed.next())
    }
}

impl Station {
    /// The station as its own registry has it.
    pub fn as_link(&self) -> StationLink {
        let StationFields { id_station, id_broker, aux_digit, segregation_code, broadcast } = self.link.clone();
        StationLink { id_station, id_broker, aux_digit, segregation_code, broadcast }
    }

    /// How the Node addresses it for a creditor.
    pub fn addressed_for(&self, organization: &str) -> Caller {
        Caller {
            organization: organization.to_owned(),
            broker: self.link.id_broker.clone(),
            station: self.link.id_station.clone(),
        }
    }

    /// The generation in which payments are activated.
    pub fn get_version(&self) -> Version {
        if self.get_version == 1 { Version::V1 } else { Version::V2 }
    }

    /// The generation in which receipts are sent.
    pub fn receipt_version(&self) -> Version {
        if self.receipt_version == 1 { Version::V1 } else { Version::V2 }
    }
}

fn serde_path_to_error(file: &Value) -> Result<File, Vec<String>> {
    serde_json::from_value(file.clone()).map_err(|error| vec![error.to_string()])
}
