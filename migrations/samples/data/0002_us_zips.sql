-- As a run publishes: a table of its own, and the view over it.
INSERT INTO workspace.publications (number, relation, run_id, rows) OVERRIDING SYSTEM VALUE VALUES (1001, 'workspace.us_zips', 'r1', 2)
ON CONFLICT DO NOTHING;
CREATE TABLE IF NOT EXISTS workspace.us_zips_1001 (LIKE workspace.us_zips_layout INCLUDING ALL);
INSERT INTO workspace.us_zips_1001 (zip, lat, lng, city, state_id, state_name, population, density, county_name, timezone) VALUES
    ('00601', 18.18, -66.75, 'Adjuntas', 'PR', 'Puerto Rico', 17126, 102.6, 'Adjuntas', 'America/Puerto_Rico'),
    ('00602', 18.36, -67.18, 'Aguada', 'PR', NULL, NULL, NULL, NULL, NULL)
ON CONFLICT DO NOTHING;
CREATE OR REPLACE VIEW workspace.us_zips AS SELECT * FROM workspace.us_zips_1001;
