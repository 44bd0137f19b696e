DROP VIEW workspace.ups_ground;
DROP TABLE workspace.ups_ground_rows;
DELETE FROM workspace.live WHERE relation = 'workspace.ups_ground';
DELETE FROM workspace.stagings WHERE relation = 'workspace.ups_ground';
DELETE FROM workspace.publications WHERE relation = 'workspace.ups_ground';
