-- The archive and event journal: sealed segments, never updated; a purge takes a writer's oldest away and leaves an
-- anchor. notice_key finds segments of one notice, keys are looked through in the others.

CREATE TABLE journal (
    id            INTEGER NOT NULL PRIMARY KEY,
    writer        TEXT NOT NULL,
    first_entry   INTEGER NOT NULL,
    entries       INTEGER NOT NULL,
    from_at       TEXT NOT NULL,
    to_at         TEXT NOT NULL,
    notice_key    INTEGER,
    keys          BLOB NOT NULL,
    previous_head BLOB NOT NULL,
    head          BLOB NOT NULL,
    content       BLOB NOT NULL,
    UNIQUE (writer, first_entry)
) STRICT;

CREATE INDEX journal_by_time ON journal (to_at);
CREATE INDEX journal_by_notice ON journal (notice_key) WHERE notice_key IS NOT NULL;
CREATE INDEX journal_of_many ON journal (id) WHERE notice_key IS NULL;

-- Where a writer's chain goes on after what was purged.
CREATE TABLE journal_anchor (
    writer     TEXT NOT NULL PRIMARY KEY,
    next_entry INTEGER NOT NULL,
    head       BLOB NOT NULL,
    purged_at  TEXT NOT NULL
) STRICT;

-- Receipts that still wait for their position.
CREATE INDEX receipt_orphans ON receipt (organization, nav) WHERE kind = 'ORPHAN';

-- An anomaly is closed by its receipt.
CREATE INDEX anomaly_by_receipt ON anomaly (receipt_ref);
