INSERT INTO config.integration_runs (id, operation, subject, state, user_id, actor, file_name, file_bytes, file_sha256, failure, finished_at, lease_holder, lease_expires_at) VALUES
    ('r1', 'import', 'us-zips', 'succeeded', 'u1', 'ana@example.com', 'uszips.csv', 10, repeat('a', 64), NULL, now(), NULL, NULL),
    ('r2', 'import', NULL, 'failed', NULL, 'system:root', 'picture.gif', 0, repeat('b', 64), 'It is a picture.', now(), NULL, NULL),
    ('r3', 'transformation', 'zip3', 'running', 'u1', 'ana@example.com', NULL, NULL, NULL, NULL, NULL, 'somebody', now()),
    ('r4', 'export', 'zip3-reference.json', 'succeeded', 'u1', 'ana@example.com', NULL, NULL, NULL, NULL, now(), NULL, NULL)
ON CONFLICT DO NOTHING;
INSERT INTO config.rejected_rows (run_id, ordinal, line, column_name, reason, value) VALUES
    ('r1', 1, 7, 'zip', 'is no ZIP', '6O1'), ('r1', 2, 9, NULL, 'has 3 of 18 fields', '')
ON CONFLICT DO NOTHING;
