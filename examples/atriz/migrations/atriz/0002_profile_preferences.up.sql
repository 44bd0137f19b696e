-- What people have chosen for themselves: themes, notifications and the like.
ALTER TABLE user_profiles ADD COLUMN preferences jsonb NOT NULL DEFAULT '{}' CHECK (jsonb_typeof(preferences) = 'object');
