DROP TABLE config.recovery_codes;
DROP TABLE config.second_factors;
