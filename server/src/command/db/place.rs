//! What a command of `handled db` works on: the platform's databases, or those of a folder.

use std::collections::BTreeMap;
use std::path::Path;

use database_connection::DatabaseUrl;
use database_tool::{Addresses, AppliedMigration, Database, Declaration, Operator, Workspace};
use serde_json::Value;
use tokio_util::sync::CancellationToken;

use crate::command::with_platform::{open, system_name};
use crate::databases::{self, Databases, Target};
use crate::failure::Failure;
use crate::settings::Settings;

/// A file with addresses that is read where no other is named.
const ENV_FILE: &str = ".env";

/// Several databases and how they are reached.
pub struct Place {
    /// What there is.
    pub workspace: Workspace,
    /// Whether the environment calls this production.
    pub production: bool,
    reached: Reached,
}

/// How the databases are reached.
enum Reached {
    /// As the platform's settings say.
    Platform(Box<Databases>),
    /// By these variables.
    Variables(BTreeMap<String, String>),
}

impl Place {
    /// The platform's own databases.
    ///
    /// # Errors
    /// They cannot be had.
    pub async fn of_platform(settings: &Settings, stop: &CancellationToken) -> Result<Self, Failure> {
        let databases = open(settings, stop).await?;
        Ok(Self { workspace: databases::workspace()?, production: settings.production, reached: Reached::Platform(Box::new(databases)) })
    }

    /// The databases of a folder; the environment wins over the file with variables.
    ///
    /// # Errors
    /// The folder is no workspace, or the file cannot be read.
    pub fn of_folder(folder: &Path, env_file: Option<&Path>) -> Result<Self, Failure> {
        let workspace = Workspace::read(folder)?;
        let default = folder.join(ENV_FILE);
        let mut variables = match env_file {
            Some(file) => variables_in(file)?,
            None if default.exists() => variables_in(&default)?,
            None => BTreeMap::new(),
        };
        let said = std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)));
        variables.extend(said.filter(|(_, value)| !value.trim().is_empty()));
        let production = variables.get("APP_ENV").is_some_and(|value| value == "production");
        Ok(Self { workspace, production, reached: Reached::Variables(variables) })
    }

    /// The chosen databases in order of dependence; all where none is named.
    ///
    /// # Errors
    /// One is not known, its address is not set or not accepted, or its migrations cannot be used.
    pub fn databases(&self, names: &[String]) -> Result<Vec<Database>, Failure> {
        self.workspace.chosen(names)?.into_iter().map(|declaration| self.database(declaration)).collect()
    }

    fn database(&self, declaration: &Declaration) -> Result<Database, Failure> {
        let operator = Operator { name: self.operator(), ..Operator::default() };
        Ok(Database::new(declaration.clone(), self.addresses(declaration)?, operator)?)
    }

    /// Under which addresses a database is reached.
    ///
    /// # Errors
    /// A variable is not set, or its value is no address.
    pub fn addresses(&self, declaration: &Declaration) -> Result<Addresses, Failure> {
        match &self.reached {
            Reached::Platform(databases) => Ok(databases.addresses(target(&declaration.name)?)),
            Reached::Variables(variables) => {
                let optional =
                    |name: &Option<String>| name.as_deref().map(|name| address(variables, name)).transpose().map(Option::flatten);
                let app = address(variables, &declaration.url)?;
                let app = app.ok_or_else(|| {
                    Failure::Said(format!("{} is not set; it is the address of the database {}.", declaration.url, declaration.name))
                })?;
                Ok(Addresses { app, owner: optional(&declaration.owner_url)?, reader: optional(&declaration.reader_url)? })
            }
        }
    }

    /// Who runs this command.
    pub fn operator(&self) -> String {
        system_name()
    }

    /// The databases' settings, where they are the platform's.
    pub fn platform(&self) -> Option<&Databases> {
        match &self.reached {
            Reached::Platform(databases) => Some(databases),
            Reached::Variables(_) => None,
        }
    }

    /// A variable of the environment or of its file, in a workspace of a folder.
    pub fn variable(&self, name: &str) -> Option<String> {
        match &self.reached {
            Reached::Platform(_) => std::env::var(name).ok(),
            Reached::Variables(variables) => variables.get(name).cloned(),
        }
    }

    /// Records in the platform's audit what was applied. A warning where only DATA's cannot be recorded.
    ///
    /// # Errors
    /// PRIMARY's own migrations cannot be recorded.
    pub async fn record_migrations(&self, database: &Database, applied: &[AppliedMigration]) -> Result<(), Failure> {
        let Reached::Platform(databases) = &self.reached else { return Ok(()) };
        if let Some(failure) = databases.record_migrations(target(database.name())?, applied).await? {
            eprintln!("handled: {}", failure.sentence());
        }
        Ok(())
    }

    /// Records in the platform's audit what was done to a database. Other workspaces have the tool's own log alone. A warning where
    /// PRIMARY does not take it: it may be the one that is being repaired, and its own log has it.
    pub async fn record(&self, action: &str, database: &Database, after: Value) {
        let Reached::Platform(databases) = &self.reached else { return };
        if let Err(error) = databases.record(action, database.name(), after).await {
            eprintln!(
                "handled: this was done, but PRIMARY's audit could not take the record of it ({error}); the database's own log has it."
            );
        }
    }

    /// Lets go of the private PostgreSQL, where there is one.
    ///
    /// # Errors
    /// It does not stop.
    pub async fn close(self) -> Result<(), Failure> {
        match self.reached {
            Reached::Platform(databases) => databases.close().await,
            Reached::Variables(_) => Ok(()),
        }
    }
}

fn target(name: &str) -> Result<Target, Failure> {
    let found = Target::ALL.into_iter().find(|target| target.name() == name);
    found.ok_or_else(|| Failure::Said(format!("The platform has no database {name}.")))
}

/// The address that a variable holds, where it is set.
fn address(variables: &BTreeMap<String, String>, name: &str) -> Result<Option<DatabaseUrl>, Failure> {
    let Some(text) = variables.get(name) else { return Ok(None) };
    text.trim().parse().map(Some).map_err(|error| Failure::Said(format!("{name} is no address of a database: {error}.")))
}

fn variables_in(file: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let unreadable = |error: dotenvy::Error| Failure::Said(format!("{} cannot be read: {error}.", file.display()));
    dotenvy::from_path_iter(file).map_err(unreadable)?.collect::<Result<_, _>>().map_err(unreadable)
}
