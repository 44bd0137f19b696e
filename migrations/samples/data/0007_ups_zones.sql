INSERT INTO workspace.publications (number, relation, run_id, rows, change) OVERRIDING SYSTEM VALUE VALUES (1008, 'workspace.ups_zones', 'r8', 1, 1008)
ON CONFLICT DO NOTHING;
INSERT INTO workspace.origin_versions (publication, relation, origin, rows, live) VALUES (1008, 'workspace.ups_zones', '010', 1, true)
ON CONFLICT DO NOTHING;
INSERT INTO workspace.ups_zones_rows (origin, destination, ground, next_day_air, publication, version)
VALUES ('010', '302', '005', '105', 1008, 1008)
ON CONFLICT DO NOTHING;
