-- What the application's role may do on PRIMARY: work with rows, and nothing with structure. Applied
-- after every migration, so that new tables are covered; {app} is the role's quoted name.

GRANT USAGE ON SCHEMA config TO {app};
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA config TO {app};
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA config TO {app};

-- The audit only grows, and what the migration tool keeps is its own.
REVOKE UPDATE, DELETE, TRUNCATE ON config.audit FROM {app};
REVOKE INSERT, UPDATE, DELETE, TRUNCATE
    ON config.schema_migrations, config.schema_progress, config.schema_lease, config.schema_log, config.schema_marker FROM {app};
