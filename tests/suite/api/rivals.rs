//! Many callers at the same moment (`gpd-api` 6.6): exactly one of those who exclude each other wins, and nobody hears of
//! a failure.

use std::sync::Barrier;
use std::thread;

use serde_json::json;

use super::cases::{bring, created, gpd, iuv, options, pay, report, status, with_options};
use super::{Heard, a_body, call, get, of_comune, post, put};
use crate::station::Station;

const RIVALS: usize = 8;

/// What callers hear who all ask at the same moment, sorted by status.
fn at_once<C: Fn(usize) -> Heard + Sync>(rivals: usize, call: C) -> Vec<u16> {
    let ready = Barrier::new(rivals);
    let mut heard: Vec<u16> = thread::scope(|scope| {
        let caller = |number| {
            let (ready, call) = (&ready, &call);
            scope.spawn(move || {
                ready.wait();
                call(number).status
            })
        };
        let callers: Vec<_> = (0..rivals).map(caller).collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    });
    heard.sort_unstable();
    heard
}

/// One success, and refusals.
fn one_wins(success: u16, refusal: u16) -> Vec<u16> {
    [success].into_iter().chain([refusal; RIVALS - 1]).collect()
}

#[test]
fn one_option_is_paid_once() {
    let station = gpd();
    for number in 0..5 {
        let (iupd, first, _) = bring(&station, number, "VALID");
        assert_eq!(at_once(RIVALS, |_| pay(&station, &first)), one_wins(200, 409));
        assert_eq!(status(&station, &iupd), "PAID");
    }
}

#[test]
fn instalments_are_paid_together() {
    let station = gpd();
    for number in 0..5 {
        let iuvs = [iuv(10 * number), iuv(10 * number + 1)];
        let iupd = format!("P-{number}");
        created(&station, &of_comune("?toPublish=true"), &super::cases::instalments(&iupd, &iuvs));
        assert_eq!(at_once(2, |rival| pay(&station, &iuvs[rival])), [200, 200]);
        assert_eq!(status(&station, &iupd), "PAID");
    }
}

#[test]
fn one_of_two_alternatives_is_paid() {
    let station = gpd();
    for number in 0..5 {
        let iuvs = [iuv(10 * number), iuv(10 * number + 1)];
        let options: Vec<_> = iuvs.iter().map(|iuv| (iuv.as_str(), false)).collect();
        created(&station, &of_comune("?toPublish=true"), &with_options(&format!("P-{number}"), &options));
        assert_eq!(at_once(RIVALS, |rival| pay(&station, &iuvs[rival % 2])), one_wins(200, 409));
    }
    assert_eq!(station.count("SELECT COUNT(*) FROM payment_option WHERE status = 'PO_PAID'"), 5);
}

#[test]
fn one_transfer_is_reported_once() {
    let station = gpd();
    for number in 0..5 {
        let (iupd, first, _) = bring(&station, number, "PAID");
        assert_eq!(at_once(RIVALS, |_| report(&station, &first, "1")), one_wins(200, 409));
        assert_eq!(status(&station, &iupd), "REPORTED");
    }
}

#[test]
fn one_key_is_created_once() {
    let station = gpd();
    for number in 0..5 {
        let body = |rival: usize| a_body(&format!("P-{number}"), &iuv(10 * number + rival));
        assert_eq!(at_once(RIVALS, |rival| post(&station, &of_comune(""), &body(rival))), one_wins(201, 409));
        let body = |rival: usize| a_body(&format!("Q-{number}-{rival}"), &iuv(1000 + number));
        assert_eq!(at_once(RIVALS, |rival| post(&station, &of_comune(""), &body(rival))), one_wins(201, 409));
    }
    assert_eq!(station.count("SELECT COUNT(*) FROM debt_position"), 10);
}

/// Lists that overlap: one of them is stored as a whole, the other not at all.
#[test]
fn one_of_two_lists_is_created() {
    let station = gpd();
    let list = |from: usize| -> serde_json::Value {
        let body = |number| a_body(&format!("B-{number}"), &iuv(number));
        json!({ "paymentPositions": (from..from + 20).map(body).collect::<Vec<_>>() })
    };
    assert_eq!(at_once(2, |rival| post(&station, &of_comune("/bulk"), &list(10 * rival))), [201, 409]);
    assert_eq!(station.count("SELECT COUNT(*) FROM debt_position"), 20);
}

/// Whoever comes later finds what the others have made of it.
#[test]
fn every_verb_at_once() {
    let station = gpd();
    for number in 0..5 {
        let (iupd, first, body) = bring(&station, number, "VALID");
        let path = of_comune(&format!("/{iupd}"));
        let act = |rival: usize| match rival % 5 {
            0 => pay(&station, &first),
            1 => put(&station, &path, &body),
            2 => call(&station, "POST", &format!("{path}/invalidate"), &[], None),
            3 => put(&station, &options(&format!("/{first}/notificationfee")), &json!({ "notificationFee": 10 })),
            _ => call(&station, "DELETE", &path, &[], None),
        };
        let heard = at_once(10, act);
        assert!(heard.iter().all(|status| [200, 404, 409, 422].contains(status)), "{heard:?}");
        let read = get(&station, &path).status;
        assert!([200, 404].contains(&read), "{read}");
    }
    nothing_is_torn(&station);
}

/// Of those who insist on the version they have read, one writes.
#[test]
fn one_version_is_replaced_once() {
    let station = gpd();
    let (iupd, _, body) = bring(&station, 1, "DRAFT");
    let path = of_comune(&format!("/{iupd}"));
    let version = get(&station, &path).header("etag").unwrap().to_owned();
    let insisting = |_| call(&station, "PUT", &path, &[("If-Match", &version)], Some(&body.to_string()));
    assert_eq!(at_once(RIVALS, insisting), one_wins(200, 412));
}

/// Every position has its option, and is paid if its option is.
fn nothing_is_torn(station: &Station) {
    let torn = "SELECT COUNT(*) FROM debt_position p
                LEFT JOIN payment_option o ON o.position_id = p.id
                WHERE o.id IS NULL OR (o.status = 'PO_PAID') <> (p.status = 'PAID')";
    assert_eq!(station.count(torn), 0);
}
