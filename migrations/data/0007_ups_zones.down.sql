DROP VIEW workspace.ups_zones;
DROP TABLE workspace.ups_zones_rows;
DELETE FROM workspace.live WHERE relation = 'workspace.ups_zones';
DELETE FROM workspace.stagings WHERE relation = 'workspace.ups_zones';
DELETE FROM workspace.publications WHERE relation = 'workspace.ups_zones';
