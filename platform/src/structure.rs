//! The databases from the outside, for whoever looks after them.

use std::future::Future;
use std::time::Duration;

use database_connection::DatabaseError;
use database_tool::{Connections, DatabaseSize, Look, Status, ToolError};
use model::Error;
use model::structure::{Connected, ConnectedGroup, Migration, MigrationState, Room, Structure, Structures, TableRoom, Verdict};

use crate::authorization::{Authorized, permit};
use crate::failure::unavailable;

/// A database that has not answered within this time does not answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// How many of the largest tables are shown.
const LARGEST: u32 = 10;

impl Authorized<permit::DatabasesInspect> {
    /// Where both databases' migrations stand, how much room they take, and who is connected. One that does not answer is left out.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when a database answers and refuses the question.
    pub async fn structures(&self) -> Result<Structures, Error> {
        let (primary, data) = (self.platform.primary(), self.platform.data());
        // In boxes: a page that is rendered on the server copies this future from frame to frame of its stack.
        let (primary, data) = tokio::join!(
            Box::pin(look("primary", primary.ping(PATIENCE), primary.structure(LARGEST))),
            Box::pin(look("data", data.ping(PATIENCE), data.structure(LARGEST))),
        );
        Ok(Structures { split: self.platform.configuration().split, primary: primary?, data: data? })
    }
}

/// Looks at a database if it answers.
async fn look(
    database: &'static str,
    ping: impl Future<Output = Result<(), DatabaseError>>,
    structure: impl Future<Output = Result<Look, ToolError>>,
) -> Result<Option<Structure>, Error> {
    let gone = |error: &dyn std::error::Error| tracing::warn!(database, %error, "a database does not answer");
    if let Err(error) = ping.await {
        gone(&error);
        return Ok(None);
    }
    match structure.await {
        Ok(look) => Ok(Some(structure_of(look))),
        Err(error) if error.is_unreachable() => {
            gone(&error);
            Ok(None)
        }
        Err(error) => Err(unavailable("looking at the databases")(error)),
    }
}

fn structure_of(look: Look) -> Structure {
    let verdict = match look.status.verdict() {
        database_tool::Verdict::Clean => Verdict::Clean,
        database_tool::Verdict::Pending => Verdict::Pending,
        database_tool::Verdict::Strange => Verdict::Strange,
    };
    let Status { migrations, missing_schemas, .. } = look.status;
    let migrations = migrations.into_iter().rev().map(|one| Migration {
        version: one.version,
        state: state_of(one.state),
        name: one.name,
        applied_at: one.applied_at,
        applied_by: one.applied_by,
        milliseconds: one.milliseconds.map(i64::unsigned_abs),
    });
    Structure {
        verdict,
        migrations: migrations.collect(),
        missing_schemas,
        room: look.size.map(room_of),
        connected: connected_of(look.connections),
    }
}

fn state_of(state: database_tool::MigrationState) -> MigrationState {
    use database_tool::MigrationState as Theirs;
    match state {
        Theirs::Applied => MigrationState::Applied,
        Theirs::Pending => MigrationState::Pending,
        Theirs::Modified => MigrationState::Modified,
        Theirs::Missing => MigrationState::Missing,
        Theirs::Renumbered => MigrationState::Renumbered,
        Theirs::OutOfOrder => MigrationState::OutOfOrder,
        Theirs::Failed => MigrationState::Failed,
    }
}

fn room_of(size: DatabaseSize) -> Room {
    let largest = size.largest.into_iter().map(|table| TableRoom {
        name: format!("{}.{}", table.schema, table.table),
        total: table.total_bytes.unsigned_abs(),
        indexes: table.index_bytes.unsigned_abs(),
        rows: table.rows.map(i64::unsigned_abs),
    });
    Room {
        total: size.total_bytes.unsigned_abs(),
        own: size.own_bytes.unsigned_abs(),
        tables: size.own_tables.unsigned_abs(),
        largest: largest.collect(),
    }
}

fn connected_of(connections: Connections) -> Connected {
    let groups = connections.groups.into_iter().map(|group| ConnectedGroup {
        application: group.application,
        role: group.role,
        open: group.open.unsigned_abs(),
        idle_in_transaction: group.idle_in_transaction.map(i64::unsigned_abs),
    });
    Connected {
        open: connections.open.unsigned_abs(),
        alert: u64::from(connections.alert),
        server_open: connections.server_open.unsigned_abs(),
        server_max: connections.server_max.unsigned_abs(),
        by_state: connections.by_state.into_iter().map(|(state, open)| (state, open.unsigned_abs())).collect(),
        groups: groups.collect(),
    }
}
