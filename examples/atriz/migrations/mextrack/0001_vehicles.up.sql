-- Vehicles that report where they are, each of a user of the shared database.
CREATE TABLE vehicles (
    id            bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id       bigint NOT NULL,
    plate         text NOT NULL UNIQUE CHECK (plate ~ '^[A-Z0-9-]{5,10}$'),
    vin           text UNIQUE CHECK (vin ~ '^[A-HJ-NPR-Z0-9]{17}$'),
    model         text NOT NULL,
    active        boolean NOT NULL DEFAULT true,
    registered_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX vehicles_user_id ON vehicles (user_id);
