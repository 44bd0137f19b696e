INSERT INTO workspace.publications (number, relation, run_id, rows, change, corrects) OVERRIDING SYSTEM VALUE
VALUES (1013, 'workspace.us_zips', 'r13', 2, 1013, 1001)
ON CONFLICT DO NOTHING;
INSERT INTO workspace.derivations (publication, source, change, shown) VALUES (1003, 'workspace.gaz_zcta', 1002, '{1002}')
ON CONFLICT DO NOTHING;
