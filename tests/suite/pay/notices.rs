//! Which notices a request may be opened for: those that could be paid at this moment.

use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use ec_station::domain::position::PositionStatus;

use super::{get, open};
use crate::database::Database;
use crate::extent::wait_until;
use crate::given::{COMUNE, NAV, PROVINCIA, a_position, a_position_of, a_receipt_for, an_option, days, paid};
use crate::station::Station;

fn body(creditor: &str, notice: &str) -> String {
    format!(r#"{{"ente_pa":"{creditor}","avviso_pa":"{notice}"}}"#)
}

#[test]
fn a_notice_that_cannot_be_paid_is_refused_with_the_code_of_the_node() {
    let mut number = 0;
    let mut notices = Vec::new();
    let mut with = |change: &dyn Fn(&mut ec_station::domain::position::DebtPosition)| {
        number += 1;
        let nav = format!("3070000000012{number:05}");
        let mut position = a_position_of(vec![an_option(&nav)]);
        change(&mut position);
        notices.push(position);
        nav
    };
    let settled = with(&|position| {
        position.status = PositionStatus::Paid;
        position.options[0].state = paid();
        position.payment_date = Some(days(-2));
    });
    let draft = with(&|position| position.status = PositionStatus::Draft);
    let cancelled = with(&|position| position.status = PositionStatus::Invalid);
    let expired = with(&|position| {
        position.options[0].due_date = days(-1);
        position.options[0].switch_to_expired = true;
    });
    let station = Station::spawn_on(Database::with(&notices), |_| ());
    for (creditor, notice, status, message) in [
        (COMUNE, settled.as_str(), 409, "PAA_PAGAMENTO_DUPLICATO: the notice has been paid"),
        (COMUNE, &draft, 422, "PAA_PAGAMENTO_SCONOSCIUTO: the notice is not published yet"),
        (COMUNE, &cancelled, 422, "PAA_PAGAMENTO_ANNULLATO: the notice has been cancelled"),
        (COMUNE, &expired, 422, "PAA_PAGAMENTO_SCADUTO: the notice has expired"),
        (COMUNE, NAV, 422, "PAA_PAGAMENTO_SCONOSCIUTO: the notice is not in the archive"),
        (PROVINCIA, &draft, 422, "PAA_PAGAMENTO_SCONOSCIUTO: the notice is not in the archive"),
        (COMUNE, "000000000000000000", 422, "PAA_PAGAMENTO_SCONOSCIUTO: the notice is not in the archive"),
        ("99000009999", NAV, 422, "PAA_ID_DOMINIO_ERRATO: the organization is not served by this station"),
    ] {
        assert_eq!(open(&station, &body(creditor, notice)).no(status), message, "{notice} of {creditor}");
    }
    assert_eq!(station.count("SELECT COUNT(*) FROM payment_request"), 0);
}

#[test]
fn several_requests_for_one_notice_may_be_open_until_it_is_paid() {
    let station = Station::spawn_on(Database::with(&[a_position()]), |_| ());
    let ids = [(); 2].map(|()| open(&station, &body(COMUNE, NAV)).id());
    assert_ne!(ids[0], ids[1]);
    assert_eq!(station.post(a_receipt_for(NAV).v2()).outcome(), "OK");
    assert_eq!(open(&station, &body(COMUNE, NAV)).no(409), "PAA_PAGAMENTO_DUPLICATO: the notice has been paid");
}

/// Eight portals open requests without a pause while the receipt comes: it is not kept waiting until the Node gives up,
/// and whoever was told that a request is open hears of its end.
#[test]
fn a_receipt_comes_through_a_crowd_of_openings() {
    let station = Station::spawn_on(Database::with(&[a_position()]), |_| ());
    let paid = AtomicBool::new(false);
    let opened: usize = thread::scope(|scope| {
        let portals: Vec<_> = (0..8)
            .map(|_| {
                scope.spawn(|| {
                    let mut opened = 0;
                    loop {
                        let was_paid = paid.load(Ordering::SeqCst);
                        match open(&station, &body(COMUNE, NAV)) {
                            heard if heard.status == 200 && !was_paid => opened += 1,
                            heard => {
                                heard.no(409);
                                return opened;
                            }
                        }
                    }
                })
            })
            .collect();
        let requests = || station.count("SELECT COUNT(*) FROM payment_request");
        wait_until("a crowd is there", Duration::from_secs(20), || requests() >= 16);
        assert_eq!(station.post(a_receipt_for(NAV).v2()).outcome(), "OK");
        paid.store(true, Ordering::SeqCst);
        portals.into_iter().map(|portal| portal.join().unwrap()).sum()
    });
    assert!(opened >= 16, "{opened}");
    assert_eq!(station.count("SELECT COUNT(*) FROM payment_request WHERE outcome = 'OK'"), opened as i64);
    assert_eq!(station.count("SELECT COUNT(*) FROM payment_request"), opened as i64);
}

#[test]
fn two_hundred_open_a_request_for_one_notice_at_once() {
    let station = Station::spawn_on(Database::with(&[a_position()]), |_| ());
    let ready = Barrier::new(200);
    let ids: Vec<String> = thread::scope(|scope| {
        let callers: Vec<_> = (0..200)
            .map(|_| {
                scope.spawn(|| {
                    ready.wait();
                    open(&station, &body(COMUNE, NAV)).id()
                })
            })
            .collect();
        callers.into_iter().map(|caller| caller.join().unwrap()).collect()
    });
    let mut listed: Vec<String> = get(&station, "/pay").json()["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["_id"].as_str().unwrap().into())
        .collect();
    let newest_first = listed.is_sorted_by(|a, b| a > b);
    assert!(newest_first, "of one moment, by their ids");
    let mut opened = ids;
    opened.sort();
    listed.sort();
    assert_eq!(listed, opened);
    assert_eq!(station.count("SELECT requests FROM payment_option"), 200);
}
