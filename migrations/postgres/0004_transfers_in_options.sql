-- Transfers are never looked for but through their option: they stand in its row, so that a notice is read at once.
-- nameless_beneficiary: some transfer credits another organization and does not say its name.

ALTER TABLE payment_option ADD COLUMN transfers TEXT NOT NULL DEFAULT '[]';
ALTER TABLE payment_option ADD COLUMN nameless_beneficiary BOOLEAN NOT NULL DEFAULT FALSE;

UPDATE payment_option
SET transfers = (SELECT CAST(json_agg(json_strip_nulls(json_build_object(
                            'id', t.id_transfer, 'amountCents', t.amount_cents, 'organization', t.organization,
                            'companyName', t.company_name, 'remittanceInformation', t.remittance_information,
                            'category', t.category, 'iban', t.iban, 'postalIban', t.postal_iban,
                            'stampHash', t.stamp_hash, 'stampType', t.stamp_type, 'stampProvince', t.stamp_province,
                            'metadata', CAST(t.metadata AS JSON))) ORDER BY t.ordinal) AS TEXT)
                 FROM transfer t WHERE t.option_id = payment_option.id),
    nameless_beneficiary = EXISTS (SELECT 1 FROM transfer t WHERE t.option_id = payment_option.id
                                   AND t.company_name IS NULL AND t.organization <> payment_option.organization);

DROP TABLE transfer;
