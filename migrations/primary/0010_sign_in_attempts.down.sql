DROP TABLE config.sign_in_openings;
DROP TABLE config.known_addresses;
DROP TABLE config.sign_in_attempts;
