//! `handled db`: the databases' structure, of this platform or of any folder with a `databases.toml`.

mod administrator;
mod baseline;
mod clean;
mod connections;
mod create;
mod drop;
pub(super) mod guarded;
mod lint;
mod mark;
mod migrate;
mod new;
mod place;
mod reading;
mod refs;
mod repair;
mod reset;
mod rollback;
mod seed;
mod size;
mod source;
mod status;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use tokio_util::sync::CancellationToken;

use crate::failure::Failure;
use crate::settings::Settings;

use place::Place;

/// Everything was done, or is as it should be.
const CLEAN: u8 = 0;
/// Migrations are pending.
const PENDING: u8 = 2;
/// Something does not agree, or was found.
const STRANGE: u8 = 3;
/// A database cannot be reached.
const UNREACHABLE: u8 = 4;

/// Exit codes, for the help of every command.
const EXIT_CODES: &str = "Exit codes: 0 done or as it should be, 1 failed or refused, 2 migrations are pending, 3 something was found that does \
     not agree, 4 a database cannot be reached, 5 somebody else is at work on it.";

/// Look after the databases' structure.
#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub struct Db {
    /// Work on the databases that this folder's databases.toml lists, instead of the platform's. Their addresses come from the
    /// environment, or from the file .env there.
    #[arg(long, global = true, value_name = "DIR")]
    workspace: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make the databases and their roles where they are missing.
    Create(create::Create),
    /// Apply pending migrations.
    Migrate(migrate::Migrate),
    /// Show where every migration of every database stands.
    Status(status::Status),
    /// Make the files of a new migration.
    New(new::New),
    /// Look through migrations for what would hurt a database at work.
    Lint(lint::Lint),
    /// Look at the references from one database to another.
    #[command(subcommand)]
    Refs(refs::Refs),
    /// Show how much room the databases take.
    Size(size::Size),
    /// Show who is connected to the databases.
    Connections(connections::Connections),
    /// Take migrations back by their down files.
    Rollback(rollback::Rollback),
    /// Say what does not agree between files and databases, and mend it.
    Repair(repair::Repair),
    /// Adopt a database that was made by other means.
    Baseline(baseline::Baseline),
    /// Put in the rows that the databases are to begin with.
    Seed(seed::Seed),
    /// Say what the databases are for.
    Mark(mark::Mark),
    /// Empty every table, and keep the structure.
    Clean(clean::Clean),
    /// Remove the databases.
    Drop(drop::Drop),
    /// Make the databases anew, with their migrations and seeds.
    Reset(reset::Reset),
}

/// Which databases, and how to print.
#[derive(Debug, Args)]
struct Chosen {
    /// The databases; all where none is named.
    databases: Vec<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Db {
    /// Whether it is about other databases than the platform's, or about files alone: the platform's settings are of no concern then.
    pub fn is_elsewhere(&self) -> bool {
        self.workspace.is_some() || self.needs_files_alone()
    }

    /// Whether no database is needed.
    fn needs_files_alone(&self) -> bool {
        match &self.command {
            Command::New(_) => true,
            Command::Lint(command) => command.is_offline(),
            _ => false,
        }
    }

    /// Runs the command; the value is its exit code. `settings` are the platform's; without them `env_file` may hold the addresses.
    ///
    /// # Errors
    /// The databases cannot be had, or the command fails.
    pub async fn run(&self, settings: Option<&Settings>, env_file: Option<&Path>, stop: CancellationToken) -> Result<u8, Failure> {
        match &self.command {
            Command::New(command) => return command.run(self.workspace.as_deref()),
            Command::Lint(command) if command.is_offline() => return command.run_offline(self.workspace.as_deref()),
            _ => {}
        }
        let opened = match (&self.workspace, settings) {
            (Some(folder), _) => Place::of_folder(folder, env_file),
            (None, Some(settings)) => Place::of_platform(settings, &stop).await,
            (None, None) => Err(Failure::Said("The platform's settings were not read.".to_owned())),
        };
        let place = match (opened, &self.command) {
            (Err(Failure::Postgres(error)), Command::Status(_)) => {
                eprintln!("handled: {error}");
                return Ok(UNREACHABLE);
            }
            (opened, _) => opened?,
        };
        let result = tokio::select! {
            result = self.on(&place) => result,
            // Each migration is one transaction: what is not committed is undone. One without a transaction says later how far it came.
            () = stop.cancelled() => Err(Failure::Interrupted),
        };
        let closed = place.close().await;
        let code = result?;
        closed.map(|()| code)
    }

    async fn on(&self, place: &Place) -> Result<u8, Failure> {
        match &self.command {
            Command::Migrate(command) => command.run(place).await,
            Command::Status(command) => command.run(place).await,
            Command::Lint(command) => command.run(place).await,
            Command::Refs(command) => command.run(place).await,
            Command::Size(command) => command.run(place).await,
            Command::Connections(command) => command.run(place).await,
            // It was run before any database was opened.
            Command::New(command) => command.run(self.workspace.as_deref()),
            Command::Rollback(command) => command.run(place).await,
            Command::Repair(command) => command.run(place).await,
            Command::Baseline(command) => command.run(place).await,
            Command::Create(command) => command.run(place).await,
            Command::Seed(command) => command.run(place).await,
            Command::Mark(command) => command.run(place).await,
            Command::Clean(command) => command.run(place).await,
            Command::Drop(command) => command.run(place).await,
            Command::Reset(command) => command.run(place).await,
        }
    }
}
