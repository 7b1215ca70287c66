-- Answers to requests that came with a key of their caller's, so that what is sent again is not carried out again.
-- slot is the digest of who called, for whom, what for, and the key; request_sha256 that of the request itself. Without
-- a status the request is still on its way. Bodies name people: rows live a day.

CREATE TABLE kept_answer (
    slot           BLOB NOT NULL PRIMARY KEY,
    request_sha256 BLOB NOT NULL,
    begun_at       TEXT NOT NULL,
    status         INTEGER,
    headers        TEXT,
    body           BLOB
) STRICT, WITHOUT ROWID;

CREATE INDEX kept_answer_by_age ON kept_answer (begun_at);
