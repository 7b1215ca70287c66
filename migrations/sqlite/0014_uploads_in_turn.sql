-- Uploads take turns: the one that was worked on least recently is next. failures counts how often its next batch could
-- not be worked off.

ALTER TABLE upload ADD COLUMN worked_at TEXT;
ALTER TABLE upload ADD COLUMN failures INTEGER NOT NULL DEFAULT 0;
