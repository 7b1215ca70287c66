//! Who takes part: creditors with their stations, PSPs with their channels, postal accounts, services. One JSON file.
//!
//! The file is the station's own registry with more in it: `ec-station registry import` takes it too, and passes over
//! what only the Node needs to know. `file` reads it, member by member.

mod file;

use std::collections::HashMap;
use std::time::Duration;

use chrono::NaiveDate;
use serde_json::Value;

use crate::domain::codes::NoticeNumber;
use crate::domain::receipt::Version;
use crate::domain::registry::{Caller, StationLink};

/// Everybody the Node knows.
#[derive(Clone, Debug, Default)]
pub struct Participants {
    organizations: HashMap<String, Organization>,
    psps: HashMap<String, Psp>,
    /// Brokers that are listed, of PSPs and of creditors, and whether the platform serves them.
    psp_brokers: HashMap<String, bool>,
    brokers: HashMap<String, bool>,
    postal_accounts: HashMap<String, String>,
    services: HashMap<String, Service>,
}

/// A creditor.
#[derive(Clone, Debug)]
pub struct Organization {
    /// Its fiscal code.
    pub fiscal_code: String,
    /// Its name.
    pub company_name: String,
    /// Its office.
    pub office_name: Option<String>,
    /// Whether the platform serves it.
    pub active: bool,
    /// Its stations.
    pub stations: Vec<Station>,
    /// The accounts it has registered; none or an empty list: all are taken.
    pub ibans: Option<Vec<String>>,
}

/// A station that serves a creditor, as the platform has it configured.
#[derive(Clone, Debug)]
pub struct Station {
    /// What the station itself has in its registry.
    pub link: StationLink,
    /// Where it is; none: where the sandbox was told that stations are.
    pub url: Option<String>,
    /// Whether the platform knows it as able to serve.
    pub active: bool,
    /// Whether its service is declared to run; one that does not is not called.
    pub service_active: bool,
    /// Whether the archive answers for it, however well it does.
    pub stand_in: bool,
    /// How long it may take to answer, where not as the settings say.
    pub timeout_ms: Option<u64>,
    /// How long it may take to answer a receipt, where not as the settings say.
    pub receipt_timeout_ms: Option<u64>,
    get_version: Version,
    receipt_version: Version,
}

/// A payment service provider.
#[derive(Clone, Debug)]
pub struct Psp {
    /// `idPSP`, an opaque code.
    pub id_psp: String,
    /// Its name.
    pub company_name: String,
    /// Its fiscal code.
    pub fiscal_code: Option<String>,
    /// Its *partita IVA*.
    pub vat_number: Option<String>,
    /// Whether the platform serves it.
    pub active: bool,
    /// The channels it may use.
    pub channels: Vec<Channel>,
}

/// A channel of a PSP. Several PSPs may share one.
#[derive(Clone, PartialEq, Eq)]
pub struct Channel {
    /// `<broker>_<two digits>`.
    pub id_channel: String,
    /// The broker that runs it.
    pub id_broker_psp: String,
    /// 8 to 15 characters.
    pub password: String,
    /// Whether the platform listens to it.
    pub active: bool,
    /// What is paid through it.
    pub kind: ChannelKind,
    /// Whether it is the post office's, where slips are paid: stations are asked for postal accounts.
    pub postal: bool,
    /// Whether it hears a station's own fault in fields of their own, or within the description of the Node's.
    pub extended_fault: bool,
}

/// The payment model of a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelKind {
    /// Notices, at the PSP: the only one that may ask for them.
    AttivatoPressoPsp,
    /// Payments that begin at the creditor's, at once.
    Immediato,
    /// The same for several creditors.
    ImmediatoMultibeneficiario,
    /// The same, later.
    Differito,
}

impl std::fmt::Debug for Channel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Channel").field("id_channel", &self.id_channel).finish_non_exhaustive()
    }
}

/// A service that can be paid without a notice (`domain` 3.6).
#[derive(Clone, Debug)]
pub struct Service {
    /// `idSoggettoServizio`, by which PSPs ask: five characters.
    pub id_soggetto_servizio: String,
    /// `idServizio`: five characters.
    pub id_servizio: String,
    /// The creditor that is asked.
    pub organization: String,
    /// Its station that is asked.
    pub id_station: String,
    /// Whether it is offered at the moment.
    pub active: bool,
    /// Its first day.
    pub valid_from: Option<NaiveDate>,
    /// Its last day.
    pub valid_to: Option<NaiveDate>,
    /// 2 where it makes notices.
    pub version: u8,
}

impl Participants {
    /// Reads the file. Every complaint names the place it is about, what is wrong there and how to mend it.
    pub fn parse(file: &[u8]) -> Result<Participants, Vec<String>> {
        let file = file.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(file);
        let text = std::str::from_utf8(file).map_err(|_| vec!["the file is not UTF-8: save it as UTF-8".to_owned()])?;
        let file: Value = serde_json::from_str(text).map_err(|error| vec![format!("the file is not JSON: {error}")])?;
        Participants::of(&file)
    }

    /// The same from JSON that was read already.
    pub fn of(file: &Value) -> Result<Participants, Vec<String>> {
        file::read(file)
    }

    /// A creditor, by its fiscal code.
    pub fn organization(&self, fiscal_code: &str) -> Option<&Organization> {
        self.organizations.get(fiscal_code)
    }

    /// The longest that a station may take to answer, where `usual` is what they may take unless it says otherwise.
    pub fn longest_timeout(&self, usual: Duration) -> Duration {
        self.longest(usual, |station| station.timeout_ms)
    }

    /// The same for the answer to a receipt.
    pub fn longest_receipt_timeout(&self, usual: Duration) -> Duration {
        self.longest(usual, |station| station.receipt_timeout_ms)
    }

    fn longest(&self, usual: Duration, own: impl Fn(&Station) -> Option<u64>) -> Duration {
        let stations = self.organizations.values().flat_map(|organization| &organization.stations);
        stations.filter_map(own).map(Duration::from_millis).fold(usual, Duration::max)
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
    pub fn knows_psp_broker(&self, id: &str) -> bool {
        let runs = |psp: &Psp| psp.channels.iter().any(|channel| channel.id_broker_psp == id);
        self.psp_brokers.contains_key(id) || self.psps.values().any(runs)
    }

    /// Whether the platform serves a broker of PSPs; one that only its channels name is served.
    pub fn psp_broker_is_active(&self, id: &str) -> bool {
        self.psp_brokers.get(id).copied().unwrap_or(true)
    }

    /// Whether the platform serves a broker of creditors; one that only its stations name is served.
    pub fn broker_is_active(&self, id: &str) -> bool {
        self.brokers.get(id).copied().unwrap_or(true)
    }

    /// A channel.
    pub fn channel(&self, id: &str) -> Option<&Channel> {
        self.psps.values().flat_map(|psp| &psp.channels).find(|channel| channel.id_channel == id)
    }

    /// Whose a postal account is.
    pub fn of_postal_account(&self, cc_post: &str) -> Option<&str> {
        self.postal_accounts.get(cc_post).map(String::as_str)
    }

    /// The services, in the order of their codes.
    pub fn services(&self) -> Vec<&Service> {
        let mut all: Vec<_> = self.services.values().collect();
        all.sort_by(|a, b| a.id_soggetto_servizio.cmp(&b.id_soggetto_servizio));
        all
    }

    /// A service, by the code with which PSPs ask.
    pub fn service(&self, id_soggetto_servizio: &str) -> Option<&Service> {
        self.services.get(id_soggetto_servizio)
    }
}

impl Organization {
    /// The station that has a notice of this creditor (`domain` 6.1). One that only gets copies has none, unless it is
    /// the only one.
    pub fn station_of(&self, notice: &NoticeNumber) -> Option<&Station> {
        let mut routed = self.stations.iter().filter(|station| station.link.routes(notice));
        let first = routed.clone().find(|station| !station.link.broadcast);
        first.or_else(|| routed.next())
    }
}

impl Channel {
    /// Whether notices are paid over it.
    pub fn pays_notices(&self) -> bool {
        self.kind == ChannelKind::AttivatoPressoPsp
    }
}

impl Station {
    /// How the Node addresses it for a creditor.
    pub fn addressed_for(&self, organization: &str) -> Caller {
        Caller {
            organization: organization.to_owned(),
            broker: self.link.id_broker.clone(),
            station: self.link.id_station.clone(),
        }
    }

    /// The generation in which payments are activated: `paGetPayment` or `paGetPaymentV2`.
    pub fn get_version(&self) -> Version {
        self.get_version
    }

    /// The generation in which receipts are sent: `paSendRT` or `paSendRTV2`.
    pub fn receipt_version(&self) -> Version {
        self.receipt_version
    }
}

impl Service {
    /// Whether it is offered on a day.
    pub fn is_offered_on(&self, day: NaiveDate) -> bool {
        self.active && self.valid_from.is_none_or(|first| first <= day) && self.valid_to.is_none_or(|last| day <= last)
    }

    /// Whether it is this station that is asked.
    pub fn is_offered_by(&self, station: &Station) -> bool {
        station.link.id_station == self.id_station
    }
}
