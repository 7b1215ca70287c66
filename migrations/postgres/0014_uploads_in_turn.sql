-- Uploads take turns: the one that was worked on least recently is next. failures counts how often its next batch could
-- not be worked off.

ALTER TABLE upload ADD COLUMN worked_at TIMESTAMPTZ;
ALTER TABLE upload ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;
