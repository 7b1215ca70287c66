//! Whether a station still answers: calls counted by the minute, and the platform's rule over them (`domain` 2, 10).

use std::collections::{HashMap, VecDeque};

use chrono::{DateTime, Timelike, Utc};
use chrono_tz::Europe::Rome;

/// So far back calls are counted.
const WINDOW_MINUTES: i64 = 30;
/// A station that was hardly asked cannot be judged.
const FEWEST_CALLS: u32 = 4;

/// Who answered when.
#[derive(Debug, Default)]
pub struct Availability {
    stations: HashMap<String, VecDeque<Minute>>,
}

#[derive(Debug)]
struct Minute {
    number: i64,
    calls: Calls,
}

/// Calls, and those of them that came to nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Calls {
    made: u32,
    silent: u32,
}

impl Availability {
    /// Counts a call.
    pub fn count(&mut self, station: &str, answered: bool, now: DateTime<Utc>) {
        let number = minute(now);
        let minutes = self.stations.entry(station.to_owned()).or_default();
        while minutes.front().is_some_and(|it| it.number <= number - WINDOW_MINUTES) {
            minutes.pop_front();
        }
        if minutes.back().is_none_or(|it| it.number != number) {
            minutes.push_back(Minute { number, calls: Calls::default() });
        }
        if let Some(Minute { calls, .. }) = minutes.back_mut() {
            calls.made += 1;
            calls.silent += u32::from(!answered);
        }
    }

    /// Whether somebody has to stand in for a station.
    pub fn is_too_low(&self, station: &str, now: DateTime<Utc>) -> bool {
        let all = self.stations.keys().map(|station| self.of(station, now).made).sum();
        is_too_low(self.of(station, now), all, now.with_timezone(&Rome).hour())
    }

    /// Begins again with a station.
    pub fn forget(&mut self, station: &str) {
        self.stations.remove(station);
    }

    fn of(&self, station: &str, now: DateTime<Utc>) -> Calls {
        let since = minute(now) - WINDOW_MINUTES;
        let minutes = self.stations.get(station).into_iter().flatten().filter(|minute| minute.number > since);
        minutes.fold(Calls::default(), |sum, Minute { calls, .. }| Calls {
            made: sum.made + calls.made,
            silent: sum.silent + calls.silent,
        })
    }
}

/// Under half of the calls are answered, and they are a good part of all that the Node makes: 5 % by day, 10 % by night.
fn is_too_low(station: Calls, all: u32, hour: u32) -> bool {
    let share = if (6..22).contains(&hour) { 5 } else { 10 };
    let (made, silent, all) = (u64::from(station.made), u64::from(station.silent), u64::from(all));
    station.made >= FEWEST_CALLS && silent * 2 > made && made * 100 > all * share
}

fn minute(now: DateTime<Utc>) -> i64 {
    now.timestamp().div_euclid(60)
}

#[cfg(test)]
mod tests {
    use chrono::{Duration, TimeZone};

    use super::*;

    #[test]
    fn when_somebody_stands_in() {
        for (made, silent, all, hour, expected) in [
            (4, 4, 4, 12, true),
            (3, 3, 3, 12, false),
            (4, 2, 4, 12, false),
            (5, 3, 5, 12, true),
            (100, 50, 100, 12, false),
            (100, 51, 100, 12, true),
            // Its share of all calls.
            (5, 5, 100, 12, false),
            (6, 6, 100, 12, true),
            (6, 6, 100, 6, true),
            (6, 6, 100, 21, true),
            (6, 6, 100, 22, false),
            (6, 6, 100, 5, false),
            (10, 10, 100, 22, false),
            (11, 11, 100, 22, true),
            (u32::MAX, u32::MAX, u32::MAX, 12, true),
        ] {
            let judged = is_too_low(Calls { made, silent }, all, hour);
            assert_eq!(judged, expected, "{silent} of {made} silent, {all} in all, at {hour}");
        }
    }

    #[test]
    fn half_an_hour_counts() {
        let noon = Utc.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap();
        let mut availability = Availability::default();
        for seconds in [0, 59, 60, 61] {
            availability.count("one", false, noon + Duration::seconds(seconds));
        }
        let after = |minutes| noon + Duration::minutes(minutes);
        assert!(availability.is_too_low("one", after(1)));
        assert!(availability.is_too_low("one", after(29)));
        assert!(!availability.is_too_low("one", after(30)), "the first two are too long ago");
        assert!(!availability.is_too_low("other", after(1)));
        for _ in 0..4 {
            availability.count("one", true, after(2));
        }
        assert!(!availability.is_too_low("one", after(2)), "half of them is enough");
        availability.count("one", false, after(500));
        assert_eq!(availability.stations["one"].len(), 1, "what is past is not kept");
        availability.forget("one");
        assert_eq!(availability.of("one", after(500)), Calls::default());
    }

    #[test]
    fn others_calls_count_for_the_share() {
        let noon = Utc.with_ymd_and_hms(2026, 11, 22, 12, 0, 0).unwrap();
        let mut availability = Availability::default();
        for call in 0..100 {
            availability.count("busy", true, noon);
            if call < 5 {
                availability.count("down", false, noon);
            }
        }
        assert!(!availability.is_too_low("down", noon));
        availability.count("down", false, noon);
        assert!(availability.is_too_low("down", noon));
    }
}
