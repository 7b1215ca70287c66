-- Massive uploads: files of positions that the station works off by itself, batch by batch. An upload that is still
-- coming in has no number of items; whoever works on one holds it until its lease ends.

CREATE TABLE upload (
    id                TEXT NOT NULL PRIMARY KEY,
    broker            TEXT NOT NULL,
    organization      TEXT NOT NULL,
    service           TEXT NOT NULL,
    operation         TEXT NOT NULL,
    segregation_codes TEXT,
    brought_by        TEXT NOT NULL,
    submitted         INTEGER,
    processed         INTEGER NOT NULL,
    failed            INTEGER NOT NULL,
    received_at       TEXT NOT NULL,
    finished_at       TEXT,
    worker            TEXT,
    lease_ends_at     TEXT
) STRICT;

CREATE INDEX upload_by_time ON upload (organization, received_at);
CREATE INDEX upload_to_do ON upload (received_at) WHERE finished_at IS NULL;

-- A run of items: their JSON until they are worked off, then what became of them. One commit does both.
CREATE TABLE upload_batch (
    upload   TEXT NOT NULL REFERENCES upload (id) ON DELETE CASCADE,
    ordinal  INTEGER NOT NULL,
    content  BLOB,
    outcomes TEXT,
    PRIMARY KEY (upload, ordinal)
) STRICT;

CREATE INDEX upload_batch_to_do ON upload_batch (upload, ordinal) WHERE outcomes IS NULL;
