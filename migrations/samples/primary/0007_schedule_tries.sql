INSERT INTO config.schedules (name, begun_for, tries, again_at) VALUES
    ('export zone-matrix.json', now(), 3, now() + interval '4 minutes')
ON CONFLICT (name) DO UPDATE SET tries = EXCLUDED.tries, again_at = EXCLUDED.again_at;
