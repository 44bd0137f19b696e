-- What is due at a time of day and fails is tried again, after pauses that grow, until it is due anew.

ALTER TABLE config.schedules
    -- Tries for the moment for which it was begun.
    ADD COLUMN tries    integer NOT NULL DEFAULT 1 CHECK (tries > 0),
    -- From when on it is tried again. Null: it is done, or an older version has begun it, which tries once.
    ADD COLUMN again_at timestamptz;

-- Each export stands for itself, so that one that fails does not have the others written again.
INSERT INTO config.schedules (name, begun_for)
SELECT 'export ' || export, begun_for
FROM config.schedules, unnest(ARRAY['zip3-reference.json', 'zone-matrix.json', 'zone-matrix-ups.json', 'zone-matrix-usps.json']) export
WHERE name = 'exports';
