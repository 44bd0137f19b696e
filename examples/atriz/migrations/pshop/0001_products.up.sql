-- What is for sale, each product by a user of the shared database.
CREATE TABLE products (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id    bigint NOT NULL,
    sku        text NOT NULL UNIQUE CHECK (sku ~ '^[A-Z0-9-]{3,20}$'),
    name       text NOT NULL CHECK (name <> ''),
    price      numeric(12, 2) NOT NULL CHECK (price >= 0),
    currency   text NOT NULL DEFAULT 'MXN' CHECK (currency ~ '^[A-Z]{3}$'),
    active     boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE INDEX products_user_id ON products (user_id);
CREATE INDEX products_name ON products (lower(name)) WHERE active;
