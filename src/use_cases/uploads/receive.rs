//! Take a file of positions: look at all of it, keep it, and answer before anything of it is done.

use std::fs::File;
use std::io;

use tokio::sync::{Semaphore, mpsc};
use tokio::task::spawn_blocking;
use tracing::warn;

use crate::domain::upload::{Order, Owner};
use crate::intake::upload::{BadUpload, batches, check};
use crate::intake::{Rules, Validation};
use crate::station::Station;
use crate::store::StoreError;
use crate::telemetry::chain;

/// How many files are looked at at once: each may hold a position that takes much memory.
static LOOKING: Semaphore = Semaphore::const_new(2);

/// Why a file was not taken.
#[derive(Debug, thiserror::Error)]
pub enum NotReceived {
    /// It is not what it should be.
    #[error(transparent)]
    Bad(#[from] BadUpload),
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
}

/// An id for an upload that is about to come.
pub fn new_id(owner: &Owner) -> String {
    format!("{}_{}_{}", owner.broker, owner.organization, uuid::Uuid::new_v4().simple())
}

/// Takes a file. It is durable then; one that is refused leaves nothing behind.
pub async fn receive(station: &Station, order: &Order, id: &str, file: File) -> Result<(), NotReceived> {
    let operation = order.operation;
    let looked_at = file.try_clone().map_err(BadUpload::Io)?;
    let owner = &order.owner;
    // How a file is to be written does not depend on how strict the station is with what it says.
    let rules = Rules {
        organization: owner.organization.clone(),
        validation: Validation::Gpd,
        history: false,
        now: station.clock.now(),
        catalogue: None,
        registered_ibans: Vec::new(),
    };
    let turn = LOOKING.acquire().await.map_err(|closed| BadUpload::Io(io::Error::other(closed)))?;
    let look = move || {
        // Held until it is done, also where nobody waits for it any more.
        let _turn = turn;
        check(looked_at, operation, &rules)
    };
    let submitted = joined(spawn_blocking(look).await)?;
    match keep(station, order, id, file, submitted).await {
        Ok(()) => {
            station.jobs.look();
            Ok(())
        }
        Err(error) => {
            if let Err(cause) = station.store.discard_upload(id).await {
                warn!(cause = chain(&cause), "a part of an upload is left behind for a while");
            }
            Err(error)
        }
    }
}

/// Keeps a file in batches, each in a commit of its own: nobody waits for the pen longer than one takes.
async fn keep(station: &Station, order: &Order, id: &str, file: File, submitted: u64) -> Result<(), NotReceived> {
    let (send, mut cut) = mpsc::channel(1);
    let operation = order.operation;
    station.store.begin_upload(id, order, station.clock.now()).await?;
    let reading = spawn_blocking(move || batches(file, operation, |batch| send.blocking_send(batch).is_ok()));
    let mut ordinal = 0;
    while let Some(batch) = cut.recv().await {
        station.store.add_upload_batch(id, ordinal, &batch).await?;
        ordinal += 1;
    }
    joined(reading.await)?;
    Ok(station.store.accept_upload(id, submitted as i64, station.clock.now()).await?)
}

fn joined<T>(done: Result<Result<T, BadUpload>, tokio::task::JoinError>) -> Result<T, BadUpload> {
    done.unwrap_or_else(|error| Err(BadUpload::Io(io::Error::other(error))))
}
