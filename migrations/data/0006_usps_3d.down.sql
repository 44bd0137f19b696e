DELETE FROM workspace.live WHERE relation = 'workspace.usps_3d';
DELETE FROM workspace.stagings WHERE relation = 'workspace.usps_3d';
SELECT workspace.drop_relation('workspace', 'usps_3d');
