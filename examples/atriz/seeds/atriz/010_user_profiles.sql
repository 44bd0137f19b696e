INSERT INTO user_profiles (user_id, full_name, phone, locale, preferences) VALUES
    (1, 'Ana Torres Medina', '+525511112222', 'es-MX', '{"theme": "dark"}'),
    (2, 'Beto Luna', NULL, 'es-MX', '{}'),
    (3, 'Carla Ruiz', '+523344445555', 'en-US', '{"newsletter": true}')
ON CONFLICT (user_id) DO NOTHING;
