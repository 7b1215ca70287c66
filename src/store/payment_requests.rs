//! Payment requests of the front office.

use chrono::{DateTime, Utc};

use super::sql::{Row, Statement, sql};
use super::{Store, StoreError, Tx, failed_to, unreadable};
use crate::domain::amount::AmountOrZero;
use crate::domain::codes::{NoticeNumber, OrganizationCode};
use crate::domain::payment_request::{Given, PaymentRequest, Report, RequestId, RequestedNotice};
use crate::domain::receipt::Outcome;

/// The columns that make a request, of one that is called `q`.
macro_rules! request_columns {
    () => {
        "q.id AS request_id, q.account, q.opened_at, q.organization, q.nav, q.amount_cents, q.given, q.callback,
         q.sent_at, q.outcome, q.receipt_id, q.receipt_sha256, q.paid_local, q.paid_cents, q.fee_cents, q.closed_at"
    };
}

const INSERT: &str = "
    INSERT INTO payment_request (id, account, opened_at, organization, nav, amount_cents, given, callback)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

/// The notice as it stands in this transaction. A receipt changes the same row: of two that come at the same moment one
/// looks again.
const COUNT: &str = "
    UPDATE payment_option SET requests = requests + 1 WHERE organization = $1 AND nav = $2 AND status = 'PO_UNPAID'
    RETURNING (SELECT COUNT(*) FROM payment_request q
               WHERE q.organization = $1 AND q.nav = $2 AND q.outcome IS NULL) AS open";

const FIND: &str = concat!("SELECT ", request_columns!(), " FROM payment_request q WHERE q.id = $1");

/// The newest first; after the one that was listed last, of which the second and third parameter tell.
const LIST: &str = concat!(
    "SELECT ",
    request_columns!(),
    " FROM payment_request q WHERE q.account = $1 ORDER BY q.opened_at DESC, q.id DESC LIMIT $2",
);

const LIST_AFTER: &str = concat!(
    "SELECT ",
    request_columns!(),
    " FROM payment_request q
      WHERE q.account = $1 AND q.opened_at <= $2 AND (q.opened_at < $2 OR q.id < $3)
      ORDER BY q.opened_at DESC, q.id DESC LIMIT $4",
);

const NAME_NOTICE: &str = "
    UPDATE payment_request SET organization = $2, nav = $3, amount_cents = $4
    WHERE id = $1 AND nav IS NULL AND outcome IS NULL";

/// After a payment that failed another may be tried.
const SEND_AWAY: &str = "
    UPDATE payment_request SET given = $2, amount_cents = $3, sent_at = $4
    WHERE id = $1 AND (outcome IS NULL OR outcome = 'KO')";

impl Store {
    /// A request.
    pub async fn payment_request(&self, id: &RequestId) -> Result<Option<PaymentRequest>, StoreError> {
        let rows = self.rows("read a payment request", || sql(FIND).bind(id.as_str())).await?;
        rows.first().map(|row| read_request(row).map_err(failed_to("read a payment request"))).transpose()
    }

    /// Requests of an account, the newest first, from after one of them.
    pub async fn payment_requests(
        &self,
        account: &str,
        after: Option<&PaymentRequest>,
        limit: i64,
    ) -> Result<Vec<PaymentRequest>, StoreError> {
        let doing = "list payment requests";
        let ask = || match after {
            None => sql(LIST).bind(account).bind(limit),
            Some(last) => sql(LIST_AFTER).bind(account).bind(last.opened_at).bind(last.id.as_str()).bind(limit),
        };
        let rows = self.rows(doing, ask).await?;
        rows.iter().map(|row| read_request(row).map_err(failed_to(doing))).collect()
    }
}

impl Tx {
    /// Stores a new request.
    pub async fn open_payment_request(&mut self, request: &PaymentRequest) -> Result<(), StoreError> {
        let PaymentRequest { id, account, opened_at, notice, amount, given, callback, .. } = request;
        let callback = callback.as_ref().map(json);
        let insert = sql(INSERT)
            .bind(id.as_str())
            .bind(account)
            .bind(*opened_at)
            .bind(notice.as_ref().map(|notice| notice.organization.as_str()))
            .bind(notice.as_ref().map(|notice| notice.notice.as_str()))
            .bind(amount.cents())
            .bind(json(given))
            .bind(callback);
        self.session.execute("open a payment request", insert).await.map(drop)
    }

    /// Counts a request for a notice that is there and not paid; tells how many others are open.
    pub async fn count_request_for(&mut self, notice: &RequestedNotice) -> Result<Option<i64>, StoreError> {
        let doing = "count a payment request";
        let count = sql(COUNT).bind(notice.organization.as_str()).bind(notice.notice.as_str());
        let rows = self.session.all(doing, count).await?;
        rows.first().map(|row| row.get("open")).transpose().map_err(failed_to(doing))
    }

    /// Says what a request that has no notice is for; tells whether it had none.
    pub async fn name_requested_notice(
        &mut self,
        id: &RequestId,
        notice: &RequestedNotice,
        amount: AmountOrZero,
    ) -> Result<bool, StoreError> {
        let (organization, nav) = (notice.organization.as_str(), notice.notice.as_str());
        let name = sql(NAME_NOTICE).bind(id.as_str()).bind(organization).bind(nav).bind(amount.cents());
        Ok(self.session.execute("name the notice of a payment request", name).await? == 1)
    }

    /// Keeps what a citizen told and that he was sent away to pay an amount; tells whether it can still be paid.
    pub async fn send_payer_away(
        &mut self,
        id: &RequestId,
        given: &Given,
        amount: AmountOrZero,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let send: Statement<'_> = sql(SEND_AWAY).bind(id.as_str()).bind(json(given)).bind(amount.cents()).bind(now);
        Ok(self.session.execute("send a payer away", send).await? == 1)
    }
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).expect("what was told always has a JSON form")
}

/// A request from a row with its columns.
pub(super) fn read_request(row: &Row) -> Result<PaymentRequest, sqlx::Error> {
    let id: &str = row.get("request_id")?;
    let given: &str = row.get("given")?;
    let callback: Option<&str> = row.get("callback")?;
    let callback = callback.map(serde_json::from_str).transpose();
    Ok(PaymentRequest {
        id: id.parse().map_err(|_| unreadable("the id of a payment request"))?,
        account: row.get("account")?,
        opened_at: row.some_instant("opened_at")?,
        notice: read_notice(row)?,
        amount: amount(row.get("amount_cents")?)?,
        given: serde_json::from_str(given).map_err(|_| unreadable("what a payer told"))?,
        callback: callback.map_err(|_| unreadable("a callback"))?,
        sent_at: row.instant("sent_at")?,
        report: read_report(row)?,
    })
}

fn read_notice(row: &Row) -> Result<Option<RequestedNotice>, sqlx::Error> {
    let Some(nav) = row.get::<Option<&str>>("nav")? else { return Ok(None) };
    let notice = NoticeNumber::parse(nav).map_err(|_| unreadable("a notice number"))?;
    Ok(Some(RequestedNotice { organization: OrganizationCode::new(row.get::<&str>("organization")?), notice }))
}

fn read_report(row: &Row) -> Result<Option<Report>, sqlx::Error> {
    let outcome = match row.get::<Option<&str>>("outcome")? {
        None => return Ok(None),
        Some("OK") => Outcome::Ok,
        Some("KO") => Outcome::Ko,
        Some(_) => return Err(unreadable("the outcome of a payment request")),
    };
    let digest: Vec<u8> = row.get("receipt_sha256")?;
    Ok(Some(Report {
        outcome,
        receipt_id: row.get("receipt_id")?,
        receipt_digest: digest.try_into().map_err(|_| unreadable("the digest of a receipt"))?,
        paid_local: row.get("paid_local")?,
        amount: amount(row.get("paid_cents")?)?,
        fee: row.get::<Option<i64>>("fee_cents")?.map(amount).transpose()?,
        closed_at: row.some_instant("closed_at")?,
    }))
}

fn amount(cents: i64) -> Result<AmountOrZero, sqlx::Error> {
    AmountOrZero::from_cents(cents).map_err(|_| unreadable("an amount of a payment request"))
}
