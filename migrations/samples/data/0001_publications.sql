INSERT INTO workspace.publications (relation, run_id, rows) VALUES ('workspace.of_nobody', 'r1', 2)
ON CONFLICT DO NOTHING;
INSERT INTO workspace.run_ledger (run_id, outcome) VALUES ('r1', 'published'), ('r2', 'published'), ('r3', 'abandoned')
ON CONFLICT DO NOTHING;
