-- Staged rows that correct a version are published only while that version is still shown.
ALTER TABLE workspace.stagings
    -- The publication that they correct, whose rows came along.
    ADD COLUMN base bigint;
