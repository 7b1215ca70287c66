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
    submitted         BIGINT,
    processed         BIGINT NOT NULL,
    failed            BIGINT NOT NULL,
    received_at       TIMESTAMPTZ NOT NULL,
    finished_at       TIMESTAMPTZ,
    worker            TEXT,
    lease_ends_at     TIMESTAMPTZ
);

CREATE INDEX upload_by_time ON upload (organization, received_at);
CREATE INDEX upload_to_do ON upload (received_at) WHERE finished_at IS NULL;

-- A run of items: their JSON until they are worked off, then what became of them. One commit does both.
CREATE TABLE upload_batch (
    upload   TEXT NOT NULL REFERENCES upload (id) ON DELETE CASCADE,
    ordinal  BIGINT NOT NULL,
    content  BYTEA,
    outcomes TEXT,
    PRIMARY KEY (upload, ordinal)
);

CREATE INDEX upload_batch_to_do ON upload_batch (upload, ordinal) WHERE outcomes IS NULL;
