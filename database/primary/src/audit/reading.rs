//! The audit as people look through it.

use chrono::{DateTime, Utc};
use model::UserId;
use model::audit::{AuditChoices, AuditQuery, AuditRecord};
use model::list::PAGE_SIZE;
use serde_json::Value;

use crate::PrimaryTransaction;

/// Which rows, with what the query's person stands for: a user, or else the names that hold the text. One or the other, so that an index
/// finds the rows.
#[derive(Debug, Clone)]
pub struct AuditFilter {
    query: AuditQuery,
    user_id: Option<String>,
    actors: Option<Vec<String>>,
}

/// A place among the rows, the newest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuditPosition {
    /// When the row was written.
    pub at: DateTime<Utc>,
    /// Its number.
    pub id: i64,
}

struct RecordRow {
    id: i64,
    at: DateTime<Utc>,
    user_id: Option<UserId>,
    actor: String,
    on_behalf_of: Option<String>,
    action: String,
    resource: String,
    resource_id: Option<String>,
    before: Option<Value>,
    after: Option<Value>,
    address: Option<String>,
    request_id: Option<String>,
    seal: Option<i64>,
}

impl From<RecordRow> for AuditRecord {
    fn from(row: RecordRow) -> Self {
        Self {
            id: u64::try_from(row.id).unwrap_or_default(),
            at: row.at,
            user_id: row.user_id,
            actor: row.actor,
            on_behalf_of: row.on_behalf_of,
            action: row.action,
            resource: row.resource,
            resource_id: row.resource_id,
            before: row.before,
            after: row.after,
            address: row.address,
            request_id: row.request_id,
            seal: row.seal.and_then(|seal| u64::try_from(seal).ok()),
        }
    }
}

/// The one list of a record's columns, with what follows FROM.
macro_rules! select_records {
    ($tail:literal $(, $argument:expr)* $(,)?) => {
        sqlx::query_as!(
            RecordRow,
            r#"SELECT a.id, a.at, a.user_id AS "user_id: UserId", a.actor, a.on_behalf_of, a.action, a.resource, a.resource_id, a.before,
                      a.after, a.address, a.request_id,
                      (SELECT s.seal FROM config.audit_sealed s WHERE s.audit_id = a.id) AS seal
               FROM config.audit a "# + $tail
            $(, $argument)*
        )
    };
}

impl PrimaryTransaction {
    /// The names under which somebody acted that hold this text. Each distinct name is found by one look into an index.
    async fn actors_like(&mut self, part: &str) -> Result<Vec<String>, sqlx::Error> {
        sqlx::query_scalar!(
            r#"WITH RECURSIVE names AS (
                   (SELECT actor FROM config.audit ORDER BY actor LIMIT 1)
                   UNION ALL
                   SELECT (SELECT a.actor FROM config.audit a WHERE a.actor > n.actor ORDER BY a.actor LIMIT 1) FROM names n
                   WHERE n.actor IS NOT NULL
               )
               SELECT actor AS "actor!" FROM names WHERE actor IS NOT NULL AND position(lower($1::text) IN lower(actor)) > 0"#,
            part
        )
        .fetch_all(&mut self.0)
        .await
    }

    /// The query as it can be asked, also several times.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn audit_filter(&mut self, query: AuditQuery) -> Result<AuditFilter, sqlx::Error> {
        let Some(person) = &query.person else { return Ok(AuditFilter { query, user_id: None, actors: None }) };
        let is_user = sqlx::query_scalar!(r#"SELECT EXISTS (SELECT 1 FROM config.audit WHERE user_id = $1) AS "is_user!""#, person)
            .fetch_one(&mut self.0)
            .await?;
        let (user_id, actors) = if is_user { (Some(person.clone()), None) } else { (None, Some(self.actors_like(person).await?)) };
        Ok(AuditFilter { query, user_id, actors })
    }

    /// A page of the rows that a filter lets through, the newest first.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn audit_records(&mut self, filter: &AuditFilter) -> Result<Vec<AuditRecord>, sqlx::Error> {
        let AuditFilter { query, user_id, actors } = filter;
        let rows = select_records!(
            "WHERE ($1::text[] IS NULL OR a.actor = ANY($1)) AND ($2::text IS NULL OR a.user_id = $2)
               AND ($3::text IS NULL OR a.resource = $3) AND ($4::text IS NULL OR a.resource_id = $4)
               AND ($5::text IS NULL OR a.action = $5)
               AND ($6::timestamptz IS NULL OR a.at >= $6) AND ($7::timestamptz IS NULL OR a.at < $7)
             ORDER BY a.at DESC, a.id DESC LIMIT $8 OFFSET $9",
            actors.as_deref(),
            user_id.as_deref(),
            query.resource.as_deref(),
            query.resource_id.as_deref(),
            query.action.as_deref(),
            query.since,
            query.until,
            i64::from(PAGE_SIZE),
            i64::from(query.page.max(1) - 1) * i64::from(PAGE_SIZE),
        )
        .fetch_all(&mut self.0)
        .await?;
        Ok(rows.into_iter().map(AuditRecord::from).collect())
    }

    /// How many rows a filter lets through, counted no further than this.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn count_audit_records(&mut self, filter: &AuditFilter, most: u64) -> Result<u64, sqlx::Error> {
        let AuditFilter { query, user_id, actors } = filter;
        let count = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM (
                   SELECT 1 FROM config.audit a
                   WHERE ($1::text[] IS NULL OR a.actor = ANY($1)) AND ($2::text IS NULL OR a.user_id = $2)
                     AND ($3::text IS NULL OR a.resource = $3) AND ($4::text IS NULL OR a.resource_id = $4)
                     AND ($5::text IS NULL OR a.action = $5)
                     AND ($6::timestamptz IS NULL OR a.at >= $6) AND ($7::timestamptz IS NULL OR a.at < $7)
                   LIMIT $8) counted"#,
            actors.as_deref(),
            user_id.as_deref(),
            query.resource.as_deref(),
            query.resource_id.as_deref(),
            query.action.as_deref(),
            query.since,
            query.until,
            i64::try_from(most).unwrap_or(i64::MAX),
        )
        .fetch_one(&mut self.0)
        .await?;
        Ok(u64::try_from(count).unwrap_or_default())
    }

    /// The next rows that a filter lets through after a place, the newest first, whatever its page.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn audit_records_after(
        &mut self,
        filter: &AuditFilter,
        after: Option<AuditPosition>,
        limit: i64,
    ) -> Result<Vec<AuditRecord>, sqlx::Error> {
        let AuditFilter { query, user_id, actors } = filter;
        let rows = select_records!(
            "WHERE ($1::text[] IS NULL OR a.actor = ANY($1)) AND ($2::text IS NULL OR a.user_id = $2)
               AND ($3::text IS NULL OR a.resource = $3) AND ($4::text IS NULL OR a.resource_id = $4)
               AND ($5::text IS NULL OR a.action = $5)
               AND ($6::timestamptz IS NULL OR a.at >= $6) AND ($7::timestamptz IS NULL OR a.at < $7)
               AND ($8::timestamptz IS NULL OR (a.at, a.id) < ($8, $9))
             ORDER BY a.at DESC, a.id DESC LIMIT $10",
            actors.as_deref(),
            user_id.as_deref(),
            query.resource.as_deref(),
            query.resource_id.as_deref(),
            query.action.as_deref(),
            query.since,
            query.until,
            after.map(|after| after.at),
            after.map(|after| after.id),
            limit,
        )
        .fetch_all(&mut self.0)
        .await?;
        Ok(rows.into_iter().map(AuditRecord::from).collect())
    }

    /// The latest rows about one thing.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn audit_timeline(&mut self, resource: &str, id: &str, limit: i64) -> Result<Vec<AuditRecord>, sqlx::Error> {
        let rows = select_records!("WHERE a.resource = $1 AND a.resource_id = $2 ORDER BY a.id DESC LIMIT $3", resource, id, limit)
            .fetch_all(&mut self.0)
            .await?;
        Ok(rows.into_iter().map(AuditRecord::from).collect())
    }

    /// Every kind of thing and every action that the audit tells of, each found by one look into an index.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn audit_choices(&mut self) -> Result<AuditChoices, sqlx::Error> {
        let found = sqlx::query!(
            r#"WITH RECURSIVE resources AS (
                   (SELECT resource AS name FROM config.audit ORDER BY resource LIMIT 1)
                   UNION ALL
                   SELECT (SELECT a.resource FROM config.audit a WHERE a.resource > r.name ORDER BY a.resource LIMIT 1) FROM resources r
                   WHERE r.name IS NOT NULL
               ), actions AS (
                   (SELECT action AS name FROM config.audit ORDER BY action LIMIT 1)
                   UNION ALL
                   SELECT (SELECT a.action FROM config.audit a WHERE a.action > r.name ORDER BY a.action LIMIT 1) FROM actions r
                   WHERE r.name IS NOT NULL
               )
               SELECT ARRAY(SELECT name FROM resources WHERE name IS NOT NULL ORDER BY name) AS "resources!: Vec<String>",
                      ARRAY(SELECT name FROM actions WHERE name IS NOT NULL ORDER BY name) AS "actions!: Vec<String>""#
        )
        .fetch_one(&mut self.0)
        .await?;
        Ok(AuditChoices { resources: found.resources, actions: found.actions })
    }
}
