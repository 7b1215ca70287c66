//! Connections that are kept for the next one who needs them. Nobody asks them how they are when they are taken or given
//! back, which would cost every read a round trip: one that died while it was idle is found by its first statement, and
//! thrown away by whoever finds it.

use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{self, Metrics, PoolError, RecycleResult};
use sqlx::Connection;

use super::{StoreError, failed_to};

/// Connections of one kind.
pub(super) type Pool<C> = managed::Pool<Opener<C>>;
/// One of them, on loan.
pub(super) type Pooled<C> = managed::Object<Opener<C>>;

/// Opens connections.
#[derive(Debug)]
pub(super) struct Opener<C: Connection>(C::Options);

impl<C: Connection> managed::Manager for Opener<C> {
    type Type = C;
    type Error = sqlx::Error;

    async fn create(&self) -> Result<C, sqlx::Error> {
        C::connect_with(&self.0).await
    }

    async fn recycle(&self, _: &mut C, _: &Metrics) -> RecycleResult<sqlx::Error> {
        Ok(())
    }
}

/// At most so many connections, opened when they are needed; whoever needs one waits no longer than this.
pub(super) fn pool<C: Connection>(options: C::Options, most: u32, patience: Duration) -> Pool<C> {
    let pool = managed::Pool::builder(Opener(options)).max_size(most as usize).runtime(Runtime::Tokio1);
    let pool = pool.wait_timeout(Some(patience)).create_timeout(Some(patience)).build();
    pool.expect("a pool with time limits has a runtime to keep them")
}

/// A connection for one piece of work.
pub(super) async fn get<C: Connection>(pool: &Pool<C>) -> Result<Pooled<C>, StoreError> {
    let failed = failed_to("get a connection");
    pool.get().await.map_err(|error| {
        failed(match error {
            PoolError::Backend(error) => error,
            PoolError::Closed => sqlx::Error::PoolClosed,
            _ => sqlx::Error::PoolTimedOut,
        })
    })
}
