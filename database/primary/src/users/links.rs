//! Links with which a user sets a password, once.

use chrono::{DateTime, Utc};
use model::{RoleId, UserId};

use crate::PrimaryTransaction;

/// A link that waits to be used, and whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkRow {
    /// Whose.
    pub user_id: UserId,
    /// The address to sign in with.
    pub email: String,
    /// The name.
    pub name: String,
    /// When the link ends.
    pub expires_at: DateTime<Utc>,
}

impl PrimaryTransaction {
    /// Keeps a link, in the place of the user's former one.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn keep_link(
        &mut self,
        user: &UserId,
        token_hash: &[u8; 32],
        by: &str,
        at: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<(), sqlx::Error> {
        sqlx::query!(
            "INSERT INTO config.password_links (user_id, token_hash, created_by, created_at, expires_at) VALUES ($1, $2, $3, $4, $5)
             ON CONFLICT (user_id) DO UPDATE SET token_hash = EXCLUDED.token_hash, created_by = EXCLUDED.created_by,
                 created_at = EXCLUDED.created_at, expires_at = EXCLUDED.expires_at",
            user.as_str(),
            token_hash.as_slice(),
            by,
            at,
            until,
        )
        .execute(&mut self.0)
        .await
        .map(drop)
    }

    /// Whose link this is, where it works: it was not used, is not over, and its user may sign in.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn link(&mut self, token_hash: &[u8; 32], now: DateTime<Utc>) -> Result<Option<LinkRow>, sqlx::Error> {
        sqlx::query_as!(
            LinkRow,
            r#"SELECT u.id AS "user_id: UserId", u.email, u.name, l.expires_at
               FROM config.password_links l JOIN config.users u ON u.id = l.user_id
               WHERE l.token_hash = $1 AND l.expires_at > $2 AND u.disabled_at IS NULL"#,
            token_hash.as_slice(),
            now,
        )
        .fetch_optional(&mut self.0)
        .await
    }

    /// Removes the links of all who hold a role.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn remove_links_of_role(&mut self, role: &RoleId) -> Result<(), sqlx::Error> {
        sqlx::query!(
            "DELETE FROM config.password_links WHERE user_id IN (SELECT user_id FROM config.user_roles WHERE role_id = $1)",
            role.as_str()
        )
        .execute(&mut self.0)
        .await
        .map(drop)
    }

    /// Removes a user's link. Of two that use it at once, one is answered `true`.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn remove_link(&mut self, user: &UserId) -> Result<bool, sqlx::Error> {
        let removed = sqlx::query!("DELETE FROM config.password_links WHERE user_id = $1", user.as_str()).execute(&mut self.0).await?;
        Ok(removed.rows_affected() == 1)
    }
}
