//! The tool's own tables, which stand beside the history: made before the first migration, and added to older histories.

use database_connection::{Pool, Transaction};
use serde_json::Value;
use sqlx::AssertSqlSafe;

use crate::{Migrator, ToolError};

/// Every table of the tool; none of them belongs to what people keep in the database.
pub const OWN_TABLES: [&str; 5] = ["schema_migrations", "schema_progress", "schema_lease", "schema_log", "schema_marker"];

/// The tables, each with what makes it.
const MADE_BY: [(&str, &str); 5] = [
    (
        "schema_migrations",
        "CREATE TABLE {table} (
            version      integer PRIMARY KEY CHECK (version > 0),
            name         text NOT NULL,
            sql          text NOT NULL,
            down_sql     text,
            sha256       text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
            applied_at   timestamptz NOT NULL DEFAULT clock_timestamp(),
            applied_by   text NOT NULL DEFAULT session_user,
            milliseconds bigint NOT NULL CHECK (milliseconds >= 0)
        );
        COMMENT ON TABLE {table} IS 'Which migrations were applied to this database; written by the migration tool alone.'",
    ),
    (
        "schema_progress",
        "CREATE TABLE {table} (
            version    integer PRIMARY KEY CHECK (version > 0),
            name       text NOT NULL,
            sql        text NOT NULL,
            done       integer NOT NULL CHECK (done >= 0),
            started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            failed_at  timestamptz,
            error      text
        );
        COMMENT ON TABLE {table} IS 'Migrations that were begun and did not come to their end: how many statements took effect, and why it ended.'",
    ),
    (
        "schema_lease",
        "CREATE TABLE {table} (
            only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
            holder   text NOT NULL,
            doing    text NOT NULL,
            since    timestamptz NOT NULL DEFAULT clock_timestamp(),
            until    timestamptz NOT NULL
        );
        COMMENT ON TABLE {table} IS 'Who changes the structure now, and until when that counts unless it is renewed.'",
    ),
    (
        "schema_log",
        "CREATE TABLE {table} (
            id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            at      timestamptz NOT NULL DEFAULT clock_timestamp(),
            role    text NOT NULL DEFAULT session_user,
            actor   text NOT NULL,
            action  text NOT NULL,
            details jsonb NOT NULL
        );
        COMMENT ON TABLE {table} IS 'What was done to the structure besides applying migrations, and by whom.'",
    ),
    (
        "schema_marker",
        "CREATE TABLE {table} (
            only_one  boolean PRIMARY KEY DEFAULT true CHECK (only_one),
            kind      text NOT NULL,
            marked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            marked_by text NOT NULL
        );
        COMMENT ON TABLE {table} IS 'What this database is for: production, staging, development or test.'",
    ),
];

impl Migrator {
    /// Makes the schemas, the history and the tool's other tables where they are missing.
    ///
    /// # Errors
    /// Locks stay in the way for a minute, the role may not make them, or the database cannot be reached.
    pub async fn prepare(&self, pool: &Pool) -> Result<(), ToolError> {
        self.with_patience(|| self.prepare_once(pool)).await
    }

    async fn prepare_once(&self, pool: &Pool) -> Result<(), ToolError> {
        let mut transaction = self.begin_turn(pool).await?;
        for schema in self.all_schemas() {
            self.make_schema(&mut transaction, schema).await?;
        }
        self.become_owner(&mut transaction).await?;
        for (name, statements) in MADE_BY {
            if !self.table_exists(&mut transaction, name).await? {
                let script = statements.replace("{table}", &self.own_table(name));
                transaction.run_script(&script).await.map_err(self.doing("making the migration history"))?;
            }
        }
        // Histories made before down files were kept have no place for them.
        let add = format!("ALTER TABLE {} ADD COLUMN IF NOT EXISTS down_sql text", self.history_table());
        if !self.keeps_down_files(&mut transaction).await? {
            transaction.run_script(&add).await.map_err(self.doing("adding to the migration history"))?;
        }
        transaction.commit().await.map_err(self.doing("making the migration history"))
    }

    /// The schemas that these migrations fill, the history's first.
    pub(crate) fn all_schemas(&self) -> impl Iterator<Item = &str> {
        let others = self.schemas.iter().filter(|schema| **schema != self.history_schema);
        std::iter::once(&self.history_schema).chain(others).map(String::as_str)
    }

    pub(crate) async fn schema_exists(&self, transaction: &mut Transaction, schema: &str) -> Result<bool, ToolError> {
        sqlx::query_scalar("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)")
            .bind(schema)
            .fetch_one(transaction)
            .await
            .map_err(self.doing("looking for the schema"))
    }

    /// Makes the schema where it is missing. `CREATE SCHEMA IF NOT EXISTS` would not do: it asks for the right to make
    /// schemas also where there is nothing to make.
    pub(crate) async fn make_schema(&self, transaction: &mut Transaction, schema: &str) -> Result<(), ToolError> {
        if self.schema_exists(transaction, schema).await? {
            return Ok(());
        }
        let owner = self.objects_owner.as_ref().map_or_else(String::new, |role| format!(" AUTHORIZATION {}", quoted(role)));
        transaction.run_script(&format!("CREATE SCHEMA {}{owner}", quoted(schema))).await.map_err(self.doing("making a schema"))
    }

    /// Writes down what was done and by whom, in the transaction that does it.
    pub(crate) async fn log(&self, transaction: &mut Transaction, actor: &str, action: &str, details: &Value) -> Result<(), ToolError> {
        let sql = format!("INSERT INTO {} (actor, action, details) VALUES ($1, $2, $3)", self.own_table("schema_log"));
        sqlx::query(AssertSqlSafe(sql))
            .bind(actor)
            .bind(action)
            .bind(details)
            .execute(transaction)
            .await
            .map(drop)
            .map_err(self.doing("writing the log"))
    }

    /// Turns the database's error into one that says what was being done.
    pub(crate) fn doing(&self, doing: &'static str) -> impl FnOnce(sqlx::Error) -> ToolError + use<> {
        let database = self.database.clone();
        move |source| ToolError::Database { database, doing, source }
    }
}

/// The name as an SQL identifier.
pub(crate) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}
