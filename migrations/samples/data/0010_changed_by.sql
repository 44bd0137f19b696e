INSERT INTO workspace.live (relation, publication, change, run_id) VALUES ('workspace.nothing', NULL, 1011, 'r11')
ON CONFLICT DO NOTHING;
