-- production
-- The carriers and their services, with the most days that each may plausibly take.

INSERT INTO reference.carriers (carrier, name) VALUES
    ('UPS', 'United Parcel Service'),
    ('USPS', 'United States Postal Service')
ON CONFLICT (carrier) DO NOTHING;

INSERT INTO reference.services (carrier, service, name, most_days) VALUES
    ('UPS', 'GND', 'Ground', 10),
    ('UPS', '3DS', '3 Day Select', 10),
    ('UPS', '2DA', '2nd Day Air', 10),
    ('UPS', '2AM', '2nd Day Air A.M.', 10),
    ('UPS', 'NDS', 'Next Day Air Saver', 10),
    ('UPS', 'NDA', 'Next Day Air', 10),
    ('USPS', 'PRI', 'Priority Mail', 10),
    ('USPS', 'GAL', 'Ground Advantage, light', 10),
    ('USPS', 'GAH', 'Ground Advantage, heavy', 10),
    ('USPS', 'PKG', 'Package Services', 10),
    ('USPS', 'FCM', 'First-Class Mail', 30),
    ('USPS', 'MKT', 'Marketing Mail', 30),
    ('USPS', 'PER', 'Periodicals', 30),
    ('USPS', 'PFC', 'First-Class parcels', 10)
ON CONFLICT (carrier, service) DO NOTHING;
