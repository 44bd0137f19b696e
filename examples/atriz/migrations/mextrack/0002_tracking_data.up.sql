-- Where a vehicle was, and how it moved.
CREATE TABLE tracking_data (
    vehicle_id  bigint NOT NULL REFERENCES vehicles (id) ON DELETE CASCADE,
    recorded_at timestamptz NOT NULL,
    latitude    numeric(8, 6) NOT NULL CHECK (latitude BETWEEN -90 AND 90),
    longitude   numeric(9, 6) NOT NULL CHECK (longitude BETWEEN -180 AND 180),
    speed_kmh   smallint CHECK (speed_kmh BETWEEN 0 AND 300),
    heading     smallint CHECK (heading BETWEEN 0 AND 359),
    PRIMARY KEY (vehicle_id, recorded_at)
);

COMMENT ON COLUMN tracking_data.heading IS 'Degrees from north, clockwise.';
