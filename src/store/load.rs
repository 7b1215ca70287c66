//! Saving positions in bulk, as the loader brings them: a batch is one transaction, a position all or nothing.

use std::borrow::Cow;

use chrono::{DateTime, Utc};

use super::positions::StoredPosition;
use super::{Store, StoreError, Tx, failed_to, unreadable};
use crate::domain::codes::{Iuv, Nav};
use crate::domain::position::{DebtPosition, OptionState, Payment, PositionStatus};
use crate::domain::settlement::settle_orphan;

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
    /// Those that are new are a handful of statements; those that are known are saved one by one. Where a new one clashes
    /// with what is there, all are, in their order.
    pub async fn save_positions(&self, positions: &[DebtPosition], save: &Save) -> Result<Vec<Saved>, StoreError> {
        let mut tx = self.write().await?;
        let known = tx.known(positions).await?;
        let new: Vec<_> = positions.iter().zip(&known).filter(|(_, known)| !**known).map(|(new, _)| new).collect();
        let inserted = tx.save_all_new(&new, save).await?;
        let mut outcomes = Vec::with_capacity(positions.len());
        for (position, known) in positions.iter().zip(known) {
            outcomes.push(match inserted && !known {
                true => Saved::Created,
                false => tx.save_position(position, save).await?,
            });
        }
        if save.dry_run {
            tx.rollback().await?
        } else {
            tx.commit().await?
        }
        Ok(outcomes)
    }
}

impl Tx {
    /// Saves positions that are all new; otherwise saves nothing.
    async fn save_all_new(&mut self, positions: &[&DebtPosition], save: &Save) -> Result<bool, StoreError> {
        if positions.is_empty() {
            return Ok(true);
        }
        let positions: Vec<_> = positions.iter().map(|position| as_asked(position, save)).collect();
        let positions: Vec<&DebtPosition> = positions.iter().map(AsRef::as_ref).collect();
        self.begin_savepoint().await?;
        let saved = match self.insert_positions(&positions, save.now).await? {
            Some(keys) => {
                let keyed: Vec<_> = keys.into_iter().zip(positions).collect();
                let inserted = self.insert_options(&keyed).await?.is_ok();
                if inserted {
                    self.settle_orphans(&keyed, save.now).await?;
                }
                inserted
            }
            None => false,
        };
        self.end_savepoint(saved).await?;
        Ok(saved)
    }

    async fn save_position(&mut self, position: &DebtPosition, save: &Save) -> Result<Saved, StoreError> {
        let stored = self.position_by_iupd(&position.organization, &position.iupd).await?;
        match stored {
            None => self.replace_in_savepoint(None, position, save).await,
            Some(stored) if same_content(&stored.position, position, save.history) => {
                self.publish_if_asked(stored, save).await
            }
            Some(stored) => {
                let status = stored.position.status_at(save.now);
                if !status.is_updatable() {
                    return Ok(Saved::NotUpdatable(status));
                }
                let was_on_air = matches!(status, PositionStatus::Published | PositionStatus::Valid);
                let saved = self.replace_in_savepoint(Some(stored.id), position, save).await?;
                let is_draft = as_asked(position, save).status == PositionStatus::Draft;
                Ok(if saved == Saved::Updated && was_on_air && is_draft { Saved::Withdrawn } else { saved })
            }
        }
    }

    async fn publish_if_asked(&mut self, stored: StoredPosition, save: &Save) -> Result<Saved, StoreError> {
        if !save.publish || stored.position.status != PositionStatus::Draft {
            return Ok(Saved::Unchanged);
        }
        let mut position = stored.position;
        position.publish(save.now);
        self.update_position(stored.id, &position, save.now).await?;
        Ok(Saved::Published)
    }

    /// Writes a position where a clash of notices undoes this position and no other.
    async fn replace_in_savepoint(
        &mut self,
        id: Option<i64>,
        position: &DebtPosition,
        save: &Save,
    ) -> Result<Saved, StoreError> {
        let position = as_asked(position, save);
        self.begin_savepoint().await?;
        let key = match id {
            Some(id) => self.replace_position(id, &position, save.now).await.map(|()| id)?,
            None => {
                let keys = self.insert_positions(&[&*position], save.now).await?;
                keys.and_then(|keys| keys.first().copied()).ok_or(failed_to("insert a position")(unreadable("key")))?
            }
        };
        let keyed = [(key, &*position)];
        let clash = self.insert_options(&keyed).await?.err();
        if clash.is_none() {
            self.settle_orphans(&keyed, save.now).await?;
        }
        self.end_savepoint(clash.is_none()).await?;
        match clash {
            Some(option) if self.nav_is_taken(&position.organization, &option.nav).await? => {
                Ok(Saved::NavTaken(option.nav.clone()))
            }
            Some(option) => Ok(Saved::IuvTaken(option.iuv.clone())),
            None if id.is_some() => Ok(Saved::Updated),
            None => Ok(Saved::Created),
        }
    }

    /// A debt may be paid before it is loaded: the receipt then waited as an orphan, and settles the position now.
    /// Otherwise the debtor could be asked to pay again.
    async fn settle_orphans(&mut self, saved: &[(i64, &DebtPosition)], now: DateTime<Utc>) -> Result<(), StoreError> {
        for orphan in self.orphans_of(saved).await? {
            // Read anew: an earlier orphan may have settled it.
            let position = self.position_by_iupd(&orphan.organization, &orphan.iupd).await?;
            let payment = Payment {
                date: Some(orphan.received_at),
                receipt_id: Some(orphan.receipt_id.clone()),
                paid_cents: Some(orphan.amount_cents),
            };
            let paid = position.and_then(|stored| settle_orphan(&stored.position, &orphan.nav, payment));
            let Some(paid) = paid else { continue };
            self.save_payment(orphan.position_id, &orphan.nav, &paid, now).await?;
            self.close_orphan(&orphan, now).await?;
        }
        Ok(())
    }

    async fn begin_savepoint(&mut self) -> Result<(), StoreError> {
        let begun = sqlx::query("SAVEPOINT saving").execute(&mut *self.0).await;
        begun.map(drop).map_err(failed_to("begin saving positions"))
    }

    /// Keeps what was done since the savepoint, or undoes it.
    async fn end_savepoint(&mut self, keep: bool) -> Result<(), StoreError> {
        let doing = "end saving positions";
        if !keep {
            sqlx::query("ROLLBACK TO SAVEPOINT saving").execute(&mut *self.0).await.map_err(failed_to(doing))?;
        }
        sqlx::query("RELEASE SAVEPOINT saving").execute(&mut *self.0).await.map(drop).map_err(failed_to(doing))
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
