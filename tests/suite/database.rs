//! A fresh database for each test, on the engine of the run: a file on SQLite, a copy of a template on PostgreSQL.
//!
//! `tests/run` runs the suite once on each engine. A chapter that is about one engine stands in a module called
//! `on_sqlite` or `on_postgres`, names its engine, and is left out of the run on the other one by that name. The server
//! is thrown away after the run, and with it the template and what a test that was killed has left there.

use std::path::Path;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use ec_station::domain::position::DebtPosition;
use ec_station::journal::Entry;
use ec_station::store::{DatabaseUrl, Pools, Save, Saved, Store};
use sqlx::migrate::Migrator;
use sqlx::postgres::PgRow;
use sqlx::sqlite::{SqliteConnectOptions, SqliteRow};
use sqlx::{AssertSqlSafe, Connection, Decode, FromRow, PgConnection, Postgres, Sqlite, SqliteConnection, Type};
use tokio::runtime::{Builder, Runtime};

use crate::given;
use crate::server::Server;

/// What a station keeps its data in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// The engine of this run: SQLite, unless `STATION_TEST_ENGINE` says otherwise.
    pub fn of_this_run() -> Engine {
        match std::env::var("STATION_TEST_ENGINE").as_deref() {
            Err(_) | Ok("" | "sqlite") => Engine::Sqlite,
            Ok("postgres") => Engine::Postgres,
            Ok(other) => panic!("STATION_TEST_ENGINE is sqlite or postgres, not {other}"),
        }
    }
}

/// A database and a folder beside it for the files of the test. Both are gone when it is dropped.
pub struct Database {
    /// Where it is on a server. On SQLite it is a file in the folder.
    place: Option<Place>,
    folder: tempfile::TempDir,
}

/// A database on a server.
struct Place {
    server: String,
    name: String,
}

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap());

/// The name of a database that has the schema and nothing else, made once.
static TEMPLATE: LazyLock<String> = LazyLock::new(|| {
    let template = Place { server: server(), name: format!("suite_{}_template", std::process::id()) };
    template.create("template0");
    RUNTIME.block_on(async {
        Store::open(&template.url().parse().unwrap(), &Pools::default()).await.unwrap().close().await
    });
    template.name
});

/// The server of this run.
fn server() -> String {
    std::env::var("STATION_TEST_POSTGRES").unwrap_or_else(|_| {
        panic!(
            "there is no PostgreSQL to test with. tests/run starts one; so does `tests/postgres start FOLDER`, whose \
             URL belongs into STATION_TEST_POSTGRES. Without: cargo test -- --skip on_postgres"
        )
    })
}

impl Place {
    fn new(server: &str) -> Place {
        static COUNTER: AtomicUsize = AtomicUsize::new(0);
        let name = format!("suite_{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
        Place { server: server.to_owned(), name }
    }

    fn url(&self) -> String {
        let (server, _) = self.server.rsplit_once('/').expect("the server's URL ends with a database");
        format!("{server}/{}", self.name)
    }

    /// Tells the server something about its databases.
    fn command(&self, sql: String) -> Result<(), sqlx::Error> {
        RUNTIME.block_on(async {
            let mut connection = PgConnection::connect(&self.server).await?;
            sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.map(drop)
        })
    }

    fn create(&self, template: &str) {
        let Place { name, .. } = self;
        self.command(format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).unwrap();
        self.command(format!("CREATE DATABASE {name} TEMPLATE {template}")).unwrap();
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        if let Some(place) = &self.place {
            // A test that ends badly may have lost its server.
            let _ = place.command(format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", place.name));
        }
    }
}

impl Database {
    /// One with the schema and nothing in it, on the engine of this run.
    pub fn fresh() -> Database {
        Database::fresh_on(Engine::of_this_run())
    }

    /// The same on an engine. The file of SQLite is not there yet: whoever opens it first makes it.
    pub fn fresh_on(engine: Engine) -> Database {
        match engine {
            Engine::Sqlite => Database::blank_on(engine),
            Engine::Postgres => Database::copy_of(&TEMPLATE, &server()),
        }
    }

    /// One without any table.
    pub fn blank_on(engine: Engine) -> Database {
        match engine {
            Engine::Sqlite => Database { place: None, folder: tempfile::tempdir().unwrap() },
            Engine::Postgres => Database::copy_of("template0", &server()),
        }
    }

    /// One without any table on a server of the test's own.
    pub fn blank_at(server: &Server) -> Database {
        Database::copy_of("template0", server.url())
    }

    fn copy_of(template: &str, server: &str) -> Database {
        let place = Place::new(server);
        place.create(template);
        Database { place: Some(place), folder: tempfile::tempdir().unwrap() }
    }

    /// One with the fictional organizations and these positions, on the engine of this run.
    pub fn with(positions: &[DebtPosition]) -> Database {
        Database::fresh().filled_with(positions)
    }

    /// Stores the fictional organizations and these positions.
    pub fn filled_with(self, positions: &[DebtPosition]) -> Database {
        RUNTIME.block_on(async {
            let store = Store::open(&self.url(), &Pools::default()).await.unwrap();
            store.import_organizations(&given::registry(), given::today()).await.unwrap();
            let save = Save { now: given::today(), publish: false, history: true, dry_run: false };
            let saved = store.save_positions(positions, &save).await.unwrap();
            assert!(saved.iter().all(|saved| *saved == Saved::Created));
            store.close().await;
        });
        self
    }

    /// As the settings name it, for a process that runs in its folder.
    pub fn setting(&self) -> String {
        self.place.as_ref().map_or("sqlite://ec-station.db".into(), Place::url)
    }

    /// Where it is.
    pub fn url(&self) -> DatabaseUrl {
        match &self.place {
            Some(place) => place.url().parse().unwrap(),
            None => DatabaseUrl::file(self.folder().join("ec-station.db")),
        }
    }

    /// Everything that is in the journal, in the order in which it came there.
    pub fn journal(&self) -> Vec<Entry> {
        RUNTIME.block_on(async {
            let store = Store::open(&self.url(), &Pools::default()).await.unwrap();
            let mut ids = Vec::new();
            for writer in store.journal_writers().await.unwrap() {
                let mut from = 1;
                while let page = store.journal_of_writer(&writer.name, from).await.unwrap()
                    && let Some((_, last)) = page.last()
                {
                    from = last + 1;
                    ids.extend(page);
                }
            }
            ids.sort();
            let mut entries = Vec::new();
            for (id, _) in ids {
                entries.extend(store.journal_segment(id).await.unwrap().unwrap().open().unwrap());
            }
            store.close().await;
            entries
        })
    }

    /// A folder for the files of the test; on SQLite the database is one of them.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Another process at this database.
    pub fn neighbour(&self) -> Neighbour {
        RUNTIME.block_on(async {
            match &self.place {
                Some(place) => Neighbour::Postgres(PgConnection::connect(&place.url()).await.unwrap()),
                None => {
                    let file = SqliteConnectOptions::new().filename(self.folder().join("ec-station.db"));
                    Neighbour::Sqlite(SqliteConnection::connect_with(&file).await.unwrap())
                }
            }
        })
    }

    /// Changes something behind the station's back.
    pub fn change(&self, sql: &str) {
        self.neighbour().execute(sql);
    }

    /// A number, where no command shows it.
    pub fn count(&self, sql: &str) -> i64 {
        self.neighbour().look(sql)
    }

    /// A text.
    pub fn text(&self, sql: &str) -> String {
        self.neighbour().look(sql)
    }

    /// Bytes.
    pub fn bytes(&self, sql: &str) -> Vec<u8> {
        self.neighbour().look(sql)
    }
}

/// Another process at the same database. What it begins ends with it.
pub enum Neighbour {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

impl Neighbour {
    /// One at a database of PostgreSQL.
    pub fn at(url: &str) -> Neighbour {
        Neighbour::Postgres(RUNTIME.block_on(PgConnection::connect(url)).unwrap())
    }

    /// Does something and says what went wrong with it.
    pub fn try_to(&mut self, sql: &str) -> Result<(), sqlx::Error> {
        let sql = sqlx::raw_sql(AssertSqlSafe(sql));
        RUNTIME.block_on(async {
            match self {
                Neighbour::Sqlite(connection) => sql.execute(connection).await.map(drop),
                Neighbour::Postgres(connection) => sql.execute(connection).await.map(drop),
            }
        })
    }

    /// Does something.
    pub fn execute(&mut self, sql: &str) {
        self.try_to(sql).unwrap_or_else(|error| panic!("{error}: {sql}"));
    }

    /// Applies the migrations of a folder.
    pub fn migrate(&mut self, folder: &Path) {
        RUNTIME.block_on(async {
            let migrator = Migrator::new(folder).await.unwrap();
            match self {
                Neighbour::Sqlite(connection) => migrator.run(connection).await.unwrap(),
                Neighbour::Postgres(connection) => migrator.run(connection).await.unwrap(),
            }
        });
    }

    /// The rows of one column.
    pub fn rows<T>(&mut self, sql: &str) -> Vec<T>
    where
        T: Send + Unpin + Type<Sqlite> + Type<Postgres>,
        T: for<'r> Decode<'r, Sqlite> + for<'r> Decode<'r, Postgres>,
    {
        let text = AssertSqlSafe(sql);
        let rows = RUNTIME.block_on(async {
            match self {
                Neighbour::Sqlite(connection) => sqlx::query_scalar(text).fetch_all(connection).await,
                Neighbour::Postgres(connection) => sqlx::query_scalar(text).fetch_all(connection).await,
            }
        });
        rows.unwrap_or_else(|error| panic!("{error}: {sql}"))
    }

    /// The rows of several columns.
    pub fn records<R>(&mut self, sql: &str) -> Vec<R>
    where
        R: Send + Unpin + for<'r> FromRow<'r, SqliteRow> + for<'r> FromRow<'r, PgRow>,
    {
        let text = AssertSqlSafe(sql);
        let rows = RUNTIME.block_on(async {
            match self {
                Neighbour::Sqlite(connection) => sqlx::query_as(text).fetch_all(connection).await,
                Neighbour::Postgres(connection) => sqlx::query_as(text).fetch_all(connection).await,
            }
        });
        rows.unwrap_or_else(|error| panic!("{error}: {sql}"))
    }

    fn look<T>(&mut self, sql: &str) -> T
    where
        T: Send + Unpin + Type<Sqlite> + Type<Postgres>,
        T: for<'r> Decode<'r, Sqlite> + for<'r> Decode<'r, Postgres>,
    {
        self.rows(sql).into_iter().next().unwrap_or_else(|| panic!("there is no row: {sql}"))
    }
}

mod on_postgres {
    use super::*;

    /// A run that says PostgreSQL and means SQLite would prove nothing.
    #[test]
    fn it_is_postgresql_15_or_later() {
        let database = Database::fresh_on(Engine::Postgres);
        let version = database.count("SELECT current_setting('server_version_num')::bigint");
        assert!(version >= 150_000, "{version}");
        assert_eq!(database.count("SELECT COUNT(*) FROM debt_position"), 0);
        assert_eq!(database.text("SELECT current_user::text"), "ec_station", "who is no superuser");
    }

    #[test]
    fn nothing_is_left_behind() {
        let database = Database::fresh_on(Engine::Postgres);
        let name = database.text("SELECT current_database()::text");
        let mut neighbour = database.neighbour();
        neighbour.execute("BEGIN; LOCK TABLE debt_position");
        let beside = Database::fresh_on(Engine::Postgres);
        drop(database);
        let left = format!("SELECT COUNT(*) FROM pg_database WHERE datname = '{name}'");
        assert_eq!(beside.count(&left), 0, "also when somebody is still connected");
    }
}
