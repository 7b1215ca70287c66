//! Saving positions in bulk, as the loader brings them: a batch is one transaction, a position all or nothing.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use tracing::error;

use super::journal::events;
use super::positions::{Key, Placed, StoredPosition};
use super::sql::sql;
use super::{Store, StoreError, Tx};
use crate::domain::codes::{Iuv, Nav, OrganizationCode};
use crate::domain::denial::Denial;
use crate::domain::lifecycle;
use crate::domain::position::{DebtPosition, OptionState, PaymentDetails, PaymentOption, PositionStatus, Transfer};

/// How a batch is to be saved.
#[derive(Clone, Copy, Debug)]
pub struct Save {
    /// The time of the load.
    pub now: DateTime<Utc>,
    /// Whether drafts are to be published.
    pub publish: bool,
    /// Whether states and payments come from the file (moving in from another system).
    pub history: bool,
    /// Whether everything is undone in the end.
    pub dry_run: bool,
}

/// What became of one position of a batch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// It is new.
    Created,
    /// It replaced what was stored.
    Updated,
    /// It replaced what was published, and is a draft now.
    Withdrawn,
    /// It was stored just so, as a draft, and is published now.
    Published,
    /// It was stored just so.
    Unchanged,
    /// Its stored state does not allow a change.
    NotUpdatable(PositionStatus),
    /// A notification fee is known that none of its transfers could collect any more.
    FeeLost,
    /// Another position of the organization has this notice.
    NavTaken(Nav),
    /// Another option of the organization has this IUV.
    IuvTaken(Iuv),
}

impl Store {
    /// Saves a batch of positions in one transaction and says what became of each.
    ///
    /// A batch is a handful of statements and three for each position that changes. Where one of them clashes with what
    /// is there or with another one, they are saved one by one, in their order.
    pub async fn save_positions(&self, positions: &[DebtPosition], save: &Save) -> Result<Vec<Saved>, StoreError> {
        self.retrying(StoreError::is_conflict, async || self.try_to_save(positions, save).await).await
    }

    async fn try_to_save(&self, positions: &[DebtPosition], save: &Save) -> Result<Vec<Saved>, StoreError> {
        let mut tx = self.write().await?;
        let outcomes = match tx.save_together(positions, save).await? {
            Some(outcomes) => outcomes,
            None => tx.save_one_by_one(positions, save).await?,
        };
        if save.dry_run {
            tx.rollback().await?
        } else {
            tx.note_what_became_of(positions, &outcomes, save.now);
            self.commit_positions(tx, save.now).await?;
        }
        Ok(outcomes)
    }

    /// Makes a transaction durable that touched positions, and looks once more for receipts that waited for them. Tells
    /// whether such receipts have settled any: then more is stored than was handed in.
    pub async fn commit_positions(&self, mut tx: Tx, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let touched = std::mem::take(&mut tx.touched);
        tx.commit().await?;
        let settled_since = self.settle_orphans_again(&touched, now).await.unwrap_or_else(|cause| {
            // What is saved is saved; the next station that starts looks again.
            error!(%cause, "receipts could not be brought together with positions that came after them");
            false
        });
        Ok(touched.settled || settled_since)
    }
}

/// Positions that a transaction touched, for a look at what they may have missed.
#[derive(Clone, Debug, Default)]
pub(super) struct Touched {
    /// The keys of new ones follow each other.
    pub(super) new: Option<RangeInclusive<i64>>,
    /// The keys of others, which may be anywhere.
    pub(super) changed: Vec<i64>,
    /// Whether receipts that waited have settled any of them.
    pub(super) settled: bool,
}

/// A place in a transaction to which one may go back.
#[derive(Debug)]
pub struct Savepoint {
    /// How much the journal was to be told by then.
    notes: usize,
}

/// What is to be done with a position.
enum Step {
    Insert,
    Replace { stored: Box<StoredPosition>, after: Box<DebtPosition> },
    Publish { stored: Box<StoredPosition>, after: Box<DebtPosition> },
    Keep,
    Refuse(Saved),
}

impl Step {
    /// What became of a position once this was done.
    fn outcome(&self, now: DateTime<Utc>) -> Saved {
        match self {
            Step::Insert => Saved::Created,
            Step::Replace { stored, after } => {
                let on_air =
                    matches!(stored.position.status_at(now), PositionStatus::Published | PositionStatus::Valid);
                let withdrawn = on_air && after.status == PositionStatus::Draft;
                if withdrawn { Saved::Withdrawn } else { Saved::Updated }
            }
            Step::Publish { .. } => Saved::Published,
            Step::Keep => Saved::Unchanged,
            Step::Refuse(why) => why.clone(),
        }
    }
}

impl Tx {
    /// Tells the journal: first that positions came, then what has befallen them already.
    fn note_what_became_of(&mut self, positions: &[DebtPosition], outcomes: &[Saved], now: DateTime<Utc>) {
        let befallen = std::mem::take(&mut self.notes);
        let came = positions.iter().zip(outcomes);
        self.notes = came.flat_map(|(position, saved)| events::of_position(position, saved, now)).collect();
        self.notes.extend(befallen);
    }

    /// Saves a batch if nothing in it clashes; otherwise saves nothing.
    async fn save_together(
        &mut self,
        positions: &[DebtPosition],
        save: &Save,
    ) -> Result<Option<Vec<Saved>>, StoreError> {
        let mut keys = HashSet::new();
        if !positions.iter().all(|position| keys.insert((position.organization.as_str(), position.iupd.as_str()))) {
            return Ok(None);
        }
        let known = self.known(positions).await?;
        let mut steps = Vec::with_capacity(positions.len());
        for (position, known) in positions.iter().zip(known) {
            steps.push(if known { self.step(position, save).await? } else { Step::Insert });
        }
        let asked: Vec<_> = positions.iter().map(|position| as_asked(position, save)).collect();
        let todo: Vec<_> = steps.iter().zip(asked.iter().map(AsRef::as_ref)).collect();
        let savepoint = self.begin_savepoint().await?;
        let saved = self.take_steps(&todo, save).await?.is_ok();
        self.end_savepoint(savepoint, saved).await?;
        Ok(saved.then(|| steps.iter().map(|step| step.outcome(save.now)).collect()))
    }

    async fn save_one_by_one(&mut self, positions: &[DebtPosition], save: &Save) -> Result<Vec<Saved>, StoreError> {
        let mut outcomes = Vec::with_capacity(positions.len());
        for position in positions {
            let step = self.step(position, save).await?;
            let asked = as_asked(position, save);
            let savepoint = self.begin_savepoint().await?;
            let taken = self.take_steps(&[(&step, &asked)], save).await?.err().map(|o| (o.nav.clone(), o.iuv.clone()));
            let saved = match taken {
                None => step.outcome(save.now),
                // Asked before anything is undone: what it had itself is out of the way now.
                Some((nav, _)) if self.nav_is_taken(&position.organization, &nav).await? => Saved::NavTaken(nav),
                Some((_, iuv)) => Saved::IuvTaken(iuv),
            };
            self.end_savepoint(savepoint, !matches!(saved, Saved::NavTaken(_) | Saved::IuvTaken(_))).await?;
            outcomes.push(saved);
        }
        Ok(outcomes)
    }

    /// What is to be done with a position, by what is stored.
    async fn step(&mut self, position: &DebtPosition, save: &Save) -> Result<Step, StoreError> {
        let Some(stored) = self.position(&position.organization, Key::Iupd(position.iupd.as_str())).await? else {
            return Ok(Step::Insert);
        };
        let stored = Box::new(stored);
        if same_content(&stored.position, position, save) {
            let draft = stored.position.status == PositionStatus::Draft;
            if !(save.publish && position.status == PositionStatus::Draft && draft) {
                return Ok(Step::Keep);
            }
            let mut after = Box::new(stored.position.clone());
            after.publish(save.now);
            return Ok(Step::Publish { stored, after });
        }
        let status = stored.position.status_at(save.now);
        if !status.is_updatable() {
            return Ok(Step::Refuse(Saved::NotUpdatable(status)));
        }
        // A history says itself what became of a position; of notification fees it knows nothing.
        let after = match save.history && position.status != PositionStatus::Draft {
            true => lifecycle::keep_fees(&stored.position, position.clone()),
            false => lifecycle::update(&stored.position, position.clone(), save.publish, save.now),
        };
        Ok(match after {
            Ok(after) => Step::Replace { stored, after: Box::new(after) },
            Err(Denial::FeeLost(_)) => Step::Refuse(Saved::FeeLost),
            Err(_) => Step::Refuse(Saved::NotUpdatable(status)),
        })
    }

    /// Does what is to be done, and notes which positions were touched; the option whose notice or IUV is taken comes
    /// back, and then not everything was done.
    async fn take_steps<'p>(
        &mut self,
        todo: &[(&'p Step, &'p DebtPosition)],
        save: &Save,
    ) -> Result<Result<(), &'p PaymentOption>, StoreError> {
        let new: Vec<_> = todo.iter().filter(|(step, _)| matches!(step, Step::Insert)).map(|(_, new)| *new).collect();
        let keys = self.insert_positions(&new, save.now).await?;
        let mut placed: Vec<_> =
            keys.iter().zip(new).map(|(id, position)| Placed { id: *id, position, before: None }).collect();
        for (step, _) in todo {
            match step {
                Step::Replace { stored, after } | Step::Publish { stored, after } => {
                    self.delete_options(stored.id).await?;
                    self.update_position(stored.id, after, save.now).await?;
                    placed.push(Placed { id: stored.id, position: after, before: Some(stored) });
                }
                Step::Insert | Step::Keep | Step::Refuse(_) => {}
            }
        }
        let inserted = self.insert_options(&placed, save.now).await?;
        if inserted.is_ok() {
            self.settle_waiting_for(&keys, save.now).await?;
            for (step, _) in todo {
                if let Step::Replace { stored, .. } = step {
                    self.settle_changed(stored.id, save.now).await?;
                }
            }
        }
        Ok(inserted)
    }

    /// Settles new positions by the receipts that waited for them. Their keys follow each other.
    pub(super) async fn settle_waiting_for(&mut self, new: &[i64], now: DateTime<Utc>) -> Result<(), StoreError> {
        let (Some(first), Some(last)) = (new.iter().min(), new.iter().max()) else { return Ok(()) };
        self.settle_orphans(*first..=*last, now).await?;
        let all = self.touched.new.take();
        self.touched.new = Some(all.map_or(*first..=*last, |all| *all.start().min(first)..=*all.end().max(last)));
        Ok(())
    }

    /// Settles a position that was changed by the receipts that waited for its new notices.
    pub(super) async fn settle_changed(&mut self, id: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.touched.changed.push(id);
        self.settle_orphans(id..=id, now).await
    }

    /// Begins what may be undone by itself.
    pub async fn begin_savepoint(&mut self) -> Result<Savepoint, StoreError> {
        self.session.execute("begin saving positions", sql("SAVEPOINT saving")).await?;
        Ok(Savepoint { notes: self.notes.len() })
    }

    /// Keeps what was done since the savepoint, or undoes it; the journal is told of nothing that was undone.
    pub async fn end_savepoint(&mut self, since: Savepoint, keep: bool) -> Result<(), StoreError> {
        let doing = "end saving positions";
        if !keep {
            self.session.execute(doing, sql("ROLLBACK TO SAVEPOINT saving")).await?;
            self.notes.truncate(since.notes);
        }
        self.session.execute(doing, sql("RELEASE SAVEPOINT saving")).await.map(drop)
    }
}

/// The position as it is to be stored: published where that is asked for. A history says itself what is published; what
/// it leaves a draft is published like any other.
fn as_asked<'p>(position: &'p DebtPosition, save: &Save) -> Cow<'p, DebtPosition> {
    if !save.publish || position.status != PositionStatus::Draft {
        return Cow::Borrowed(position);
    }
    let mut published = position.clone();
    published.publish(save.now);
    Cow::Owned(published)
}

/// Whether a file says what is stored already. Without a history the file knows nothing of states and payments, and a
/// draft of a history does not either: what is stored may have come further since.
fn same_content(stored: &DebtPosition, given: &DebtPosition, save: &Save) -> bool {
    let mut stored = stored.clone();
    if stored.status == given.status_at(save.now) {
        // What time has done since is stored here; the file does not know of it.
        stored.status = given.status;
    }
    if !save.history || given.status == PositionStatus::Draft {
        stored.status = given.status;
        stored.payment_date = given.payment_date;
        stored.options.iter_mut().for_each(|option| option.state = OptionState::Unpaid);
    }
    stored.service_type = given.service_type;
    for (option, given) in stored.options.iter_mut().zip(&given.options) {
        // Without a date it is payable from its publication on, or since an earlier one (`gpd-api` 5.2).
        let by_publication = stored.publish_date.zip(option.validity_date).is_some_and(|(at, from)| from <= at);
        if given.validity_date.is_none() && by_publication {
            option.validity_date = None;
        }
        as_a_file_says(option, &given.transfers, &stored.organization);
    }
    stored.publish_date = given.publish_date;
    stored == *given
}

/// No file says how much was paid and how, what the notification cost and what was reported.
fn as_a_file_says(option: &mut PaymentOption, given: &[Transfer], organization: &OrganizationCode) {
    if let OptionState::Paid { payment, .. } = &mut option.state {
        payment.paid_cents = None;
        *payment.details = PaymentDetails::default();
    }
    if let Some(bare) = lifecycle::without_fee(option, organization) {
        *option = bare;
    }
    for (transfer, given) in option.transfers.iter_mut().zip(given) {
        transfer.reported = given.reported;
    }
}
