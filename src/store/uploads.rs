//! Massive uploads: files in batches of items, what became of each batch, and who works on what.
//!
//! Two stations may share a database: whoever works on an upload holds it until its lease ends, and a batch is worked
//! off in the transaction that renews the lease. One that was lost in between commits nothing.

use chrono::{DateTime, Utc};

use super::sql::{Row, Statement, sql};
use super::{Store, StoreError, Tx, failed_to, unreadable};
use crate::domain::codes::{OrganizationCode, SegregationCodes};
use crate::domain::position::ServiceType;
use crate::domain::upload::{Operation, Order, Outcome, Outcomes, Owner, Upload};

const BEGIN: &str = "
    INSERT INTO upload (id, broker, organization, service, operation, segregation_codes, brought_by, processed,
                        failed, received_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, 0, 0, $8)";

const ADD_BATCH: &str = "INSERT INTO upload_batch (upload, ordinal, content) VALUES ($1, $2, $3)";

/// What somebody may see of an owner's uploads who is confined to the codes in `$4`: those that touch no others. A stored
/// list has two digits and a comma for each code.
macro_rules! seen_by {
    () => {
        "broker = $1 AND organization = $2 AND service = $3 AND submitted IS NOT NULL
         AND ($4 IS NULL OR segregation_codes IS NOT NULL AND NOT EXISTS (
             WITH RECURSIVE code (place) AS (
                 SELECT 1 UNION ALL SELECT place + 3 FROM code WHERE place + 3 < length(segregation_codes))
             SELECT 1 FROM code WHERE $4 NOT LIKE '%' || substr(segregation_codes, place, 2) || '%'))"
    };
}

/// From now on it counts.
const ACCEPT: &str = "UPDATE upload SET submitted = $2, received_at = $3 WHERE id = $1";

const DISCARD: &str = "DELETE FROM upload WHERE id = $1";

const UPLOAD: &str = concat!(
    "SELECT id, submitted, processed, failed, received_at, finished_at FROM upload WHERE id = $5 AND ",
    seen_by!(),
);

const OUTCOMES: &str = "SELECT outcomes FROM upload_batch WHERE upload = $1 AND outcomes IS NOT NULL ORDER BY ordinal";

/// The newest first, from after the last one that was listed: its time and id.
const LIST: &str = concat!(
    "SELECT id, received_at FROM upload
     WHERE received_at >= $5 AND received_at <= $6 AND (received_at < $6 OR id < $7) AND ",
    seen_by!(),
    " ORDER BY received_at DESC, id DESC LIMIT $8",
);

/// The one that was worked on least recently, so that no upload waits for all of another.
const TO_DO: &str = "
    SELECT id FROM upload
    WHERE finished_at IS NULL AND submitted IS NOT NULL AND (worker IS NULL OR worker = $1 OR lease_ends_at <= $2)
    ORDER BY COALESCE(worked_at, received_at), failures, id LIMIT 1";

const HOLD: &str = "
    UPDATE upload SET worker = $2, worked_at = $3, lease_ends_at = $4
    WHERE id = $1 AND finished_at IS NULL AND (worker IS NULL OR worker = $2 OR lease_ends_at <= $3)
    RETURNING broker, organization, service, operation, segregation_codes, brought_by, failures";

/// Whoever takes hold of one leaves the others to others.
const LET_GO: &str = "
    UPDATE upload SET worker = NULL, lease_ends_at = NULL WHERE finished_at IS NULL AND worker = $1 AND id <> $2";

const NEXT_BATCH: &str = "
    SELECT ordinal, content FROM upload_batch WHERE upload = $1 AND outcomes IS NULL ORDER BY ordinal LIMIT 1";

const SETTLE_BATCH: &str = "UPDATE upload_batch SET outcomes = $3, content = NULL WHERE upload = $1 AND ordinal = $2";

const COUNT_BATCH: &str = "
    UPDATE upload SET processed = processed + $2, failed = failed + $3, failures = 0 WHERE id = $1";

const COUNT_FAILURE: &str = "
    UPDATE upload SET failures = failures + 1, worked_at = $2 WHERE id = $1 AND finished_at IS NULL";

/// Nobody knows how many items were in a batch that could not be read: they are those that are missing.
const FINISH: &str = "
    UPDATE upload SET finished_at = $2, failed = failed + submitted - processed, processed = submitted, worker = NULL,
                      lease_ends_at = NULL
    WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM upload_batch WHERE upload = $1 AND outcomes IS NULL)";

const RELEASE: &str = "UPDATE upload SET worker = NULL, lease_ends_at = NULL WHERE worker = $1";

/// Those that are forgotten, and those whose coming in broke off.
const OUTDATED: &str = "
    SELECT id FROM upload WHERE received_at < $1 UNION SELECT id FROM upload WHERE submitted IS NULL AND received_at < $2
    LIMIT 1";

/// Keeps a worker's hold on the upload it works on.
#[derive(Clone, Copy, Debug)]
pub struct Lease<'a> {
    /// Who works.
    pub worker: &'a str,
    /// When this is.
    pub now: DateTime<Utc>,
    /// Until when nobody else takes it.
    pub until: DateTime<Utc>,
}

/// A page of a list of uploads.
#[derive(Clone, Copy, Debug)]
pub struct UploadPage<'a> {
    /// From this moment on.
    pub from: DateTime<Utc>,
    /// Up to this moment; of those that came right then only the ids below `before`.
    pub to: DateTime<Utc>,
    /// See `to`; empty for none of them.
    pub before: &'a str,
    /// At most so many.
    pub limit: i64,
}

impl Store {
    /// Begins an upload. It counts for nothing before [`Store::accept_upload`].
    pub async fn begin_upload(&self, id: &str, order: &Order, now: DateTime<Utc>) -> Result<(), StoreError> {
        let Owner { broker, organization, service } = &order.owner;
        let insert = sql(BEGIN)
            .bind(id)
            .bind(broker)
            .bind(organization.as_str())
            .bind(service.as_str())
            .bind(order.operation.as_str())
            .bind(joined(&order.codes))
            .bind(&order.by)
            .bind(now);
        self.write_alone("begin an upload", insert).await.map(drop)
    }

    /// Adds a batch of items, as JSON.
    pub async fn add_upload_batch(&self, id: &str, ordinal: i64, content: &[u8]) -> Result<(), StoreError> {
        let packed = zstd::encode_all(content, 0).map_err(|error| failed_to("pack an upload")(error.into()))?;
        let insert = sql(ADD_BATCH).bind(id).bind(ordinal).bind(packed.as_slice());
        self.write_alone("keep a part of an upload", insert).await.map(drop)
    }

    /// Makes an upload count, all its batches being there.
    pub async fn accept_upload(&self, id: &str, submitted: i64, now: DateTime<Utc>) -> Result<(), StoreError> {
        let doing = "accept an upload";
        let mut tx = self.write().await?;
        match tx.session.execute(doing, sql(ACCEPT).bind(id).bind(submitted).bind(now)).await? {
            1 => tx.commit().await,
            _ => Err(failed_to(doing)(sqlx::Error::RowNotFound)),
        }
    }

    /// Forgets an upload with all its batches.
    pub async fn discard_upload(&self, id: &str) -> Result<(), StoreError> {
        self.write_alone("forget an upload", sql(DISCARD).bind(id)).await.map(drop)
    }

    /// An upload of an owner's, for somebody who is confined to these codes.
    pub async fn upload(
        &self,
        owner: &Owner,
        codes: &SegregationCodes,
        id: &str,
    ) -> Result<Option<Upload>, StoreError> {
        let doing = "read an upload";
        let ask = || seen_by(UPLOAD, owner, codes).bind(id);
        self.rows(doing, ask).await?.first().map(|row| upload(row).map_err(failed_to(doing))).transpose()
    }

    /// What became of the items of an upload so far.
    pub async fn upload_outcomes(&self, id: &str) -> Result<Outcomes, StoreError> {
        let doing = "read what became of an upload";
        let mut all = Outcomes::new();
        for row in self.rows(doing, || sql(OUTCOMES).bind(id)).await? {
            let text: &str = row.only().map_err(failed_to(doing))?;
            let groups: Vec<(u16, String, Vec<String>)> =
                serde_json::from_str(text).map_err(|_| failed_to(doing)(unreadable("outcomes")))?;
            for (status, message, iupds) in groups {
                all.entry(Outcome { status, message }).or_default().extend(iupds);
            }
        }
        Ok(all)
    }

    /// Uploads of an owner's, the newest first, for somebody who is confined to these codes: their ids and times.
    pub async fn uploads(
        &self,
        owner: &Owner,
        codes: &SegregationCodes,
        page: UploadPage<'_>,
    ) -> Result<Vec<(String, DateTime<Utc>)>, StoreError> {
        let doing = "list uploads";
        let ask = || seen_by(LIST, owner, codes).bind(page.from).bind(page.to).bind(page.before).bind(page.limit);
        let rows = self.rows(doing, ask).await?;
        let listed = |row: &Row| Ok((row.get("id")?, row.some_instant("received_at")?));
        rows.iter().map(|row| listed(row).map_err(failed_to(doing))).collect()
    }

    /// The upload that a worker is to work on next, if there is one.
    pub async fn upload_to_do(&self, worker: &str, now: DateTime<Utc>) -> Result<Option<String>, StoreError> {
        self.first_id("look for uploads", || sql(TO_DO).bind(worker).bind(now)).await
    }

    /// Counts a failure of the next batch of an upload, whose turn is over.
    pub async fn count_upload_failure(&self, id: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        let count = async || self.write_alone("count a failure", sql(COUNT_FAILURE).bind(id).bind(now)).await;
        self.retrying(StoreError::is_conflict, count).await.map(drop)
    }

    /// Lets go of whatever a worker holds, so that nobody needs to wait until its lease ends.
    pub async fn release_uploads(&self, worker: &str) -> Result<(), StoreError> {
        self.write_alone("let go of uploads", sql(RELEASE).bind(worker)).await.map(drop)
    }

    /// An upload that came before the first moment, or one that began before the second and never came in as a whole.
    pub async fn outdated_upload(
        &self,
        remembered: DateTime<Utc>,
        coming_in: DateTime<Utc>,
    ) -> Result<Option<String>, StoreError> {
        self.first_id("look for outdated uploads", || sql(OUTDATED).bind(remembered).bind(coming_in)).await
    }

    async fn first_id<'v>(
        &self,
        doing: &'static str,
        statement: impl Fn() -> Statement<'v>,
    ) -> Result<Option<String>, StoreError> {
        let rows = self.rows(doing, statement).await?;
        rows.first().map(|row| row.only().map_err(failed_to(doing))).transpose()
    }
}

impl Tx {
    /// Takes hold of an upload, or keeps it, and lets go of any other; none where somebody else has it, or where there is
    /// nothing left to do. Tells too how often its next batch has failed.
    pub async fn hold_upload(&mut self, id: &str, lease: Lease<'_>) -> Result<Option<(Order, i64)>, StoreError> {
        let doing = "take hold of an upload";
        self.session.execute(doing, sql(LET_GO).bind(lease.worker).bind(id)).await?;
        let hold = sql(HOLD).bind(id).bind(lease.worker).bind(lease.now).bind(lease.until);
        let rows = self.session.all(doing, hold).await?;
        let held = |row: &Row| Ok((order(row)?, row.get("failures")?));
        rows.first().map(|row| held(row).map_err(failed_to(doing))).transpose()
    }

    /// The next batch: its number and its items, as JSON; no bytes where it cannot be unpacked.
    pub async fn next_upload_batch(&mut self, id: &str) -> Result<Option<(i64, Vec<u8>)>, StoreError> {
        let doing = "read a part of an upload";
        let rows = self.session.all(doing, sql(NEXT_BATCH).bind(id)).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let read = || Ok((row.get("ordinal")?, row.get::<&[u8]>("content")?));
        let (ordinal, packed) = read().map_err(failed_to(doing))?;
        Ok(Some((ordinal, zstd::decode_all(packed).unwrap_or_default())))
    }

    /// Notes what became of the items of a batch, which is done with.
    pub async fn settle_upload_batch(&mut self, id: &str, ordinal: i64, outcomes: &Outcomes) -> Result<(), StoreError> {
        let doing = "note what became of a part of an upload";
        let groups: Vec<_> =
            outcomes.iter().map(|(outcome, iupds)| (outcome.status, &outcome.message, iupds)).collect();
        let text = serde_json::json!(groups).to_string();
        self.session.execute(doing, sql(SETTLE_BATCH).bind(id).bind(ordinal).bind(text)).await?;
        let items: usize = outcomes.values().map(Vec::len).sum();
        let failed: usize =
            outcomes.iter().filter(|(outcome, _)| outcome.is_failure()).map(|(_, iupds)| iupds.len()).sum();
        let count = sql(COUNT_BATCH).bind(id).bind(items as i64).bind(failed as i64);
        self.session.execute(doing, count).await.map(drop)
    }

    /// Notes that an upload is done, where it is.
    pub async fn finish_upload(&mut self, id: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.session.execute("finish an upload", sql(FINISH).bind(id).bind(now)).await.map(drop)
    }
}

/// A statement about what somebody may see of an owner's uploads.
fn seen_by<'v>(text: &'static str, owner: &'v Owner, codes: &SegregationCodes) -> Statement<'v> {
    sql(text).bind(&owner.broker).bind(owner.organization.as_str()).bind(owner.service.as_str()).bind(joined(codes))
}

/// Codes as they are stored; none means every code.
fn joined(codes: &SegregationCodes) -> Option<String> {
    codes.listed().map(|codes| codes.join(","))
}

fn upload(row: &Row) -> Result<Upload, sqlx::Error> {
    Ok(Upload {
        id: row.get("id")?,
        submitted: row.get("submitted")?,
        processed: row.get("processed")?,
        failed: row.get("failed")?,
        received_at: row.some_instant("received_at")?,
        finished_at: row.instant("finished_at")?,
    })
}

fn order(row: &Row) -> Result<Order, sqlx::Error> {
    let codes: Option<&str> = row.get("segregation_codes")?;
    let listed = |codes: &str| codes.split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect();
    Ok(Order {
        owner: Owner {
            broker: row.get("broker")?,
            organization: OrganizationCode::new(row.get::<String>("organization")?),
            service: ServiceType::parse(row.get("service")?).ok_or_else(|| unreadable("service"))?,
        },
        operation: Operation::parse(row.get("operation")?).ok_or_else(|| unreadable("operation"))?,
        codes: codes.map_or(SegregationCodes::all(), |codes| SegregationCodes::only(listed(codes))),
        by: row.get("brought_by")?,
    })
}
