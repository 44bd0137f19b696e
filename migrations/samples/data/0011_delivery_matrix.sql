INSERT INTO workspace.publications (number, relation, run_id, rows, change) OVERRIDING SYSTEM VALUE VALUES (1012, 'reference.delivery_matrix', 'r12', 1, 1012)
ON CONFLICT DO NOTHING;
CREATE TABLE IF NOT EXISTS reference.delivery_matrix_1012 (LIKE reference.delivery_matrix_layout INCLUDING ALL);
INSERT INTO reference.delivery_matrix_1012 VALUES
    ('010', 'USPS', 'PRI', 'standard', set_byte(decode(repeat('00', 1000), 'hex'), 6, 3), NULL, NULL),
    ('010', 'UPS', 'GND', 'estimated', decode(repeat('04', 1000), 'hex'), decode(repeat('0005', 1000), 'hex'), NULL)
ON CONFLICT DO NOTHING;
CREATE OR REPLACE VIEW reference.delivery_matrix_rows AS SELECT * FROM reference.delivery_matrix_1012;
INSERT INTO reference.zone_transit_days_layout VALUES ('UPS', 'GND', '005', 3, 53, 100)
ON CONFLICT DO NOTHING;
INSERT INTO reference.zone_accuracy_layout VALUES ('UPS', 'GND', '005', 100, 53, 100)
ON CONFLICT DO NOTHING;
INSERT INTO workspace.live (relation, publication, change) VALUES ('reference.delivery_matrix', 1012, 1012)
ON CONFLICT DO NOTHING;
