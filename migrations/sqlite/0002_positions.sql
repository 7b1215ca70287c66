-- What debtors owe. Organizations, notices, IUVs and IUPDs are any text and refer to no registry:
-- software that speaks GPD's dialect uses codes that nobody registered.

CREATE TABLE debt_position (
    id            INTEGER NOT NULL PRIMARY KEY,
    organization  TEXT NOT NULL,
    iupd          TEXT NOT NULL,
    company_name  TEXT NOT NULL,
    office_name   TEXT,
    pay_stand_in  INTEGER NOT NULL,
    status        TEXT NOT NULL,
    publish_date  TEXT,
    payment_date  TEXT,
    inserted_at   TEXT NOT NULL,
    updated_at    TEXT NOT NULL,
    UNIQUE (organization, iupd)
) STRICT;

-- Options with the same plan are instalments of one plan. validity_date is empty where it is the publication's.
CREATE TABLE payment_option (
    id                 INTEGER NOT NULL PRIMARY KEY,
    position_id        INTEGER NOT NULL REFERENCES debt_position (id) ON DELETE CASCADE,
    ordinal            INTEGER NOT NULL,
    organization       TEXT NOT NULL,
    nav                TEXT NOT NULL,
    iuv                TEXT NOT NULL,
    amount_cents       INTEGER NOT NULL,
    description        TEXT NOT NULL,
    debtor             TEXT NOT NULL,
    is_partial_payment INTEGER NOT NULL,
    plan               INTEGER NOT NULL,
    validity_date      TEXT,
    due_date           TEXT NOT NULL,
    retention_date     TEXT,
    switch_to_expired  INTEGER NOT NULL,
    metadata           TEXT NOT NULL,
    status             TEXT NOT NULL,
    payment_date       TEXT,
    receipt_id         TEXT,
    paid_cents         INTEGER,
    UNIQUE (organization, nav),
    UNIQUE (organization, iuv)
) STRICT;

CREATE INDEX payment_option_by_position ON payment_option (position_id);

CREATE TABLE transfer (
    option_id              INTEGER NOT NULL REFERENCES payment_option (id) ON DELETE CASCADE,
    ordinal                INTEGER NOT NULL,
    id_transfer            INTEGER NOT NULL,
    amount_cents           INTEGER NOT NULL,
    organization           TEXT NOT NULL,
    company_name           TEXT,
    remittance_information TEXT NOT NULL,
    category               TEXT NOT NULL,
    iban                   TEXT,
    postal_iban            TEXT,
    stamp_hash             TEXT,
    stamp_type             TEXT,
    stamp_province         TEXT,
    metadata               TEXT NOT NULL,
    PRIMARY KEY (option_id, ordinal),
    UNIQUE (option_id, organization, id_transfer)
) STRICT, WITHOUT ROWID;
