//! Brings a schema up to date, also when several stations start on one database at the same moment.

use std::time::Duration;

use sqlx::migrate::{Migrate, MigrateError, Migrator};
use sqlx::postgres::PgConnectOptions;
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection};

use super::{StoreError, failed_to};

static SQLITE: Migrator = sqlx::migrate!("migrations/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("migrations/postgres");

/// Where the migrations that were applied are noted.
const NOTES: &str = "_sqlx_migrations";

/// Tries to open a fresh file that others open too.
const ATTEMPTS: u32 = 40;
/// Between two of them.
const PAUSE: Duration = Duration::from_millis(50);

/// Locks of our own and no advisory ones: not every engine that speaks PostgreSQL's protocol has those.
const LOCK_TABLE: &str = "CREATE TABLE IF NOT EXISTS migration_lock (id BIGINT NOT NULL PRIMARY KEY)";

/// Opens an SQLite file and brings its schema up to date. Where another process is at it too, one of them finds the
/// file locked or a table made already, and tries again.
pub(super) async fn open_sqlite(options: &SqliteConnectOptions) -> Result<SqliteConnection, StoreError> {
    let mut attempt = 1;
    loop {
        let error = match try_sqlite(options).await {
            Ok(connection) => return Ok(connection),
            Err(error) => error,
        };
        let rival = matches!(
            &error,
            StoreError::Schema(MigrateError::Execute(_) | MigrateError::ExecuteMigration(..) | MigrateError::Dirty(_))
                | StoreError::Database { source: sqlx::Error::Database(_), .. }
        );
        if !rival || attempt == ATTEMPTS {
            return Err(error);
        }
        attempt += 1;
        tokio::time::sleep(PAUSE).await;
    }
}

async fn try_sqlite(options: &SqliteConnectOptions) -> Result<SqliteConnection, StoreError> {
    let mut connection = options.connect().await.map_err(failed_to("open the database"))?;
    if !is_up_to_date(&SQLITE, &mut connection).await {
        SQLITE.run_direct(None, &mut connection, false).await?;
    }
    Ok(connection)
}

/// Brings the schema of a PostgreSQL database up to date, one station at a time. A schema that is up to date already is
/// only looked at: the station then needs no right to change it.
pub(super) async fn bring_up_to_date_postgres(options: &PgConnectOptions) -> Result<(), StoreError> {
    let failed = || failed_to("wait for the schema's lock");
    let mut guard = options.connect().await.map_err(failed_to("open the database"))?;
    if !is_up_to_date(&POSTGRES, &mut guard).await {
        // Two stations that make the table at the same moment: one of them fails, and the table is there.
        let made = sqlx::query(LOCK_TABLE).execute(&mut guard).await;
        let row = sqlx::query("INSERT INTO migration_lock (id) VALUES (1) ON CONFLICT (id) DO NOTHING");
        row.execute(&mut guard).await.map_err(|error| made.err().unwrap_or(error)).map_err(failed())?;
        let mut lock = guard.begin().await.map_err(failed())?;
        let wait = sqlx::query("SELECT id FROM migration_lock WHERE id = 1 FOR UPDATE");
        wait.execute(&mut *lock).await.map_err(failed())?;
        let mut worker = options.connect().await.map_err(failed_to("open the database"))?;
        let mut migrator = Migrator { ..Migrator::with_migrations(POSTGRES.iter().cloned().collect()) };
        migrator.set_locking(false).run_direct(None, &mut worker, false).await?;
        worker.close().await.map_err(failed())?;
        lock.commit().await.map_err(failed())?;
    }
    guard.close().await.map_err(failed())
}

/// Whether exactly our migrations were applied. Whatever else is found, the migrator says what is wrong with it.
async fn is_up_to_date(migrator: &Migrator, connection: &mut impl Migrate) -> bool {
    let Ok(applied) = connection.list_applied_migrations(NOTES).await else { return false };
    let applied = applied.iter().map(|done| (done.version, &*done.checksum));
    applied.eq(migrator.iter().map(|known| (known.version, &*known.checksum)))
}
