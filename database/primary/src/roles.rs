//! Roles.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use model::role::RoleView;
use model::{Permission, RoleId, UserId};

use crate::PrimaryTransaction;
use crate::users::known;

/// Somebody who holds a role, and what the other roles give.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoleHolder {
    /// Who.
    pub user_id: UserId,
    /// The address.
    pub email: String,
    /// The name.
    pub name: String,
    /// What the user's other roles allow.
    pub otherwise: Vec<Permission>,
    /// Whether one of the others demands a second factor, or there is one already.
    pub is_secured: bool,
}

impl PrimaryTransaction {
    /// Every role: those that hold everything first, then by name, retired ones last.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn roles(&mut self) -> Result<Vec<RoleView>, sqlx::Error> {
        self.roles_named(None).await
    }

    /// The role of this identifier, if there is one.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn role(&mut self, id: &RoleId) -> Result<Option<RoleView>, sqlx::Error> {
        Ok(self.roles_named(Some(id)).await?.pop())
    }

    async fn roles_named(&mut self, id: Option<&RoleId>) -> Result<Vec<RoleView>, sqlx::Error> {
        let rows = sqlx::query!(
            r#"SELECT r.id AS "id: RoleId", r.name, r.description, r.all_permissions, r.requires_second_factor, r.retired_at, r.version,
                      (SELECT count(*) FROM config.user_roles ur WHERE ur.role_id = r.id) AS "users!",
                      coalesce(array_agg(p.permission) FILTER (WHERE p.permission IS NOT NULL), '{}') AS "permissions!"
               FROM config.roles r LEFT JOIN config.role_permissions p ON p.role_id = r.id
               WHERE $1::text IS NULL OR r.id = $1
               GROUP BY r.id ORDER BY r.retired_at IS NOT NULL, NOT r.all_permissions, lower(r.name), r.id"#,
            id.map(RoleId::as_str),
        )
        .fetch_all(&mut self.0)
        .await?;
        let views = rows.into_iter().map(|row| RoleView {
            id: row.id,
            name: row.name,
            description: row.description,
            is_administrator: row.all_permissions,
            permissions: known(row.all_permissions, &row.permissions).into_iter().collect(),
            requires_second_factor: row.requires_second_factor,
            users: u32::try_from(row.users).unwrap_or(u32::MAX),
            retired_at: row.retired_at,
            version: row.version,
        });
        Ok(views.collect())
    }

    /// Who holds a role, by name, with what their other roles give.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn holders(&mut self, id: &RoleId) -> Result<Vec<RoleHolder>, sqlx::Error> {
        let rows = sqlx::query!(
            r#"SELECT u.id AS "user_id: UserId", u.email, u.name,
                      coalesce(bool_or(r.all_permissions), false) AS "all!",
                      coalesce(array_agg(DISTINCT p.permission) FILTER (WHERE p.permission IS NOT NULL), '{}') AS "permissions!",
                      coalesce(bool_or(r.requires_second_factor), false)
                          OR EXISTS (SELECT FROM config.second_factors f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL) AS "is_secured!"
               FROM config.user_roles held JOIN config.users u ON u.id = held.user_id
               LEFT JOIN config.user_roles ur ON ur.user_id = u.id AND ur.role_id <> held.role_id
               LEFT JOIN config.roles r ON r.id = ur.role_id
               LEFT JOIN config.role_permissions p ON p.role_id = r.id
               WHERE held.role_id = $1 GROUP BY u.id ORDER BY lower(u.name), u.email"#,
            id.as_str(),
        )
        .fetch_all(&mut self.0)
        .await?;
        let holders = rows.into_iter().map(|row| RoleHolder {
            user_id: row.user_id,
            email: row.email,
            name: row.name,
            otherwise: known(row.all, &row.permissions),
            is_secured: row.is_secured,
        });
        Ok(holders.collect())
    }

    /// Whether another role has this name already, letter case aside.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn is_role_name_taken(&mut self, name: &str, but: &RoleId) -> Result<bool, sqlx::Error> {
        sqlx::query_scalar!(
            r#"SELECT EXISTS (SELECT FROM config.roles WHERE lower(name) = lower($1) AND id <> $2) AS "taken!""#,
            name,
            but.as_str()
        )
        .fetch_one(&mut self.0)
        .await
    }

    /// Keeps a role, new or changed, with exactly these permissions.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn keep_role(
        &mut self,
        id: &RoleId,
        name: &str,
        description: &str,
        requires_second_factor: bool,
        permissions: &BTreeSet<Permission>,
    ) -> Result<(), sqlx::Error> {
        sqlx::query!(
            "INSERT INTO config.roles (id, name, description, requires_second_factor) VALUES ($1, $2, $3, $4)
             ON CONFLICT (id) DO UPDATE SET name = EXCLUDED.name, description = EXCLUDED.description,
                 requires_second_factor = EXCLUDED.requires_second_factor, version = roles.version + 1",
            id.as_str(),
            name,
            description,
            requires_second_factor,
        )
        .execute(&mut self.0)
        .await?;
        let names: Vec<String> = permissions.iter().map(|permission| permission.name().to_owned()).collect();
        // Permissions of a newer version stay: this one cannot have shown them to whoever saves.
        let catalogue: Vec<String> = Permission::ALL.iter().map(|permission| permission.name().to_owned()).collect();
        sqlx::query!(
            "DELETE FROM config.role_permissions WHERE role_id = $1 AND permission = ANY ($2) AND permission <> ALL ($3)",
            id.as_str(),
            &catalogue,
            &names,
        )
        .execute(&mut self.0)
        .await?;
        sqlx::query!(
            "INSERT INTO config.role_permissions (role_id, permission) SELECT $1, name FROM unnest($2::text[]) AS name ON CONFLICT DO NOTHING",
            id.as_str(),
            &names,
        )
        .execute(&mut self.0)
        .await
        .map(drop)
    }

    /// Keeps a role from being given from now on, or lets it be given again. Answers `false` where that is so already.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn set_retired(&mut self, id: &RoleId, retired_at: Option<DateTime<Utc>>) -> Result<bool, sqlx::Error> {
        let changed = sqlx::query!(
            "UPDATE config.roles SET retired_at = $2, version = version + 1 WHERE id = $1 AND (retired_at IS NULL) <> ($2::timestamptz IS NULL)",
            id.as_str(),
            retired_at,
        )
        .execute(&mut self.0)
        .await?;
        Ok(changed.rows_affected() == 1)
    }
}
