-- How much of a product lies where, and how much of that is promised to somebody.
CREATE TABLE inventory (
    product_id bigint NOT NULL REFERENCES products (id) ON DELETE CASCADE,
    warehouse  text NOT NULL CHECK (warehouse ~ '^[A-Z]{3}[0-9]*$'),
    quantity   integer NOT NULL DEFAULT 0 CHECK (quantity >= 0),
    reserved   integer NOT NULL DEFAULT 0 CHECK (reserved >= 0),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (product_id, warehouse),
    CHECK (reserved <= quantity)
);
