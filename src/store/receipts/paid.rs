//! Receipts of an organization's own notices, as GPD lists them: one for each IUV, in the order of IUVs (`gpd-api` 13).

use super::listing::{RawReceipt, raw_receipt, with_codes};
use crate::domain::codes::{Iuv, OrganizationCode, SegregationCodes};
use crate::store::sql::{Row, Statement, end_of_prefix, sql};
use crate::store::{Store, StoreError, failed_to};

const COUNT: &str = "SELECT COUNT(*) FROM receipt r WHERE r.listed AND r.recipient = $1";

const PAGE: &str = "
    SELECT r.iuv, r.debtor_code, r.payment_date_time FROM receipt r WHERE r.listed AND r.recipient = $1";

const ONE: &str = "
    SELECT r.raw, r.content_type FROM receipt r WHERE r.listed AND r.recipient = $1 AND r.iuv = $2";

/// Few receipts are found by their time and sorted; among many, the next ones in the order of IUVs are soon of that
/// time. An engine cannot tell which is which: a column that is appended to keeps it from the index of the other way.
const BY_TIME: &str = " AND r.paid_local >= $1 AND r.paid_local <= $2";
const IN_TIME: &str = " AND r.paid_local || '' >= $1 AND r.paid_local || '' <= $2";
const SORTED: &str = " ORDER BY r.iuv || '' LIMIT $1 OFFSET $2";
const IN_ORDER: &str = " ORDER BY r.iuv LIMIT $1 OFFSET $2";

/// More receipts than are quickly sorted.
const MANY: i64 = 5_000;

const OF_DEBTOR: &str = " AND r.debtor_code = $1";
const BEGINS: &str = " AND r.iuv >= $1 AND r.iuv < $2";
const EITHER_BEGINS: &str = "
    AND ((r.iuv >= $1 AND r.iuv < $2) OR (r.debtor_code >= $1 AND r.debtor_code < $2))";

/// Which receipts are asked for.
#[derive(Clone)]
pub struct PaidReceipts {
    /// Whose notices were paid.
    pub organization: OrganizationCode,
    /// The codes with one of which an IUV begins.
    pub codes: SegregationCodes,
    /// The debtor's fiscal code.
    pub debtor: Option<String>,
    /// What the IUV begins with.
    pub service: Option<String>,
    /// What the IUV or the debtor's code begins with.
    pub debtor_or_iuv: Option<String>,
    /// The first second of the time in which they were paid, as receipts write it.
    pub from: String,
    /// Its last second.
    pub to: String,
    /// How many come before this page.
    pub offset: i64,
    /// How many a page has.
    pub limit: i64,
}

/// A receipt in GPD's list.
#[derive(Clone, PartialEq, Eq)]
pub struct PaidReceipt {
    /// What it is found by.
    pub iuv: String,
    /// The debtor's fiscal code.
    pub debtor: Option<String>,
    /// When it was paid, as it says itself.
    pub payment_date_time: Option<String>,
}

impl Store {
    /// How many receipts are as asked for, and a page of them.
    pub async fn paid_receipts(&self, asked: &PaidReceipts) -> Result<(i64, Vec<PaidReceipt>), StoreError> {
        let doing = "list an organization's receipts";
        // The index by time does not know both codes.
        let few = if asked.debtor_or_iuv.is_some() { IN_TIME } else { BY_TIME };
        let count = || filtered(COUNT, few, asked);
        let total: i64 = self.one(doing, count).await?.only().map_err(failed_to(doing))?;
        if total <= asked.offset {
            return Ok((total, Vec::new()));
        }
        let (time, order) = if total > MANY { (IN_TIME, IN_ORDER) } else { (few, SORTED) };
        let page = || filtered(PAGE, time, asked).and(sql(order).bind(asked.limit).bind(asked.offset));
        let rows = self.rows(doing, page).await?;
        let receipts = rows.iter().map(paid_receipt).collect::<Result<_, _>>().map_err(failed_to(doing))?;
        Ok((total, receipts))
    }

    /// The bytes of the receipt that is found by an IUV.
    pub async fn paid_receipt(
        &self,
        organization: &OrganizationCode,
        iuv: &Iuv,
    ) -> Result<Option<RawReceipt>, StoreError> {
        let doing = "read an organization's receipt";
        let rows = self.rows(doing, || sql(ONE).bind(organization.as_str()).bind(iuv.as_str())).await?;
        rows.first().map(raw_receipt).transpose().map_err(failed_to(doing))
    }
}

fn filtered<'a>(verb: &'static str, time: &'static str, asked: &'a PaidReceipts) -> Statement<'a> {
    let prefix = |part, text: &'a String| sql(part).bind(text).bind(end_of_prefix(text));
    sql(verb)
        .bind(asked.organization.as_str())
        .and(sql(time).bind(&asked.from).bind(&asked.to))
        .and_if(asked.debtor.as_ref().map(|debtor| sql(OF_DEBTOR).bind(debtor)))
        .and_if(asked.service.as_ref().map(|service| prefix(BEGINS, service)))
        .and_if(asked.debtor_or_iuv.as_ref().map(|text| prefix(EITHER_BEGINS, text)))
        .and_if(asked.codes.listed().map(|codes| sql(" AND ").and(with_codes(codes))))
}

fn paid_receipt(row: &Row) -> Result<PaidReceipt, sqlx::Error> {
    Ok(PaidReceipt {
        iuv: row.get("iuv")?,
        debtor: row.get("debtor_code")?,
        payment_date_time: row.get("payment_date_time")?,
    })
}
