-- Transfers are never looked for but through their option: they stand in its row, so that a notice is read at once.
-- nameless_beneficiary: some transfer credits another organization and does not say its name.

ALTER TABLE payment_option ADD COLUMN transfers TEXT NOT NULL DEFAULT '[]';
ALTER TABLE payment_option ADD COLUMN nameless_beneficiary INTEGER NOT NULL DEFAULT 0;

UPDATE payment_option
SET transfers = (SELECT json_group_array(json_patch('{}', json_object(
                            'id', t.id_transfer, 'amountCents', t.amount_cents, 'organization', t.organization,
                            'companyName', t.company_name, 'remittanceInformation', t.remittance_information,
                            'category', t.category, 'iban', t.iban, 'postalIban', t.postal_iban,
                            'stampHash', t.stamp_hash, 'stampType', t.stamp_type, 'stampProvince', t.stamp_province,
                            'metadata', json(t.metadata))) ORDER BY t.ordinal)
                 FROM transfer t WHERE t.option_id = payment_option.id),
    nameless_beneficiary = EXISTS (SELECT 1 FROM transfer t WHERE t.option_id = payment_option.id
                                   AND t.company_name IS NULL AND t.organization <> payment_option.organization);

DROP TABLE transfer;
