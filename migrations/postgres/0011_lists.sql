-- Lists: every order and every filter finds its rows by an index.
-- What is ordered by, or looked for by its beginning, sorts by its bytes on either engine.

ALTER TABLE debt_position ALTER COLUMN iupd TYPE TEXT COLLATE "C";
ALTER TABLE debt_position ALTER COLUMN company_name TYPE TEXT COLLATE "C";
ALTER TABLE debt_position ALTER COLUMN status TYPE TEXT COLLATE "C";
ALTER TABLE payment_option ALTER COLUMN iuv TYPE TEXT COLLATE "C";

CREATE INDEX position_by_company ON debt_position (organization, company_name, inserted_at, id);
CREATE INDEX position_by_payment ON debt_position (organization, payment_date) WHERE payment_date IS NOT NULL;
CREATE INDEX position_of_service ON debt_position (organization, service_type, inserted_at, id) WHERE service_type <> 'GPD';
CREATE INDEX payment_option_by_due ON payment_option (organization, due_date, position_id);
