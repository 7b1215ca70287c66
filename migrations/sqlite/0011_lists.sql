-- Lists: every order and every filter finds its rows by an index, and how many there are is counted as they change.
-- segregation: the two characters with which the IUVs of all its options begin; empty where they differ.
-- due_day: the day on which all its options are due, as 2026-12-31; empty where they differ.

ALTER TABLE debt_position ADD COLUMN segregation TEXT NOT NULL DEFAULT '';
ALTER TABLE debt_position ADD COLUMN due_day TEXT NOT NULL DEFAULT '';

UPDATE debt_position
SET (segregation, due_day) = (
    SELECT COALESCE(CASE WHEN MIN(SUBSTR(o.iuv, 1, 2)) = MAX(SUBSTR(o.iuv, 1, 2)) THEN MIN(SUBSTR(o.iuv, 1, 2)) END, ''),
           COALESCE(CASE WHEN MIN(SUBSTR(o.due_date, 1, 10)) = MAX(SUBSTR(o.due_date, 1, 10)) THEN MIN(SUBSTR(o.due_date, 1, 10)) END, '')
    FROM payment_option o WHERE o.position_id = debt_position.id);

CREATE INDEX position_by_company ON debt_position (organization, company_name, inserted_at, id);
CREATE INDEX position_by_payment ON debt_position
    (organization, payment_date, inserted_at, id, service_type, status, segregation) WHERE payment_date IS NOT NULL;
CREATE INDEX position_of_service ON debt_position (organization, service_type, inserted_at, id) WHERE service_type <> 'GPD';
CREATE INDEX position_by_code ON debt_position (organization, segregation, inserted_at, id);
CREATE INDEX position_by_due_day ON debt_position (organization, due_day, inserted_at, id);
CREATE INDEX payment_option_by_due ON payment_option (organization, due_date, position_id);

-- How many positions there are of each kind: the sum of both tables. Triggers count, so that nobody can forget to.
-- Writers of a server would wait for each other at one row of position_count: there they add rows to
-- position_count_change, which are brought together later. Here all take turns anyway.
CREATE TABLE position_count (
    organization TEXT NOT NULL,
    service_type TEXT NOT NULL,
    segregation  TEXT NOT NULL,
    due_day      TEXT NOT NULL,
    status       TEXT NOT NULL,
    positions    INTEGER NOT NULL,
    PRIMARY KEY (organization, service_type, segregation, due_day, status)
) STRICT, WITHOUT ROWID;

CREATE TABLE position_count_change (
    id           INTEGER NOT NULL PRIMARY KEY,
    organization TEXT NOT NULL,
    service_type TEXT NOT NULL,
    segregation  TEXT NOT NULL,
    due_day      TEXT NOT NULL,
    status       TEXT NOT NULL,
    positions    INTEGER NOT NULL
) STRICT;

INSERT INTO position_count (organization, service_type, segregation, due_day, status, positions)
SELECT organization, service_type, segregation, due_day, status, COUNT(*)
FROM debt_position GROUP BY organization, service_type, segregation, due_day, status;

CREATE TRIGGER position_comes AFTER INSERT ON debt_position
BEGIN
    INSERT INTO position_count (organization, service_type, segregation, due_day, status, positions)
    VALUES (NEW.organization, NEW.service_type, NEW.segregation, NEW.due_day, NEW.status, 1)
    ON CONFLICT (organization, service_type, segregation, due_day, status) DO UPDATE SET positions = positions + 1;
END;

CREATE TRIGGER position_goes AFTER DELETE ON debt_position
BEGIN
    UPDATE position_count SET positions = positions - 1
    WHERE organization = OLD.organization AND service_type = OLD.service_type AND segregation = OLD.segregation
          AND due_day = OLD.due_day AND status = OLD.status;
END;

CREATE TRIGGER position_changes AFTER UPDATE OF organization, service_type, segregation, due_day, status ON debt_position
WHEN (OLD.organization, OLD.service_type, OLD.segregation, OLD.due_day, OLD.status)
     <> (NEW.organization, NEW.service_type, NEW.segregation, NEW.due_day, NEW.status)
BEGIN
    UPDATE position_count SET positions = positions - 1
    WHERE organization = OLD.organization AND service_type = OLD.service_type AND segregation = OLD.segregation
          AND due_day = OLD.due_day AND status = OLD.status;
    INSERT INTO position_count (organization, service_type, segregation, due_day, status, positions)
    VALUES (NEW.organization, NEW.service_type, NEW.segregation, NEW.due_day, NEW.status, 1)
    ON CONFLICT (organization, service_type, segregation, due_day, status) DO UPDATE SET positions = positions + 1;
END;
