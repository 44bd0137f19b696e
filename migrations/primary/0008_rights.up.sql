-- Accounts that are looked after: links to set a password, sessions that can be told apart and end when they are not used, roles
-- that people make, and a clock that tells every server when somebody's rights have changed.

ALTER TABLE config.users
    -- Null until the first link was used.
    ALTER COLUMN password_hash DROP NOT NULL,
    -- Grows with each change of what an administrator edits.
    ADD COLUMN version            bigint NOT NULL DEFAULT 1,
    ADD COLUMN password_set_at    timestamptz,
    -- Null: never. Only who never signed in and never did anything can be deleted.
    ADD COLUMN first_signed_in_at timestamptz,
    ADD COLUMN last_signed_in_at  timestamptz;

UPDATE config.users SET password_set_at = created_at;
UPDATE config.users u
SET first_signed_in_at = seen.first, last_signed_in_at = seen.last
FROM (SELECT user_id, min(at) AS first, max(at) AS last FROM config.audit WHERE action = 'sign-in' GROUP BY user_id) seen
WHERE seen.user_id = u.id;

ALTER TABLE config.roles
    ADD COLUMN description            text NOT NULL DEFAULT '',
    ADD COLUMN requires_second_factor boolean NOT NULL DEFAULT false,
    -- From then on nobody is given it; who holds it keeps it.
    ADD COLUMN retired_at             timestamptz,
    ADD COLUMN version                bigint NOT NULL DEFAULT 1;

ALTER TABLE config.sessions
    -- Names a session to people and in the audit; its token is known to its browser alone.
    ADD COLUMN id             text NOT NULL DEFAULT gen_random_uuid()::text UNIQUE,
    -- To the minute: servers write down what they have seen all at once.
    ADD COLUMN last_seen_at   timestamptz NOT NULL DEFAULT now(),
    -- The session gets another token at its next page.
    ADD COLUMN renew          boolean NOT NULL DEFAULT false,
    -- The token before, which requests that were under way may still show for a moment.
    ADD COLUMN previous_hash  bytea UNIQUE CHECK (length(previous_hash) = 32),
    ADD COLUMN previous_until timestamptz,
    -- As whom the user looks at the platform, for a while.
    ADD COLUMN acting_as      text REFERENCES config.users (id) ON DELETE SET NULL,
    ADD COLUMN acting_until   timestamptz;

CREATE INDEX sessions_by_acting ON config.sessions (acting_as) WHERE acting_as IS NOT NULL;

ALTER TABLE config.integration_runs
    -- As whom the user acted who asked for it: that one's address.
    ADD COLUMN on_behalf_of text;

CREATE INDEX integration_runs_by_user ON config.integration_runs (user_id) WHERE user_id IS NOT NULL;

CREATE TABLE config.password_links (
    -- One for each user: a new one takes the place of the old.
    user_id    text PRIMARY KEY REFERENCES config.users (id) ON DELETE CASCADE,
    -- SHA-256 of the secret in the link.
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    created_at timestamptz NOT NULL DEFAULT now(),
    created_by text NOT NULL,
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at)
);

-- Moves with every change of rights. Whoever changes rights locks its only row until the end of the transaction: so changes are told
-- in the order in which they become visible, and a look at the clock misses none before it.
CREATE TABLE config.rights_clock (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    tick    bigint NOT NULL DEFAULT 0
);
INSERT INTO config.rights_clock DEFAULT VALUES;

-- Whose rights changed at which tick; null: anybody's.
CREATE TABLE config.rights_changes (
    tick    bigint PRIMARY KEY,
    user_id text
);

UPDATE config.roles SET description = 'Everything, also what later versions bring.' WHERE id = 'administrator';
UPDATE config.roles SET description = 'Sees what operations staff work with, and changes nothing.' WHERE id = 'viewer';

INSERT INTO config.roles (id, name, description) VALUES
    ('operations_manager', 'Operations manager', 'Runs the operation: everything but accounts, roles and the databases'' structure.'),
    ('data_analyst', 'Data analyst', 'Brings files in and derives answers from them.'),
    ('warehouse_staff', 'Warehouse staff', 'Looks answers up.')
ON CONFLICT (id) DO NOTHING;

INSERT INTO config.role_permissions (role_id, permission)
SELECT role, permission
FROM (VALUES
    ('operations_manager', ARRAY['imports:read', 'imports:areas', 'imports:usps', 'imports:ups', 'transformations:read', 'transformations:run',
        'transformations:edit', 'transit:read', 'exports:read', 'databases:read', 'databases:inspect', 'users:read', 'roles:read',
        'sessions:read', 'audit:read']),
    ('data_analyst', ARRAY['imports:read', 'imports:areas', 'imports:usps', 'imports:ups', 'transformations:read', 'transformations:run',
        'transit:read', 'exports:read', 'databases:read']),
    ('warehouse_staff', ARRAY['transit:read', 'exports:read', 'databases:read'])
) AS seeded (role, permissions), unnest(permissions) AS permission
ON CONFLICT DO NOTHING;

-- One permission to import has become one for each category of files.
INSERT INTO config.role_permissions (role_id, permission)
SELECT role_id, category
FROM config.role_permissions, unnest(ARRAY['imports:areas', 'imports:usps', 'imports:ups']) AS category
WHERE permission = 'imports:run'
ON CONFLICT DO NOTHING;
