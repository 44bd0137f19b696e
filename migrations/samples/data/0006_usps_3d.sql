INSERT INTO workspace.publications (number, relation, run_id, rows, change) OVERRIDING SYSTEM VALUE VALUES (1007, 'workspace.usps_3d', 'r7', 1, 1007)
ON CONFLICT DO NOTHING;
CREATE TABLE IF NOT EXISTS workspace.usps_3d_1007 (LIKE workspace.usps_3d_layout INCLUDING ALL);
INSERT INTO workspace.usps_3d_1007 VALUES ('010', '006', 3, 5, 6, 9, 6, 10, 5, 4, 1)
ON CONFLICT DO NOTHING;
CREATE OR REPLACE VIEW workspace.usps_3d AS SELECT * FROM workspace.usps_3d_1007;
INSERT INTO workspace.live (relation, publication, change) VALUES ('workspace.usps_3d', 1007, 1007)
ON CONFLICT DO NOTHING;
