-- Who may call the operators' API. A key itself is never here: digest is its SHA-256. Rows stay when a key is revoked.

-- place is 1 or 2: a name has at most two keys alive, so that one can take over from the other.
CREATE TABLE api_key (
    id           INTEGER NOT NULL PRIMARY KEY,
    name         TEXT NOT NULL,
    role         TEXT NOT NULL,
    digest       BLOB NOT NULL UNIQUE,
    place        INTEGER NOT NULL,
    created_at   TEXT NOT NULL,
    last_used_at TEXT,
    revoked_at   TEXT
) STRICT;

CREATE UNIQUE INDEX api_key_alive ON api_key (name, place) WHERE revoked_at IS NULL;

-- organization is '' for every organization; segregation_codes is a list with commas, and empty for every code.
CREATE TABLE api_key_grant (
    key_id            INTEGER NOT NULL REFERENCES api_key (id) ON DELETE CASCADE,
    organization      TEXT NOT NULL,
    segregation_codes TEXT,
    PRIMARY KEY (key_id, organization)
) STRICT;
