//! Webhooks as they are written.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::outbox::Topic;
use crate::domain::payment_request::Reach;
use crate::rest::operator::Operator;
use crate::store::Webhook;

/// A webhook that somebody wants.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewWebhook {
    /// Where messages go: https, and to a public address.
    #[schema(max_length = 2048)]
    url: String,
    /// Of what it is to hear.
    #[schema(min_items = 1)]
    events: BTreeSet<Topic>,
    /// Headers that are to go with each message, such as a key of the receiver's.
    #[serde(default)]
    headers: BTreeMap<String, String>,
}

/// A webhook without what opens its receiver's door.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Webhook)]
pub(super) struct ListedWebhook {
    id: i64,
    /// Where messages go, without what stands behind the path: that may be a key of the receiver's.
    url: String,
    events: Vec<Topic>,
    /// The names of the headers that go with each message.
    headers: Vec<String>,
    created_at: DateTime<Utc>,
    /// Whose key asked for it.
    created_by: String,
}

/// A webhook that was just made.
#[derive(Serialize, ToSchema)]
pub(super) struct MadeWebhook {
    pub(super) webhook: ListedWebhook,
    /// With what its messages are signed; shown this once.
    pub(super) secret: String,
}

/// The webhooks of an organization.
#[derive(Serialize, ToSchema)]
pub(super) struct Webhooks {
    pub(super) webhooks: Vec<ListedWebhook>,
}

impl NewWebhook {
    /// The webhook that an operator wants, with no number yet.
    pub(super) fn webhook(self, operator: &Operator, now: DateTime<Utc>) -> Webhook {
        Webhook {
            id: 0,
            organization: operator.organization.clone(),
            url: self.url,
            headers: self.headers.into_iter().collect(),
            events: self.events.into_iter().collect(),
            created_at: now,
            created_by: operator.by.clone(),
        }
    }
}

/// What is wrong with a webhook.
pub(super) fn faults(webhook: &Webhook, reach: Reach) -> Vec<String> {
    let mut faults: Vec<String> =
        webhook.callback().faults(reach).iter().map(|fault| fault.replacen("callback.", "", 1)).collect();
    if webhook.url.contains(char::is_control) {
        faults.push("url must hold no control characters".into());
    }
    if webhook.events.is_empty() {
        faults.push("events must name receipt, anomaly or both".into());
    }
    faults
}

impl From<Webhook> for ListedWebhook {
    fn from(webhook: Webhook) -> ListedWebhook {
        let Webhook { id, url, headers, events, created_at, created_by, .. } = webhook;
        let headers = headers.into_iter().map(|(name, _)| name).collect();
        let url = url.split(['?', '#']).next().unwrap_or_default().to_owned();
        ListedWebhook { id, url, events, headers, created_at, created_by }
    }
}
