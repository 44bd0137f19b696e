-- What this application knows of a user of the shared database, whose id is the key.
CREATE TABLE user_profiles (
    user_id    bigint PRIMARY KEY,
    full_name  text NOT NULL CHECK (full_name <> ''),
    phone      text CHECK (phone ~ '^\+[1-9][0-9]{6,14}$'),
    locale     text NOT NULL DEFAULT 'es-MX' CHECK (locale ~ '^[a-z]{2}(-[A-Z]{2})?$'),
    time_zone  text NOT NULL DEFAULT 'America/Mexico_City',
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

COMMENT ON COLUMN user_profiles.phone IS 'E.164, with its plus sign.';
