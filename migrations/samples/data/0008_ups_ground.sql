INSERT INTO workspace.publications (number, relation, run_id, rows, change) OVERRIDING SYSTEM VALUE VALUES (1009, 'workspace.ups_ground', 'r9', 1, 1009)
ON CONFLICT DO NOTHING;
INSERT INTO workspace.origin_versions (publication, relation, origin, rows, live) VALUES (1009, 'workspace.ups_ground', '28602', 1, true)
ON CONFLICT DO NOTHING;
INSERT INTO workspace.ups_ground_rows (origin, destination, state, days, publication, version)
VALUES ('28602', '00501', 'NY', 2, 1009, 1009)
ON CONFLICT DO NOTHING;
