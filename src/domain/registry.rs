//! Who is served here: organizations, their brokers and stations, and how they belong together.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::codes::NoticeNumber;
use super::letterhead::Letterhead;
use super::refusal::Refusal;

/// A creditor served by this installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Organization {
    /// Its code, `idPA`. Taken as it is: test creditors have wrong check digits.
    pub fiscal_code: String,
    /// Its name, as citizens read it.
    pub company_name: String,
    /// The office that collects.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub office_name: Option<String>,
    /// Whether it is served at the moment.
    #[serde(default = "yes")]
    pub active: bool,
    /// The stations that serve it.
    #[serde(default)]
    pub stations: Vec<StationLink>,
    /// The accounts it has registered. Given none at all, what is registered stays; given an empty list, nothing does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ibans: Option<Vec<String>>,
    /// What it prints on its notices. Given none, what is registered stays; given an empty one, nothing does. Lists of
    /// organizations leave it out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub letterhead: Option<Letterhead>,
}

/// One station that serves an organization, and the notices that are routed to it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StationLink {
    /// `<broker>_<two digits>`, an opaque text.
    pub id_station: String,
    /// Fiscal code of the broker that runs it.
    pub id_broker: String,
    /// The first digit of its notices; 3 for all new ones.
    #[serde(default = "three")]
    pub aux_digit: u8,
    /// Segregation code (application code for auxiliary digit 0); none means every code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub segregation_code: Option<String>,
    /// Whether the Node sends it copies of receipts that concern the organization.
    #[serde(default)]
    pub broadcast: bool,
}

fn yes() -> bool {
    true
}

fn three() -> u8 {
    3
}

impl StationLink {
    /// Whether a notice is routed here, by its auxiliary digit and code (`domain` 6.1).
    pub fn routes(&self, notice: &NoticeNumber) -> bool {
        let coded = matches!(self.aux_digit, 0 | 3);
        self.aux_digit == notice.aux_digit()
            && (!coded || self.segregation_code.as_deref().is_none_or(|code| code == notice.code()))
    }
}

/// Who the Node says it is calling: the first three fields of every request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Caller {
    /// `idPA`; for a receipt, its recipient.
    pub organization: String,
    /// `idBrokerPA`.
    pub broker: String,
    /// `idStation`.
    pub station: String,
}

/// What the registry knows of a [`Caller`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// The organization is configured and active.
    pub organization: bool,
    /// The broker runs at least one of its stations.
    pub broker: bool,
    /// The station is that broker's and serves the organization.
    pub station: bool,
}

impl Standing {
    /// Looks at the ways in which an organization is served; a code that is not in the registry is not active.
    pub fn of(active: bool, links: &[StationLink], caller: &Caller) -> Standing {
        let mut brokers = links.iter().filter(|link| link.id_broker == caller.broker);
        let broker = brokers.clone().next().is_some();
        Standing { organization: active, broker, station: brokers.any(|link| link.id_station == caller.station) }
    }

    /// Table B of `domain` 4.4, in its order.
    pub fn check(self) -> Result<(), Refusal> {
        match self {
            Standing { organization: false, .. } => Err(Refusal::UnknownOrganization),
            Standing { broker: false, .. } => Err(Refusal::WrongBroker),
            Standing { station: false, .. } => Err(Refusal::WrongStation),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::table::rows;

    #[test]
    fn who_may_be_called() {
        let table = "
            organization broker station | answer
            no           yes    yes     | UnknownOrganization
            no           no     no      | UnknownOrganization
            yes          no     no      | WrongBroker
            yes          yes    no      | WrongStation
            yes          yes    yes     | served";
        for row in rows(table) {
            let yes = |at: usize| row[at] == "yes";
            let answer = Standing { organization: yes(0), broker: yes(1), station: yes(2) }.check();
            assert_eq!(answer.map_or_else(|e| format!("{e:?}"), |()| "served".into()), row[3]);
        }
    }

    #[test]
    fn which_notices_are_routed_to_a_station() {
        let table = "
            aux code | notice             | routed
            3   07   | 307000000001234573 | yes
            3   08   | 307000000001234573 | no
            3   -    | 307000000001234573 | yes
            0   01   | 001000000001234516 | yes
            0   02   | 001000000001234516 | no
            2   -    | 200000000001234571 | yes
            3   00   | 200000000001234571 | no";
        for row in rows(table) {
            let link = StationLink {
                id_station: "99000001018_01".into(),
                id_broker: "99000001018".into(),
                aux_digit: row[0].parse().unwrap(),
                segregation_code: (row[1] != "-").then(|| row[1].into()),
                broadcast: false,
            };
            assert_eq!(link.routes(&NoticeNumber::parse(row[2]).unwrap()), row[3] == "yes", "{row:?}");
        }
    }
}
