//! What a message says, made of the rows it speaks of when it is sent.

use chrono::{DateTime, Utc};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use serde_json::{Value, json};
use url::Url;

use super::trouble::Trouble;
use super::{Refusal, secret_of};
use crate::domain::outbox::{Message, Subject};
use crate::domain::payment_request::{Callback, Method, PaymentRequest, Reach, RequestId};
use crate::domain::signature::SigningSecret;
use crate::pay;
use crate::store::{Filter, SecretHolder, Store, StoreError};

const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// A message that is ready to be sent.
pub(super) struct Parcel {
    /// Its name, the same however often it is sent.
    id: String,
    pub(super) url: Url,
    pub(super) method: reqwest::Method,
    headers: HeaderMap,
    pub(super) body: Vec<u8>,
    secret: SigningSecret,
    /// Whose message it is.
    pub(super) holder: SecretHolder,
}

impl Parcel {
    /// Whose turn is waited for: host and port.
    pub(super) fn door(&self) -> String {
        format!("{}:{}", self.url.host_str().unwrap_or_default(), self.url.port_or_known_default().unwrap_or_default())
    }

    /// Its headers, when it is sent at this time.
    pub(super) fn signed_headers(&self, now: DateTime<Utc>) -> HeaderMap {
        let mut headers = self.headers.clone();
        let signature = self.secret.sign(&self.id, now, &self.body);
        for (name, text) in [
            ("webhook-id", self.id.clone()),
            ("webhook-timestamp", now.timestamp().to_string()),
            ("webhook-signature", signature),
        ] {
            let value = HeaderValue::from_str(&text).expect("letters and digits can stand in a header");
            headers.insert(HeaderName::from_static(name), value);
        }
        headers
    }
}

/// What is to be said, and to whom.
struct Content {
    to: Callback,
    holder: SecretHolder,
    content_type: HeaderValue,
    body: Vec<u8>,
}

/// Composes a message, if its receiver may be called.
pub(super) async fn compose(
    store: &Store,
    message: &Message,
    reach: Reach,
    now: DateTime<Utc>,
) -> Result<Parcel, Refusal> {
    let content = match &message.subject {
        Subject::Unknown => return Err(Refusal::Trouble(Trouble::Unknown)),
        Subject::Report(id) => report(store, id).await?,
        Subject::Receipt { webhook, receipt } => of_receipt(store, *webhook, *receipt).await?,
        Subject::Anomaly { webhook, anomaly } => of_anomaly(store, *webhook, *anomaly).await?,
    };
    let Content { to, holder, content_type, body } = content;
    let url = Url::parse(&to.url).ok().filter(|_| to.faults(reach).is_empty());
    let url = url.ok_or(Refusal::Trouble(Trouble::NotAllowed))?;
    let mut headers = HeaderMap::new();
    headers.insert(CONTENT_TYPE, content_type);
    for (name, value) in &to.headers {
        // Looked at above.
        if let (Ok(name), Ok(mut value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
            value.set_sensitive(true);
            headers.insert(name, value);
        }
    }
    let method = match to.method {
        Method::Post => reqwest::Method::POST,
        Method::Put => reqwest::Method::PUT,
    };
    let secret = secret_of(store, &holder, now).await?;
    Ok(Parcel { id: format!("msg_{}", message.id), url, method, headers, body, secret, holder })
}

/// The end of a payment request, as its caller wants it.
async fn report(store: &Store, id: &RequestId) -> Result<Content, Refusal> {
    let request = store.payment_request(id).await?;
    let Some(request @ PaymentRequest { callback: Some(to), .. }) = &request else { return Err(unreadable()) };
    let detail = serde_json::to_string(&pay::wire::detail(request)).map_err(|_| unreadable())?;
    let is_json = |(name, value): &(String, String)| {
        let kind = value.split(';').next().unwrap_or_default().trim();
        name.eq_ignore_ascii_case("content-type") && kind.eq_ignore_ascii_case("application/json")
    };
    let (content_type, body) = if to.headers.iter().any(is_json) {
        let field = serde_json::to_string(&to.field).map_err(|_| unreadable())?;
        (JSON, format!("{{{field}:{detail}}}"))
    } else {
        (FORM, serde_urlencoded::to_string([(&to.field, &detail)]).map_err(|_| unreadable())?)
    };
    let holder = SecretHolder::Account(request.account.clone());
    Ok(Content { to: to.clone(), holder, content_type, body: body.into_bytes() })
}

/// That a receipt was stored.
async fn of_receipt(store: &Store, webhook: i64, id: i64) -> Result<Content, Refusal> {
    let filter = Filter { id: Some(id), limit: 1, ..Filter::default() };
    let found = store.receipts(&filter).await?;
    let receipt = found.first().ok_or_else(unreadable)?;
    let data = json!({
        "id": receipt.id, "receiptId": receipt.receipt_id, "recipient": receipt.recipient,
        "organization": receipt.organization, "nav": receipt.nav, "iuv": receipt.iuv, "kind": receipt.kind,
        "outcome": receipt.outcome, "amountCents": receipt.amount_cents,
        "path": format!("/organizations/{}/receipts/{}", receipt.recipient, receipt.id),
    });
    to_webhook(store, webhook, "receipt.recorded", receipt.received_at, data).await
}

/// That an anomaly was opened. Its note stays here.
async fn of_anomaly(store: &Store, webhook: i64, id: i64) -> Result<Content, Refusal> {
    let filter = Filter { id: Some(id), limit: 1, ..Filter::default() };
    let found = store.anomalies(&filter).await?;
    let anomaly = found.first().ok_or_else(unreadable)?;
    let data = json!({
        "id": anomaly.id, "kind": anomaly.kind, "organization": anomaly.organization, "nav": anomaly.nav,
        "receipt": anomaly.receipt, "refused": anomaly.refused, "receiptId": anomaly.receipt_id,
        "path": format!("/organizations/{}/anomalies/{}", anomaly.organization, anomaly.id),
    });
    to_webhook(store, webhook, "anomaly.opened", anomaly.opened_at, data).await
}

async fn to_webhook(store: &Store, id: i64, kind: &str, at: DateTime<Utc>, data: Value) -> Result<Content, Refusal> {
    let webhook = store.webhook(id).await?.ok_or(Refusal::Trouble(Trouble::Removed))?;
    let body = json!({ "type": kind, "timestamp": at, "data": data }).to_string().into_bytes();
    Ok(Content { to: webhook.callback(), holder: SecretHolder::Webhook(id), content_type: JSON, body })
}

fn unreadable() -> Refusal {
    Refusal::Trouble(Trouble::Unreadable)
}

impl From<StoreError> for Refusal {
    fn from(cause: StoreError) -> Refusal {
        if cause.is_outage() { Refusal::Store(cause) } else { unreadable() }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    /// Something to send.
    pub(in crate::outbox) fn a_parcel_to(url: &str) -> Parcel {
        Parcel {
            id: "msg_1".into(),
            url: url.parse().unwrap(),
            method: reqwest::Method::POST,
            headers: HeaderMap::new(),
            body: vec![],
            secret: SigningSecret::new([7; 32]),
            holder: SecretHolder::Webhook(1),
        }
    }
}
