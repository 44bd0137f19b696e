//! Users.

mod links;
mod looking;

use chrono::{DateTime, Utc};
use model::{Permission, UserId};

use crate::PrimaryTransaction;

pub use links::LinkRow;
pub use looking::UserRecord;

/// What a sign-in is checked against.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Whose.
    pub user_id: UserId,
    /// The stored hash, a PHC string; none where no password was ever set.
    pub password_hash: Option<String>,
    /// Whether the user may not sign in.
    pub disabled: bool,
}

/// A user to create, checked.
#[derive(Clone, PartialEq, Eq)]
pub struct UserToCreate<'a> {
    /// The new identifier.
    pub id: &'a UserId,
    /// The normalized address.
    pub email: &'a str,
    /// The name for people.
    pub name: &'a str,
    /// A PHC string, where there is a password already.
    pub password_hash: Option<&'a str>,
    /// When.
    pub at: DateTime<Utc>,
}

/// What somebody's roles allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldRights {
    /// What they allow together, in the catalogue's order.
    pub permissions: Vec<Permission>,
    /// Whether one of them demands a second factor.
    pub requires_second_factor: bool,
}

impl PrimaryTransaction {
    /// What a sign-in with this address is checked against, if there is such a user.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn credentials(&mut self, email: &str) -> Result<Option<Credentials>, sqlx::Error> {
        sqlx::query_as!(
            Credentials,
            r#"SELECT id AS "user_id: UserId", password_hash, disabled_at IS NOT NULL AS "disabled!" FROM config.users WHERE email = $1"#,
            email
        )
        .fetch_optional(&mut self.0)
        .await
    }

    /// The same; nobody changes the user before the transaction ends.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn lock_credentials(&mut self, email: &str) -> Result<Option<Credentials>, sqlx::Error> {
        sqlx::query!("SELECT id FROM config.users WHERE email = $1 FOR NO KEY UPDATE", email).fetch_optional(&mut self.0).await?;
        self.credentials(email).await
    }

    /// Whether there is any user at all. After [`PrimaryTransaction::lock_rights`] that stays so until the transaction ends.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn has_users(&mut self) -> Result<bool, sqlx::Error> {
        sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM config.users) AS "any!""#).fetch_one(&mut self.0).await
    }

    /// Creates a user without a role. Answers `false`, and creates nothing, where the address is taken.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn create_user(&mut self, user: UserToCreate<'_>) -> Result<bool, sqlx::Error> {
        let created = sqlx::query!(
            "INSERT INTO config.users (id, email, name, password_hash, created_at, password_set_at)
             VALUES ($1, $2, $3, $4, $5, CASE WHEN $4::text IS NOT NULL THEN $5::timestamptz END)
             ON CONFLICT (email) DO NOTHING",
            user.id.as_str(),
            user.email,
            user.name,
            user.password_hash,
            user.at,
        )
        .execute(&mut self.0)
        .await?;
        Ok(created.rows_affected() == 1)
    }

    /// Changes a user's address and name, where the version is still this one.
    ///
    /// # Errors
    /// When PRIMARY does not answer, or the address is taken, which [`database_connection::is_unique_violation`] recognises.
    pub async fn edit_user(&mut self, id: &UserId, version: i64, email: &str, name: &str) -> Result<bool, sqlx::Error> {
        let changed = sqlx::query!(
            "UPDATE config.users SET email = $3, name = $4, version = version + 1 WHERE id = $1 AND version = $2",
            id.as_str(),
            version,
            email,
            name,
        )
        .execute(&mut self.0)
        .await?;
        Ok(changed.rows_affected() == 1)
    }

    /// Gives a user exactly these roles.
    ///
    /// # Errors
    /// When PRIMARY does not answer, or there is no such role.
    pub async fn set_roles(&mut self, id: &UserId, roles: &[String]) -> Result<(), sqlx::Error> {
        sqlx::query!("DELETE FROM config.user_roles WHERE user_id = $1 AND role_id <> ALL ($2)", id.as_str(), roles)
            .execute(&mut self.0)
            .await?;
        sqlx::query!(
            "INSERT INTO config.user_roles (user_id, role_id) SELECT $1, role FROM unnest($2::text[]) AS role ON CONFLICT DO NOTHING",
            id.as_str(),
            roles,
        )
        .execute(&mut self.0)
        .await
        .map(drop)
    }

    /// Keeps a user from signing in from now on, or lets the user again. Answers `false` where that is so already.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn set_disabled(&mut self, id: &UserId, disabled_at: Option<DateTime<Utc>>) -> Result<bool, sqlx::Error> {
        let changed = sqlx::query!(
            "UPDATE config.users SET disabled_at = $2, version = version + 1 WHERE id = $1 AND (disabled_at IS NULL) <> ($2::timestamptz IS NULL)",
            id.as_str(),
            disabled_at,
        )
        .execute(&mut self.0)
        .await?;
        Ok(changed.rows_affected() == 1)
    }

    /// Keeps another hash of a user's password.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn set_password(&mut self, id: &UserId, hash: &str, at: DateTime<Utc>) -> Result<(), sqlx::Error> {
        sqlx::query!("UPDATE config.users SET password_hash = $2, password_set_at = $3 WHERE id = $1", id.as_str(), hash, at)
            .execute(&mut self.0)
            .await
            .map(drop)
    }

    /// Keeps another hash of the same password, unless it has been changed meanwhile.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn upgrade_password(&mut self, id: &UserId, old: &str, new: &str) -> Result<(), sqlx::Error> {
        sqlx::query!("UPDATE config.users SET password_hash = $3 WHERE id = $1 AND password_hash = $2", id.as_str(), old, new)
            .execute(&mut self.0)
            .await
            .map(drop)
    }

    /// Whether a user has never done anything: neither signed in nor anything that the audit or a run tells of.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn is_unused(&mut self, id: &UserId) -> Result<bool, sqlx::Error> {
        sqlx::query_scalar!(
            r#"SELECT first_signed_in_at IS NULL
                      -- Somebody who guessed a password was not the user.
                      AND NOT EXISTS (SELECT FROM config.audit WHERE user_id = $1 AND action <> 'sign-in-refused')
                      AND NOT EXISTS (SELECT FROM config.integration_runs WHERE user_id = $1) AS "unused!"
               FROM config.users WHERE id = $1"#,
            id.as_str()
        )
        .fetch_optional(&mut self.0)
        .await
        .map(|unused| unused.unwrap_or(false))
    }

    /// Removes a user with everything that hangs on it.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn delete_user(&mut self, id: &UserId) -> Result<(), sqlx::Error> {
        sqlx::query!("DELETE FROM config.users WHERE id = $1", id.as_str()).execute(&mut self.0).await.map(drop)
    }

    /// What these roles allow together.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn rights_of_roles(&mut self, roles: &[String]) -> Result<HeldRights, sqlx::Error> {
        let row = sqlx::query!(
            r#"SELECT coalesce(bool_or(r.all_permissions), false) AS "all!", coalesce(bool_or(r.requires_second_factor), false) AS "second_factor!",
                      coalesce(array_agg(DISTINCT p.permission) FILTER (WHERE p.permission IS NOT NULL), '{}') AS "permissions!"
               FROM config.roles r LEFT JOIN config.role_permissions p ON p.role_id = r.id WHERE r.id = ANY ($1)"#,
            roles
        )
        .fetch_one(&mut self.0)
        .await?;
        Ok(HeldRights { permissions: known(row.all, &row.permissions), requires_second_factor: row.second_factor })
    }

    /// What a user's roles allow together.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn rights_of(&mut self, id: &UserId) -> Result<HeldRights, sqlx::Error> {
        let roles =
            sqlx::query_scalar!("SELECT role_id FROM config.user_roles WHERE user_id = $1", id.as_str()).fetch_all(&mut self.0).await?;
        self.rights_of_roles(&roles).await
    }
}

/// The permissions of these names in the catalogue's order. One that this version does not know (a newer server wrote it) allows nothing here.
pub(crate) fn known(all: bool, names: &[String]) -> Vec<Permission> {
    Permission::ALL.iter().copied().filter(|permission| all || names.iter().any(|name| name == permission.name())).collect()
}
