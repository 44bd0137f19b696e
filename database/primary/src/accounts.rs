//! Users and their roles.

use model::UserId;

use crate::PrimaryTransaction;

/// What a sign-in is checked against.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    /// Whose.
    pub user_id: UserId,
    /// The stored hash, a PHC string.
    pub password_hash: String,
    /// Whether the user may not sign in.
    pub disabled: bool,
}

/// A user to create, checked and with the password hashed.
#[derive(Clone, PartialEq, Eq)]
pub struct UserToCreate<'a> {
    /// The new identifier.
    pub id: &'a UserId,
    /// The normalized address.
    pub email: &'a str,
    /// The name for people.
    pub name: &'a str,
    /// A PHC string.
    pub password_hash: &'a str,
    /// The role's identifier.
    pub role: &'a str,
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

    /// Whether there is any user at all. Holds a lock until the transaction ends, so that two processes
    /// that both find none do not both create a first one.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn has_users_exclusively(&mut self) -> Result<bool, sqlx::Error> {
        sqlx::query!("LOCK TABLE config.user_roles IN SHARE ROW EXCLUSIVE MODE").execute(&mut self.0).await?;
        sqlx::query_scalar!(r#"SELECT EXISTS (SELECT FROM config.users) AS "any!""#).fetch_one(&mut self.0).await
    }

    /// Creates a user with one role. Answers `false`, and creates nothing, where the address is taken.
    ///
    /// # Errors
    /// When PRIMARY does not answer, or there is no such role.
    pub async fn create_user(&mut self, user: UserToCreate<'_>) -> Result<bool, sqlx::Error> {
        let created = sqlx::query!(
            "INSERT INTO config.users (id, email, name, password_hash) VALUES ($1, $2, $3, $4) ON CONFLICT (email) DO NOTHING",
            user.id.as_str(),
            user.email,
            user.name,
            user.password_hash,
        )
        .execute(&mut self.0)
        .await?;
        if created.rows_affected() == 0 {
            return Ok(false);
        }
        sqlx::query!("INSERT INTO config.user_roles (user_id, role_id) VALUES ($1, $2)", user.id.as_str(), user.role)
            .execute(&mut self.0)
            .await?;
        Ok(true)
    }
}
