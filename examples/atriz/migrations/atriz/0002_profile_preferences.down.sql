ALTER TABLE user_profiles DROP COLUMN preferences;
