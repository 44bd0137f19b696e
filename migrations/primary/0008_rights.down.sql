DELETE FROM config.role_permissions
WHERE permission = ANY (ARRAY['imports:areas', 'imports:usps', 'imports:ups'])
   OR role_id = ANY (ARRAY['operations_manager', 'data_analyst', 'warehouse_staff']);
DELETE FROM config.user_roles WHERE role_id = ANY (ARRAY['operations_manager', 'data_analyst', 'warehouse_staff']);
DELETE FROM config.roles WHERE id = ANY (ARRAY['operations_manager', 'data_analyst', 'warehouse_staff']);

DROP TABLE config.rights_changes;
DROP TABLE config.rights_clock;
DROP TABLE config.password_links;

DROP INDEX config.integration_runs_by_user;
ALTER TABLE config.integration_runs DROP COLUMN on_behalf_of;

ALTER TABLE config.sessions
    DROP COLUMN acting_until,
    DROP COLUMN acting_as,
    DROP COLUMN previous_until,
    DROP COLUMN previous_hash,
    DROP COLUMN renew,
    DROP COLUMN last_seen_at,
    DROP COLUMN id;

ALTER TABLE config.roles
    DROP COLUMN version,
    DROP COLUMN retired_at,
    DROP COLUMN requires_second_factor,
    DROP COLUMN description;

-- Who has no password yet cannot sign in with this one either: it is no hash.
UPDATE config.users SET password_hash = '' WHERE password_hash IS NULL;
ALTER TABLE config.users
    DROP COLUMN last_signed_in_at,
    DROP COLUMN first_signed_in_at,
    DROP COLUMN password_set_at,
    DROP COLUMN version,
    ALTER COLUMN password_hash SET NOT NULL;
