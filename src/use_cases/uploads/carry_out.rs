//! Work off a batch of an upload: its items, what became of them and how far the upload is are one transaction, so that
//! each item has exactly one outcome, whoever was killed in between.

use chrono::{DateTime, TimeDelta, Utc};
use tracing::error;

use super::outcome::{of_defects, of_denial};
use crate::domain::codes::Iupd;
use crate::domain::lifecycle;
use crate::domain::position::DebtPosition;
use crate::domain::upload::{MOST_FAILURES, Operation, Order, Outcome, Outcomes};
use crate::intake::upload::{UploadItem, items};
use crate::intake::{Handed, Rules, model};
use crate::station::Station;
use crate::store::{Lease, StoreError, Tx};
use crate::telemetry::chain;
use crate::use_cases::positions::{Desk, Error, change_all_in, create_in, delete_in, rules, weighed};

/// How long nobody else takes an upload that somebody works on; every batch begins it anew.
const LEASE: TimeDelta = TimeDelta::seconds(5);

/// Works off the next batch there is, and tells whether there was one. After a conflict it is to be tried again; any
/// other failure counts against the batch, which is given up after some.
pub async fn carry_out_a_batch(station: &Station, worker: &str) -> Result<bool, StoreError> {
    let Some(id) = station.store.upload_to_do(worker, station.clock.now()).await? else { return Ok(false) };
    let done = carry_out(station, worker, &id).await;
    if done.as_ref().is_err_and(|cause| !cause.is_conflict()) {
        station.store.count_upload_failure(&id, station.clock.now()).await?;
    }
    done.map(|()| true)
}

async fn carry_out(station: &Station, worker: &str, id: &str) -> Result<(), StoreError> {
    let now = station.clock.now();
    let mut tx = station.store.write().await?;
    let Some((order, failures)) = tx.hold_upload(id, Lease { worker, now, until: now + LEASE }).await? else {
        // Another station was faster.
        return tx.rollback().await;
    };
    let Some((ordinal, content)) = tx.next_upload_batch(id).await? else {
        tx.finish_upload(id, now).await?;
        return tx.commit().await;
    };
    let settled = match items(&content, order.operation) {
        Ok(items) if failures < MOST_FAILURES => settle(station, &mut tx, &order, items).await?,
        Ok(items) => {
            error!(upload = id, "a part of an upload failed again and again and is given up");
            items.into_iter().map(|item| (item.iupd, Outcome::standard(500))).collect()
        }
        Err(_) => {
            error!(upload = id, "a part of an upload cannot be read and is given up");
            Vec::new()
        }
    };
    tx.settle_upload_batch(id, ordinal, &outcomes(settled)).await?;
    tx.finish_upload(id, now).await?;
    station.store.commit_positions(tx, now).await.map(drop)
}

/// The same by outcome. A batch of which nothing is known has failed.
fn outcomes(settled: Vec<Settled>) -> Outcomes {
    if settled.is_empty() {
        return Outcomes::from([(Outcome::standard(500), Vec::new())]);
    }
    let mut outcomes = Outcomes::new();
    for (iupd, outcome) in settled {
        outcomes.entry(outcome).or_default().push(iupd);
    }
    outcomes
}

/// What became of an item.
type Settled = (String, Outcome);

/// An item that the rules have nothing against: its key, and what the position is to be, unless it is to go.
type Wanted = (Iupd, Option<DebtPosition>);

/// Does what items want: all at once where nothing stands in the way, else one by one, so that each hears why.
async fn settle(
    station: &Station,
    tx: &mut Tx,
    order: &Order,
    items: Vec<UploadItem>,
) -> Result<Vec<Settled>, StoreError> {
    let desk = Desk { organization: &order.owner.organization, codes: &order.codes, by: &order.by };
    let rules = match rules(station, desk).await {
        Err(Error::Store(cause)) => return Err(cause),
        rules => rules,
    };
    let mut settled = Vec::with_capacity(items.len());
    let mut wanted: Vec<Wanted> = Vec::with_capacity(items.len());
    for UploadItem { iupd, position } in items {
        let judged = position.map(|given| judged(order, desk, rules.as_ref(), &given)).transpose();
        match judged {
            Ok(position) => wanted.push((Iupd::new(iupd), position)),
            Err(outcome) => settled.push((iupd, outcome)),
        }
    }
    let now = station.clock.now();
    let told = |(iupd, _): &Wanted, outcome: Outcome| (iupd.as_str().to_owned(), outcome);
    if let Ok(done) = attempt(tx, order, desk, &wanted, now).await? {
        settled.extend(wanted.iter().map(|item| told(item, done.clone())));
        return Ok(settled);
    }
    for item in &wanted {
        let (Ok(outcome) | Err(outcome)) = attempt(tx, order, desk, std::slice::from_ref(item), now).await?;
        settled.push(told(item, outcome));
    }
    Ok(settled)
}

/// The position that an item describes, as it is to be stored.
fn judged(
    order: &Order,
    desk: Desk<'_>,
    rules: Result<&Rules, &Error>,
    given: &model::Position,
) -> Result<DebtPosition, Outcome> {
    let rules = rules.map_err(outcome_of)?;
    let judged = match order.operation {
        Operation::Update => given.judge_update(rules),
        _ => given.judge(rules),
    };
    let position = weighed(judged, desk, given.iupd(), given.iuvs().into_iter()).map_err(|error| outcome_of(&error))?;
    Ok(DebtPosition { service_type: order.owner.service, ..position })
}

/// Does all of it or nothing, and gives the outcome of each, or of the first that stands in the way.
async fn attempt(
    tx: &mut Tx,
    order: &Order,
    desk: Desk<'_>,
    wanted: &[Wanted],
    now: DateTime<Utc>,
) -> Result<Result<Outcome, Outcome>, StoreError> {
    let contents = || wanted.iter().filter_map(|(iupd, content)| Some((iupd, content.clone()?)));
    let savepoint = tx.begin_savepoint().await?;
    let done = match order.operation {
        Operation::Create => {
            let mut new: Vec<DebtPosition> = contents().map(|(_, content)| content).collect();
            new.iter_mut().for_each(|position| position.publish(now));
            create_in(tx, desk, &new, now).await.map(|_| 201)
        }
        Operation::Update => {
            let changes: Vec<_> = contents().map(|(iupd, content)| (iupd.clone(), content)).collect();
            let decide = |content: &DebtPosition, stored: &DebtPosition, now| {
                Ok(lifecycle::update(stored, content.clone(), true, now)?)
            };
            change_all_in(tx, desk, "POSITION_UPDATED", &changes, &decide, now).await.map(|()| 200)
        }
        Operation::Delete => {
            let iupds: Vec<Iupd> = wanted.iter().map(|(iupd, _)| iupd.clone()).collect();
            delete_in(tx, desk, &iupds, None, now).await.map(|()| 200)
        }
    };
    let done = match done {
        Err(Error::Store(cause)) if cause.is_outage() => return Err(cause),
        Err(error) => Err(outcome_of(&error)),
        Ok(status) => Ok(Outcome::standard(status)),
    };
    tx.end_savepoint(savepoint, done.is_ok()).await?;
    Ok(done)
}

fn outcome_of(error: &Error) -> Outcome {
    match error {
        Error::Denied(denial) => of_denial(denial),
        Error::Wrong(defects) => of_defects(defects),
        Error::Store(cause) => {
            error!(cause = chain(cause), "a position of an upload cannot be read");
            Outcome::standard(500)
        }
    }
}
