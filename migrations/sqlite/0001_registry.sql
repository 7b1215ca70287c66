-- Who is served here, and by which stations.
-- Tables of this folder are STRICT: booleans are INTEGER 0 or 1, instants are RFC 3339 text in UTC, money is cents.

CREATE TABLE organization (
    fiscal_code  TEXT NOT NULL PRIMARY KEY,
    company_name TEXT NOT NULL,
    office_name  TEXT,
    active       INTEGER NOT NULL
) STRICT;

CREATE TABLE broker (
    fiscal_code TEXT NOT NULL PRIMARY KEY
) STRICT;

CREATE TABLE station (
    id_station TEXT NOT NULL PRIMARY KEY,
    id_broker  TEXT NOT NULL REFERENCES broker (fiscal_code)
) STRICT;

-- segregation_code is '' where the station takes every code of its auxiliary digit.
CREATE TABLE organization_station (
    organization     TEXT NOT NULL REFERENCES organization (fiscal_code),
    id_station       TEXT NOT NULL REFERENCES station (id_station),
    aux_digit        INTEGER NOT NULL,
    segregation_code TEXT NOT NULL,
    broadcast        INTEGER NOT NULL,
    PRIMARY KEY (organization, id_station, aux_digit, segregation_code)
) STRICT;

-- The official catalogue of collection services, when one was imported. A code may end and begin again.
CREATE TABLE taxonomy (
    code       TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to   TEXT,
    service    TEXT NOT NULL,
    PRIMARY KEY (code, valid_from)
) STRICT;
