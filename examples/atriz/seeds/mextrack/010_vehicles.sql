INSERT INTO vehicles (user_id, plate, vin, model) VALUES
    (4, 'MEX-101', '3VWFE21C04M000001', 'Volkswagen Crafter'),
    (4, 'MEX-102', NULL, 'Nissan NP300'),
    (2, 'JAL-777', '1HGCM82633A004352', 'Honda CR-V')
ON CONFLICT (plate) DO NOTHING;
