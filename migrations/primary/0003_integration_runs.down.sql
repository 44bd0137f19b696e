DROP TABLE config.rejected_rows;
DROP TABLE config.integration_runs;
