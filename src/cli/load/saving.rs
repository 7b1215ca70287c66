//! The loader's other side: batch by batch into the store, and what the store has against a position in words.

use tokio::sync::mpsc::Receiver;

use super::lost::Lost;
use super::report::Report;
use super::{Counts, Failure};
use crate::domain::position::DebtPosition;
use crate::intake::{self, Item, Rejection};
use crate::store::{Save, Saved, Store};

/// Saves what comes, and tells what is rejected.
pub(super) async fn save_all(
    store: &Store,
    mut batches: Receiver<Vec<Item>>,
    save: &Save,
    report: &mut Report,
    counts: &mut Counts,
    lost: &mut Lost,
) -> Result<(), Failure> {
    while let Some(batch) = batches.recv().await {
        let mut sorted = sort_out(batch);
        sorted.good.iter().for_each(|position| lost.look_at(position));
        save_good(store, save, &mut sorted, counts).await?;
        judge_late(store, save, &mut sorted, counts).await?;
        counts.rejected += sorted.rejected;
        sorted.rejections.sort_by_key(|rejection| rejection.line);
        for rejection in &sorted.rejections {
            report.add(rejection)?;
        }
    }
    Ok(())
}

/// A batch, sorted out.
#[derive(Default)]
struct Sorted {
    /// The lines of the positions that are right.
    lines: Vec<u64>,
    /// The positions that are right.
    good: Vec<DebtPosition>,
    /// Those whose dates have passed.
    late: Vec<DebtPosition>,
    /// Their lines, and what is said of those dates.
    late_rejections: Vec<(u64, Vec<Rejection>)>,
    /// How many positions are wrong.
    rejected: u64,
    /// What is wrong with them.
    rejections: Vec<Rejection>,
}

fn sort_out(batch: Vec<Item>) -> Sorted {
    let mut sorted = Sorted::default();
    for Item { line, result, late } in batch {
        match result {
            Ok(position) if late.is_empty() => {
                sorted.lines.push(line);
                sorted.good.push(position);
            }
            Ok(position) => {
                sorted.late.push(position);
                sorted.late_rejections.push((line, late));
            }
            Err(defects) => {
                sorted.rejected += 1;
                sorted.rejections.extend(defects);
            }
        }
    }
    sorted
}

async fn save_good(store: &Store, save: &Save, sorted: &mut Sorted, counts: &mut Counts) -> Result<(), Failure> {
    if sorted.good.is_empty() {
        return Ok(());
    }
    let saved = store.save_positions(&sorted.good, save).await?;
    for ((line, position), saved) in sorted.lines.iter().zip(&sorted.good).zip(saved) {
        counts.add(&saved);
        sorted.rejections.extend(refusal(*line, position, &saved));
    }
    Ok(())
}

/// A position whose dates have passed is wrong, unless it is stored just so: then it came in time. An update has rules
/// of its own (`gpd-api` 5.2); publishing a stored draft has not.
async fn judge_late(store: &Store, save: &Save, sorted: &mut Sorted, counts: &mut Counts) -> Result<(), Failure> {
    if sorted.late.is_empty() {
        return Ok(());
    }
    let answers = store.save_positions(&sorted.late, &Save { dry_run: true, ..*save }).await?;
    let mut updates = Sorted::default();
    let late = sorted.late.drain(..).zip(sorted.late_rejections.drain(..));
    for (answer, (position, (line, mut late))) in answers.into_iter().zip(late) {
        match answer {
            Saved::Unchanged => {
                counts.unchanged += 1;
                continue;
            }
            Saved::Updated | Saved::Withdrawn => late.retain(|rejection| !rejection.of_new_ones),
            Saved::NotUpdatable(_) | Saved::FeeLost => late = refusal(line, &position, &answer).into_iter().collect(),
            Saved::Created | Saved::Published | Saved::NavTaken(_) | Saved::IuvTaken(_) => {}
        }
        if late.is_empty() {
            updates.lines.push(line);
            updates.good.push(position);
        } else {
            sorted.rejected += 1;
            sorted.rejections.extend(late);
        }
    }
    save_good(store, save, &mut updates, counts).await?;
    sorted.rejections.append(&mut updates.rejections);
    Ok(())
}

/// What the store has against a position, as the operator reads it.
fn refusal(line: u64, position: &DebtPosition, saved: &Saved) -> Option<Rejection> {
    let (field, reason, cure) = match saved {
        Saved::Created | Saved::Updated | Saved::Withdrawn | Saved::Published | Saved::Unchanged => return None,
        Saved::NotUpdatable(status) => (
            "iupd",
            format!("is stored with other content and is {}, which cannot be changed", status.as_str()),
            "take it out of the file; for a new debt use a new iupd",
        ),
        Saved::FeeLost => (
            "transfer",
            "a notification fee is known of it, and no transfer of the organization is left to collect it".to_owned(),
            "keep a transfer of the organization in each payment option",
        ),
        Saved::NavTaken(nav) => (
            "nav",
            format!("the notice {} belongs to another position", intake::shown(nav.as_str())),
            "give the payment option a new notice number",
        ),
        Saved::IuvTaken(iuv) => (
            "iuv",
            format!("the IUV {} belongs to another position", intake::shown(iuv.as_str())),
            "give the payment option a new IUV",
        ),
    };
    let iupd = intake::shown(position.iupd.as_str());
    Some(Rejection { line, iupd, field: field.into(), reason, cure: cure.into(), of_new_ones: false })
}
