-- Imports of many files, with previews, a queue, undoing and kept originals.

ALTER TABLE config.integration_runs
    DROP CONSTRAINT integration_runs_operation_check,
    DROP CONSTRAINT integration_runs_state_check;

-- The checks across columns have names that depend on their order in the statement that made them.
DO $$
DECLARE
    name text;
BEGIN
    FOR name IN
        SELECT conname FROM pg_catalog.pg_constraint
        WHERE conrelid = 'config.integration_runs'::regclass AND contype = 'c' AND array_length(conkey, 1) = 2
    LOOP
        EXECUTE format('ALTER TABLE config.integration_runs DROP CONSTRAINT %I', name);
    END LOOP;
END
$$;

ALTER TABLE config.integration_runs
    -- How many files it has and how many bytes they are together; file_name and its neighbours are the first one's.
    ADD COLUMN files bigint NOT NULL DEFAULT 0,
    ADD COLUMN bytes bigint NOT NULL DEFAULT 0,
    -- {"preview": true, "consent": {...}, "limits": null}: how it was asked for.
    ADD COLUMN options jsonb NOT NULL DEFAULT '{}',
    -- What it would change or has changed, and what somebody must agree to first.
    ADD COLUMN preview jsonb,
    -- Its confirmation: from then on it publishes what it has staged.
    ADD COLUMN confirmed_at timestamptz,
    -- [{"stage": "copying", "milliseconds": 812}, ...]
    ADD COLUMN timings jsonb NOT NULL DEFAULT '[]',
    ADD COLUMN working_since timestamptz,
    -- How often it was begun: a run whose process dies is begun again, but not for ever.
    ADD COLUMN attempts integer NOT NULL DEFAULT 0,
    ADD COLUMN cancel_requested_at timestamptz,
    -- Whether all rejected rows are in the store.
    ADD COLUMN rejects_kept boolean NOT NULL DEFAULT false,
    -- The run whose rejected rows it corrects, which it undoes, which it starts again, whose bytes it has.
    ADD COLUMN corrects text REFERENCES config.integration_runs (id),
    ADD COLUMN undoes text REFERENCES config.integration_runs (id),
    ADD COLUMN repeats text REFERENCES config.integration_runs (id),
    ADD COLUMN same_bytes_as text REFERENCES config.integration_runs (id),
    ADD CONSTRAINT integration_runs_operation CHECK (operation IN ('import', 'undo', 'transformation', 'export')),
    ADD CONSTRAINT integration_runs_state
        CHECK (state IN ('queued', 'running', 'waiting', 'succeeded', 'failed', 'cancelled', 'undone')),
    ADD CONSTRAINT integration_runs_finished CHECK ((state IN ('queued', 'running', 'waiting')) = (finished_at IS NULL)),
    ADD CONSTRAINT integration_runs_lease CHECK ((state = 'running') = (lease_expires_at IS NOT NULL)),
    ADD CONSTRAINT integration_runs_failure CHECK (state NOT IN ('failed', 'succeeded') OR (state = 'failed') = (failure IS NOT NULL)),
    ADD CONSTRAINT integration_runs_file CHECK ((operation = 'import') = (file_name IS NOT NULL)),
    ADD CONSTRAINT integration_runs_undoes CHECK ((operation = 'undo') = (undoes IS NOT NULL));

UPDATE config.integration_runs SET files = 1, bytes = file_bytes, working_since = started_at WHERE operation = 'import';

CREATE INDEX integration_runs_queued ON config.integration_runs (started_at, id) WHERE state = 'queued';
CREATE INDEX integration_runs_waiting ON config.integration_runs (started_at) WHERE state = 'waiting';
CREATE INDEX integration_runs_corrects ON config.integration_runs (corrects) WHERE corrects IS NOT NULL;
CREATE INDEX integration_runs_undoes ON config.integration_runs (undoes) WHERE undoes IS NOT NULL;
CREATE INDEX integration_runs_repeats ON config.integration_runs (repeats) WHERE repeats IS NOT NULL;

CREATE TABLE config.run_files (
    run_id        text NOT NULL REFERENCES config.integration_runs (id) ON DELETE CASCADE,
    ordinal       integer NOT NULL,
    name          text NOT NULL,
    -- The archive that it came in.
    archive       text,
    bytes         bigint NOT NULL CHECK (bytes >= 0),
    sha256        text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    release       text,
    rows_read     bigint NOT NULL DEFAULT 0,
    rows_rejected bigint NOT NULL DEFAULT 0,
    -- The origins whose rows it holds, of a kind that is replaced by origin.
    origins       text[] NOT NULL DEFAULT '{}',
    -- Why it was left out.
    failure       text,
    -- When the original was removed from the store; null while it is there, or where it never was.
    removed_at    timestamptz,
    PRIMARY KEY (run_id, ordinal)
);

CREATE INDEX run_files_by_hash ON config.run_files (sha256);

-- Runs from before the originals were kept.
INSERT INTO config.run_files (run_id, ordinal, name, bytes, sha256, rows_read, rows_rejected, removed_at)
SELECT id, 1, file_name, file_bytes, file_sha256, rows_read, rows_rejected, now() FROM config.integration_runs WHERE operation = 'import';

ALTER TABLE config.rejected_rows ADD COLUMN file_name text;
