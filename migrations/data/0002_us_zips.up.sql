-- SimpleMaps US ZIPs. The layout stays empty: it is what each import's table is made like.

CREATE TABLE workspace.us_zips_layout (
    zip         text NOT NULL CHECK (zip ~ '^[0-9]{5}$'),
    lat         double precision NOT NULL,
    lng         double precision NOT NULL,
    city        text NOT NULL,
    state_id    text NOT NULL,
    state_name  text,
    population  bigint,
    density     double precision,
    county_name text,
    timezone    text
);

COMMENT ON COLUMN workspace.us_zips_layout.lat IS 'degrees';
COMMENT ON COLUMN workspace.us_zips_layout.lng IS 'degrees';
COMMENT ON COLUMN workspace.us_zips_layout.population IS 'people; null where the publisher gives none';
COMMENT ON COLUMN workspace.us_zips_layout.density IS 'people per square kilometre';

CREATE VIEW workspace.us_zips AS SELECT * FROM workspace.us_zips_layout;
