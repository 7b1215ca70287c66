-- What the outside world is to hear. A message is put here by the transaction that makes it true, and says of whom it
-- speaks; what it says is composed when it is sent. One with a delivered_at was heard, one with a dead_at is given up.
-- Messages of one lane go in their order. webhook, receipt_ref and anomaly_ref are there as kind asks.

CREATE TABLE webhook (
    id           INTEGER NOT NULL PRIMARY KEY,
    organization TEXT NOT NULL,
    url          TEXT NOT NULL,
    headers      TEXT NOT NULL,
    events       TEXT NOT NULL,
    created_at   TEXT NOT NULL,
    created_by   TEXT NOT NULL,
    ended_at     TEXT
) STRICT;

CREATE INDEX webhook_by_organization ON webhook (organization) WHERE ended_at IS NULL;

CREATE TABLE outbox_message (
    id            INTEGER NOT NULL PRIMARY KEY,
    kind          TEXT NOT NULL,
    lane          TEXT NOT NULL,
    request_id    TEXT REFERENCES payment_request (id),
    webhook       INTEGER REFERENCES webhook (id),
    receipt_ref   INTEGER REFERENCES receipt (id),
    anomaly_ref   INTEGER REFERENCES anomaly (id),
    created_at    TEXT NOT NULL,
    attempts      INTEGER NOT NULL DEFAULT 0,
    next_at       TEXT NOT NULL,
    worker        TEXT,
    lease_ends_at TEXT,
    trouble       TEXT,
    delivered_at  TEXT,
    dead_at       TEXT
) STRICT;

CREATE INDEX outbox_message_due ON outbox_message (next_at, id) WHERE delivered_at IS NULL AND dead_at IS NULL;
CREATE INDEX outbox_message_in_lane ON outbox_message (lane, id) WHERE delivered_at IS NULL AND dead_at IS NULL;

-- With what messages to a holder are signed: the account of a front office, or a webhook.
CREATE TABLE signing_secret (
    holder     TEXT NOT NULL PRIMARY KEY,
    secret     BLOB NOT NULL,
    created_at TEXT NOT NULL
) STRICT;

-- Whether the webhooks that want to hear of it have it in the outbox. What was there before webhooks were stays untold.
ALTER TABLE receipt ADD COLUMN told INTEGER NOT NULL DEFAULT 1;
ALTER TABLE anomaly ADD COLUMN told INTEGER NOT NULL DEFAULT 1;
CREATE INDEX receipt_untold ON receipt (id) WHERE NOT told;
CREATE INDEX anomaly_untold ON anomaly (id) WHERE NOT told;
