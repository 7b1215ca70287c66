//! Proof from the system's own record that no receipt hears OK before the disk has it: strace writes down every read and
//! write of the station, and for each receipt the order is looked up.
//!
//! From the arrival of its last byte to its OK on the same connection there must lie, in this order: the write of its
//! row into the write-ahead log, the write of the frame that commits it, and a sync of the log that begins after that
//! and is over before the OK.

mod trace;

mod on_sqlite {
    use std::process::Command;
    use std::thread;
    use std::time::Duration;

    use super::trace::{Trace, Verdict};
    use crate::database::{Database, Engine};
    use crate::extent::{usual_or_full, wait_until};
    use crate::given::a_receipt_for;
    use crate::process::{Process, ec_station_at};
    use crate::socket::{Socket, post};
    use crate::traffic::{nav, positions};

    const CALLS: &str = "trace=fdatasync,fsync,sync_file_range,read,readv,recvfrom,recvmsg,write,writev,sendto,sendmsg,\
                         pwrite64,pwritev,pwritev2";

    /// Sends so many receipts over so many connections at once to a station that is watched.
    fn watched(connections: usize, receipts: usize, settings: &[(&str, &str)]) -> Trace {
        let database = Database::fresh_on(Engine::Sqlite).filled_with(&positions(receipts));
        let record = database.folder().join("trace");
        let plain = ec_station_at(&database);
        // The station stays our child; who watches it is its grandchild and ends with it.
        let mut watched = Command::new("strace");
        watched.args(["-D", "-f", "-y", "-s", "16384", "-e", CALLS, "-o"]).arg(&record);
        watched.arg(plain.get_program()).arg("serve").current_dir(database.folder());
        for (name, value) in plain.get_envs() {
            match value {
                Some(value) => drop(watched.env(name, value)),
                None => drop(watched.env_remove(name)),
            }
        }
        watched.envs(settings.iter().copied());
        let station = Process::start(watched);
        thread::scope(|scope| {
            for connection in 0..connections {
                let url = station.url.clone();
                scope.spawn(move || {
                    let mut socket = Socket::to(&url);
                    for number in (connection..receipts).step_by(connections) {
                        let answer = socket.send(post(&a_receipt_for(&nav(number)).v1())).answer().unwrap();
                        assert_eq!(answer.outcome(), "OK");
                    }
                });
            }
        });
        let id = station.id();
        station.log();
        let read = || std::fs::read_to_string(&record).unwrap();
        let words = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let end = words(&format!("{id} +++ exited with 0 +++"));
        let ended = || read().lines().last().is_some_and(|line| words(line) == end);
        wait_until("the record is complete", Duration::from_secs(60), ended);
        Trace::of(&read())
    }

    fn ids(receipts: usize) -> Vec<String> {
        (0..receipts).map(|number| format!("receipt-of-{}", nav(number))).collect()
    }

    #[test]
    fn the_disk_has_every_receipt_before_its_ok() {
        for connections in [1, 32] {
            let receipts = usual_or_full(64, 640).max(connections);
            let trace = watched(connections, receipts, &[]);
            for id in ids(receipts) {
                assert_eq!(trace.verdict(&id), Verdict::OnDisk, "{connections} connections, {id}");
            }
            let syncs = trace.syncs_of_the_log();
            println!("{connections} connections: {receipts} receipts, {syncs} syncs of the log");
            if connections == 1 {
                assert!(syncs >= receipts, "each waits for a sync of its own: {syncs}");
            } else {
                assert!(syncs * 2 < receipts, "those that come together share one: {syncs} for {receipts}");
            }
        }
    }

    /// A proof that nothing can fail proves nothing.
    #[test]
    fn a_station_that_does_not_wait_for_the_disk_is_found_out() {
        const RECEIPTS: usize = 8;
        let trace = watched(4, RECEIPTS, &[("EC_STATION_DATABASE_DURABLE", "false")]);
        for id in ids(RECEIPTS) {
            assert_eq!(trace.verdict(&id), Verdict::NoSyncBeforeItsOk, "{id}");
        }
    }
}

mod on_postgres {
    use crate::breakage::PROBE;
    use crate::database::{Database, Engine, Neighbour};
    use crate::given::{self, Receipt, a_receipt_for};
    use crate::process::Process;
    use crate::proxy::Proxy;
    use crate::server::Server;
    use crate::traffic::{Line, nav, positions};

    const WARNING: &str = "commits do not wait for the disk";

    fn log_of_a_start(database: &Database) -> String {
        let station = Process::serve(database, &[]);
        assert_eq!(Line::to(&station.url).ask(&given::verify(PROBE)).as_deref(), Some("PAA_PAGAMENTO_SCONOSCIUTO"));
        station.log()
    }

    /// The server waits for its disk, or whoever starts the station is told.
    #[test]
    fn a_server_that_does_not_wait_for_the_disk_is_found_out() {
        let server = Server::start();
        let database = Database::blank_at(&server);
        let log = log_of_a_start(&database);
        assert!(!log.contains(WARNING), "{log}");

        let name = database.text("SELECT current_database()::text");
        database.change(&format!("ALTER DATABASE {name} SET synchronous_commit = off"));
        let log = log_of_a_start(&database);
        assert!(log.contains(WARNING) && log.contains("synchronous_commit"), "{log}");
        database.change(&format!("ALTER DATABASE {name} RESET synchronous_commit"));

        for setting in ["fsync", "full_page_writes"] {
            let mut master = Neighbour::at(&server.url_of_its_master());
            master.execute(&format!("ALTER SYSTEM SET {setting} = off"));
            master.execute("SELECT pg_reload_conf()");
            let told = || Neighbour::at(server.url()).rows::<String>(&format!("SHOW {setting}")).remove(0);
            while told() != "off" {}
            let log = log_of_a_start(&database);
            assert!(log.contains(WARNING) && log.contains(&format!("setting=\"{setting}\"")), "{log}");
            master.execute(&format!("ALTER SYSTEM RESET {setting}"));
            master.execute("SELECT pg_reload_conf()");
            while told() != "on" {}
        }
        assert!(!log_of_a_start(&database).contains(WARNING));
    }

    /// Each question costs the time to the server and back, which may be far.
    #[test]
    fn a_receipt_asks_the_server_four_times_or_five() {
        const WARM: usize = 16;
        let database = Database::fresh_on(Engine::Postgres).filled_with(&positions(3 * WARM));
        let proxy = Proxy::to(&database.setting());
        // One connection: what is prepared on it is prepared.
        let url = proxy.url(&database.setting());
        let settings = [("EC_STATION_DATABASE_URL", url.as_str()), ("EC_STATION_DATABASE_WRITE_CONNECTIONS", "1")];
        let station = Process::serve(&database, &settings);
        let mut line = Line::to(&station.url);
        let mut questions = |receipt: &Receipt, answer: &str| {
            let before = proxy.questions();
            assert_eq!(line.ask(&receipt.v1()).as_deref(), Some(answer));
            proxy.questions() - before
        };
        // Each with a wrong IUV of its own.
        let odd = |number: usize| Receipt { iuv: format!("08{number:015}"), ..a_receipt_for(&nav(number)) };
        // Statements are prepared when they are first used on a connection.
        for number in (0..WARM).filter(|number| number % 8 != 7) {
            questions(&a_receipt_for(&nav(number)), "OK");
            questions(&a_receipt_for(&nav(number)), "PAA_RECEIPT_DUPLICATA");
            questions(&odd(WARM + number), "OK");
        }
        // The station asks now and then what there is to do: the least of a few counts is the receipt's own.
        let mut counted = [usize::MAX; 3];
        for number in 2 * WARM..2 * WARM + 5 {
            let now = [
                questions(&a_receipt_for(&nav(number)), "OK"),
                questions(&odd(number + 8), "OK"),
                questions(&a_receipt_for(&nav(number)), "PAA_RECEIPT_DUPLICATA"),
            ];
            counted = std::array::from_fn(|at| counted[at].min(now[at]));
        }
        println!("questions of a receipt, of one with an anomaly, of a repeated one: {counted:?}");
        // Begin, look, write, commit; and once more for what a person is to be told.
        assert_eq!(counted, [4, 5, 4]);
    }
}
