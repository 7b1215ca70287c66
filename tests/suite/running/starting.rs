//! Starting: many stations at once on one empty database, again on one that is up to date, and on none at all.

use std::thread;

use crate::database::{Database, Engine};
use crate::given::{self, NAV, a_position};
use crate::process::{Process, ec_station, ended};
use crate::running::post;
use crate::station::agent;

/// As a cluster starts a new station: all its copies at the same moment, and none is there to help them.
#[test]
fn stations_that_start_together_all_come_up() {
    const STATIONS: usize = 8;
    for _ in 0..3 {
        let database = Database::blank_on(Engine::of_this_run());
        thread::scope(|scope| {
            let start = || Process::serve(&database, &[]);
            let starting: Vec<_> = (0..STATIONS).map(|_| scope.spawn(start)).collect();
            let started: Vec<_> = starting.into_iter().map(|station| station.join().unwrap()).collect();
            for station in &started {
                let ready = agent().get(format!("{}/health/ready", station.url)).call().unwrap();
                assert_eq!(ready.status().as_u16(), 200);
            }
        });
        let migrations = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite")).unwrap().count();
        assert_eq!(database.count("SELECT COUNT(*) FROM _sqlx_migrations"), migrations as i64, "each was applied once");
    }
}

/// What tells whether a schema was touched: when its migrations were applied, and how often it changed.
fn marks(database: &Database, engine: Engine) -> (String, i64) {
    let applied = "SELECT MAX(CAST(installed_on AS TEXT)) FROM _sqlx_migrations";
    let changes = match engine {
        Engine::Sqlite => "SELECT schema_version FROM pragma_schema_version",
        // Rows of the catalogue carry the number of the transaction that wrote them.
        Engine::Postgres => {
            "SELECT MAX(xmin::text::bigint) FROM (SELECT xmin FROM pg_class UNION ALL SELECT xmin FROM pg_attribute) rows"
        }
    };
    (database.text(applied), database.count(changes))
}

#[test]
fn a_second_start_changes_nothing() {
    let engine = Engine::of_this_run();
    let database = Database::blank_on(engine).filled_with(&[a_position()]);
    let before = marks(&database, engine);
    let station = Process::serve(&database, &[]);
    assert_eq!(post(&station, given::verify(NAV)).outcome(), "OK");
    station.log();
    assert_eq!(marks(&database, engine), before);
}

mod on_sqlite {
    use super::*;
    use crate::process::Ended;

    #[test]
    fn a_database_that_cannot_be_opened() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("letter.db"), "Dear Sir or Madam, ".repeat(1_000)).unwrap();
        for url in ["sqlite://no/such/folder/x.db", "sqlite://letter.db", "sqlite://."] {
            for command in ["serve", "anomalies", "receipts"] {
                let mut command_line = ec_station(folder.path());
                command_line.arg(command).env("EC_STATION_DATABASE_URL", url).env("EC_STATION_LISTEN", "127.0.0.1:0");
                let Ended { code, err, .. } = ended(command_line);
                assert_eq!(code, Some(1), "{command} {url}: {err}");
                // Who only looks makes no database.
                let missing = url.contains("no/such") && command != "serve";
                let words = if missing {
                    "there is no database no/such/folder/x.db; "
                } else {
                    "could not open the database: "
                };
                let told = err.lines().last().unwrap().starts_with(&format!("ec-station: {words}"));
                assert!(told, "{command} {url}: {err}");
            }
        }
    }
}

mod on_postgres {
    use super::*;
    use crate::process::ec_station_at;

    /// A station may be given a role that has no right to change the schema, once somebody else has made it.
    #[test]
    fn a_station_that_may_only_read_comes_up() {
        let database = Database::fresh_on(Engine::Postgres).filled_with(&[a_position()]);
        let name = database.text("SELECT current_database()::text");
        database.change(&format!("ALTER DATABASE {name} SET default_transaction_read_only = on"));
        let station = Process::serve(&database, &[]);
        assert_eq!(post(&station, given::verify(NAV)).outcome(), "OK");
    }

    /// Whoever starts it learns what is wrong, and no password.
    #[test]
    fn a_database_that_cannot_be_opened() {
        let database = Database::blank_on(Engine::Postgres);
        let url = database.setting();
        let (server, name) = url.rsplit_once('/').unwrap();
        let nobody = "postgres://ec_station:s3cr3t@127.0.0.1:1/x".to_owned();
        let stranger = url.replacen("ec_station@", "stranger:s3cr3t@", 1);
        let missing = format!("{}/{name}_missing", server.replacen("ec_station@", "ec_station:s3cr3t@", 1));
        for (url, cause) in [(nobody, "refused"), (stranger, "stranger"), (missing, "does not exist")] {
            for command in ["serve", "anomalies", "receipts"] {
                let mut command_line = ec_station_at(&database);
                command_line.arg(command).env("EC_STATION_DATABASE_URL", &url).env("EC_STATION_LISTEN", "127.0.0.1:0");
                let ended = ended(command_line);
                assert_eq!(ended.code, Some(1), "{command} {cause}: {}", ended.err);
                let last = ended.err.lines().last().unwrap();
                assert!(last.starts_with("ec-station: could not open the database: "), "{command} {cause}: {last}");
                assert!(last.contains(cause), "{command}: {last}");
                assert!(!ended.err.contains("s3cr3t"), "{command} {cause}: {}", ended.err);
            }
        }
    }
}
