-- How many days each service of each carrier takes between three-digit areas.
--
-- The matrix is dense: every origin to every destination. So a row holds an origin's days of a service to all areas, a byte each in
-- the codes' order, and the view shows them one by one. A row for each value takes many times the time and the room.

CREATE TABLE reference.carriers (
    carrier text PRIMARY KEY,
    name    text NOT NULL
);

INSERT INTO reference.carriers VALUES ('UPS', 'United Parcel Service'), ('USPS', 'United States Postal Service');

CREATE TABLE reference.services (
    carrier text NOT NULL REFERENCES reference.carriers,
    service text NOT NULL,
    name    text NOT NULL,
    -- Business days that are plausible at most.
    most_days smallint NOT NULL,
    PRIMARY KEY (carrier, service)
);

INSERT INTO reference.services VALUES
    ('UPS', 'GND', 'Ground', 10),
    ('UPS', '3DS', '3 Day Select', 10),
    ('UPS', '2DA', '2nd Day Air', 10),
    ('UPS', '2AM', '2nd Day Air A.M.', 10),
    ('UPS', 'NDS', 'Next Day Air Saver', 10),
    ('UPS', 'NDA', 'Next Day Air', 10),
    ('USPS', 'PRI', 'Priority Mail', 10),
    ('USPS', 'GAL', 'Ground Advantage, light', 10),
    ('USPS', 'GAH', 'Ground Advantage, heavy', 10),
    ('USPS', 'PKG', 'Package Services', 10),
    ('USPS', 'FCM', 'First-Class Mail', 30),
    ('USPS', 'MKT', 'Marketing Mail', 30),
    ('USPS', 'PER', 'Periodicals', 30),
    ('USPS', 'PFC', 'First-Class parcels', 10);

-- A copy of what people decide in PRIMARY.
CREATE TABLE reference.zone_transit_days_layout (
    carrier            text NOT NULL,
    service            text NOT NULL,
    zone               text NOT NULL COLLATE "C",
    days               smallint,
    exact_percent      real,
    within_one_percent real
);

COMMENT ON COLUMN reference.zone_transit_days_layout.days IS 'business days; null where none are assumed';

CREATE VIEW reference.zone_transit_days AS SELECT * FROM reference.zone_transit_days_layout;

-- Every code that an area can have, and its place in rows of bytes.
CREATE TABLE reference.areas (
    zip3  text PRIMARY KEY COLLATE "C",
    place integer NOT NULL
);

INSERT INTO reference.areas SELECT lpad(place::text, 3, '0'), place FROM generate_series(0, 999) AS place;
ANALYZE reference.areas;

CREATE TABLE reference.delivery_matrix_layout (
    origin   text NOT NULL COLLATE "C" CHECK (origin ~ '^[0-9]{3}$'),
    carrier  text NOT NULL COLLATE "C",
    service  text NOT NULL COLLATE "C",
    -- Where its days come from, but for those that were measured.
    source   text NOT NULL CHECK (source IN ('standard', 'estimated')),
    -- Business days, a byte for each area; 0: none.
    days     bytea NOT NULL CHECK (length(days) = 1000),
    -- Zones, two bytes for each area, the higher first; 0: none. Null where the carrier has no zones.
    zones    bytea CHECK (length(zones) = 2000),
    -- 1 where the days were measured, a byte for each area. Null where none were.
    measured bytea CHECK (length(measured) = 1000)
);

-- Neither compressed nor moved out of line: a byte in the middle is then read without reading the rest.
ALTER TABLE reference.delivery_matrix_layout
    ALTER COLUMN days SET STORAGE PLAIN, ALTER COLUMN zones SET STORAGE PLAIN, ALTER COLUMN measured SET STORAGE PLAIN;

-- What is published is another table behind this view; the one that people read rests on it and never changes.
CREATE VIEW reference.delivery_matrix_rows AS SELECT * FROM reference.delivery_matrix_layout;

CREATE VIEW reference.delivery_matrix AS
SELECT r.origin, a.zip3 AS destination, r.carrier, r.service,
       nullif(get_byte(r.days, a.place), 0)::smallint AS transit_days,
       CASE WHEN get_byte(r.zones, 2 * a.place) * 256 + get_byte(r.zones, 2 * a.place + 1) > 0
            THEN lpad((get_byte(r.zones, 2 * a.place) * 256 + get_byte(r.zones, 2 * a.place + 1))::text, 3, '0') END AS zone,
       (CASE get_byte(r.days, a.place) WHEN 0 THEN NULL WHEN 1 THEN 100 WHEN 2 THEN 95 WHEN 3 THEN 60 WHEN 4 THEN 20 ELSE 0 END)::smallint
           AS delivery_score,
       CASE WHEN get_byte(r.days, a.place) = 0 THEN NULL
            WHEN get_byte(r.measured, a.place) = 1 THEN 'measured'
            ELSE r.source END AS source
FROM reference.delivery_matrix_rows r
CROSS JOIN reference.areas a
WHERE get_byte(r.days, a.place) > 0 OR get_byte(r.zones, 2 * a.place) > 0 OR get_byte(r.zones, 2 * a.place + 1) > 0;

COMMENT ON VIEW reference.delivery_matrix IS 'business days by origin, destination, carrier and service';

-- How often the days that zones are taken to mean are the measured ones, where both are known.
CREATE TABLE reference.zone_accuracy_layout (
    carrier    text NOT NULL,
    service    text NOT NULL,
    zone       text NOT NULL COLLATE "C",
    pairs      bigint NOT NULL,
    exact      bigint NOT NULL,
    within_one bigint NOT NULL
);

CREATE VIEW reference.zone_accuracy AS SELECT * FROM reference.zone_accuracy_layout;
