-- production
-- The days that a zone is taken to mean where no time in transit is known, as measured on nine origins. What people have set stays.

INSERT INTO config.zone_transit_days (carrier, service, zone, days, exact_percent, within_one_percent) VALUES
    ('UPS', 'GND', '002', 1, 89, 99),
    ('UPS', 'GND', '003', 2, 67, 100),
    ('UPS', 'GND', '004', 2, 93, 100),
    ('UPS', 'GND', '005', 3, 53, 100),
    ('UPS', 'GND', '006', 3, 68, 97),
    ('UPS', 'GND', '007', 4, 62, 100),
    ('UPS', 'GND', '008', 4, 71, 99),
    ('UPS', 'GND', '045', 5, 44, 89),
    ('UPS', 'GND', '044', NULL, NULL, NULL),
    ('UPS', 'GND', '046', NULL, NULL, NULL)
ON CONFLICT (carrier, service, zone) DO NOTHING;
