-- A derived table says by which imports its rows came to be, also after these were replaced or undone.
ALTER TABLE workspace.derivations
    -- The publications of the source that were shown when the derived table was made from it.
    ADD COLUMN shown bigint[] NOT NULL DEFAULT '{}';

ALTER TABLE workspace.publications
    -- The publication that it corrects, whose rows came along.
    ADD COLUMN corrects bigint;

-- Of what was derived before, this is still known where the source has not changed since.
UPDATE workspace.derivations d
SET shown = CASE WHEN EXISTS (SELECT 1 FROM workspace.origin_versions v WHERE v.relation = d.source)
                 THEN ARRAY(SELECT DISTINCT v.publication FROM workspace.origin_versions v WHERE v.relation = d.source AND v.live)
                 ELSE array_remove(ARRAY[l.publication], NULL) END
FROM workspace.live l WHERE l.relation = d.source AND l.change = d.change;
