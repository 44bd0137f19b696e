-- UPS Ground time in transit by ZIP, business days.
-- Rows of every version that is kept lie in one table; a version is shown for the origins for which it is live. The key begins
-- with the version, so that a new version's rows are appended to its index.

CREATE TABLE workspace.ups_ground_rows (
    origin      text NOT NULL COLLATE "C",
    destination text NOT NULL COLLATE "C",
    state       text NOT NULL,
    days        smallint NOT NULL,
    publication bigint NOT NULL,
    version     bigint NOT NULL,
    PRIMARY KEY (version, origin, destination)
);

CREATE VIEW workspace.ups_ground AS
SELECT r.origin, r.destination, r.state, r.days, r.publication
FROM workspace.ups_ground_rows r
JOIN workspace.origin_versions v ON v.publication = r.version AND v.origin = r.origin
WHERE v.live;
