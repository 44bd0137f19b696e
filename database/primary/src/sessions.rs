//! Sessions.

use chrono::{DateTime, Utc};
use model::session::SignedIn;
use model::{Permission, UserId};

use crate::PrimaryTransaction;

/// A session to keep.
#[derive(Debug, Clone)]
pub struct NewSession<'a> {
    /// SHA-256 of the token.
    pub token_hash: &'a [u8; 32],
    /// Whose.
    pub user_id: &'a UserId,
    /// When it begins.
    pub created_at: DateTime<Utc>,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
    /// The network address that signed in.
    pub address: Option<&'a str>,
    /// The browser's name of itself.
    pub user_agent: Option<&'a str>,
}

impl PrimaryTransaction {
    /// Keeps a session, and forgets those of the same user that are over.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn create_session(&mut self, session: NewSession<'_>) -> Result<(), sqlx::Error> {
        sqlx::query!("DELETE FROM config.sessions WHERE user_id = $1 AND expires_at < $2", session.user_id.as_str(), session.created_at)
            .execute(&mut self.0)
            .await?;
        sqlx::query!(
            "INSERT INTO config.sessions (token_hash, user_id, created_at, expires_at, address, user_agent) VALUES ($1, $2, $3, $4, $5, $6)",
            session.token_hash.as_slice(),
            session.user_id.as_str(),
            session.created_at,
            session.expires_at,
            session.address,
            session.user_agent,
        )
        .execute(&mut self.0)
        .await
        .map(drop)
    }

    /// Who the session with this token hash belongs to, with everything that the user may do; nothing
    /// where there is no such session, it is over, or the user is disabled.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn signed_in(&mut self, token_hash: &[u8; 32], now: DateTime<Utc>) -> Result<Option<SignedIn>, sqlx::Error> {
        let row = sqlx::query!(
            r#"SELECT u.id AS "user_id: UserId", u.email, u.name, s.expires_at,
                      coalesce(array_agg(DISTINCT r.name) FILTER (WHERE r.id IS NOT NULL), '{}') AS "roles!",
                      coalesce(bool_or(r.all_permissions), false) AS "all_permissions!",
                      coalesce(array_agg(DISTINCT p.permission) FILTER (WHERE p.permission IS NOT NULL), '{}') AS "permissions!"
               FROM config.sessions s
               JOIN config.users u ON u.id = s.user_id
               LEFT JOIN config.user_roles ur ON ur.user_id = u.id
               LEFT JOIN config.roles r ON r.id = ur.role_id
               LEFT JOIN config.role_permissions p ON p.role_id = r.id
               WHERE s.token_hash = $1 AND s.expires_at > $2 AND u.disabled_at IS NULL
               GROUP BY u.id, s.token_hash"#,
            token_hash.as_slice(),
            now,
        )
        .fetch_optional(&mut self.0)
        .await?;
        Ok(row.map(|row| SignedIn {
            user_id: row.user_id,
            email: row.email,
            name: row.name,
            roles: row.roles,
            // A permission that this version does not know (a newer server wrote it) allows nothing here.
            permissions: if row.all_permissions {
                Permission::ALL.iter().copied().collect()
            } else {
                row.permissions.iter().filter_map(|name| name.parse().ok()).collect()
            },
            expires_at: row.expires_at,
        }))
    }

    /// Ends a session and answers whose it was, if there was one.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn delete_session(&mut self, token_hash: &[u8; 32]) -> Result<Option<(UserId, String)>, sqlx::Error> {
        let row = sqlx::query!(
            r#"DELETE FROM config.sessions s USING config.users u WHERE s.token_hash = $1 AND u.id = s.user_id
               RETURNING u.id AS "id: UserId", u.email"#,
            token_hash.as_slice()
        )
        .fetch_optional(&mut self.0)
        .await?;
        Ok(row.map(|row| (row.id, row.email)))
    }
}
