-- What an organization prints on its notices: as in the registry's file, the logo too (a PNG in base64).
CREATE TABLE letterhead (
    organization         TEXT NOT NULL PRIMARY KEY REFERENCES organization (fiscal_code),
    cbill                TEXT,
    contacts             TEXT,
    website              TEXT,
    postal_number        TEXT,
    postal_holder        TEXT,
    postal_authorization TEXT,
    language             TEXT NOT NULL DEFAULT 'it',
    logo                 TEXT
) STRICT;

-- A receipt of somebody else's notice is printed for whoever has a share in it.
CREATE INDEX receipt_of_others_by_iuv ON receipt (recipient, iuv) WHERE kind <> 'OWN';
