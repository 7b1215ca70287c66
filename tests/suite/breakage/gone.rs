//! A store that is gone, and comes back (A11, D13).

use std::thread;

use ec_station::settings::OnStoreDown;

use crate::breakage::{PROBE, health};
use crate::database::Database;
use crate::given::{self, NAV, a_position, a_receipt_for};
use crate::station::{Reply, Station};

/// Sends all messages at once, as the Node does, which waits for no answer to ask for another; the answers in order.
fn posted(station: &Station, messages: &[String]) -> Vec<Reply> {
    thread::scope(|scope| {
        let threads: Vec<_> = messages.iter().map(|message| scope.spawn(move || station.post(message))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// The probe, too, must not hear from us that a dead store knows no such notice.
fn reads() -> Vec<String> {
    vec![
        given::verify(NAV),
        given::get(NAV, ""),
        given::get_v2(NAV, ""),
        given::verify(PROBE),
        given::get_v2(PROBE, ""),
    ]
}

fn receipts() -> Vec<String> {
    vec![a_receipt_for(NAV).v1(), a_receipt_for(NAV).v2(), given::request("paSendRTReq", "unreadable")]
}

/// A station lives through a trouble that begins and ends behind its back.
fn lives_through(database: impl Fn() -> Database, begin: impl Fn(&Station), end: impl Fn(&Station)) {
    for (setting, answer) in [(OnStoreDown::Fault, "PAA_SYSTEM_ERROR"), (OnStoreDown::Unavailable, "503")] {
        let station = Station::spawn_on(database(), |settings| settings.on_store_down = setting);
        station.load(&a_position());
        assert_eq!(station.post(given::verify(NAV)).outcome(), "OK");
        begin(&station);
        for (message, reply) in reads().iter().zip(posted(&station, &reads())) {
            assert_eq!(reply.outcome(), answer, "{message}");
            assert_eq!(reply.header("retry-after").is_some(), answer == "503");
            assert_a_system_error_tells_nothing(&reply);
        }
        // The stand-in does not serve spontaneous payments.
        assert_eq!(station.post(given::demand()).outcome(), "PAA_SYSTEM_ERROR");
        for reply in posted(&station, &receipts()) {
            assert_eq!((reply.status, reply.outcome().as_str()), (500, "Fault Server"));
        }
        assert_eq!([health(&station, "live"), health(&station, "ready")], [200, 503]);

        end(&station);
        answers_again(&station);
    }
}

fn answers_again(station: &Station) {
    assert_eq!(health(station, "ready"), 200);
    assert_eq!(station.post(given::verify(PROBE)).outcome(), "PAA_PAGAMENTO_SCONOSCIUTO");
    assert_eq!(station.post(given::verify(NAV)).outcome(), "OK");
    assert_eq!(station.receipts().len(), 0, "nothing was acknowledged, nothing is kept");
    assert_eq!(station.post(a_receipt_for(NAV).v1()).outcome(), "OK", "the Node asks again");
    assert_eq!(station.post(given::verify(NAV)).outcome(), "PAA_PAGAMENTO_DUPLICATO");
}

/// What broke is for the log; the Node hears that something did.
fn assert_a_system_error_tells_nothing(reply: &Reply) {
    if let Some(description) = reply.element("description") {
        assert_eq!(reply.element("faultString").as_deref(), Some("Errore generico"));
        assert_eq!(description, "Servizio momentaneamente non disponibile");
    }
}

#[test]
fn tables_are_gone() {
    lives_through(
        Database::fresh,
        |station| {
            station.database().change("ALTER TABLE organization RENAME TO lost");
            station.database().change("ALTER TABLE refused_receipt RENAME TO lost_too");
        },
        |station| {
            station.database().change("ALTER TABLE lost RENAME TO organization");
            station.database().change("ALTER TABLE lost_too RENAME TO refused_receipt");
        },
    );
}

mod on_sqlite {
    use std::fs;

    use super::*;
    use crate::database::Engine;

    fn rename(station: &Station, from: &str, to: &str) {
        let folder = station.database().folder();
        fs::rename(folder.join(from), folder.join(to)).unwrap();
    }

    fn a_file() -> Database {
        Database::fresh_on(Engine::Sqlite)
    }

    #[test]
    fn the_file_was_moved_away() {
        lives_through(
            a_file,
            |station| rename(station, "ec-station.db", "elsewhere"),
            |station| rename(station, "elsewhere", "ec-station.db"),
        );
    }

    #[test]
    fn another_file_is_in_its_place() {
        lives_through(
            a_file,
            |station| {
                rename(station, "ec-station.db", "elsewhere");
                let folder = station.database().folder();
                fs::copy(folder.join("elsewhere"), folder.join("ec-station.db")).unwrap();
            },
            |station| rename(station, "elsewhere", "ec-station.db"),
        );
    }

    #[test]
    fn the_disk_was_unmounted() {
        const FILES: [&str; 3] = ["ec-station.db", "ec-station.db-wal", "ec-station.db-shm"];
        lives_through(
            a_file,
            |station| FILES.iter().for_each(|file| rename(station, file, &format!("{file}.away"))),
            |station| FILES.iter().for_each(|file| rename(station, &format!("{file}.away"), file)),
        );
    }
}

mod on_postgres {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::database::Neighbour;
    use crate::server::Server;

    #[test]
    fn the_server_was_stopped() {
        let server = Server::start();
        lives_through(|| Database::blank_at(&server), |_| server.stop(), |_| server.start_again());
    }

    #[test]
    fn the_server_lost_its_power() {
        let server = Server::start();
        lives_through(|| Database::blank_at(&server), |_| server.cut(), |_| server.start_again());
    }

    /// Connections that died while nobody used them are nobody's trouble.
    #[test]
    fn the_server_was_restarted_while_nobody_asked() {
        let server = Server::start();
        let station = Station::spawn_on(Database::blank_at(&server), |_| ());
        station.load(&a_position());
        let busy = [vec![given::verify(NAV); 24], vec![a_receipt_for("307000000009999999").v1(); 8]].concat();
        for restart in [Server::stop, Server::cut] {
            posted(&station, &busy);
            let open = "SELECT COUNT(*) FROM pg_stat_activity WHERE application_name = 'ec-station'";
            assert!(station.database().count(open) > 4, "many connections are open");
            restart(&server);
            server.start_again();
            for _ in 0..8 {
                assert_eq!(station.post(given::verify(NAV)).outcome(), "OK");
                assert_eq!(station.post(a_receipt_for("307000000009999999").v1()).outcome(), "PAA_RECEIPT_DUPLICATA");
            }
        }
    }

    /// Whoever heard OK is not told again; whoever did not asks again, as the Node does. Nothing is lost, nothing twice.
    #[test]
    fn a_power_cut_in_the_rush_loses_no_acknowledged_receipt() {
        const SENDERS: usize = 8;
        const EACH: usize = 40;
        let server = Server::start();
        let station = Station::spawn_on(Database::blank_at(&server), |_| ());
        let (acknowledged, unheard) = (AtomicUsize::new(0), AtomicUsize::new(0));
        let send = &|sender: usize| {
            for n in 0..EACH {
                let receipt = a_receipt_for(&format!("307{sender:013}{n:02}"));
                let mut asked = 1;
                loop {
                    match station.post(receipt.v2()).outcome().as_str() {
                        "OK" => break,
                        // It was stored, and the cut came before the answer.
                        "PAA_RECEIPT_DUPLICATA" if asked > 1 => break,
                        "Fault Server" => drop(unheard.fetch_add(1, Ordering::SeqCst)),
                        other => panic!("{other}"),
                    }
                    asked += 1;
                }
                acknowledged.fetch_add(1, Ordering::SeqCst);
            }
        };
        thread::scope(|scope| {
            let senders: Vec<_> = (0..SENDERS).map(|sender| scope.spawn(move || send(sender))).collect();
            let wait_until = |reached: &dyn Fn() -> bool| {
                while !reached() {
                    assert!(!senders.iter().any(|sender| sender.is_finished()), "it is over too soon");
                    thread::yield_now();
                }
            };
            wait_until(&|| acknowledged.load(Ordering::SeqCst) > SENDERS * EACH / 4);
            server.cut();
            wait_until(&|| unheard.load(Ordering::SeqCst) >= SENDERS);
            server.start_again();
        });
        assert_eq!(station.count("SELECT COUNT(DISTINCT receipt_id) FROM receipt"), (SENDERS * EACH) as i64);
        assert_eq!(station.count("SELECT COUNT(*) FROM receipt"), (SENDERS * EACH) as i64);
        assert_eq!(station.count("SELECT COUNT(*) FROM receipt_copy"), 0);
    }

    /// As in an upgrade of the server: it is there and takes nobody in.
    #[test]
    fn the_database_lets_nobody_in() {
        let server = Server::start();
        let name = |station: &Station| station.database().text("SELECT current_database()::text");
        lives_through(
            || Database::blank_at(&server),
            |station| {
                let name = name(station);
                let mut master = Neighbour::at(&server.url_of_its_master());
                master.execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS false"));
                let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = ";
                master.execute(&format!("{others}'{name}'"));
            },
            |_| {
                let mut master = Neighbour::at(&server.url_of_its_master());
                let closed = "SELECT datname::text FROM pg_database WHERE NOT datallowconn AND datname <> 'template0'";
                for name in master.rows::<String>(closed) {
                    master.execute(&format!("ALTER DATABASE {name} ALLOW_CONNECTIONS true"));
                }
            },
        );
    }
}
