-- A version that was undone, beside the one that is shown.
CREATE TABLE IF NOT EXISTS workspace.us_zips_1005 (LIKE workspace.us_zips_layout INCLUDING ALL);
INSERT INTO workspace.publications (number, relation, run_id, rows, release, undone_at, change) OVERRIDING SYSTEM VALUE
VALUES (1005, 'workspace.us_zips', 'r5', 0, '1.90', now(), 1005)
ON CONFLICT DO NOTHING;
INSERT INTO workspace.stagings (number, relation, run_id, rows, release) VALUES (1006, 'workspace.us_zips', 'r6', 2, '1.91')
ON CONFLICT DO NOTHING;
INSERT INTO workspace.derivations (publication, source, change) VALUES (1003, 'workspace.us_zips', 1001)
ON CONFLICT DO NOTHING;
