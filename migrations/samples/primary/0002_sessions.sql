INSERT INTO config.sessions (token_hash, user_id, expires_at, address, user_agent) VALUES
    (sha256('one'), 'u1', now() + interval '1 day', '127.0.0.1', 'a browser'),
    (sha256('two'), 'u2', now() + interval '1 day', NULL, NULL)
ON CONFLICT DO NOTHING;
