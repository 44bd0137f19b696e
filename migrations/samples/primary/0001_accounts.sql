INSERT INTO config.users (id, email, name, password_hash, disabled_at) VALUES
    ('u1', 'ana@example.com', 'Ana', '$argon2id$', NULL),
    ('u2', 'ben@example.com', 'Ben', '$argon2id$', now())
ON CONFLICT DO NOTHING;
INSERT INTO config.roles (id, name) VALUES ('night', 'Night shift')
ON CONFLICT DO NOTHING;
INSERT INTO config.role_permissions (role_id, permission) VALUES ('night', 'imports:read')
ON CONFLICT DO NOTHING;
INSERT INTO config.user_roles (user_id, role_id) VALUES ('u1', 'administrator'), ('u1', 'night'), ('u2', 'viewer')
ON CONFLICT DO NOTHING;
