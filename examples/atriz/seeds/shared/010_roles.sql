-- production
-- Applications ask for these by name, so they belong everywhere.
INSERT INTO roles (name, description) VALUES
    ('administrator', 'May do everything, in every application'),
    ('seller', 'May offer products and keep their inventory'),
    ('dispatcher', 'May see vehicles and where they are')
ON CONFLICT (name) DO UPDATE SET description = EXCLUDED.description;
