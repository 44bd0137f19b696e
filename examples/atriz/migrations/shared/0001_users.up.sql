-- Everybody who may sign in, to whichever application. Applications keep the id and nothing else.
CREATE TABLE users (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email         text NOT NULL CHECK (email ~ '^[^@[:space:]]+@[^@[:space:]]+$' AND length(email) <= 254),
    display_name  text NOT NULL CHECK (display_name <> ''),
    password_hash text,
    active        boolean NOT NULL DEFAULT true,
    created_at    timestamptz NOT NULL DEFAULT now(),
    updated_at    timestamptz NOT NULL DEFAULT now()
);

COMMENT ON COLUMN users.password_hash IS 'Argon2id in PHC form; empty for somebody who has not chosen a password yet.';

CREATE UNIQUE INDEX users_email ON users (lower(email));
