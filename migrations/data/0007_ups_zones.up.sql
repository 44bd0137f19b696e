-- UPS zone charts, the grid of Hawaii and Alaska ZIPs included: its destinations have five digits.
-- Rows of every version that is kept lie in one table; a version is shown for the origins for which it is live. The key begins
-- with the version, so that a new version's rows are appended to its index.

CREATE TABLE workspace.ups_zones_rows (
    origin              text NOT NULL COLLATE "C",
    destination         text NOT NULL COLLATE "C",
    ground              text,
    three_day_select    text,
    second_day_air      text,
    second_day_air_am   text,
    next_day_air_saver  text,
    next_day_air        text,
    publication         bigint NOT NULL,
    version             bigint NOT NULL,
    PRIMARY KEY (version, origin, destination)
);

CREATE VIEW workspace.ups_zones AS
SELECT r.origin, r.destination, r.ground, r.three_day_select, r.second_day_air, r.second_day_air_am, r.next_day_air_saver, r.next_day_air, r.publication
FROM workspace.ups_zones_rows r
JOIN workspace.origin_versions v ON v.publication = r.version AND v.origin = r.origin
WHERE v.live;
