//! Migrations of any PostgreSQL database, with a history that holds the applied SQL itself.
//!
//! A [`Migrator`] belongs to one database and one schema, in which it keeps its history: two of them get along in one
//! database. It holds nothing beyond a transaction, so it works behind PgBouncer in transaction mode too; two that run
//! at once, on one machine or two, apply each migration once.

mod error;
mod file;
mod history;
mod migrator;
mod privileges;
mod rollback;
mod script;
mod status;
mod turn;

pub use error::ToolError;
pub use file::{Migration, MigrationFileError, Migrations};
pub use migrator::{AppliedMigration, Migrator};
pub use rollback::RolledBackMigration;
pub use status::{MigrationState, MigrationStatus, Status};
