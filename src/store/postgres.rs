//! A PostgreSQL server, or one of the engines that speak like it: two pools, so that receipts never queue behind reads.

use std::str::FromStr;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{Connection, Postgres};
use tracing::warn;

use super::{Pools, StoreError, failed_to, migrations};

/// The connections to one database.
#[derive(Clone, Debug)]
pub(super) struct PostgresServer {
    readers: PgPool,
    writers: PgPool,
    options: PgConnectOptions,
    write_patience: Duration,
}

impl PostgresServer {
    /// Connects, and brings the schema up to date.
    pub(super) async fn open(url: &str, pools: &Pools) -> Result<PostgresServer, StoreError> {
        let failed = || failed_to("open the database");
        let options = PgConnectOptions::from_str(url).map_err(failed())?.application_name("ec-station");
        migrations::bring_up_to_date_postgres(&options).await?;
        // All our statements find their rows by key: planning them anew for each value would cost more than they do.
        let milliseconds = pools.statement_patience.as_millis().to_string();
        let options =
            options.options([("statement_timeout", milliseconds.as_str()), ("plan_cache_mode", "force_generic_plan")]);
        let options = if pools.durable { options } else { options.options([("synchronous_commit", "off")]) };
        // A connection that died while it was idle is found by its first statement; asking before each use would cost
        // every call a round trip.
        let pool = |connections, patience| {
            PgPoolOptions::new().max_connections(connections).acquire_timeout(patience).test_before_acquire(false)
        };
        let writers = pool(pools.write_connections, pools.write_patience).connect_with(options.clone());
        let writers = writers.await.map_err(failed())?;
        assert_durable(&mut *writers.acquire().await.map_err(failed())?).await.map_err(failed())?;
        let readers = pool(pools.read_connections, pools.connect_patience).connect_lazy_with(options.clone());
        Ok(PostgresServer { readers, writers, options, write_patience: pools.write_patience })
    }

    /// The same server with a connection of its own to write with: see [`super::Store::of_a_task`].
    pub(super) fn of_a_task(&self) -> PostgresServer {
        let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(self.write_patience);
        let writers = pool.test_before_acquire(false).connect_lazy_with(self.options.clone());
        PostgresServer { writers, ..self.clone() }
    }

    pub(super) async fn read(&self) -> Result<PoolConnection<Postgres>, StoreError> {
        self.readers.acquire().await.map_err(failed_to("get a connection"))
    }

    pub(super) async fn write(&self) -> Result<PoolConnection<Postgres>, StoreError> {
        self.writers.acquire().await.map_err(failed_to("get a connection"))
    }

    pub(super) async fn close(&self) {
        self.readers.close().await;
        self.writers.close().await;
    }
}

/// Asks the server whether commits wait for the disk.
async fn assert_durable(connection: &mut sqlx::PgConnection) -> Result<(), sqlx::Error> {
    for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
        let ask = sqlx::query_scalar("SELECT current_setting($1)").bind(setting);
        let value: String = ask.fetch_one(&mut *connection).await?;
        if value == "off" {
            warn!(setting, value, "commits do not wait for the disk: a crash may lose acknowledged receipts");
        }
    }
    connection.ping().await
}
