INSERT INTO config.integration_runs (id, operation, subject, state, actor, file_name, file_bytes, file_sha256, undoes, corrects, repeats, same_bytes_as, finished_at, lease_expires_at, preview) VALUES
    ('r5', 'import', 'ups-zones', 'waiting', 'ana@example.com', '3 files', 30, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '{}'),
    ('r6', 'import', 'us-zips', 'queued', 'ana@example.com', 'uszips.csv', 10, repeat('a', 64), NULL, 'r1', NULL, 'r1', NULL, NULL, NULL),
    ('r7', 'import', 'us-zips', 'undone', 'ana@example.com', 'uszips.csv', 10, repeat('a', 64), NULL, NULL, 'r1', NULL, now(), NULL, NULL),
    ('r8', 'undo', 'us-zips', 'succeeded', 'ana@example.com', NULL, NULL, NULL, 'r7', NULL, NULL, NULL, now(), NULL, NULL),
    ('r9', 'import', 'usps-3d', 'cancelled', 'ana@example.com', '3d.csv', 10, repeat('c', 64), NULL, NULL, NULL, NULL, now(), NULL, NULL)
ON CONFLICT DO NOTHING;
INSERT INTO config.run_files (run_id, ordinal, name, archive, bytes, sha256, release, origins, failure) VALUES
    ('r5', 1, '004.xlsx', 'charts.zip', 10, repeat('d', 64), '2025-03-01', '{004,005}', NULL),
    ('r5', 2, '010.xlsx', 'charts.zip', 10, repeat('e', 64), NULL, '{}', 'It has no header.'),
    ('r7', 1, 'uszips.csv', NULL, 10, repeat('a', 64), NULL, '{}', NULL)
ON CONFLICT DO NOTHING;
INSERT INTO config.rejected_rows (run_id, ordinal, line, column_name, reason, value, file_name) VALUES
    ('r5', 1, 3, 'Ground', 'is no zone', '9999', '004.xlsx')
ON CONFLICT DO NOTHING;
