SELECT workspace.drop_relation('reference', 'zip3_centroids');
SELECT workspace.drop_relation('reference', 'zip3_demographics');
