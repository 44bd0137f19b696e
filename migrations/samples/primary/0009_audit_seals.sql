INSERT INTO config.audit (user_id, actor, action, resource, resource_id, address, request_id) VALUES
    ('u1', 'ana@example.com', 'sign-in', 'session', NULL, '127.0.0.1', 'q9');
INSERT INTO config.audit_seals (number, previous, hash, rows_hash, row_count, first_at, last_at, complete_to, sealed_at)
SELECT 1, decode(repeat('00', 32), 'hex'), decode(repeat('01', 32), 'hex'), decode(repeat('02', 32), 'hex'), count(*), min(at), max(at), now(), now()
FROM config.audit
ON CONFLICT DO NOTHING;
INSERT INTO config.audit_sealed (audit_id, seal, hash)
SELECT id, 1, decode(repeat('03', 32), 'hex') FROM config.audit WHERE action = 'sign-in'
ON CONFLICT DO NOTHING;
