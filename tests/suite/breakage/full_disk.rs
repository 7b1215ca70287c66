//! A disk that fills up. SQLite's is played by the limit that the system sets on the size of a process's files,
//! PostgreSQL's by a server that only reads, as one does that must not fill its disk.

mod on_sqlite {
    use std::process::Command;
    use std::thread;

    use crate::audit;
    use crate::breakage::PROBE;
    use crate::database::{Database, Engine};
    use crate::extent::usual_or_full;
    use crate::given::{self, NAV, Receipt, a_position, a_receipt_for};
    use crate::process::{Process, in_a_shell};
    use crate::station::{Reply, agent};
    use crate::traffic::{Line, nav, positions};

    fn post(station: &Process, message: &str) -> Reply {
        Reply::of(agent().post(format!("{}/soap/paForNode", station.url)).content_type("text/xml").send(message))
    }

    #[test]
    fn a_full_disk_loses_no_receipt() {
        let database = Database::fresh_on(Engine::Sqlite).filled_with(&[a_position()]);
        // Without the trap, the limit would end the process instead of failing its write.
        let line = "trap '' XFSZ; ulimit -S -f 512; exec ec-station serve";
        let station = Process::start(in_a_shell(database.folder(), line));
        let receipt = |n: usize| Receipt {
            id: format!("receipt {n}"),
            tail: format!("<x>{}</x>", "y".repeat(20_000)),
            ..a_receipt_for(NAV)
        };
        let answers: Vec<String> = (0..40).map(|n| post(&station, &receipt(n).v1()).outcome()).collect();
        assert_eq!(answers[0], "OK");
        assert_eq!(answers[39], "Fault Server", "the disk is full by now");
        assert!(answers.iter().all(|answer| answer == "OK" || answer == "Fault Server"), "{answers:?}");

        // Reading needs no room.
        assert_eq!(post(&station, &given::verify(NAV)).outcome(), "PAA_PAGAMENTO_DUPLICATO");
        assert_eq!(post(&station, &given::verify(PROBE)).outcome(), "PAA_PAGAMENTO_SCONOSCIUTO");

        // Somebody makes room, and the Node asks again.
        let room = Command::new("prlimit").args(["--pid", &station.id(), "--fsize=unlimited"]).status().unwrap();
        assert!(room.success());
        for (n, before) in answers.iter().enumerate() {
            let expected = if before == "OK" { "PAA_RECEIPT_DUPLICATA" } else { "OK" };
            assert_eq!(post(&station, &receipt(n).v1()).outcome(), expected, "receipt {n}");
        }
    }

    /// Receipts that come together share a commit: where it fails, all who shared it hear so, and who was undone alone
    /// takes nobody along.
    #[test]
    fn a_disk_that_fills_up_under_many_receipts_at_once() {
        const CALLERS: usize = 16;
        let each = usual_or_full(12, 60);
        let database = Database::fresh_on(Engine::Sqlite).filled_with(&positions(CALLERS * each));
        let blocks = database.folder().join("ec-station.db").metadata().unwrap().len() / 1024;
        // Room for some of them, in units of 1024 bytes.
        let room = blocks.max(512) + (CALLERS * each * 24 / 5) as u64;
        let line = format!("trap '' XFSZ; ulimit -S -f {room}; exec ec-station serve");
        let station = Process::start(in_a_shell(database.folder(), &line));
        let receipt = |number: usize| Receipt {
            // Of different lengths: some still fit where others do not.
            tail: format!("<x>{}</x>", "y".repeat(20_000 * (number % 3) / 2)),
            ..a_receipt_for(&nav(number))
        };
        let answers: Vec<(usize, String)> = thread::scope(|scope| {
            let call = |caller: usize| {
                let (url, receipt) = (&station.url, &receipt);
                scope.spawn(move || {
                    let mut line = Line::to(url);
                    let mut ask = |number| (number, line.ask(&receipt(number).v1()).expect("the station answers"));
                    (0..each).map(|n| ask(caller * each + n)).collect::<Vec<_>>()
                })
            };
            let callers: Vec<_> = (0..CALLERS).map(call).collect();
            callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect()
        });
        let refused = answers.iter().filter(|(_, answer)| answer == "Fault Server").count();
        println!("{refused} of {} found no room", answers.len());
        assert!(refused > CALLERS && refused + CALLERS < answers.len(), "the disk was full for some: {refused}");
        let acknowledged: Vec<_> =
            answers.iter().filter(|(_, answer)| answer == "OK").map(|(number, _)| receipt(*number).id).collect();
        assert_eq!(acknowledged.len() + refused, answers.len());
        audit::holds(&database, &acknowledged);
        audit::nothing_is_half_stored(&database);
        assert_eq!(database.count("SELECT COUNT(*) FROM receipt"), acknowledged.len() as i64);

        let room = Command::new("prlimit").args(["--pid", &station.id(), "--fsize=unlimited"]).status().unwrap();
        assert!(room.success());
        let mut line = Line::to(&station.url);
        for (number, before) in &answers {
            let expected = if before == "OK" { "PAA_RECEIPT_DUPLICATA" } else { "OK" };
            assert_eq!(line.ask(&receipt(*number).v1()).as_deref(), Some(expected), "receipt {number}");
        }
        audit::nothing_is_half_stored(&database);
    }
}

mod on_postgres {
    use crate::breakage::health;
    use crate::database::{Database, Neighbour};
    use crate::given::{self, NAV, OTHER_NAV, Receipt, a_position, a_position_of, a_receipt_for, an_option};
    use crate::server::Server;
    use crate::station::Station;

    /// Tells all sessions of a server, those that are open too.
    fn only_reads(server: &Server, yes: bool) {
        let mut master = Neighbour::at(&server.url_of_its_master());
        master.execute(&format!("ALTER SYSTEM SET default_transaction_read_only = {yes}"));
        master.execute("SELECT pg_reload_conf()");
        let told = || Neighbour::at(server.url()).rows::<String>("SHOW default_transaction_read_only").remove(0);
        while (told() == "on") != yes {}
    }

    #[test]
    fn a_server_that_only_reads_loses_no_receipt() {
        let server = Server::start();
        let station = Station::spawn_on(Database::blank_at(&server), |_| ());
        station.load(&a_position());
        station.load(&a_position_of(vec![an_option(OTHER_NAV)]));
        assert_eq!(station.post(a_receipt_for(OTHER_NAV).v1()).outcome(), "OK");

        only_reads(&server, true);
        let receipt = |n: usize| Receipt { id: format!("receipt {n}"), ..a_receipt_for(NAV) }.v1();
        for n in 0..8 {
            assert_eq!(station.post(receipt(n)).outcome(), "Fault Server");
        }
        assert_eq!(station.post(given::verify(NAV)).outcome(), "OK");
        assert_eq!(station.post(given::verify(OTHER_NAV)).outcome(), "PAA_PAGAMENTO_DUPLICATO");
        assert_eq!(health(&station, "ready"), 200);

        only_reads(&server, false);
        for n in 0..8 {
            assert_eq!(station.post(receipt(n)).outcome(), "OK");
        }
        assert_eq!(station.receipts().len(), 9);
    }
}
