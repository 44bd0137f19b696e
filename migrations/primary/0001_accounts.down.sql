-- The schema stays: the migration history lives in it.
DROP TABLE config.user_roles;
DROP TABLE config.role_permissions;
DROP TABLE config.roles;
DROP TABLE config.users;
