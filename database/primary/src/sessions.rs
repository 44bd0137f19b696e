//! Sessions.

use chrono::{DateTime, Utc};
use model::session::{Impersonator, SessionView, SignedIn, browser_words};
use model::{Permission, SessionId, UserId};

use crate::PrimaryTransaction;

/// A session to keep.
#[derive(Debug, Clone)]
pub struct NewSession<'a> {
    /// Its new identifier.
    pub id: &'a SessionId,
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

/// A session with everything that is known of it at one tick of the clock of rights.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedSession {
    /// Whose, and what it allows.
    pub signed_in: SignedIn,
    /// Where the clock of rights stood.
    pub tick: i64,
    /// Whether it is to get another token.
    pub renew: bool,
    /// When it was last used, as far as servers have written it down.
    pub last_seen_at: DateTime<Utc>,
    /// When the token that was shown stops working, where another has taken its place.
    pub token_until: Option<DateTime<Utc>>,
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
            "INSERT INTO config.sessions (id, token_hash, user_id, created_at, last_seen_at, expires_at, address, user_agent)
             VALUES ($1, $2, $3, $4, $4, $5, $6, $7)",
            session.id.as_str(),
            session.token_hash.as_slice(),
            session.user_id.as_str(),
            session.created_at,
            session.expires_at,
            session.address,
            session.user_agent,
        )
        .execute(&mut self.0)
        .await?;
        sqlx::query!(
            "UPDATE config.users SET first_signed_in_at = coalesce(first_signed_in_at, $2), last_signed_in_at = $2 WHERE id = $1",
            session.user_id.as_str(),
            session.created_at,
        )
        .execute(&mut self.0)
        .await
        .map(drop)
    }

    /// Who the session with this token hash belongs to, with everything that the user may do, and where the clock of rights stands;
    /// no session where there is none, it is over or was not used since `used_since`, or the user is disabled.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn session(
        &mut self,
        token_hash: &[u8; 32],
        now: DateTime<Utc>,
        used_since: DateTime<Utc>,
    ) -> Result<Option<LoadedSession>, sqlx::Error> {
        let row = sqlx::query!(
            r#"SELECT coalesce((SELECT tick FROM config.rights_clock), 0) AS "tick!",
                      s.id AS "session_id: SessionId", s.expires_at, s.renew, s.last_seen_at, s.acting_until,
                      CASE WHEN s.token_hash <> $1 THEN s.previous_until END AS token_until,
                      own.id AS "own_id: UserId", own.email AS own_email,
                      acting.id IS NOT NULL AS "is_acting!",
                      coalesce(acting.id, own.id) AS "user_id!: UserId",
                      coalesce(acting.email, own.email) AS "email!", coalesce(acting.name, own.name) AS "name!",
                      coalesce(array_agg(DISTINCT r.name) FILTER (WHERE r.id IS NOT NULL), '{}') AS "roles!",
                      coalesce(bool_or(r.all_permissions), false) AS "all_permissions!",
                      coalesce(array_agg(DISTINCT p.permission) FILTER (WHERE p.permission IS NOT NULL), '{}') AS "permissions!",
                      acting.id IS NULL AND coalesce(bool_or(r.requires_second_factor), false)
                          AND NOT EXISTS (SELECT FROM config.second_factors f WHERE f.user_id = own.id AND f.confirmed_at IS NOT NULL)
                          AS "second_factor_due!"
               FROM config.sessions s
               JOIN config.users own ON own.id = s.user_id
               LEFT JOIN config.users acting ON acting.id = s.acting_as AND s.acting_until > $2 AND acting.disabled_at IS NULL
               LEFT JOIN config.user_roles ur ON ur.user_id = coalesce(acting.id, own.id)
               LEFT JOIN config.roles r ON r.id = ur.role_id
               LEFT JOIN config.role_permissions p ON p.role_id = r.id
               WHERE (s.token_hash = $1 OR s.previous_hash = $1 AND s.previous_until > $2)
                     AND s.expires_at > $2 AND s.last_seen_at > $3 AND own.disabled_at IS NULL
               GROUP BY s.token_hash, own.id, acting.id"#,
            token_hash.as_slice(),
            now,
            used_since,
        )
        .fetch_optional(&mut self.0)
        .await?;
        Ok(row.map(|row| {
            // A permission that this version does not know (a newer server wrote it) allows nothing here.
            let known = row.permissions.iter().filter_map(|name| name.parse().ok());
            let held = if row.all_permissions { Permission::ALL.to_vec() } else { known.collect() };
            let is_open = |permission: &Permission| !row.second_factor_due && (!row.is_acting || permission.is_for_impersonation());
            let impersonator =
                row.acting_until.filter(|_| row.is_acting).map(|until| Impersonator { user_id: row.own_id, email: row.own_email, until });
            LoadedSession {
                signed_in: SignedIn {
                    session_id: row.session_id,
                    user_id: row.user_id,
                    email: row.email,
                    name: row.name,
                    roles: row.roles,
                    permissions: held.into_iter().filter(is_open).collect(),
                    expires_at: row.expires_at,
                    second_factor_due: row.second_factor_due,
                    impersonator,
                },
                tick: row.tick,
                renew: row.renew,
                last_seen_at: row.last_seen_at,
                token_until: row.token_until,
            }
        }))
    }

    /// Ends the session with this token hash and answers whose it was, if there was one.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn delete_session(&mut self, token_hash: &[u8; 32]) -> Result<Option<(SessionId, UserId, String)>, sqlx::Error> {
        let row = sqlx::query!(
            r#"DELETE FROM config.sessions s USING config.users u
               WHERE (s.token_hash = $1 OR s.previous_hash = $1) AND u.id = s.user_id
               RETURNING s.id AS "session_id: SessionId", u.id AS "id: UserId", u.email"#,
            token_hash.as_slice()
        )
        .fetch_optional(&mut self.0)
        .await?;
        Ok(row.map(|row| (row.session_id, row.id, row.email)))
    }

    /// Ends sessions of a user: this one, or all but the one to spare. Answers which they were.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn end_sessions(
        &mut self,
        user: &UserId,
        only: Option<&SessionId>,
        spared: Option<&SessionId>,
    ) -> Result<Vec<SessionId>, sqlx::Error> {
        sqlx::query_scalar!(
            r#"DELETE FROM config.sessions
               WHERE user_id = $1 AND ($2::text IS NULL OR id = $2) AND ($3::text IS NULL OR id <> $3)
               RETURNING id AS "id: SessionId""#,
            user.as_str(),
            only.map(SessionId::as_str),
            spared.map(SessionId::as_str),
        )
        .fetch_all(&mut self.0)
        .await
    }

    /// Where a user is signed in, used last first.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn sessions_of(
        &mut self,
        user: &UserId,
        current: Option<&SessionId>,
        now: DateTime<Utc>,
        used_since: DateTime<Utc>,
    ) -> Result<Vec<SessionView>, sqlx::Error> {
        let rows = sqlx::query!(
            r#"SELECT id AS "id: SessionId", address, user_agent, created_at, last_seen_at, expires_at
               FROM config.sessions WHERE user_id = $1 AND expires_at > $2 AND last_seen_at > $3
               ORDER BY last_seen_at DESC, created_at DESC, id"#,
            user.as_str(),
            now,
            used_since,
        )
        .fetch_all(&mut self.0)
        .await?;
        let views = rows.into_iter().map(|row| SessionView {
            is_current: current == Some(&row.id),
            browser: browser_words(row.user_agent.as_deref()),
            id: row.id,
            address: row.address,
            created_at: row.created_at,
            last_seen_at: row.last_seen_at,
            expires_at: row.expires_at,
        });
        Ok(views.collect())
    }

    /// Has the sessions of this user, or of everybody, get other tokens, and ends acting as somebody else in them: rights have changed.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn unsettle_sessions(&mut self, user: Option<&UserId>) -> Result<(), sqlx::Error> {
        sqlx::query!(
            "UPDATE config.sessions SET renew = true, acting_as = NULL, acting_until = NULL
             WHERE $1::text IS NULL OR user_id = $1 OR acting_as = $1",
            user.map(UserId::as_str)
        )
        .execute(&mut self.0)
        .await
        .map(drop)
    }

    /// Gives a session another token, whatever it has now. Answers `false` where there is no such session.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn replace_token(&mut self, session: &SessionId, new: &[u8; 32]) -> Result<bool, sqlx::Error> {
        let replaced = sqlx::query!(
            "UPDATE config.sessions SET token_hash = $2, previous_hash = NULL, previous_until = NULL, renew = false WHERE id = $1",
            session.as_str(),
            new.as_slice(),
        )
        .execute(&mut self.0)
        .await?;
        Ok(replaced.rows_affected() == 1)
    }

    /// Gives a session another token where that is due; requests that are under way may show the old one until `previous_until`.
    /// Answers `false` where it is not due (any more), or there is no such session.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn renew_session(&mut self, old: &[u8; 32], new: &[u8; 32], previous_until: DateTime<Utc>) -> Result<bool, sqlx::Error> {
        let renewed = sqlx::query!(
            "UPDATE config.sessions SET token_hash = $2, previous_hash = $1, previous_until = $3, renew = false
             WHERE token_hash = $1 AND renew",
            old.as_slice(),
            new.as_slice(),
            previous_until,
        )
        .execute(&mut self.0)
        .await?;
        Ok(renewed.rows_affected() == 1)
    }

    /// Has a session's user look at the platform as another, until then; or not any more. Answers `false` where there is no such session.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn act_as(&mut self, session: &SessionId, acting: Option<(&UserId, DateTime<Utc>)>) -> Result<bool, sqlx::Error> {
        let changed = sqlx::query!(
            "UPDATE config.sessions SET acting_as = $2, acting_until = $3 WHERE id = $1",
            session.as_str(),
            acting.map(|(user, _)| user.as_str()),
            acting.map(|(_, until)| until),
        )
        .execute(&mut self.0)
        .await?;
        Ok(changed.rows_affected() == 1)
    }

    /// Writes down when sessions were last used.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn note_seen(&mut self, seen: &[(SessionId, DateTime<Utc>)]) -> Result<(), sqlx::Error> {
        let ids: Vec<String> = seen.iter().map(|(id, _)| id.to_string()).collect();
        let times: Vec<DateTime<Utc>> = seen.iter().map(|(_, at)| *at).collect();
        sqlx::query!(
            "UPDATE config.sessions s SET last_seen_at = greatest(s.last_seen_at, seen.at)
             FROM unnest($1::text[], $2::timestamptz[]) AS seen (id, at) WHERE s.id = seen.id",
            &ids,
            &times,
        )
        .execute(&mut self.0)
        .await
        .map(drop)
    }

    /// Removes sessions and links to set a password that are over.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn remove_ended_sessions(&mut self, now: DateTime<Utc>, used_since: DateTime<Utc>) -> Result<(), sqlx::Error> {
        sqlx::query!("DELETE FROM config.sessions WHERE expires_at < $1 OR last_seen_at < $2", now, used_since)
            .execute(&mut self.0)
            .await?;
        sqlx::query!("DELETE FROM config.password_links WHERE expires_at < $1", now).execute(&mut self.0).await.map(drop)
    }
}
