INSERT INTO workspace.stagings (number, relation, run_id, rows, base) VALUES (1010, 'workspace.us_zips', 'r10', 2, 1001)
ON CONFLICT DO NOTHING;
