INSERT INTO config.audit (user_id, actor, action, resource, resource_id, before, after, address, request_id) VALUES
    ('u1', 'ana@example.com', 'sign-in', 'session', NULL, NULL, NULL, '127.0.0.1', 'q1'),
    (NULL, 'system:root', 'migrate', 'database', 'primary', NULL, '{"versions": [1, 2]}', NULL, NULL)
ON CONFLICT DO NOTHING;
