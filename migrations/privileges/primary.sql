-- What the application's role may do on PRIMARY: work with rows, and nothing with structure. Applied
-- after every migration, so that new tables are covered; {app} is the role's quoted name.

GRANT USAGE ON SCHEMA config TO {app};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA config TO {app};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA config TO {app};

-- The audit only grows: the application says neither when a row was written nor which number it has, and changes nothing of what is
-- there. What waits for a seal it takes out once it is sealed. What the migration tool keeps is the tool's own.
REVOKE INSERT, UPDATE, DELETE, TRUNCATE ON config.audit FROM {app};
GRANT INSERT (user_id, actor, on_behalf_of, action, resource, resource_id, before, after, address, request_id) ON config.audit TO {app};
DO $$
BEGIN
    -- Not yet there where the structure was brought up to an earlier version on purpose.
    IF to_regclass('config.audit_seals') IS NOT NULL THEN
        REVOKE UPDATE, DELETE, TRUNCATE ON config.audit_seals, config.audit_sealed FROM {app};
        REVOKE UPDATE, TRUNCATE ON config.audit_unsealed FROM {app};
        GRANT EXECUTE ON FUNCTION config.remove_sealed_audit(timestamptz, integer) TO {app};
    END IF;
END
$$;
REVOKE INSERT, UPDATE, DELETE, TRUNCATE
    ON config.schema_migrations, config.schema_progress, config.schema_lease, config.schema_log, config.schema_marker FROM {app};
