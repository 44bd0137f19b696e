-- production
-- The roles that come with the platform. Roles that people have changed since stay as they are.

INSERT INTO config.roles (id, name, description, all_permissions) VALUES
    ('administrator', 'Administrator', 'Everything, also what later versions bring.', true),
    ('operations_manager', 'Operations manager', 'Runs the operation: everything but accounts, roles and the databases'' structure.', false),
    ('data_analyst', 'Data analyst', 'Brings files in and derives answers from them.', false),
    ('warehouse_staff', 'Warehouse staff', 'Looks answers up.', false),
    ('viewer', 'Viewer', 'Sees what operations staff work with, and changes nothing.', false)
ON CONFLICT (id) DO NOTHING;

INSERT INTO config.role_permissions (role_id, permission)
SELECT role, permission
FROM (VALUES
    ('operations_manager', ARRAY['imports:read', 'imports:areas', 'imports:usps', 'imports:ups', 'transformations:read', 'transformations:run',
        'transformations:edit', 'transit:read', 'exports:read', 'databases:read', 'databases:inspect', 'users:read', 'roles:read',
        'sessions:read', 'audit:read']),
    ('data_analyst', ARRAY['imports:read', 'imports:areas', 'imports:usps', 'imports:ups', 'transformations:read', 'transformations:run',
        'transit:read', 'exports:read', 'databases:read']),
    ('warehouse_staff', ARRAY['transit:read', 'exports:read', 'databases:read']),
    ('viewer', ARRAY['imports:read', 'transformations:read', 'exports:read', 'databases:read', 'transit:read'])
) AS seeded (role, permissions), unnest(permissions) AS permission
WHERE NOT EXISTS (SELECT FROM config.role_permissions WHERE role_id = role)
  AND (SELECT version FROM config.roles WHERE id = role) = 1;

INSERT INTO config.rights_clock DEFAULT VALUES ON CONFLICT DO NOTHING;
