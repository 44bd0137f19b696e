-- production
-- The roles that come with the platform. Roles that people have changed since stay as they are.

INSERT INTO config.roles (id, name, all_permissions) VALUES
    ('administrator', 'Administrator', true),
    ('viewer', 'Viewer', false)
ON CONFLICT (id) DO NOTHING;

INSERT INTO config.role_permissions (role_id, permission)
SELECT 'viewer', permission
FROM unnest(ARRAY['imports:read', 'transformations:read', 'exports:read', 'databases:read', 'transit:read']) AS permission
WHERE NOT EXISTS (SELECT FROM config.role_permissions WHERE role_id = 'viewer');
