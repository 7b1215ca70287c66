//! Saving positions in bulk, as the loader brings them: a batch is one transaction, a position all or nothing.

use chrono::{DateTime, Utc};

use super::positions::StoredPosition;
use super::{Store, StoreError, Tx, failed_to};
use crate::domain::codes::{Iuv, Nav};
use crate::domain::position::{DebtPosition, OptionState, PositionStatus};

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
    pub async fn save_positions(&self, positions: &[DebtPosition], save: &Save) -> Result<Vec<Saved>, StoreError> {
        let mut tx = self.write().await?;
        let mut outcomes = Vec::with_capacity(positions.len());
        for position in positions {
            outcomes.push(tx.save_position(position, save).await?);
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
    async fn save_position(&mut self, position: &DebtPosition, save: &Save) -> Result<Saved, StoreError> {
        let stored = self.position_by_iupd(&position.organization, &position.iupd).await?;
        match stored {
            None => self.replace_in_savepoint(None, position, save).await,
            Some(stored) if same_content(&stored.position, position, save.history) => {
                self.publish_if_asked(stored, save).await
            }
            Some(stored) => {
                let status = stored.position.status_at(save.now);
                if status.is_updatable() {
                    self.replace_in_savepoint(Some(stored.id), position, save).await
                } else {
                    Ok(Saved::NotUpdatable(status))
                }
            }
        }
    }

    async fn publish_if_asked(&mut self, stored: StoredPosition, save: &Save) -> Result<Saved, StoreError> {
        if !save.publish || save.history || stored.position.status != PositionStatus::Draft {
            return Ok(Saved::Unchanged);
        }
        let mut position = stored.position;
        position.publish(save.now);
        self.update_position(stored.id, &position, save.now).await?;
        Ok(Saved::Updated)
    }

    /// Writes a position where a clash of notices undoes this position and no other.
    async fn replace_in_savepoint(
        &mut self,
        id: Option<i64>,
        position: &DebtPosition,
        save: &Save,
    ) -> Result<Saved, StoreError> {
        let mut position = position.clone();
        if save.publish && !save.history {
            position.publish(save.now);
        }
        // A savepoint of our own by name: the transaction itself is the enclosing one.
        sqlx::query("SAVEPOINT position").execute(&mut *self.0).await.map_err(failed_to("begin a position"))?;
        let key = match id {
            None => self.insert_position(&position, save.now).await?,
            Some(id) => self.replace_position(id, &position, save.now).await.map(|()| id)?,
        };
        let clash = self.insert_options(key, &position).await?.err().cloned();
        if clash.is_some() {
            sqlx::query("ROLLBACK TO position").execute(&mut *self.0).await.map_err(failed_to("undo a position"))?;
        }
        sqlx::query("RELEASE position").execute(&mut *self.0).await.map_err(failed_to("end a position"))?;
        match clash {
            Some(option) if self.nav_is_taken(&position.organization, &option.nav).await? => {
                Ok(Saved::NavTaken(option.nav))
            }
            Some(option) => Ok(Saved::IuvTaken(option.iuv)),
            None if id.is_some() => Ok(Saved::Updated),
            None => Ok(Saved::Created),
        }
    }
}

/// Whether a file says what is stored already. Without a history the file knows nothing of states and payments.
fn same_content(stored: &DebtPosition, given: &DebtPosition, history: bool) -> bool {
    let mut stored = stored.clone();
    if !history {
        stored.status = given.status;
        stored.payment_date = given.payment_date;
        stored.options.iter_mut().for_each(|option| option.state = OptionState::Unpaid);
    }
    stored.publish_date = given.publish_date;
    stored == *given
}
