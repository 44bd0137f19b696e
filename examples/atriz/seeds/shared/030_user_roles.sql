INSERT INTO user_roles (user_id, role_id)
SELECT users.id, roles.id
FROM (VALUES ('ana@example.com', 'administrator'), ('carla@example.com', 'seller'), ('diego@example.com', 'dispatcher')) AS given (email, role)
JOIN users ON lower(users.email) = given.email
JOIN roles ON roles.name = given.role
ON CONFLICT DO NOTHING;
