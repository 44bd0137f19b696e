-- The schema workspace stays: the migration history lives in it.
DROP FUNCTION workspace.drop_relation(text, text);
DROP TABLE workspace.run_ledger;
DROP TABLE workspace.publications;
