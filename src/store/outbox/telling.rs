//! How webhooks come to hear of receipts and anomalies: what is untold is put into the outbox for each that wants it, and
//! is told then. Rivals on one database change the same rows, so that each is told once.

use chrono::{DateTime, Utc};

use crate::store::sql::sql;
use crate::store::{Store, StoreError, failed_to};

/// How many are told at once.
const AT_ONCE: i64 = 500;

const IS_ANY_UNTOLD: &str = "
    SELECT EXISTS (SELECT 1 FROM receipt r WHERE NOT r.told) OR EXISTS (SELECT 1 FROM anomaly a WHERE NOT a.told) AS untold";

const LAST_RECEIPT: &str = "
    SELECT COALESCE(MAX(u.id), 0) AS last FROM (SELECT r.id FROM receipt r WHERE NOT r.told ORDER BY r.id LIMIT $1) u";

const TELL_OF_RECEIPTS: &str = "
    INSERT INTO outbox_message (kind, lane, webhook, receipt_ref, created_at, next_at)
    SELECT 'RECEIPT', CAST(w.id AS TEXT) || ' ' || r.nav, w.id, r.id, $2, $2
    FROM receipt r JOIN webhook w ON w.organization = r.recipient AND w.ended_at IS NULL AND w.events LIKE '%receipt%'
    WHERE NOT r.told AND r.id <= $1 ORDER BY r.id, w.id";

const RECEIPTS_ARE_TOLD: &str = "UPDATE receipt SET told = TRUE WHERE NOT told AND id <= $1";

const LAST_ANOMALY: &str = "
    SELECT COALESCE(MAX(u.id), 0) AS last FROM (SELECT a.id FROM anomaly a WHERE NOT a.told ORDER BY a.id LIMIT $1) u";

const TELL_OF_ANOMALIES: &str = "
    INSERT INTO outbox_message (kind, lane, webhook, anomaly_ref, created_at, next_at)
    SELECT 'ANOMALY', CAST(w.id AS TEXT) || ' ' || COALESCE(a.nav, 'anomaly ' || CAST(a.id AS TEXT)), w.id, a.id, $2, $2
    FROM anomaly a
    JOIN webhook w ON w.organization = a.organization AND w.ended_at IS NULL AND w.events LIKE '%anomaly%'
    WHERE NOT a.told AND a.id <= $1 ORDER BY a.id, w.id";

const ANOMALIES_ARE_TOLD: &str = "UPDATE anomaly SET told = TRUE WHERE NOT told AND id <= $1";

impl Store {
    /// Whether webhooks have not been told of something.
    pub async fn is_anything_untold(&self) -> Result<bool, StoreError> {
        let doing = "look for what webhooks are to hear";
        self.one(doing, || sql(IS_ANY_UNTOLD)).await?.only().map_err(failed_to(doing))
    }

    /// Puts what is untold into the outbox, at most so much as fits into one transaction.
    pub async fn tell_webhooks(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.retrying(StoreError::is_conflict, async || self.tell(now).await).await
    }

    async fn tell(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let doing = "tell webhooks";
        let mut tx = self.write().await?;
        for (last, tell, told) in
            [(LAST_RECEIPT, TELL_OF_RECEIPTS, RECEIPTS_ARE_TOLD), (LAST_ANOMALY, TELL_OF_ANOMALIES, ANOMALIES_ARE_TOLD)]
        {
            let last: i64 = tx.session.one(doing, sql(last).bind(AT_ONCE)).await?.only().map_err(failed_to(doing))?;
            let statements = vec![sql(tell).bind(last).bind(now), sql(told).bind(last)];
            tx.session.together(doing, statements).await?;
        }
        tx.commit().await
    }
}
