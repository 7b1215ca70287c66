//! A PostgreSQL server, or one of the engines that speak like it: two pools, so that receipts never queue behind reads.

use std::str::FromStr;
use std::time::Duration;

use log::LevelFilter;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{ConnectOptions, Connection};
use tracing::warn;

use super::pool::{Pool, Pooled, get, pool};
use super::{Pools, StoreError, failed_to, migrations};

/// A station that vanishes from the network in the middle of a transaction, or that the network forgets, would keep what
/// it has locked for hours: until the server's system gives the connection up. No transaction of ours pauses longer.
const IDLE_IN_A_TRANSACTION: &str = "10s";

/// The connections to one database.
#[derive(Clone, Debug)]
pub(super) struct PostgresServer {
    readers: Pool<PgConnection>,
    writers: Pool<PgConnection>,
    options: Box<PgConnectOptions>,
    write_patience: Duration,
}

impl PostgresServer {
    /// Connects, and brings the schema up to date.
    pub(super) async fn open(url: &str, pools: &Pools) -> Result<PostgresServer, StoreError> {
        let failed = || failed_to("open the database");
        let options = PgConnectOptions::from_str(url)
            .map_err(failed())?
            .application_name("ec-station")
            .log_slow_statements(LevelFilter::Off, Duration::MAX);
        migrations::bring_up_to_date_postgres(&options).await?;
        // All our statements find their rows by key: planning them anew for each value would cost more than they do.
        let milliseconds = pools.statement_patience.as_millis().to_string();
        let options = options.options([
            ("statement_timeout", milliseconds.as_str()),
            ("idle_in_transaction_session_timeout", IDLE_IN_A_TRANSACTION),
            ("plan_cache_mode", "force_generic_plan"),
            // Which would take longer to make than any of them to run.
            ("jit", "off"),
        ]);
        let options = if pools.durable { options } else { options.options([("synchronous_commit", "off")]) };
        let mut first = options.connect().await.map_err(failed())?;
        assert_durable(&mut first).await.map_err(failed())?;
        first.close().await.map_err(failed())?;
        Ok(PostgresServer {
            writers: pool(options.clone(), pools.write_connections, pools.write_patience),
            readers: pool(options.clone(), pools.read_connections, pools.connect_patience),
            options: Box::new(options),
            write_patience: pools.write_patience,
        })
    }

    /// The same server with a connection of its own to write with: see [`super::Store::of_a_task`].
    pub(super) fn of_a_task(&self) -> PostgresServer {
        PostgresServer { writers: pool((*self.options).clone(), 1, self.write_patience), ..self.clone() }
    }

    pub(super) async fn read(&self) -> Result<Pooled<PgConnection>, StoreError> {
        get(&self.readers).await
    }

    pub(super) async fn write(&self) -> Result<Pooled<PgConnection>, StoreError> {
        get(&self.writers).await
    }

    /// Closes connections that nobody uses: one of them turned out to be dead.
    pub(super) fn forget_idle(&self) {
        self.readers.retain(|_, _| false);
        self.writers.retain(|_, _| false);
    }

    pub(super) fn close(&self) {
        self.readers.close();
        self.writers.close();
    }
}

/// Asks the server whether commits wait for the disk.
async fn assert_durable(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    for setting in ["fsync", "synchronous_commit", "full_page_writes"] {
        let ask = sqlx::query_scalar("SELECT current_setting($1)").bind(setting);
        let value: String = ask.fetch_one(&mut *connection).await?;
        if value == "off" {
            warn!(setting, value, "commits do not wait for the disk: a crash may lose acknowledged receipts");
        }
    }
    connection.ping().await
}
