-- Second factors: the secret of an authenticator app, and codes for when it is lost.

CREATE TABLE config.second_factors (
    user_id        text PRIMARY KEY REFERENCES config.users (id) ON DELETE CASCADE,
    -- Sealed with a key that is derived from AUTH_SECRET: who reads this table cannot make codes.
    secret         bytea,
    confirmed_at    timestamptz,
    -- The 30 seconds, counted from 1970, of the last code that was taken: each is taken once.
    last_step      bigint,
    -- Shown to the user and not confirmed with a code yet. Sealed, too.
    pending_secret bytea,
    pending_since  timestamptz,
    CHECK ((secret IS NULL) = (confirmed_at IS NULL)),
    CHECK ((secret IS NULL) = (last_step IS NULL)),
    CHECK ((pending_secret IS NULL) = (pending_since IS NULL))
);

CREATE TABLE config.recovery_codes (
    user_id   text NOT NULL REFERENCES config.second_factors (user_id) ON DELETE CASCADE,
    -- SHA-256: a code is 80 random bits, which nobody finds by trying.
    code_hash bytea NOT NULL CHECK (length(code_hash) = 32),
    used_at   timestamptz,
    PRIMARY KEY (user_id, code_hash)
);
