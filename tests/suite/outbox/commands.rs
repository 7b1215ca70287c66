//! `ec-station outbox`: what waits, what was given up, and how it lives again.

use serde_json::Value;

use super::receiver::{Manner, Receiver, well};
use super::*;
use crate::process::{Ended, ec_station_at, ended};

fn outbox(station: &Station, arguments: &[&str]) -> Ended {
    let mut command = ec_station_at(station.database());
    command.arg("outbox").args(arguments);
    ended(command)
}

fn listed(station: &Station, arguments: &[&str]) -> Vec<Value> {
    let ended = outbox(station, &[&["list", "--json"], arguments].concat());
    assert_eq!(ended.code, Some(0), "{}", ended.err);
    ended.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn what_was_given_up_is_listed_and_sent_anew() {
    let gone = Receiver::that(|number, _| if number < 3 { Manner::Answers(410, String::new()) } else { well() });
    let receiver = Receiver::well_behaved();
    let station = a_station(5);
    assert!(listed(&station, &[]).is_empty());
    for number in 0..3 {
        open(&station, &nav(number), &gone);
        pay(&station, &nav(number));
    }
    open(&station, &nav(3), &receiver);
    pay(&station, &nav(3));
    comes_to(&station, "dead", 3);
    comes_to(&station, "heard", 1);
    let dead = listed(&station, &["--dead"]);
    let navs: Vec<_> = dead.iter().map(|message| message["nav"].as_str().unwrap().to_owned()).collect();
    assert_eq!(navs, [nav(2), nav(1), nav(0)]);
    for message in &dead {
        let shown = [&message["kind"], &message["account"], &message["organization"], &message["trouble"]];
        assert_eq!(shown, ["PAYMENT_REPORT", "local", COMUNE, "the receiver answered 410: it is gone"]);
        assert_eq!((&message["attempts"], message["deadAt"].is_string()), (&Value::from(1), true));
    }
    assert_eq!(listed(&station, &[]).len(), 4);
    assert_eq!(listed(&station, &["--limit", "2"]).len(), 2);
    assert!(listed(&station, &["--waiting"]).is_empty());
    let table = outbox(&station, &["list"]).out;
    assert_eq!(table.lines().count(), 4);
    for secret in ["example.org", "k3", "127.0.0.1", "Verdelli"] {
        assert!(!table.contains(secret), "{table}");
    }
    // The clock of commands is the machine's, that of the station stands still: what is due now is due to both.
    let replayed = outbox(&station, &["replay", &dead[2]["id"].to_string()]);
    assert_eq!((replayed.code, replayed.err.as_str()), (Some(0), ""));
    station.set_now(chrono::Utc::now() + chrono::Duration::minutes(1));
    comes_to(&station, "heard", 2);
    assert_eq!(gone.heard().len(), 4);
    let all = outbox(&station, &["replay", "--all-dead"]);
    assert_eq!((all.code, all.out.trim()), (Some(0), "messages that are sent anew: 2"));
    station.set_now(chrono::Utc::now() + chrono::Duration::minutes(2));
    comes_to(&station, "heard", 4);
    assert_eq!((gone.heard().len(), count(&station, "dead")), (6, 0));
    // One that was heard may be sent anew too, where its receiver has lost it.
    assert_eq!(outbox(&station, &["replay", &dead[0]["id"].to_string()]).code, Some(0));
    hears(&gone, 7);
}

#[test]
fn what_is_misused() {
    let station = a_station(1);
    for (arguments, said) in [
        (&["replay", "7"] as &[&str], "no message 7 was heard or given up"),
        (&["replay"], "required"),
        (&["replay", "7", "--all-dead"], "cannot be used"),
        (&["list", "--dead", "--waiting"], "cannot be used"),
    ] {
        let ended = outbox(&station, arguments);
        assert_eq!(ended.code, Some(64), "{arguments:?}");
        assert!(ended.err.contains(said), "{arguments:?}: {}", ended.err);
    }
}
