DROP VIEW reference.delivery_matrix;
DROP VIEW reference.delivery_matrix_rows;
-- Dropping a relation begins with its view, which here is not the one over its tables.
CREATE VIEW reference.delivery_matrix AS SELECT * FROM reference.delivery_matrix_layout;
DELETE FROM workspace.live WHERE relation IN ('reference.zone_accuracy', 'reference.delivery_matrix', 'reference.zone_transit_days');
SELECT workspace.drop_relation('reference', 'zone_accuracy');
SELECT workspace.drop_relation('reference', 'delivery_matrix');
SELECT workspace.drop_relation('reference', 'zone_transit_days');
DROP TABLE reference.areas;
DROP TABLE reference.services;
DROP TABLE reference.carriers;
