DROP TABLE config.sessions;
