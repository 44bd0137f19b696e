-- Below this quantity a product is ordered again; empty where nobody has said.
ALTER TABLE inventory ADD COLUMN reorder_level integer CHECK (reorder_level >= 0);
