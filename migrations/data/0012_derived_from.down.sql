ALTER TABLE workspace.publications DROP COLUMN corrects;
ALTER TABLE workspace.derivations DROP COLUMN shown;
