-- Census Gazetteer of ZIP Code Tabulation Areas.

CREATE TABLE workspace.gaz_zcta_layout (
    geoid       text NOT NULL CHECK (geoid ~ '^[0-9]{5}$'),
    aland       bigint NOT NULL,
    awater      bigint NOT NULL,
    aland_sqmi  double precision,
    awater_sqmi double precision,
    intptlat    double precision NOT NULL,
    intptlong   double precision NOT NULL
);

COMMENT ON COLUMN workspace.gaz_zcta_layout.aland IS 'land, square metres';
COMMENT ON COLUMN workspace.gaz_zcta_layout.awater IS 'water, square metres';
COMMENT ON COLUMN workspace.gaz_zcta_layout.intptlat IS 'degrees';
COMMENT ON COLUMN workspace.gaz_zcta_layout.intptlong IS 'degrees';

CREATE VIEW workspace.gaz_zcta AS SELECT * FROM workspace.gaz_zcta_layout;
