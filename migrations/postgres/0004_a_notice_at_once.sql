-- A notice is read millions of times: what its reading needs stands in few rows.
-- Transfers are never looked for but through their option: they stand in its row.
-- nameless_beneficiary: some transfer credits another organization and does not say its name.
-- begun_plan: the plan that has a paid option; -1 when several have.
-- id_broker of a link is its station's.

ALTER TABLE payment_option ADD COLUMN transfers TEXT NOT NULL DEFAULT '[]';
ALTER TABLE payment_option ADD COLUMN nameless_beneficiary BOOLEAN NOT NULL DEFAULT FALSE;

UPDATE payment_option
SET transfers = (SELECT COALESCE(CAST(json_agg(json_strip_nulls(json_build_object(
                            'id', t.id_transfer, 'amountCents', t.amount_cents, 'organization', t.organization,
                            'companyName', t.company_name, 'remittanceInformation', t.remittance_information,
                            'category', t.category, 'iban', t.iban, 'postalIban', t.postal_iban,
                            'stampHash', t.stamp_hash, 'stampType', t.stamp_type, 'stampProvince', t.stamp_province,
                            'metadata', CAST(t.metadata AS JSON))) ORDER BY t.ordinal) AS TEXT), '[]')
                 FROM transfer t WHERE t.option_id = payment_option.id),
    nameless_beneficiary = EXISTS (SELECT 1 FROM transfer t WHERE t.option_id = payment_option.id
                                   AND t.company_name IS NULL AND t.organization <> payment_option.organization);

DROP TABLE transfer;

ALTER TABLE debt_position ADD COLUMN begun_plan BIGINT;

UPDATE debt_position
SET begun_plan = (SELECT CASE WHEN MIN(o.plan) = MAX(o.plan) THEN MIN(o.plan) ELSE -1 END
                  FROM payment_option o WHERE o.position_id = debt_position.id AND o.status <> 'PO_UNPAID')
WHERE EXISTS (SELECT 1 FROM payment_option o WHERE o.position_id = debt_position.id AND o.status <> 'PO_UNPAID');

ALTER TABLE organization_station ADD COLUMN id_broker TEXT NOT NULL DEFAULT '';

UPDATE organization_station
SET id_broker = (SELECT s.id_broker FROM station s WHERE s.id_station = organization_station.id_station);
