ALTER TABLE config.rejected_rows DROP COLUMN file_name;
-- A run of several files is told by its first: the version before knows of one, and the way up needs its hash.
UPDATE config.integration_runs AS run
SET file_bytes = coalesce(run.file_bytes, first.bytes), file_sha256 = coalesce(run.file_sha256, first.sha256)
FROM (SELECT DISTINCT ON (run_id) run_id, bytes, sha256 FROM config.run_files ORDER BY run_id, ordinal) AS first
WHERE first.run_id = run.id;
DROP TABLE config.run_files;
-- The other indexes go with their columns.
DROP INDEX config.integration_runs_queued, config.integration_runs_waiting;

ALTER TABLE config.integration_runs
    DROP CONSTRAINT integration_runs_operation,
    DROP CONSTRAINT integration_runs_state,
    DROP CONSTRAINT integration_runs_finished,
    DROP CONSTRAINT integration_runs_lease,
    DROP CONSTRAINT integration_runs_failure,
    DROP CONSTRAINT integration_runs_file,
    DROP CONSTRAINT integration_runs_undoes;

-- What the version before has no words for becomes the nearest thing that it has.
DELETE FROM config.integration_runs WHERE operation = 'undo';
UPDATE config.integration_runs
SET state = 'failed', finished_at = coalesce(finished_at, now()), lease_holder = NULL, lease_expires_at = NULL,
    failure = coalesce(failure, 'It had not ended, or was cancelled or undone, when the platform went back a version.')
WHERE state IN ('queued', 'waiting', 'cancelled', 'undone');

ALTER TABLE config.integration_runs
    DROP COLUMN files,
    DROP COLUMN bytes,
    DROP COLUMN options,
    DROP COLUMN preview,
    DROP COLUMN confirmed_at,
    DROP COLUMN timings,
    DROP COLUMN working_since,
    DROP COLUMN attempts,
    DROP COLUMN cancel_requested_at,
    DROP COLUMN rejects_kept,
    DROP COLUMN corrects,
    DROP COLUMN undoes,
    DROP COLUMN repeats,
    DROP COLUMN same_bytes_as,
    ADD CONSTRAINT integration_runs_operation_check CHECK (operation IN ('import', 'transformation', 'export')),
    ADD CONSTRAINT integration_runs_state_check CHECK (state IN ('running', 'succeeded', 'failed')),
    ADD CONSTRAINT integration_runs_check CHECK ((state = 'running') = (finished_at IS NULL)),
    ADD CONSTRAINT integration_runs_check1 CHECK ((state = 'running') = (lease_expires_at IS NOT NULL)),
    ADD CONSTRAINT integration_runs_check2 CHECK ((state = 'failed') = (failure IS NOT NULL)),
    ADD CONSTRAINT integration_runs_check3 CHECK ((operation = 'import') = (file_name IS NOT NULL));
