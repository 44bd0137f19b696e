-- What is stale says by which run: every change of a relation names the run that made it.
ALTER TABLE workspace.live ADD COLUMN run_id text;
UPDATE workspace.live l SET run_id = p.run_id FROM workspace.publications p WHERE p.number = l.publication;
