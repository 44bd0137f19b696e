ALTER TABLE workspace.stagings DROP COLUMN base;
