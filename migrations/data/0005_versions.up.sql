-- Versions: what each relation shows, what is kept so that it can come back, what waits to be published,
-- and what derived relations were made from.

ALTER TABLE workspace.publications
    -- The edition of what was imported, where it is known.
    ADD COLUMN release text,
    -- When the version before it was brought back in its place.
    ADD COLUMN undone_at timestamptz,
    -- The relation's change that it was: publications come in this order, whatever order they were staged in.
    ADD COLUMN change bigint;

UPDATE workspace.publications SET change = number;
ALTER TABLE workspace.publications ALTER COLUMN change SET NOT NULL;

DROP INDEX workspace.publications_by_relation;
CREATE INDEX publications_by_relation ON workspace.publications (relation, change DESC);

CREATE TABLE workspace.live (
    relation    text PRIMARY KEY,
    -- The publication that is shown; of a relation that is replaced by origin, the latest; null: nothing.
    publication bigint REFERENCES workspace.publications (number),
    -- Another number after every change, undoing included: what was derived at another number is stale.
    change      bigint NOT NULL
);

INSERT INTO workspace.live (relation, publication, change)
SELECT relation, max(number), max(number) FROM workspace.publications GROUP BY relation;

-- What a derived publication was made from.
CREATE TABLE workspace.derivations (
    publication bigint NOT NULL REFERENCES workspace.publications (number) ON DELETE CASCADE,
    source      text NOT NULL,
    change      bigint NOT NULL,
    PRIMARY KEY (publication, source)
);

-- Rows that are here and that nobody sees: a run has copied them and waits for its confirmation, or is about to
-- publish them. They take this number as their publication's.
CREATE TABLE workspace.stagings (
    number     bigint PRIMARY KEY,
    relation   text NOT NULL,
    run_id     text NOT NULL UNIQUE,
    rows       bigint NOT NULL DEFAULT 0,
    -- The edition of what is staged, where it is known.
    release    text,
    -- The relation's change with which the rows were compared.
    compared   bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now()
);

-- Relations that are replaced by origin: which publications have rows of an origin, and which of them is shown.
CREATE TABLE workspace.origin_versions (
    publication bigint NOT NULL REFERENCES workspace.publications (number) ON DELETE CASCADE,
    relation    text NOT NULL,
    origin      text NOT NULL COLLATE "C",
    rows        bigint NOT NULL,
    live        boolean NOT NULL,
    PRIMARY KEY (publication, origin)
);

CREATE UNIQUE INDEX origin_versions_live ON workspace.origin_versions (relation, origin) WHERE live;
CREATE INDEX origin_versions_by_origin ON workspace.origin_versions (relation, origin, publication DESC);

-- Every row says which publication brought it. The tables that are there get the number in their name.
DO $$
DECLARE
    name text;
    version record;
    shown bigint;
BEGIN
    FOREACH name IN ARRAY ARRAY['us_zips', 'gaz_zcta'] LOOP
        EXECUTE format('ALTER TABLE workspace.%I ADD COLUMN publication bigint NOT NULL', name || '_layout');
        FOR version IN
            SELECT tablename, substring(tablename FROM '_([0-9]+)$')::bigint AS number FROM pg_catalog.pg_tables
            WHERE schemaname = 'workspace' AND tablename ~ ('^' || name || '_[0-9]+$')
        LOOP
            EXECUTE format('ALTER TABLE workspace.%I ADD COLUMN publication bigint NOT NULL DEFAULT %s', version.tablename, version.number);
            EXECUTE format('ALTER TABLE workspace.%I ALTER COLUMN publication DROP DEFAULT', version.tablename);
        END LOOP;
        SELECT max(p.number) INTO shown FROM workspace.publications p WHERE p.relation = 'workspace.' || name;
        EXECUTE format('CREATE OR REPLACE VIEW workspace.%I AS SELECT * FROM workspace.%I',
                       name, name || '_' || coalesce(shown::text, 'layout'));
    END LOOP;
END
$$;
