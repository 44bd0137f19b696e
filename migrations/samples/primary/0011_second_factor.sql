INSERT INTO config.second_factors (user_id, secret, confirmed_at, last_step, pending_secret, pending_since) VALUES
    ('u1', sha256('sealed'), now(), 59000000, NULL, NULL),
    ('u2', NULL, NULL, NULL, sha256('pending'), now())
ON CONFLICT DO NOTHING;
INSERT INTO config.recovery_codes (user_id, code_hash, used_at) VALUES
    ('u1', sha256('one'), now()),
    ('u1', sha256('two'), NULL)
ON CONFLICT DO NOTHING;
