INSERT INTO inventory (product_id, warehouse, quantity, reserved, reorder_level)
SELECT products.id, 'MEX1', 40, 2, 10 FROM products
ON CONFLICT DO NOTHING;
