//! Migrations of any set of PostgreSQL databases: applied, checked, repaired and taken back, with a history that holds the applied
//! SQL itself; and what goes with them: making databases and roles, seeds, cleaning, sizes, references across databases.
//!
//! A [`Workspace`] lists the databases. A [`Migrator`] belongs to one of them and one schema, in which it keeps its history: two
//! of them get along in one database. It holds nothing beyond a transaction but a row that counts for seconds, so it works behind
//! PgBouncer in transaction mode too; of several that run at once, on one machine or two, one applies and the others wait.

mod apart;
mod baseline;
mod bookkeeping;
mod clean;
mod concurrent;
mod create;
mod database;
mod error;
mod file;
mod files;
mod history;
mod lease;
mod lint;
mod marker;
mod migrator;
mod new;
mod privileges;
mod references;
mod repair;
mod rollback;
mod rules;
mod seeds;
mod sizes;
mod sql;
mod status;
mod turn;
mod workspace;

pub use bookkeeping::OWN_TABLES;
pub use clean::Cleaned;
pub use create::{Administrator, Created, CreatedRole, Dropped, DroppedRole, RoleUse, Session, WhatWasDropped};
pub use database::{Addresses, Database};
pub use error::ToolError;
pub use file::{Migration, MigrationFileError, Migrations};
pub use files::Files;
pub use lint::{Lint, LintFinding, LintScope, Severity};
pub use marker::{DatabaseKind, Marker};
pub use migrator::{AppliedMigration, Migrator, Operator};
pub use references::{NotChecked, Orphan, Orphans, ReferenceCheck, check_reference};
pub use repair::{Finding, Mismatch, Remedy, Repaired, Right};
pub use rollback::{Back, RolledBackMigration};
pub use seeds::{Seed, Seeded, Sown};
pub use sizes::{ConnectionGroup, Connections, DatabaseSize, Look, Own, TableSize};
pub use status::{Change, Failure, MigrationState, MigrationStatus, Status, Verdict};
pub use workspace::{AppRole, ColumnName, DEFAULT_CONNECTION_ALERT, Declaration, Reference, WORKSPACE_FILE, Workspace, WorkspaceError};
