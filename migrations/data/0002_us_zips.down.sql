SELECT workspace.drop_relation('workspace', 'us_zips');
