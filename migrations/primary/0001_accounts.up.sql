-- Users, roles and what roles allow.

DO $$
BEGIN
    IF to_regnamespace('config') IS NULL THEN
        CREATE SCHEMA config;
    END IF;
END
$$;

CREATE TABLE config.users (
    id            text PRIMARY KEY,
    -- One spelling: lower case, trimmed. The application normalizes, the constraint holds it to that.
    email         text NOT NULL UNIQUE CHECK (email = lower(btrim(email)) AND email <> ''),
    name          text NOT NULL CHECK (name <> ''),
    -- A PHC string; it carries its own parameters and salt.
    password_hash text NOT NULL,
    disabled_at   timestamptz,
    created_at    timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE config.roles (
    id              text PRIMARY KEY,
    name            text NOT NULL,
    -- Holds every permission of the catalogue, also those of later versions, and cannot be changed.
    all_permissions boolean NOT NULL DEFAULT false
);

CREATE TABLE config.role_permissions (
    role_id    text NOT NULL REFERENCES config.roles (id) ON DELETE CASCADE,
    permission text NOT NULL,
    PRIMARY KEY (role_id, permission)
);

CREATE TABLE config.user_roles (
    user_id text NOT NULL REFERENCES config.users (id) ON DELETE CASCADE,
    role_id text NOT NULL REFERENCES config.roles (id),
    PRIMARY KEY (user_id, role_id)
);

CREATE INDEX user_roles_by_role ON config.user_roles (role_id);

INSERT INTO config.roles (id, name, all_permissions) VALUES
    ('administrator', 'Administrator', true),
    ('viewer', 'Viewer', false);

INSERT INTO config.role_permissions (role_id, permission) VALUES
    ('viewer', 'imports:read'),
    ('viewer', 'transformations:read'),
    ('viewer', 'exports:read'),
    ('viewer', 'databases:read');
