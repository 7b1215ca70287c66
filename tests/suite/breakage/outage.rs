//! A server that goes away while the Node is at work: stopped, killed, frozen, or behind a network that swallows every
//! packet. Everybody hears something in time, nothing is half stored, and the station finds the way back by itself.

mod on_postgres {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;
    use std::time::{Duration, Instant};

    use crate::audit;
    use crate::database::Database;
    use crate::extent::{usual_or_full, wait_until};
    use crate::given::{self, a_receipt_for};
    use crate::process::Process;
    use crate::proxy::Proxy;
    use crate::server::{Server, Woken};
    use crate::traffic::{Line, Traffic, nav, positions};

    const PATIENCE: Duration = Duration::from_secs(60);

    /// How long the trouble lasts. Longer than a statement may take: somebody hears of it.
    fn duration() -> Duration {
        usual_or_full(Duration::from_secs(4), Duration::from_secs(10))
    }

    /// A station lives through a trouble that comes so many times, with receipts and questions on their way.
    fn lives_through(trouble: Trouble, times: usize, on_store_down: &str) {
        let server = Server::start();
        let database = Database::blank_at(&server).filled_with(&positions(4_000));
        let _woken = Woken(&server);
        let proxy = Proxy::to(&database.setting());
        let url = if trouble == Trouble::Silent { proxy.url(&database.setting()) } else { database.setting() };
        let settings = [("EC_STATION_DATABASE_URL", url.as_str()), ("EC_STATION_ON_STORE_DOWN", on_store_down)];
        let station = Process::serve(&database, &settings);
        let on_failure = if on_store_down == "unavailable" { "503" } else { "PAA_SYSTEM_ERROR" };
        let traffic = Traffic::default();
        thread::scope(|scope| {
            let grows = |what: &str, count: &AtomicUsize, by: usize| {
                let before = count.load(Ordering::SeqCst);
                traffic.wait_until(what, || count.load(Ordering::SeqCst) >= before + by);
            };
            (0..4).for_each(|_| drop(scope.spawn(|| traffic.send_receipts(&station.url))));
            (0..4).for_each(|_| drop(scope.spawn(|| traffic.ask_about_notices(&station.url, on_failure))));
            for _ in 0..times {
                grows("receipts are taken", &traffic.accepted, 40);
                grows("questions are answered", &traffic.read, 40);
                traffic.store_may_be_gone.store(true, Ordering::SeqCst);
                trouble.begin(&server, &proxy);
                let begun = Instant::now();
                grows("receipts hear of the trouble", &traffic.faults, 1);
                grows("questions hear of the trouble", &traffic.unread, 1);
                thread::sleep(duration().saturating_sub(begun.elapsed()));
                trouble.end(&server, &proxy);
                let ended = Instant::now();
                grows("receipts are taken again", &traffic.accepted, 40);
                grows("questions are answered again", &traffic.read, 40);
                println!("well again after {:?}", ended.elapsed());
                // Whoever still waits for what was lost hears of it; after that nobody may fail.
                let calm = || {
                    let faults = traffic.faults.load(Ordering::SeqCst) + traffic.unread.load(Ordering::SeqCst);
                    thread::sleep(Duration::from_millis(500));
                    faults == traffic.faults.load(Ordering::SeqCst) + traffic.unread.load(Ordering::SeqCst)
                };
                traffic.wait_until("the last failure", calm);
                traffic.store_may_be_gone.store(false, Ordering::SeqCst);
            }
            grows("receipts are taken", &traffic.accepted, 40);
            traffic.stop();
        });
        let faults = traffic.faults.load(Ordering::SeqCst);
        println!("{} receipts sent, {faults} heard a Fault", traffic.sent());
        traffic.send_the_rest(&station.url);
        audit::holds(&database, &traffic.acknowledged());
        audit::nothing_is_half_stored(&database);
        traffic.everything_had_its_effect(&station.url);
        station.log();
    }

    /// What is wrong with the server, or with the way to it.
    #[derive(Clone, Copy, PartialEq, Eq)]
    enum Trouble {
        /// An administrator stops it.
        Stopped,
        /// Its machine loses its power.
        Killed,
        /// It stands still, with all its connections open.
        Frozen,
        /// No packet arrives, and nobody is told.
        Silent,
    }

    impl Trouble {
        fn begin(self, server: &Server, proxy: &Proxy) {
            match self {
                Trouble::Stopped => server.stop(),
                Trouble::Killed => server.kill(),
                Trouble::Frozen => server.freeze(),
                Trouble::Silent => proxy.hold(),
            }
        }

        fn end(self, server: &Server, proxy: &Proxy) {
            match self {
                Trouble::Stopped | Trouble::Killed => server.start_again(),
                Trouble::Frozen => server.thaw(),
                Trouble::Silent => proxy.flow(),
            }
        }
    }

    #[test]
    fn the_server_is_stopped() {
        lives_through(Trouble::Stopped, 1, "fault");
    }

    #[test]
    fn the_server_is_killed_again_and_again() {
        lives_through(Trouble::Killed, usual_or_full(2, 6), "unavailable");
    }

    #[test]
    fn the_server_stands_still() {
        lives_through(Trouble::Frozen, 1, "fault");
    }

    #[test]
    fn the_network_swallows_everything() {
        lives_through(Trouble::Silent, 1, "unavailable");
    }

    /// As when a firewall forgets a connection in the middle of a transaction: the server has what the transaction
    /// locked, waits for a station that has long given up, and must not wait for ever. The Node's next attempt is then
    /// held up by nobody.
    #[test]
    fn a_transaction_that_lost_its_station_keeps_no_receipt_out() {
        let server = Server::start();
        let database = Database::blank_at(&server).filled_with(&positions(8));
        let proxy = Proxy::to(&database.setting());
        let station = Process::serve(&database, &[("EC_STATION_DATABASE_URL", &proxy.url(&database.setting()))]);
        let receipt = a_receipt_for(&nav(1)).v1();
        let ask = |message: &str| Line::to(&station.url).ask(message);
        assert_eq!(ask(&a_receipt_for(&nav(0)).v1()).as_deref(), Some("OK"));

        // Its rows are written, and the connection is lost before its commit.
        let mut neighbour = database.neighbour();
        neighbour.execute("BEGIN; LOCK TABLE payment_option IN SHARE MODE");
        thread::scope(|scope| {
            let lost = scope.spawn(|| ask(&receipt));
            let waiting = "SELECT COUNT(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
            wait_until("the receipt waits for the lock", PATIENCE, || database.count(waiting) == 1);
            proxy.lose_all_there_are();
            neighbour.execute("COMMIT");
            let open = "SELECT COUNT(*) FROM pg_stat_activity WHERE state = 'idle in transaction'";
            wait_until("its transaction is open", PATIENCE, || database.count(open) == 1);
            assert_eq!(lost.join().unwrap().as_deref(), Some("Fault Server"));
        });
        let started = Instant::now();
        wait_until("the Node's attempts", PATIENCE, || match ask(&receipt).as_deref() {
            Some("OK") => true,
            other => {
                assert_eq!(other, Some("Fault Server"));
                false
            }
        });
        println!("taken after {:?}", started.elapsed());
        assert!(started.elapsed() < Duration::from_secs(30), "{:?}", started.elapsed());
        // A question may still meet a connection that was lost while it was idle.
        let answered = || ask(&given::verify(&nav(1))).as_deref() == Some("PAA_PAGAMENTO_DUPLICATO");
        wait_until("questions are answered", PATIENCE, answered);
        audit::nothing_is_half_stored(&database);
    }
}
