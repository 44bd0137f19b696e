INSERT INTO config.sign_in_attempts (scope, account, address, failures, counted_at, blocked_until, told_at) VALUES
    ('pair', sha256('ana'), sha256('somewhere'), 7, now(), now() + interval '1 minute', now()),
    ('account', sha256('ana'), '', 3, now(), NULL, NULL),
    ('address', '', sha256('somewhere'), 20, now(), NULL, NULL),
    ('everything', '', '', 30, now(), NULL, NULL)
ON CONFLICT DO NOTHING;
INSERT INTO config.known_addresses (account, address, last_signed_in_at) VALUES (sha256('ana'), sha256('at home'), now())
ON CONFLICT DO NOTHING;
INSERT INTO config.sign_in_openings (account, until) VALUES (sha256('ana@example.com'), now() + interval '15 minutes')
ON CONFLICT DO NOTHING;
