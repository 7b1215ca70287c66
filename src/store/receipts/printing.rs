//! Receipts as they are put on paper: one at a time, with its stamps as they came.

use chrono::{DateTime, Utc};

use super::digest;
use crate::domain::codes::{NoticeNumber, OrganizationCode};
use crate::domain::receipt::Receipt;
use crate::store::sql::{Row, Statement, sql};
use crate::store::{Store, StoreError, failed_to, unreadable};

const BY_DIGEST: &str = "
    SELECT r.id, r.parsed, r.received_at FROM receipt r
    WHERE r.recipient = $1 AND r.receipt_sha256 = $2 AND r.outcome = 'OK'";

const BY_NOTICE: &str = "
    SELECT r.id, r.parsed, r.received_at FROM receipt r
    WHERE r.organization = $1 AND r.nav = $2 AND r.recipient = $1 AND r.listed AND r.outcome = 'OK'";

const BY_IUV: &str = "
    SELECT r.id, r.parsed, r.received_at FROM receipt r
    WHERE r.listed AND r.recipient = $1 AND r.iuv = $2 AND r.outcome = 'OK'
    ORDER BY r.id DESC LIMIT 1";

/// Two others may have used one IUV: the latest.
const OF_OTHERS_BY_IUV: &str = "
    SELECT r.id, r.parsed, r.received_at FROM receipt r
    WHERE r.recipient = $1 AND r.kind <> 'OWN' AND r.outcome = 'OK' AND r.iuv = $2
    ORDER BY r.id DESC LIMIT 1";

const OF_OTHERS_BY_NOTICE: &str = "
    SELECT r.id, r.parsed, r.received_at FROM receipt r
    WHERE r.recipient = $1 AND r.kind <> 'OWN' AND r.outcome = 'OK' AND r.iuv = $2 AND r.nav = $3
    ORDER BY r.id DESC LIMIT 1";

const STAMPS: &str = "SELECT ordinal, document FROM stamp WHERE receipt_ref = $1";

/// By what a receipt is found.
#[derive(Clone, Copy, Debug)]
pub enum ReceiptKey<'k> {
    /// The notice number or IUV that was paid, else the receipt's id.
    Number(&'k str),
    /// The digest of its id.
    Digest(&'k [u8; 32]),
}

/// A receipt as it is kept.
#[derive(Clone, Debug)]
pub struct ReceiptToPrint {
    /// What it says.
    pub receipt: Receipt,
    /// When it came.
    pub received_at: DateTime<Utc>,
}

impl Store {
    /// A receipt that an organization has got. Of several for one notice it is the one that settled it.
    pub async fn receipt_to_print(
        &self,
        organization: &OrganizationCode,
        key: ReceiptKey<'_>,
    ) -> Result<Option<ReceiptToPrint>, StoreError> {
        let recipient = organization.as_str();
        match key {
            ReceiptKey::Digest(digest) => self.found(|| sql(BY_DIGEST).bind(recipient).bind(digest)).await,
            ReceiptKey::Number(number) => {
                let found = match NoticeNumber::parse(number) {
                    Ok(notice) => self.of_notice(recipient, &notice).await?,
                    Err(_) => self.of_iuv(recipient, number).await?,
                };
                if found.is_some() {
                    return Ok(found);
                }
                self.found(|| sql(BY_DIGEST).bind(recipient).bind(digest(number))).await
            }
        }
    }

    async fn of_notice(&self, recipient: &str, notice: &NoticeNumber) -> Result<Option<ReceiptToPrint>, StoreError> {
        let (nav, iuv) = (notice.as_str(), notice.iuv());
        match self.found(|| sql(BY_NOTICE).bind(recipient).bind(nav)).await? {
            None => self.found(|| sql(OF_OTHERS_BY_NOTICE).bind(recipient).bind(iuv).bind(nav)).await,
            own => Ok(own),
        }
    }

    async fn of_iuv(&self, recipient: &str, iuv: &str) -> Result<Option<ReceiptToPrint>, StoreError> {
        match self.found(|| sql(BY_IUV).bind(recipient).bind(iuv)).await? {
            None => self.found(|| sql(OF_OTHERS_BY_IUV).bind(recipient).bind(iuv)).await,
            own => Ok(own),
        }
    }

    async fn found<'v>(&self, ask: impl Fn() -> Statement<'v>) -> Result<Option<ReceiptToPrint>, StoreError> {
        let doing = "read a receipt to print";
        let rows = self.rows(doing, ask).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        let (id, mut found) = to_print(row).map_err(failed_to(doing))?;
        if found.receipt.transfers.iter().any(|transfer| transfer.stamp.is_some()) {
            for row in self.rows(doing, || sql(STAMPS).bind(id)).await? {
                bring_back(&row, &mut found.receipt).map_err(failed_to(doing))?;
            }
        }
        Ok(Some(found))
    }
}

fn to_print(row: &Row) -> Result<(i64, ReceiptToPrint), sqlx::Error> {
    let receipt = serde_json::from_str(row.get("parsed")?).map_err(|_| unreadable("receipt"))?;
    Ok((row.get("id")?, ReceiptToPrint { receipt, received_at: row.some_instant("received_at")? }))
}

/// Puts the bytes of a stamp where they belong.
fn bring_back(row: &Row, receipt: &mut Receipt) -> Result<(), sqlx::Error> {
    let at: i64 = row.get("ordinal")?;
    let transfer = usize::try_from(at).ok().and_then(|at| receipt.transfers.get_mut(at));
    if let Some(document) = transfer.and_then(|transfer| transfer.stamp.as_mut()) {
        document.bytes = row.get("document")?;
    }
    Ok(())
}
