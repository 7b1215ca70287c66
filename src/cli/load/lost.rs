//! Notices that no station of their organization gets: they are loaded, since the registry may come later, and told.

use std::collections::BTreeMap;

use crate::domain::codes::NoticeNumber;
use crate::domain::position::DebtPosition;
use crate::domain::registry::StationLink;

/// How many notices go nowhere, by what the Node would route them by.
pub(super) struct Lost {
    stations: Vec<StationLink>,
    counts: BTreeMap<String, u64>,
}

impl Lost {
    /// With the stations of the organization. Without any there is nothing to compare with.
    pub(super) fn new(stations: Vec<StationLink>) -> Lost {
        Lost { stations, counts: BTreeMap::new() }
    }

    /// Counts the notices of a position.
    pub(super) fn look_at(&mut self, position: &DebtPosition) {
        if self.stations.is_empty() {
            return;
        }
        let notices = position.options.iter().filter_map(|option| NoticeNumber::parse(option.nav.as_str()).ok());
        for notice in notices.filter(|notice| self.stations.iter().all(|station| !station.routes(notice))) {
            *self.counts.entry(route(&notice)).or_default() += 1;
        }
    }

    /// Says it, a line for each route.
    pub(super) fn tell(&self) {
        self.notes().for_each(|note| eprintln!("{note}"));
    }

    fn notes(&self) -> impl Iterator<Item = String> {
        self.counts.iter().map(|(route, count)| {
            let (notices, have) = if *count == 1 { ("notice", "has") } else { ("notices", "have") };
            format!("note: {count} {notices} {have} {route}, which no station of the organization routes")
        })
    }
}

fn route(notice: &NoticeNumber) -> String {
    match notice.aux_digit() {
        3 => format!("segregation code {}", notice.code()),
        0 => format!("application code {}", notice.code()),
        aux_digit => format!("the first digit {aux_digit}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::intake::{Format, Rules, Validation, read};

    #[test]
    fn which_notices_go_nowhere() {
        let station = |code: Option<&str>| StationLink {
            id_station: "99000001018_01".into(),
            id_broker: "99000001018".into(),
            aux_digit: 3,
            segregation_code: code.map(Into::into),
            broadcast: false,
        };
        let rules = Rules {
            organization: crate::domain::codes::OrganizationCode::new("99000001018"),
            validation: Validation::Gpd,
            history: false,
            now: chrono::DateTime::UNIX_EPOCH,
            catalogue: None,
            registered_ibans: vec![],
        };
        let text = r#"{"iupd":"A","type":"F","fiscalCode":"","fullName":"","companyName":"C","switchToExpired":false,
            "paymentOption":[{"iuv":"99000000001234573","amount":1,"description":"x","isPartialPayment":false,
            "dueDate":"2999-12-31T00:00","transfer":[{"idTransfer":"1","amount":1,"remittanceInformation":"x",
            "category":"x","iban":"x"}]}]}"#
            .replace('\n', "");
        let position = read(Format::Jsonl, text.as_bytes(), rules).unwrap().next().unwrap().unwrap().result.unwrap();
        for (stations, told) in [
            (vec![], vec![]),
            (vec![station(None)], vec![]),
            (vec![station(Some("07")), station(Some("99"))], vec![]),
            (
                vec![station(Some("07"))],
                vec!["note: 2 notices have segregation code 99, which no station of the organization routes"],
            ),
        ] {
            let mut lost = Lost::new(stations);
            lost.look_at(&position);
            lost.look_at(&position);
            assert_eq!(lost.notes().collect::<Vec<_>>(), told);
        }
    }
}
