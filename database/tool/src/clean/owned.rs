//! What of a database is the declaration's own.

use std::fmt;

use database_connection::Transaction;
use sqlx::postgres::types::Oid;

use crate::bookkeeping::quoted;
use crate::{Database, OWN_TABLES, ToolError};

/// A table or a materialized view.
#[derive(Clone, Debug, sqlx::FromRow)]
pub(crate) struct Relation {
    oid: Oid,
    schema: String,
    name: String,
    kind: String,
}

impl Relation {
    /// Its schema and its name.
    pub(crate) fn parts(&self) -> (String, String) {
        (self.schema.clone(), self.name.clone())
    }

    /// Its name in SQL.
    pub(crate) fn quoted(&self) -> String {
        format!("{}.{}", quoted(&self.schema), quoted(&self.name))
    }
}

impl fmt::Display for Relation {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}.{}", self.schema, self.name)
    }
}

/// Everything with rows that a database owns.
#[derive(Clone, Debug)]
pub(crate) struct Owned(Vec<Relation>);

impl Owned {
    /// The tables by name, with partitions.
    pub(crate) fn tables(&self) -> Vec<&Relation> {
        self.0.iter().filter(|relation| relation.kind != "m").collect()
    }

    /// The materialized views, in the order in which they were made.
    pub(crate) fn materialized(&self) -> Vec<&Relation> {
        let mut views: Vec<&Relation> = self.0.iter().filter(|relation| relation.kind == "m").collect();
        views.sort_by_key(|relation| relation.oid.0);
        views
    }
}

/// Owned by the declaration: of its schemas or among its tables, and neither the tool's nor an extension's. Foreign tables are left out:
/// what they hold is another database's.
const OWNED: &str = "
    SELECT class.oid, namespace.nspname::text AS schema, class.relname::text AS name, class.relkind::text AS kind
    FROM pg_class AS class JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
    WHERE class.relkind = ANY ('{r,p,m}')
        AND (namespace.nspname::text = ANY ($1) OR namespace.nspname::text || '.' || class.relname::text = ANY ($2))
        AND NOT (namespace.nspname::text = $3 AND class.relname::text = ANY ($4))
        AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = class.oid AND deptype = 'e')
    ORDER BY schema, name";

/// Sequences of the declaration's schemas that no column owns: `RESTART IDENTITY` does not reach them.
const FREE_SEQUENCES: &str = "
    SELECT namespace.nspname::text, class.relname::text
    FROM pg_class AS class JOIN pg_namespace AS namespace ON namespace.oid = class.relnamespace
    WHERE class.relkind = 'S' AND namespace.nspname::text = ANY ($1)
        AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = class.oid AND deptype = ANY ('{a,i,e}'))
    ORDER BY 1, 2";

/// Foreign keys to these tables from others.
const STRANGERS: &str = "
    SELECT conrelid::regclass::text, confrelid::regclass::text FROM pg_constraint
    WHERE contype = 'f' AND confrelid = ANY ($1) AND conrelid <> ALL ($1)
    ORDER BY 1, 2 LIMIT 1";

impl Database {
    /// Everything with rows that this database owns.
    pub(crate) async fn owned(&self, transaction: &mut Transaction) -> Result<Owned, ToolError> {
        let own: Vec<&str> = OWN_TABLES.to_vec();
        sqlx::query_as(OWNED)
            .bind(&self.declaration.schemas)
            .bind(&self.declaration.tables)
            .bind(&self.declaration.history)
            .bind(own)
            .fetch_all(transaction)
            .await
            .map(Owned)
            .map_err(self.migrator.doing("listing the tables"))
    }

    /// The first table with a row, if one has any.
    pub(crate) async fn filled(&self, transaction: &mut Transaction) -> Result<Option<String>, ToolError> {
        for table in self.owned(transaction).await?.tables() {
            let sql = format!("SELECT EXISTS (SELECT FROM {})", table.quoted());
            let has_rows: bool = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
                .fetch_one(&mut *transaction)
                .await
                .map_err(self.migrator.doing("looking for rows"))?;
            if has_rows {
                return Ok(Some(table.to_string()));
            }
        }
        Ok(None)
    }

    pub(super) async fn free_sequences(&self, transaction: &mut Transaction) -> Result<Vec<(String, String)>, ToolError> {
        sqlx::query_as(FREE_SEQUENCES)
            .bind(&self.declaration.schemas)
            .fetch_all(transaction)
            .await
            .map_err(self.migrator.doing("listing the sequences"))
    }

    /// Refuses when a table that is not this database's refers to one that is.
    pub(crate) async fn no_strangers(&self, transaction: &mut Transaction, owned: &Owned, what: &str) -> Result<(), ToolError> {
        let tables: Vec<Oid> = owned.tables().iter().map(|table| table.oid).collect();
        let stranger: Option<(String, String)> = sqlx::query_as(STRANGERS)
            .bind(tables)
            .fetch_optional(transaction)
            .await
            .map_err(self.migrator.doing("looking at foreign keys"))?;
        stranger.map_or(Ok(()), |(from, to)| {
            let why = format!(
                "{from}, which is not one of its tables, has a foreign key to {to}; nothing was {what}; drop the foreign key first"
            );
            Err(ToolError::Refused { database: self.name().to_owned(), why })
        })
    }
}
