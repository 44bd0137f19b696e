ALTER TABLE inventory DROP COLUMN reorder_level;
