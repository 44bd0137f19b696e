ALTER TABLE workspace.live DROP COLUMN run_id;
