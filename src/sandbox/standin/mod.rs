//! Stand-in: while a station is out of reach, PSPs are answered from the archive (`domain` 2, 10 and 8).
//!
//! `availability` has the rule that begins it, the probes here the one that ends it, `archive` what can be answered
//! meanwhile, `position` how it came there.

mod archive;
mod availability;
pub(super) mod position;

use std::collections::{HashMap, VecDeque};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::JoinSet;

use self::archive::{Archive, Archived};
use self::availability::Availability;
use super::calls::Primitive;
use super::calls::message::{self, Qr};
use super::fault::{Code, Refusal};
use super::node::Node;
use super::participants::{Organization, Station};
use super::story::{Between, Step};
use crate::domain::codes::NoticeNumber;

/// How often the Node looks whether a station is back.
const PROBE_EVERY: TimeDelta = TimeDelta::seconds(60);
/// So many probes are judged, the last ones.
const MOST_PROBES: usize = 4;
/// One good answer may be luck.
const FEWEST_PROBES: usize = 2;
/// How often the Node looks at its clock.
const GLANCE: Duration = Duration::from_millis(100);
/// The notice that no creditor has.
const PROBE: &str = "000000000000000000";

/// Which stations are stood in for, and what with.
#[derive(Debug, Default)]
pub struct StandIns {
    /// What creditors have copied here.
    pub archive: Archive,
    availability: Availability,
    running: HashMap<String, Running>,
}

/// A stand-in that runs, for one station.
#[derive(Debug)]
struct Running {
    next_probe: DateTime<Utc>,
    probes: VecDeque<bool>,
}

impl StandIns {
    /// Counts a call. Says whether a stand-in begins with it.
    fn heard(&mut self, station: &str, answered: bool, now: DateTime<Utc>) -> bool {
        if self.running.contains_key(station) {
            return false;
        }
        self.availability.count(station, answered, now);
        let begins = self.availability.is_too_low(station, now);
        if begins {
            let running = Running { next_probe: now + PROBE_EVERY, probes: VecDeque::new() };
            self.running.insert(station.to_owned(), running);
        }
        begins
    }

    fn is_on(&self, station: &Station) -> bool {
        station.stand_in || self.running.contains_key(&station.link.id_station)
    }

    /// The stations that have to be probed now.
    fn due(&mut self, now: DateTime<Utc>) -> Vec<String> {
        let due = self.running.iter_mut().filter(|(_, running)| running.next_probe <= now);
        due.map(|(station, running)| {
            running.next_probe = now + PROBE_EVERY;
            station.clone()
        })
        .collect()
    }

    /// Notes what a probe heard. Says whether the stand-in ends with it; the station is then judged afresh.
    fn probed(&mut self, station: &str, as_expected: bool) -> bool {
        let Some(running) = self.running.get_mut(station) else { return false };
        if running.probes.len() == MOST_PROBES {
            running.probes.pop_front();
        }
        running.probes.push_back(as_expected);
        let ends = is_back(running.probes.make_contiguous());
        if ends {
            self.running.remove(station);
            self.availability.forget(station);
        }
        ends
    }
}

/// At least half of the last probes heard what they should.
fn is_back(probes: &[bool]) -> bool {
    let good = probes.iter().filter(|as_expected| **as_expected).count();
    probes.len() >= FEWEST_PROBES && good * 2 >= probes.len()
}

impl Node {
    /// What the archive says of a notice, where it speaks in the station's stead; none: the station is to be asked.
    pub(super) fn archived(&self, station: &Station, qr: &Qr) -> Result<Option<Archived>, Refusal> {
        let stand_ins = self.stand_ins();
        if !stand_ins.is_on(station) {
            return Ok(None);
        }
        let archived = stand_ins.archive.payable(qr, self.now()).cloned();
        let what = if archived.is_some() { "the archive answers for" } else { "the archive has nothing of" };
        self.tell_of_stand_in(Some(qr), format!("stand-in: {what} {}", station.link.id_station));
        archived.map(Some).ok_or_else(|| {
            Refusal::because(
                Code::StazioneIntPaIrraggiungibile,
                "Stazione in stand-in, avviso non presente in archivio",
            )
        })
    }

    /// Counts how a station did when it was asked to verify or to activate.
    pub(super) fn count_answer(&self, station: &Station, primitive: Primitive, refusal: Option<&Refusal>) {
        if !matches!(primitive, Primitive::Verify | Primitive::Get | Primitive::GetV2) {
            return;
        }
        let answered = !refusal.is_some_and(|refusal| {
            use Code::*;
            matches!(refusal.code, StazioneIntPaIrraggiungibile | StazioneIntPaTimeout | StazioneIntPaServizioNonAttivo)
        });
        let id = &station.link.id_station;
        let mut stand_ins = self.stand_ins();
        // Who has copied nothing here has nothing to be stood in for with, and wants his station to be called.
        let begins = !stand_ins.archive.is_empty() && stand_ins.heard(id, answered, self.now());
        drop(stand_ins);
        if begins {
            self.tell_of_stand_in(None, format!("stand-in: {id} answers too little, the archive speaks from now on"));
        }
    }

    /// Probes the stations that are stood in for, for as long as the Node runs.
    pub(super) async fn probe_stations(self) {
        let mut probes = JoinSet::new();
        loop {
            let due = self.stand_ins().due(self.now());
            for station in due {
                probes.spawn(self.clone().probe(station));
            }
            while probes.try_join_next().is_some() {}
            tokio::time::sleep(GLANCE).await;
        }
    }

    /// Asks a station for the notice that no creditor has: one that works does not know it.
    async fn probe(self, id: String) {
        let serves = |organization: &&Organization| organization.stations.iter().any(|it| it.link.id_station == id);
        let organizations = self.participants.organizations().into_iter();
        let Some(organization) = organizations.filter(|it| it.active).find(serves) else { return };
        let Some(station) = organization.stations.iter().find(|it| it.link.id_station == id) else { return };
        let Ok(notice) = NoticeNumber::parse(PROBE) else { return };
        let qr = Qr { organization: organization.fiscal_code.clone(), notice };
        let message = message::verify(&station.addressed_for(&organization.fiscal_code), &qr);
        // A service that was switched off is not called.
        let is_back = station.service_active
            && self.call(station, Primitive::Verify, Some(&qr), message).await.1.does_not_know_the_notice();
        if self.stand_ins().probed(&id, is_back) {
            self.tell_of_stand_in(None, format!("stand-in: {id} is back"));
        }
    }

    fn tell_of_stand_in(&self, qr: Option<&Qr>, what: String) {
        let notice = qr.map(|qr| qr.notice.to_string());
        self.story.tell(Step { notice, ..Step::new(self.now(), Between::Node, what) });
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    #[test]
    fn when_a_station_is_back() {
        for (probes, expected) in [
            (&[] as &[bool], false),
            (&[true], false),
            (&[false], false),
            (&[true, true], true),
            (&[false, true], true),
            (&[false, false, true], false),
            (&[false, false, true, true], true),
        ] {
            assert_eq!(is_back(probes), expected, "{probes:?}");
        }
    }

    #[test]
    fn from_its_beginning_to_its_end() {
        let noon = Utc.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap();
        let mut stand_ins = StandIns::default();
        let begins = [false; 5].map(|answered| stand_ins.heard("one", answered, noon));
        assert_eq!(begins, [false, false, false, true, false]);
        assert!(stand_ins.due(noon).is_empty());
        assert_eq!(stand_ins.due(noon + PROBE_EVERY), ["one"]);
        assert!(stand_ins.due(noon + PROBE_EVERY).is_empty(), "one probe at a time");
        let ends = [false, false, false, false, true, true].map(|good| stand_ins.probed("one", good));
        assert_eq!(ends, [false, false, false, false, false, true], "the last four count");
        assert!(!stand_ins.heard("one", false, noon + PROBE_EVERY), "it is judged afresh");
        assert!(!stand_ins.probed("other", true));
    }
}
