-- The accounts that an organization has registered; none here means that none was.
CREATE TABLE organization_iban (
    organization TEXT NOT NULL REFERENCES organization (fiscal_code),
    iban         TEXT NOT NULL,
    PRIMARY KEY (organization, iban)
);

-- The number that the next generated notice of a segregation code is made of. It outlives the organization's row: what
-- was given out once is never given out again.
CREATE TABLE iuv_sequence (
    organization     TEXT NOT NULL,
    segregation_code TEXT NOT NULL,
    next_number      BIGINT NOT NULL,
    PRIMARY KEY (organization, segregation_code)
);
