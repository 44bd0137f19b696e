-- The ledger of what was published. A relation people read (workspace.us_zips) is a view with a stable
-- name over a table that one run filled; publishing points the view at the new table and writes a row
-- here, in the same transaction.

DO $$
BEGIN
    IF to_regnamespace('workspace') IS NULL THEN
        CREATE SCHEMA workspace;
    END IF;
    IF to_regnamespace('reference') IS NULL THEN
        CREATE SCHEMA reference;
    END IF;
END
$$;

CREATE TABLE workspace.publications (
    number       bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    -- The view's name with its schema.
    relation     text NOT NULL,
    -- The run in PRIMARY that made it. No foreign key can say so: it is another database.
    run_id       text NOT NULL,
    rows         bigint NOT NULL CHECK (rows >= 0),
    published_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (run_id, relation)
);

CREATE INDEX publications_by_relation ON workspace.publications (relation, number DESC);

-- How each run ended, as far as DATA is concerned. The publishing transaction writes 'published' before it
-- commits; whoever finds that a run's process is gone writes 'abandoned'. The key lets only one of them
-- succeed: a process that was merely slow finds its run abandoned and cannot publish any more, and an
-- abandoning one waits for a commit on its way. PRIMARY's history is settled from this table.
CREATE TABLE workspace.run_ledger (
    run_id     text PRIMARY KEY,
    outcome    text NOT NULL CHECK (outcome IN ('published', 'abandoned')),
    decided_at timestamptz NOT NULL DEFAULT now()
);

-- Removes a relation with everything that publishing made of it: for down migrations.
CREATE FUNCTION workspace.drop_relation(schema_name text, relation_name text) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    table_name text;
BEGIN
    EXECUTE format('DROP VIEW %I.%I', schema_name, relation_name);
    FOR table_name IN
        SELECT tablename FROM pg_catalog.pg_tables
        WHERE schemaname = schema_name AND tablename ~ ('^' || relation_name || '_([0-9]+|layout)$')
    LOOP
        EXECUTE format('DROP TABLE %I.%I', schema_name, table_name);
    END LOOP;
    DELETE FROM workspace.publications WHERE relation = schema_name || '.' || relation_name;
END
$$;
