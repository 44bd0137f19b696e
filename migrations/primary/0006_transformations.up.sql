-- Transformations in the queue: in order, checked, compared with what they replace; and what people decide for them.

ALTER TABLE config.integration_runs
    -- Runs that must have ended well before this one begins. Null in runs from before there was an order.
    ADD COLUMN after text[],
    -- [{"name": "...", "passed": true, "finding": "..."}, ...]: what must hold of what it made.
    ADD COLUMN checks jsonb NOT NULL DEFAULT '[]',
    -- How what it made differs from what it replaced, for each table.
    ADD COLUMN changes jsonb NOT NULL DEFAULT '[]';

-- What is asked for while it is queued or at work is that very run.
CREATE UNIQUE INDEX integration_runs_one_of_each_transformation ON config.integration_runs (subject)
    WHERE operation = 'transformation' AND state IN ('queued', 'running') AND after IS NOT NULL;

CREATE SEQUENCE config.zone_transit_days_revision;

CREATE TABLE config.zone_transit_days (
    carrier            text NOT NULL,
    service            text NOT NULL,
    zone               text NOT NULL COLLATE "C" CHECK (zone ~ '^[0-9]{3}$'),
    -- Business days; null: the zone is known, and nobody dares to say how many days it means.
    days               smallint CHECK (days BETWEEN 1 AND 30),
    -- How often the days were right, of a hundred, where they were laid beside known ones.
    exact_percent      real CHECK (exact_percent BETWEEN 0 AND 100),
    within_one_percent real CHECK (within_one_percent BETWEEN exact_percent AND 100),
    -- Grows with every change: the copy in DATA says of which revision it is.
    revision           bigint NOT NULL DEFAULT nextval('config.zone_transit_days_revision'),
    updated_at         timestamptz NOT NULL DEFAULT now(),
    -- Who set it; the seed's are nobody's.
    updated_by         text,
    PRIMARY KEY (carrier, service, zone)
);

-- Zones of nine origins (076, 286, 303, 328, 379, 601, 761, 907, 925; 7,983 pairs) laid beside their known days, and the most frequent taken.
INSERT INTO config.zone_transit_days (carrier, service, zone, days, exact_percent, within_one_percent) VALUES
    ('UPS', 'GND', '002', 1, 89, 99),
    ('UPS', 'GND', '003', 2, 67, 100),
    ('UPS', 'GND', '004', 2, 93, 100),
    ('UPS', 'GND', '005', 3, 53, 100),
    ('UPS', 'GND', '006', 3, 68, 97),
    ('UPS', 'GND', '007', 4, 62, 100),
    ('UPS', 'GND', '008', 4, 71, 99),
    ('UPS', 'GND', '045', 5, 44, 89),
    ('UPS', 'GND', '044', NULL, NULL, NULL),
    ('UPS', 'GND', '046', NULL, NULL, NULL);

-- What is due at a time of day, and when it was last begun: of several servers one begins it.
CREATE TABLE config.schedules (
    name      text PRIMARY KEY,
    begun_for timestamptz NOT NULL
);

INSERT INTO config.role_permissions (role_id, permission) VALUES
    ('viewer', 'transit:read');
