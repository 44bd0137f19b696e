-- Sessions of signed-in users.

CREATE TABLE config.sessions (
    -- SHA-256 of the cookie's value: who reads this table cannot sign in with it.
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    user_id    text NOT NULL REFERENCES config.users (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL CHECK (expires_at > created_at),
    address    text,
    user_agent text
);

CREATE INDEX sessions_by_user ON config.sessions (user_id);
CREATE INDEX sessions_by_end ON config.sessions (expires_at);
