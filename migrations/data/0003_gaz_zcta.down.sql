SELECT workspace.drop_relation('workspace', 'gaz_zcta');
