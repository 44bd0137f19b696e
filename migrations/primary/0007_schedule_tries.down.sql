-- An older version knows all exports as one: as far as they were begun.
INSERT INTO config.schedules (name, begun_for)
SELECT 'exports', max(begun_for) FROM config.schedules WHERE name LIKE 'export %' HAVING count(*) > 0
ON CONFLICT (name) DO UPDATE SET begun_for = greatest(schedules.begun_for, excluded.begun_for);
DELETE FROM config.schedules WHERE name LIKE 'export %';
ALTER TABLE config.schedules DROP COLUMN again_at, DROP COLUMN tries;
