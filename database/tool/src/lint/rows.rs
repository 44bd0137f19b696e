//! How many rows the tables have that a migration is about.

use database_connection::{Transaction, is_lock_timeout};
use sqlx::AssertSqlSafe;

use super::name::Name;
use crate::bookkeeping::quoted;
use crate::{Migrator, ToolError};

/// Below this many rows even a rewrite is over before anybody has waited.
pub(super) const FEW: i64 = 10_000;

/// What is known of a table's rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rows {
    /// There is no such table.
    NoTable,
    /// It cannot be told: the role may not read it, somebody has locked it, or it is in another place.
    Unknown,
    /// So many, about; exactly, where they are fewer than [`FEW`].
    Of(i64),
    /// So many or more: counting stopped there.
    AtLeast(i64),
}

#[derive(sqlx::FromRow)]
struct Part {
    schema: String,
    name: String,
    kind: String,
    estimate: f64,
    readable: bool,
}

impl Migrator {
    /// The rows of a table, of an index's table, or of all partitions of one. Never waits for a lock.
    pub(super) async fn rows_of(&self, transaction: &mut Transaction, name: &Name) -> Result<Rows, ToolError> {
        let parts: Vec<Part> = sqlx::query_as(
            "WITH subject AS (
                 SELECT coalesce(pg_index.indrelid, pg_class.oid) AS oid
                 FROM pg_class
                 JOIN pg_namespace ON pg_namespace.oid = pg_class.relnamespace
                 LEFT JOIN pg_index ON pg_index.indexrelid = pg_class.oid
                 WHERE pg_class.relname = $2
                 AND CASE WHEN $1::text IS NULL THEN pg_table_is_visible(pg_class.oid) ELSE pg_namespace.nspname = $1 END
             ), part AS (
                 SELECT oid FROM subject UNION SELECT relid FROM subject, pg_partition_tree(subject.oid)
             )
             SELECT nspname::text AS schema, relname::text AS name, relkind::text AS kind, reltuples::float8 AS estimate,
                 has_table_privilege(pg_class.oid, 'SELECT') AND has_schema_privilege(pg_namespace.oid, 'USAGE') AS readable
             FROM part JOIN pg_class ON pg_class.oid = part.oid JOIN pg_namespace ON pg_namespace.oid = relnamespace",
        )
        .bind(&name.schema)
        .bind(&name.name)
        .fetch_all(&mut *transaction)
        .await
        .map_err(self.doing("looking for a table"))?;
        if parts.is_empty() {
            return Ok(Rows::NoTable);
        }
        let (mut sum, mut stopped) = (0, false);
        for part in parts.iter().filter(|part| !matches!(part.kind.as_str(), "p" | "v")) {
            match self.rows_of_part(transaction, part).await? {
                Rows::Of(rows) => sum += rows,
                Rows::AtLeast(rows) => (sum, stopped) = (sum + rows, true),
                other => return Ok(other),
            }
        }
        Ok(if stopped { Rows::AtLeast(sum) } else { Rows::Of(sum) })
    }

    async fn rows_of_part(&self, transaction: &mut Transaction, part: &Part) -> Result<Rows, ToolError> {
        // Statistics of a large table are near enough, and those of a small one may be old. -1 means that there are none.
        let estimate = part.estimate as i64;
        if estimate >= FEW {
            return Ok(Rows::Of(estimate));
        }
        if !part.readable || !matches!(part.kind.as_str(), "r" | "m") {
            return Ok(if estimate < 0 { Rows::Unknown } else { Rows::Of(estimate) });
        }
        let sql = format!("SELECT count(*) FROM (SELECT FROM {}.{} LIMIT {FEW}) AS first", quoted(&part.schema), quoted(&part.name));
        transaction.savepoint("rows").await.map_err(self.doing("counting rows"))?;
        match sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut *transaction).await {
            Ok(FEW) => Ok(Rows::AtLeast(FEW)),
            Ok(rows) => Ok(Rows::Of(rows)),
            Err(error) if is_lock_timeout(&error) => {
                transaction.rollback_to("rows").await.map_err(self.doing("counting rows"))?;
                Ok(Rows::Unknown)
            }
            Err(error) => Err(self.doing("counting rows")(error)),
        }
    }
}
