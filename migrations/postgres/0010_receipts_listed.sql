-- Receipts and anomalies are listed for operators: what they are looked for by stands in columns of its own.
-- listed: a receipt of one of the recipient's own notices, one for each IUV: the one that settled the option, else the
-- first. IUVs are any text; one that is longer than the contract's is no key.
-- debtor_code: the debtor's fiscal code. payment_date_time: the receipt's own text.
-- paid_local: its first nineteen characters, or when it came where it is no date; texts of the order of time.
-- content_type: how the bytes came.
-- What is ordered by, or looked for by its beginning, sorts by its bytes on either engine.

ALTER TABLE receipt ALTER COLUMN iuv TYPE TEXT COLLATE "C";
ALTER TABLE receipt ADD COLUMN listed BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE receipt ADD COLUMN debtor_code TEXT COLLATE "C";
ALTER TABLE receipt ADD COLUMN payment_date_time TEXT;
ALTER TABLE receipt ADD COLUMN paid_local TEXT COLLATE "C";
ALTER TABLE receipt ADD COLUMN content_type TEXT;

UPDATE receipt
SET debtor_code = LEFT(CAST(parsed AS JSON) -> 'debtor' ->> 'entityUniqueIdentifierValue', 35),
    payment_date_time = CAST(parsed AS JSON) ->> 'paymentDateTime',
    paid_local = CASE
        WHEN BTRIM(CAST(parsed AS JSON) ->> 'paymentDateTime', E' \t\n\r')
             ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}'
        THEN LEFT(BTRIM(CAST(parsed AS JSON) ->> 'paymentDateTime', E' \t\n\r'), 19)
        ELSE TO_CHAR(received_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS')
    END;

UPDATE receipt
SET listed = TRUE
WHERE id IN (SELECT x.id
             FROM (SELECT r.id, ROW_NUMBER() OVER (
                              PARTITION BY r.recipient, r.iuv
                              ORDER BY CASE WHEN o.receipt_id = r.receipt_id THEN 0 ELSE 1 END, r.id) AS place
                   FROM receipt r LEFT JOIN payment_option o ON o.organization = r.organization AND o.nav = r.nav
                   WHERE r.kind IN ('OWN', 'ORPHAN') AND r.outcome = 'OK' AND LENGTH(r.iuv) <= 35) x
             WHERE x.place = 1);

CREATE UNIQUE INDEX receipt_listed ON receipt (recipient, iuv) WHERE listed;
CREATE INDEX receipt_by_time ON receipt (recipient, paid_local, iuv) WHERE listed;
CREATE INDEX receipt_by_debtor ON receipt (recipient, debtor_code, paid_local, iuv) WHERE listed;

CREATE INDEX receipt_newest ON receipt (recipient, id);
CREATE INDEX receipt_of_others ON receipt (recipient, kind, id) WHERE kind <> 'OWN';
CREATE INDEX refused_receipt_newest ON refused_receipt (recipient, id);

CREATE INDEX anomaly_newest ON anomaly (organization, id);
CREATE INDEX anomaly_open ON anomaly (organization, id) WHERE closed_at IS NULL;
