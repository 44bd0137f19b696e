INSERT INTO config.users (id, email, name, password_hash) VALUES ('u3', 'cleo@example.com', 'Cleo', NULL)
ON CONFLICT DO NOTHING;
INSERT INTO config.user_roles (user_id, role_id) VALUES ('u3', 'data_analyst')
ON CONFLICT DO NOTHING;
INSERT INTO config.password_links (user_id, token_hash, created_by, expires_at) VALUES
    ('u3', sha256('link'), 'ana@example.com', now() + interval '1 day')
ON CONFLICT DO NOTHING;
INSERT INTO config.sessions (token_hash, user_id, expires_at, previous_hash, previous_until, acting_as, acting_until) VALUES
    (sha256('three'), 'u1', now() + interval '1 day', sha256('before'), now(), 'u3', now() + interval '30 minutes')
ON CONFLICT DO NOTHING;
INSERT INTO config.rights_changes (tick, user_id) VALUES (1, 'u1'), (2, NULL)
ON CONFLICT DO NOTHING;
UPDATE config.rights_clock SET tick = 2;
