//! Who is connected to a database.

use std::collections::BTreeMap;

use database_connection::{Pool, Transaction};
use serde::Serialize;

use super::Own;
use crate::ToolError;

/// The connections of a database on its server. Behind a pooler these are the pooler's, not its clients'.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Connections {
    /// What people call the database.
    pub database: String,
    /// What it is called on its server: two of a workspace may be one there, and have the same connections.
    pub server_name: String,
    /// How many are open, the one that asks included.
    pub open: i64,
    /// Above how many there are too many.
    pub alert: u32,
    /// Whether there are.
    pub over_alert: bool,
    /// How many the server takes, of all its databases together.
    pub server_max: i64,
    /// How many it has, of all its databases together.
    pub server_open: i64,
    /// How many by what they do: `active`, `idle`, `idle in transaction`; `not visible` are those of other roles, whose doings only
    /// a member of `pg_monitor` may see.
    pub by_state: BTreeMap<String, i64>,
    /// Who they are, most first.
    pub groups: Vec<ConnectionGroup>,
}

/// Connections of one program as one role.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConnectionGroup {
    /// How the program calls itself; empty where it does not.
    pub application: String,
    /// The role.
    pub role: String,
    /// How many.
    pub open: i64,
    /// How many of these have a transaction open and do nothing in it, where that can be seen: they hold locks up.
    pub idle_in_transaction: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct Row {
    application: String,
    role: String,
    state: Option<String>,
    open: i64,
}

/// What is said instead of a state that the role may not see.
const NOT_VISIBLE: &str = "not visible";

impl Own {
    /// Who is connected. Changes nothing; any role that may connect can ask, and is told as much as it may see.
    ///
    /// # Errors
    /// The database cannot be reached.
    pub async fn connections(&self, pool: &Pool) -> Result<Connections, ToolError> {
        let mut transaction = pool.begin_read_only().await.map_err(|source| self.failed("connecting", source))?;
        let connections = self.connections_in(&mut transaction).await?;
        transaction.rollback().await.map_err(|source| self.failed("looking at connections", source))?;
        Ok(connections)
    }

    pub(super) async fn connections_in(&self, transaction: &mut Transaction) -> Result<Connections, ToolError> {
        let failed = |source| self.failed("looking at connections", source);
        let (server_name, server_max): (String, i64) =
            sqlx::query_as("SELECT current_database()::text, current_setting('max_connections')::int8")
                .fetch_one(&mut *transaction)
                .await
                .map_err(failed)?;
        // Of other roles' connections the kind cannot be seen either; the server's own have no role.
        let client = "usesysid IS NOT NULL AND coalesce(backend_type, 'client backend') = 'client backend'";
        let server_open: i64 = sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT count(*) FROM pg_stat_activity WHERE {client}")))
            .fetch_one(&mut *transaction)
            .await
            .map_err(failed)?;
        let sql = format!(
            "SELECT coalesce(application_name, '') AS application, coalesce(usename::text, usesysid::text) AS role,
                 CASE WHEN backend_type IS NOT NULL THEN coalesce(state, 'unknown') END AS state, count(*) AS open
             FROM pg_stat_activity WHERE datname = current_database() AND {client}
             GROUP BY 1, 2, 3"
        );
        let rows: Vec<Row> = sqlx::query_as(sqlx::AssertSqlSafe(sql)).fetch_all(transaction).await.map_err(failed)?;

        let mut by_state = BTreeMap::new();
        let mut groups: BTreeMap<(String, String), ConnectionGroup> = BTreeMap::new();
        for Row { application, role, state, open } in rows {
            *by_state.entry(state.clone().unwrap_or_else(|| NOT_VISIBLE.to_owned())).or_default() += open;
            let group = groups.entry((application.clone(), role.clone())).or_insert(ConnectionGroup {
                application,
                role,
                open: 0,
                idle_in_transaction: Some(0),
            });
            group.open += open;
            let idle = state.map(|state| if state.starts_with("idle in transaction") { open } else { 0 });
            group.idle_in_transaction = group.idle_in_transaction.zip(idle).map(|(before, more)| before + more);
        }
        let mut groups: Vec<ConnectionGroup> = groups.into_values().collect();
        groups.sort_by_key(|group| std::cmp::Reverse(group.open));
        let open = groups.iter().map(|group| group.open).sum();
        Ok(Connections {
            database: self.database.clone(),
            server_name,
            open,
            alert: self.connection_alert,
            over_alert: open > i64::from(self.connection_alert),
            server_max,
            server_open,
            by_state,
            groups,
        })
    }
}
