INSERT INTO config.integration_runs (id, operation, subject, state, actor, after, checks, changes) VALUES
    ('r10', 'transformation', 'zip3', 'queued', 'system:scheduler', '{}', '[]', '[]'),
    ('r11', 'transformation', 'delivery-matrix', 'queued', 'system:scheduler', '{r10}', '[]', '[]')
ON CONFLICT DO NOTHING;
INSERT INTO config.integration_runs (id, operation, subject, state, actor, after, checks, changes, finished_at) VALUES
    ('r12', 'transformation', 'zip3', 'succeeded', 'system:scheduler', '{}', '[{"name": "keys"}]', '[{"rows": 896}]', now())
ON CONFLICT DO NOTHING;
INSERT INTO config.zone_transit_days (carrier, service, zone, days, exact_percent, within_one_percent, updated_by) VALUES
    ('UPS', 'GND', '009', 5, NULL, NULL, 'ana@example.com')
ON CONFLICT DO NOTHING;
INSERT INTO config.schedules (name, begun_for) VALUES ('transformations', now()), ('exports', now())
ON CONFLICT DO NOTHING;
