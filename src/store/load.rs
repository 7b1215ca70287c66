//! Saving positions in bulk, as the loader brings them: a batch is one transaction, a position all or nothing.

use std::borrow::Cow;
use std::collections::HashSet;
use std::ops::RangeInclusive;

use chrono::{DateTime, Utc};
use tracing::error;

use super::journal::events;
use super::positions::StoredPosition;
use super::sql::sql;
use super::{Store, StoreError, Tx};
use crate::domain::codes::{Iuv, Nav};
use crate::domain::position::{DebtPosition, OptionState, PaymentOption, PositionStatus};

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
        let mut touched = Touched::default();
        let outcomes = match tx.save_together(positions, save, &mut touched).await? {
            Some(outcomes) => outcomes,
            None => tx.save_one_by_one(positions, save, &mut touched).await?,
        };
        if save.dry_run {
            tx.rollback().await?
        } else {
            tx.note_what_became_of(positions, &outcomes, save.now);
            tx.commit().await?;
            // What is saved is saved; the next station that starts looks again.
            if let Err(cause) = self.settle_orphans_again(touched, save.now).await {
                error!(%cause, "receipts could not be brought together with positions that came after them");
            }
        }
        Ok(outcomes)
    }
}

/// Positions that a batch touched, for a look at what they may have missed.
#[derive(Clone, Debug, Default)]
pub(super) struct Touched {
    /// The keys of new ones follow each other.
    pub(super) new: Option<RangeInclusive<i64>>,
    /// Whether there are others, whose keys may be anywhere.
    pub(super) replaced: bool,
}

/// What is to be done with a position.
enum Step {
    Insert,
    Replace { id: i64, on_air: bool },
    Publish(Box<StoredPosition>),
    Keep,
    Refuse(PositionStatus),
}

impl Step {
    /// What became of a position once this was done, `asked` being what was to be stored.
    fn outcome(&self, asked: &DebtPosition) -> Saved {
        match self {
            Step::Insert => Saved::Created,
            Step::Replace { on_air: true, .. } if asked.status == PositionStatus::Draft => Saved::Withdrawn,
            Step::Replace { .. } => Saved::Updated,
            Step::Publish(_) => Saved::Published,
            Step::Keep => Saved::Unchanged,
            Step::Refuse(status) => Saved::NotUpdatable(*status),
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
        touched: &mut Touched,
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
        self.begin_savepoint().await?;
        let saved = self.take_steps(&todo, save, touched).await?.is_ok();
        self.end_savepoint(saved).await?;
        Ok(saved.then(|| todo.iter().map(|(step, asked)| step.outcome(asked)).collect()))
    }

    async fn save_one_by_one(
        &mut self,
        positions: &[DebtPosition],
        save: &Save,
        touched: &mut Touched,
    ) -> Result<Vec<Saved>, StoreError> {
        let mut outcomes = Vec::with_capacity(positions.len());
        for position in positions {
            let step = self.step(position, save).await?;
            let asked = as_asked(position, save);
            self.begin_savepoint().await?;
            let saved = match self.take_steps(&[(&step, &asked)], save, touched).await? {
                Ok(()) => step.outcome(&asked),
                // Asked before anything is undone: what it had itself is out of the way now.
                Err(option) if self.nav_is_taken(&position.organization, &option.nav).await? => {
                    Saved::NavTaken(option.nav.clone())
                }
                Err(option) => Saved::IuvTaken(option.iuv.clone()),
            };
            self.end_savepoint(!matches!(saved, Saved::NavTaken(_) | Saved::IuvTaken(_))).await?;
            outcomes.push(saved);
        }
        Ok(outcomes)
    }

    /// What is to be done with a position, by what is stored.
    async fn step(&mut self, position: &DebtPosition, save: &Save) -> Result<Step, StoreError> {
        let Some(stored) = self.position_by_iupd(&position.organization, &position.iupd).await? else {
            return Ok(Step::Insert);
        };
        if same_content(&stored.position, position, save.history) {
            let draft = stored.position.status == PositionStatus::Draft;
            let to_publish = save.publish && position.status == PositionStatus::Draft && draft;
            return Ok(if to_publish { Step::Publish(Box::new(stored)) } else { Step::Keep });
        }
        let status = stored.position.status_at(save.now);
        let on_air = matches!(status, PositionStatus::Published | PositionStatus::Valid);
        Ok(if status.is_updatable() { Step::Replace { id: stored.id, on_air } } else { Step::Refuse(status) })
    }

    /// Does what is to be done, and notes which positions were touched; the option whose notice or IUV is taken comes
    /// back, and then not everything was done.
    async fn take_steps<'p>(
        &mut self,
        todo: &[(&Step, &'p DebtPosition)],
        save: &Save,
        touched: &mut Touched,
    ) -> Result<Result<(), &'p PaymentOption>, StoreError> {
        let new: Vec<_> = todo.iter().filter(|(step, _)| matches!(step, Step::Insert)).map(|(_, new)| *new).collect();
        let keys = self.insert_positions(&new, save.now).await?;
        let mut keyed: Vec<_> = keys.into_iter().zip(new).collect();
        let count_new = keyed.len();
        for (step, asked) in todo {
            match step {
                Step::Replace { id, .. } => {
                    self.replace_position(*id, asked, save.now).await?;
                    keyed.push((*id, *asked));
                }
                Step::Publish(stored) => {
                    let mut published = stored.position.clone();
                    published.publish(save.now);
                    self.update_position(stored.id, &published, save.now).await?;
                }
                Step::Insert | Step::Keep | Step::Refuse(_) => {}
            }
        }
        let inserted = self.insert_options(&keyed).await?;
        if inserted.is_ok() {
            // The keys of new positions follow each other; those of the others may be anywhere.
            let (new, replaced) = keyed.split_at(count_new);
            let keys = || new.iter().map(|(id, _)| *id);
            if let (Some(first), Some(last)) = (keys().min(), keys().max()) {
                self.settle_orphans(first..=last, save.now).await?;
            }
            for (id, _) in replaced {
                self.settle_orphans(*id..=*id, save.now).await?;
            }
            touched.replaced |= !replaced.is_empty();
            for (id, _) in new {
                let all = touched.new.take();
                touched.new = Some(all.map_or(*id..=*id, |all| *all.start().min(id)..=*all.end().max(id)));
            }
        }
        Ok(inserted)
    }

    async fn begin_savepoint(&mut self) -> Result<(), StoreError> {
        self.session.execute("begin saving positions", sql("SAVEPOINT saving")).await.map(drop)
    }

    /// Keeps what was done since the savepoint, or undoes it.
    async fn end_savepoint(&mut self, keep: bool) -> Result<(), StoreError> {
        let doing = "end saving positions";
        if !keep {
            self.session.execute(doing, sql("ROLLBACK TO SAVEPOINT saving")).await?;
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
fn same_content(stored: &DebtPosition, given: &DebtPosition, history: bool) -> bool {
    let mut stored = stored.clone();
    if !history || given.status == PositionStatus::Draft {
        stored.status = given.status;
        stored.payment_date = given.payment_date;
        stored.options.iter_mut().for_each(|option| option.state = OptionState::Unpaid);
    }
    stored.publish_date = given.publish_date;
    // No file says how much was paid.
    for option in &mut stored.options {
        if let OptionState::Paid { payment, .. } = &mut option.state {
            payment.paid_cents = None;
        }
    }
    stored == *given
}
