-- Proof that money has moved. Never updated, never deleted: what a receipt did stands in its own row.

-- A receipt's id is any text, so its digest is the key.
CREATE TABLE receipt (
    id             INTEGER NOT NULL PRIMARY KEY,
    recipient      TEXT NOT NULL,
    receipt_id     TEXT NOT NULL,
    receipt_sha256 BLOB NOT NULL,
    content_sha256 BLOB NOT NULL,
    version        INTEGER NOT NULL,
    id_broker      TEXT NOT NULL,
    id_station     TEXT NOT NULL,
    organization   TEXT NOT NULL,
    nav            TEXT NOT NULL,
    iuv            TEXT NOT NULL,
    outcome        TEXT NOT NULL,
    amount_cents   INTEGER NOT NULL,
    kind           TEXT NOT NULL,
    rule           TEXT NOT NULL,
    parsed         TEXT NOT NULL,
    raw            BLOB NOT NULL,
    received_at    TEXT NOT NULL,
    UNIQUE (recipient, receipt_sha256)
) STRICT;

CREATE INDEX receipt_by_notice ON receipt (organization, nav);

-- Other contents that came with the key of a stored receipt (D2).
CREATE TABLE receipt_copy (
    id             INTEGER NOT NULL PRIMARY KEY,
    receipt_ref    INTEGER NOT NULL REFERENCES receipt (id),
    content_sha256 BLOB NOT NULL,
    raw            BLOB NOT NULL,
    received_at    TEXT NOT NULL,
    UNIQUE (receipt_ref, content_sha256)
) STRICT;

-- Receipts that were refused before they had a key: unreadable (A10), or sent to a wrong address (B).
CREATE TABLE refused_receipt (
    id          INTEGER NOT NULL PRIMARY KEY,
    operation   TEXT NOT NULL,
    rule        TEXT NOT NULL,
    recipient   TEXT,
    reason      TEXT NOT NULL,
    raw_sha256  BLOB NOT NULL,
    raw         BLOB NOT NULL,
    received_at TEXT NOT NULL,
    UNIQUE (raw_sha256, rule)
) STRICT;

-- Digital stamps that came with receipts, decoded and otherwise untouched: their signature covers the bytes.
CREATE TABLE stamp (
    receipt_ref INTEGER NOT NULL REFERENCES receipt (id),
    ordinal     INTEGER NOT NULL,
    id_transfer INTEGER NOT NULL,
    iubd        TEXT,
    iubd_sha256 BLOB,
    signature   TEXT NOT NULL,
    document    BLOB NOT NULL,
    PRIMARY KEY (receipt_ref, ordinal)
) STRICT, WITHOUT ROWID;

CREATE INDEX stamp_by_iubd ON stamp (iubd_sha256);

-- What a person should look at.
CREATE TABLE anomaly (
    id           INTEGER NOT NULL PRIMARY KEY,
    kind         TEXT NOT NULL,
    organization TEXT NOT NULL,
    nav          TEXT,
    receipt_ref  INTEGER REFERENCES receipt (id),
    refused_ref  INTEGER REFERENCES refused_receipt (id),
    note         TEXT NOT NULL,
    opened_at    TEXT NOT NULL,
    closed_at    TEXT,
    closing_note TEXT
) STRICT;

CREATE INDEX anomaly_by_notice ON anomaly (organization, nav);
