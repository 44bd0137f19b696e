-- What the transformation zip3 publishes.

CREATE TABLE reference.zip3_demographics_layout (
    zip3       text NOT NULL CHECK (zip3 ~ '^[0-9]{3}$'),
    population bigint NOT NULL,
    zips       bigint NOT NULL,
    state_id   text NOT NULL,
    city       text NOT NULL,
    lat        double precision NOT NULL,
    lng        double precision NOT NULL
);

COMMENT ON COLUMN reference.zip3_demographics_layout.population IS 'people, summed over ZIPs; unknown counts as 0';
COMMENT ON COLUMN reference.zip3_demographics_layout.state_id IS 'most frequent among its ZIPs';
COMMENT ON COLUMN reference.zip3_demographics_layout.city IS 'of its most populous ZIP';
COMMENT ON COLUMN reference.zip3_demographics_layout.lat IS 'degrees, weighted by population';
COMMENT ON COLUMN reference.zip3_demographics_layout.lng IS 'degrees, weighted by population';

CREATE VIEW reference.zip3_demographics AS SELECT * FROM reference.zip3_demographics_layout;

CREATE TABLE reference.zip3_centroids_layout (
    zip3   text NOT NULL CHECK (zip3 ~ '^[0-9]{3}$'),
    zctas  bigint NOT NULL,
    aland  bigint NOT NULL,
    awater bigint NOT NULL,
    lat    double precision NOT NULL,
    lng    double precision NOT NULL
);

COMMENT ON COLUMN reference.zip3_centroids_layout.aland IS 'land, square metres';
COMMENT ON COLUMN reference.zip3_centroids_layout.awater IS 'water, square metres';
COMMENT ON COLUMN reference.zip3_centroids_layout.lat IS 'degrees, weighted by area';
COMMENT ON COLUMN reference.zip3_centroids_layout.lng IS 'degrees, weighted by area';

CREATE VIEW reference.zip3_centroids AS SELECT * FROM reference.zip3_centroids_layout;
