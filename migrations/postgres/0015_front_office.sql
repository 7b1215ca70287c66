-- Payment requests of the front office. A request may be opened before anybody says for which notice; given is JSON, what
-- the caller and the citizen told, unknown members too. outcome and all below it are the report, which only a receipt
-- makes: a request is open until one says OK. The account is the name of the key.

CREATE TABLE payment_request (
    id             TEXT NOT NULL PRIMARY KEY,
    account        TEXT NOT NULL,
    opened_at      TIMESTAMPTZ NOT NULL,
    organization   TEXT,
    nav            TEXT,
    amount_cents   BIGINT NOT NULL,
    given          TEXT NOT NULL,
    callback       TEXT,
    sent_at        TIMESTAMPTZ,
    outcome        TEXT,
    receipt_id     TEXT,
    receipt_sha256 BYTEA,
    paid_local     TEXT,
    paid_cents     BIGINT,
    fee_cents      BIGINT,
    closed_at      TIMESTAMPTZ
);

CREATE INDEX payment_request_by_account ON payment_request (account, opened_at, id);
CREATE INDEX payment_request_open ON payment_request (organization, nav) WHERE COALESCE(outcome, '') <> 'OK';

-- Whoever opens a request for a notice counts it here: a receipt that comes at the same moment changes the same row, so
-- that one of the two looks again.
ALTER TABLE payment_option ADD COLUMN requests BIGINT NOT NULL DEFAULT 0;

-- What an account is owed for payments that went through, in thousandths of a euro.
CREATE TABLE account_credit (
    request_id  TEXT NOT NULL PRIMARY KEY REFERENCES payment_request (id),
    account     TEXT NOT NULL,
    at          TIMESTAMPTZ NOT NULL,
    thousandths BIGINT NOT NULL
);

CREATE INDEX account_credit_by_account ON account_credit (account, at);

-- Calls of an account on a day of Rome, and those of them beyond the quota.
CREATE TABLE account_usage (
    account  TEXT NOT NULL,
    day      TEXT NOT NULL,
    calls    BIGINT NOT NULL,
    billable BIGINT NOT NULL,
    PRIMARY KEY (account, day)
);
