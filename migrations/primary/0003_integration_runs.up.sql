-- Runs: one execution of an import, a transformation or an export, and the rows that imports rejected.

CREATE TABLE config.integration_runs (
    id               text PRIMARY KEY,
    operation        text NOT NULL CHECK (operation IN ('import', 'transformation', 'export')),
    -- File kind, transformation or export; null for a file that was not recognized.
    subject          text,
    state            text NOT NULL CHECK (state IN ('running', 'succeeded', 'failed')),
    stage            text,
    -- The user, or null for a command; actor is what people read and outlives a renamed user.
    user_id          text REFERENCES config.users (id),
    actor            text NOT NULL,
    file_name        text,
    file_bytes       bigint CHECK (file_bytes >= 0),
    file_sha256      text CHECK (file_sha256 ~ '^[0-9a-f]{64}$'),
    bytes_read       bigint NOT NULL DEFAULT 0,
    rows_read        bigint NOT NULL DEFAULT 0,
    rows_rejected    bigint NOT NULL DEFAULT 0,
    rows_published   bigint NOT NULL DEFAULT 0,
    -- [{"relation": "workspace.us_zips", "rows": 33783}, ...]
    published        jsonb NOT NULL DEFAULT '[]',
    notes            jsonb NOT NULL DEFAULT '[]',
    failure          text,
    started_at       timestamptz NOT NULL DEFAULT now(),
    finished_at      timestamptz,
    -- The process at work and until when it is believed to be alive. It renews the lease while it works;
    -- a running run whose lease is over has lost its process and is settled from DATA's ledger.
    lease_holder     text,
    lease_expires_at timestamptz,
    CHECK ((state = 'running') = (finished_at IS NULL)),
    CHECK ((state = 'running') = (lease_expires_at IS NOT NULL)),
    CHECK ((state = 'failed') = (failure IS NOT NULL)),
    CHECK ((operation = 'import') = (file_name IS NOT NULL))
);

CREATE INDEX integration_runs_by_start ON config.integration_runs (started_at DESC, id DESC);
CREATE INDEX integration_runs_by_subject ON config.integration_runs (operation, subject, started_at DESC);
CREATE INDEX integration_runs_running ON config.integration_runs (lease_expires_at) WHERE state = 'running';

CREATE TABLE config.rejected_rows (
    run_id      text NOT NULL REFERENCES config.integration_runs (id) ON DELETE CASCADE,
    -- The order in which they were found: two rows can begin on one line.
    ordinal     integer NOT NULL,
    line        bigint NOT NULL,
    column_name text,
    reason      text NOT NULL,
    value       text NOT NULL,
    PRIMARY KEY (run_id, ordinal)
);
