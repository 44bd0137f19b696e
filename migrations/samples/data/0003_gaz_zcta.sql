INSERT INTO workspace.publications (number, relation, run_id, rows) OVERRIDING SYSTEM VALUE VALUES (1002, 'workspace.gaz_zcta', 'r2', 1)
ON CONFLICT DO NOTHING;
CREATE TABLE IF NOT EXISTS workspace.gaz_zcta_1002 (LIKE workspace.gaz_zcta_layout INCLUDING ALL);
INSERT INTO workspace.gaz_zcta_1002 (geoid, aland, awater, intptlat, intptlong) VALUES ('00601', 166847909, 799292, 18.18, -66.75)
ON CONFLICT DO NOTHING;
CREATE OR REPLACE VIEW workspace.gaz_zcta AS SELECT * FROM workspace.gaz_zcta_1002;
