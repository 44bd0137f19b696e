DELETE FROM config.role_permissions WHERE permission IN ('transformations:edit', 'transit:read');
DROP TABLE config.schedules;
DROP TABLE config.zone_transit_days;
DROP SEQUENCE config.zone_transit_days_revision;
DROP INDEX config.integration_runs_one_of_each_transformation;
-- An older version has no words for a transformation that waits.
UPDATE config.integration_runs
SET state = 'cancelled', finished_at = now(), failure = 'The platform went back to an older version before it was begun. Nothing was changed.'
WHERE operation = 'transformation' AND state = 'queued';
ALTER TABLE config.integration_runs DROP COLUMN changes, DROP COLUMN checks, DROP COLUMN after;
