INSERT INTO workspace.publications (number, relation, run_id, rows) OVERRIDING SYSTEM VALUE VALUES (1003, 'reference.zip3_demographics', 'r4', 1)
ON CONFLICT DO NOTHING;
INSERT INTO workspace.publications (number, relation, run_id, rows) OVERRIDING SYSTEM VALUE VALUES (1004, 'reference.zip3_centroids', 'r4', 1)
ON CONFLICT DO NOTHING;
CREATE TABLE IF NOT EXISTS reference.zip3_demographics_1003 (LIKE reference.zip3_demographics_layout INCLUDING ALL);
INSERT INTO reference.zip3_demographics_1003 VALUES ('006', 17126, 2, 'PR', 'Adjuntas', 18.18, -66.75)
ON CONFLICT DO NOTHING;
CREATE OR REPLACE VIEW reference.zip3_demographics AS SELECT * FROM reference.zip3_demographics_1003;
CREATE TABLE IF NOT EXISTS reference.zip3_centroids_1004 (LIKE reference.zip3_centroids_layout INCLUDING ALL);
INSERT INTO reference.zip3_centroids_1004 VALUES ('006', 1, 166847909, 799292, 18.18, -66.75)
ON CONFLICT DO NOTHING;
CREATE OR REPLACE VIEW reference.zip3_centroids AS SELECT * FROM reference.zip3_centroids_1004;
