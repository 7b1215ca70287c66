-- What operators follow: which service a position came through, when something changed, what time will do to it,
-- how it was paid. A position's version counts its changes.
-- opens_at: from when it is valid once published; empty means at once. expires_at: after which moment it is expired;
-- empty means never. payment_details, of a paid option, is JSON.

ALTER TABLE debt_position ADD COLUMN service_type TEXT NOT NULL DEFAULT 'GPD';
ALTER TABLE debt_position ADD COLUMN version BIGINT NOT NULL DEFAULT 0;
ALTER TABLE debt_position ADD COLUMN opens_at TIMESTAMPTZ;
ALTER TABLE debt_position ADD COLUMN expires_at TIMESTAMPTZ;

ALTER TABLE payment_option ADD COLUMN inserted_at TIMESTAMPTZ;
ALTER TABLE payment_option ADD COLUMN updated_at TIMESTAMPTZ;
ALTER TABLE payment_option ADD COLUMN notification_fee_cents BIGINT NOT NULL DEFAULT 0;
ALTER TABLE payment_option ADD COLUMN fee_updated_at TIMESTAMPTZ;
ALTER TABLE payment_option ADD COLUMN plan_description TEXT;
ALTER TABLE payment_option ADD COLUMN payment_details TEXT;

UPDATE debt_position
SET opens_at = (SELECT CASE WHEN COUNT(*) = COUNT(o.validity_date) THEN MIN(o.validity_date) END
                FROM payment_option o WHERE o.position_id = debt_position.id),
    expires_at = (SELECT CASE WHEN COUNT(*) = COUNT(CASE WHEN o.switch_to_expired AND o.status = 'PO_UNPAID' THEN 1 END)
                              THEN MAX(o.due_date) END
                  FROM payment_option o WHERE o.position_id = debt_position.id);

-- What time will do.
CREATE INDEX position_to_open ON debt_position (opens_at, organization) WHERE status = 'PUBLISHED';
CREATE INDEX position_to_expire ON debt_position (expires_at, organization) WHERE status = 'VALID';

-- The order of lists.
CREATE INDEX position_by_insertion ON debt_position (organization, inserted_at, id);
CREATE INDEX position_by_status ON debt_position (organization, status, inserted_at, id);
