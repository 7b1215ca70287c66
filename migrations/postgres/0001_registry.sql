-- Who is served here, and by which stations.
-- Names, keys and columns are those of the SQLite schema; types are the native ones, money is cents.

CREATE TABLE organization (
    fiscal_code  TEXT NOT NULL PRIMARY KEY,
    company_name TEXT NOT NULL,
    office_name  TEXT,
    active       BOOLEAN NOT NULL
);

CREATE TABLE broker (
    fiscal_code TEXT NOT NULL PRIMARY KEY
);

CREATE TABLE station (
    id_station TEXT NOT NULL PRIMARY KEY,
    id_broker  TEXT NOT NULL REFERENCES broker (fiscal_code)
);

-- segregation_code is '' where the station takes every code of its auxiliary digit.
CREATE TABLE organization_station (
    organization     TEXT NOT NULL REFERENCES organization (fiscal_code),
    id_station       TEXT NOT NULL REFERENCES station (id_station),
    aux_digit        BIGINT NOT NULL,
    segregation_code TEXT NOT NULL,
    broadcast        BOOLEAN NOT NULL,
    PRIMARY KEY (organization, id_station, aux_digit, segregation_code)
);

-- The official catalogue of collection services, when one was imported. A code may end and begin again.
CREATE TABLE taxonomy (
    code       TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to   DATE,
    service    TEXT NOT NULL,
    PRIMARY KEY (code, valid_from)
);
