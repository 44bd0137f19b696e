//! Second factors: the sealed secrets of authenticator apps, and the hashes of recovery codes.

use chrono::{DateTime, Utc};
use model::UserId;

use crate::PrimaryTransaction;

/// A user's second factor, as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// Whether one of the user's roles requires one.
    pub required: bool,
    /// Since when there is one.
    pub enrolled_at: Option<DateTime<Utc>>,
    /// The sealed secret of the one that there is.
    pub secret: Option<Vec<u8>>,
    /// The sealed secret of one that waits to be confirmed.
    pub pending_secret: Option<Vec<u8>>,
    /// Since when that one waits.
    pub pending_since: Option<DateTime<Utc>>,
    /// Recovery codes that were not used.
    pub recovery_codes_left: i64,
}

impl PrimaryTransaction {
    /// How a user's second factor stands; nothing where there is no such user.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn second_factor(&mut self, user_id: &UserId) -> Result<Option<SecondFactor>, sqlx::Error> {
        sqlx::query_as!(
            SecondFactor,
            r#"SELECT EXISTS (SELECT FROM config.user_roles ur JOIN config.roles r ON r.id = ur.role_id
                              WHERE ur.user_id = u.id AND r.requires_second_factor) AS "required!",
                      f.confirmed_at AS "enrolled_at?", f.secret AS "secret?", f.pending_secret AS "pending_secret?",
                      f.pending_since AS "pending_since?",
                      (SELECT count(*) FROM config.recovery_codes c WHERE c.user_id = u.id AND c.used_at IS NULL) AS "recovery_codes_left!"
               FROM config.users u LEFT JOIN config.second_factors f ON f.user_id = u.id
               WHERE u.id = $1"#,
            user_id.as_str(),
        )
        .fetch_optional(&mut self.0)
        .await
    }

    /// Keeps a sealed secret until it is confirmed, in place of one that was not.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn begin_second_factor(&mut self, user_id: &UserId, sealed: &[u8], now: DateTime<Utc>) -> Result<(), sqlx::Error> {
        sqlx::query!(
            "INSERT INTO config.second_factors (user_id, pending_secret, pending_since) VALUES ($1, $2, $3)
             ON CONFLICT (user_id) DO UPDATE SET pending_secret = EXCLUDED.pending_secret, pending_since = EXCLUDED.pending_since",
            user_id.as_str(),
            sealed,
            now,
        )
        .execute(&mut self.0)
        .await
        .map(drop)
    }

    /// Makes the secret that waits the one that counts; `false` where another waits by now, or none. The step is that of the code
    /// which confirmed it, and is used up.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn confirm_second_factor(
        &mut self,
        user_id: &UserId,
        sealed: &[u8],
        step: i64,
        now: DateTime<Utc>,
    ) -> Result<bool, sqlx::Error> {
        let confirmed = sqlx::query!(
            "UPDATE config.second_factors
             SET secret = pending_secret, confirmed_at = $4, last_step = $3, pending_secret = NULL, pending_since = NULL
             WHERE user_id = $1 AND pending_secret = $2",
            user_id.as_str(),
            sealed,
            step,
            now,
        )
        .execute(&mut self.0)
        .await?;
        Ok(confirmed.rows_affected() > 0)
    }

    /// Uses the code of this step up; `false` where it, or a later one, was used already, or the secret is not this any more. One
    /// statement, so that of two servers one succeeds.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn use_step(&mut self, user_id: &UserId, sealed: &[u8], step: i64) -> Result<bool, sqlx::Error> {
        let used = sqlx::query!(
            "UPDATE config.second_factors SET last_step = $3 WHERE user_id = $1 AND secret = $2 AND last_step < $3",
            user_id.as_str(),
            sealed,
            step,
        )
        .execute(&mut self.0)
        .await?;
        Ok(used.rows_affected() > 0)
    }

    /// Uses a recovery code up; `false` where there is no such code, or it was used already.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn use_recovery_code(&mut self, user_id: &UserId, hash: &[u8; 32], now: DateTime<Utc>) -> Result<bool, sqlx::Error> {
        let used = sqlx::query!(
            "UPDATE config.recovery_codes SET used_at = $3 WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL",
            user_id.as_str(),
            hash.as_slice(),
            now,
        )
        .execute(&mut self.0)
        .await?;
        Ok(used.rows_affected() > 0)
    }

    /// Puts new recovery codes in the place of all that there were.
    ///
    /// # Errors
    /// When PRIMARY does not answer, or the user has no second factor.
    pub async fn replace_recovery_codes(&mut self, user_id: &UserId, hashes: &[Vec<u8>]) -> Result<(), sqlx::Error> {
        sqlx::query!("DELETE FROM config.recovery_codes WHERE user_id = $1", user_id.as_str()).execute(&mut self.0).await?;
        sqlx::query!(
            "INSERT INTO config.recovery_codes (user_id, code_hash) SELECT $1, hash FROM unnest($2::bytea[]) AS new (hash)",
            user_id.as_str(),
            hashes,
        )
        .execute(&mut self.0)
        .await
        .map(drop)
    }

    /// Removes a user's second factor with its recovery codes, also one that waits; `false` where there was none that counted.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn remove_second_factor(&mut self, user_id: &UserId) -> Result<bool, sqlx::Error> {
        let counted = sqlx::query_scalar!(
            r#"DELETE FROM config.second_factors WHERE user_id = $1 RETURNING confirmed_at IS NOT NULL AS "counted!""#,
            user_id.as_str()
        )
        .fetch_optional(&mut self.0)
        .await?;
        Ok(counted.unwrap_or(false))
    }
}
