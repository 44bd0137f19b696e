//! The clock of rights: how every server hears that somebody's rights have changed.
//!
//! Whoever changes rights locks the clock's only row and moves it before the end of the transaction. So ticks become visible in their
//! order, and what was read together with a tick is as new as that tick.

use model::UserId;

use crate::PrimaryTransaction;

/// Changes that are kept for servers that look: one that has missed more takes everybody's rights for changed.
const KEPT: i64 = 10_000;

/// What a look at the clock has found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RightsNews {
    /// Where the clock stands.
    pub tick: i64,
    /// Changes since the tick that was asked for, in their order: whose, or anybody's.
    pub changes: Vec<(i64, Option<UserId>)>,
}

impl PrimaryTransaction {
    /// Waits for everybody else who changes rights, and keeps others waiting until the transaction ends. The first statement of
    /// every change of rights: what is read after it is still so when the change is made.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn lock_rights(&mut self) -> Result<(), sqlx::Error> {
        // The row is there from the migration on, unless somebody has emptied the table.
        sqlx::query!(
            "INSERT INTO config.rights_clock (is_only, tick) VALUES (true, 0) ON CONFLICT (is_only) DO UPDATE SET tick = rights_clock.tick"
        )
        .execute(&mut self.0)
        .await
        .map(drop)
    }

    /// Tells every server that this user's rights or sessions, or anybody's, are not what they were. Answers the tick.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn announce(&mut self, user: Option<&UserId>) -> Result<i64, sqlx::Error> {
        let tick = sqlx::query_scalar!(
            r#"WITH moved AS (UPDATE config.rights_clock SET tick = tick + 1 RETURNING tick),
                    told AS (INSERT INTO config.rights_changes (tick, user_id) SELECT tick, $1 FROM moved)
               SELECT tick AS "tick!" FROM moved, pg_notify('handled_rights', '')"#,
            user.map(UserId::as_str),
        )
        .fetch_one(&mut self.0)
        .await?;
        sqlx::query!("DELETE FROM config.rights_changes WHERE tick <= $1", tick.saturating_sub(KEPT)).execute(&mut self.0).await?;
        Ok(tick)
    }

    /// What has changed since this tick. A clock that stands before it has been set back: everything may be different.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn rights_since(&mut self, tick: i64) -> Result<RightsNews, sqlx::Error> {
        // One statement, one state of the database: no change can come between the clock and the list.
        let rows = sqlx::query!(
            r#"SELECT coalesce((SELECT tick FROM config.rights_clock), 0) AS "now!", changed.tick AS "tick?", changed.user_id AS "user_id: UserId"
               FROM (SELECT) AS always LEFT JOIN config.rights_changes changed ON changed.tick > $1
               ORDER BY changed.tick"#,
            tick,
        )
        .fetch_all(&mut self.0)
        .await?;
        let now = rows.first().map_or(0, |row| row.now);
        let changes = rows.into_iter().filter_map(|row| Some((row.tick?, row.user_id))).collect();
        Ok(RightsNews { tick: now, changes })
    }

    /// How many users can sign in and hold every permission. Who has no password yet is not one of them: the link may never be used.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn administrators(&mut self) -> Result<i64, sqlx::Error> {
        sqlx::query_scalar!(
            r#"SELECT count(DISTINCT u.id) AS "count!"
               FROM config.users u JOIN config.user_roles ur ON ur.user_id = u.id JOIN config.roles r ON r.id = ur.role_id
               WHERE r.all_permissions AND u.disabled_at IS NULL AND u.password_hash IS NOT NULL"#
        )
        .fetch_one(&mut self.0)
        .await
    }
}
