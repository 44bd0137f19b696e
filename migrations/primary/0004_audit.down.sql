DROP TABLE config.audit;
