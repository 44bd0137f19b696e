//! One database of the workspace.

use std::collections::BTreeSet;

use serde::Deserialize;

use super::WorkspaceError;
use crate::Files;

/// Above how many open connections a database is said to have too many, where its entry does not say.
pub const DEFAULT_CONNECTION_ALERT: u32 = 50;

/// One database: what it is called, where its address and its files are, and what of it is its own.
#[derive(Clone, Debug)]
pub struct Declaration {
    /// What people call it, as in `primary`.
    pub name: String,
    /// The environment variable with the address that the application uses.
    pub url: String,
    /// The one with the address of the role that owns the structure, where that is another.
    pub owner_url: Option<String>,
    /// The one with the address of a role that may read and nothing else.
    pub reader_url: Option<String>,
    /// The migrations.
    pub migrations: Files,
    /// The seeds, where there are any.
    pub seeds: Option<Files>,
    /// The schema with the history and the tool's other tables.
    pub history: String,
    /// The schemas whose every table belongs to this database; the history's is one of them unless `tables` are named.
    pub schemas: Vec<String>,
    /// Single tables that belong to this database, as `schema.table`.
    pub tables: Vec<String>,
    /// The databases that must be there before this one.
    pub depends_on: Vec<String>,
    /// Whether this is the one with the users.
    pub shared: bool,
    /// Above how many open connections there are too many.
    pub connection_alert: u32,
    /// What the application's role may do.
    pub app: AppRole,
    /// What is run in the same transaction after every table was emptied.
    pub after_clean: Option<String>,
}

/// What the application's role may do in a database, where another role owns it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AppRole {
    /// Work with the rows of every table, and change no structure.
    Rows,
    /// Everything with the schemas, which it owns: it makes and replaces tables as it works.
    Owns,
    /// What this script of `GRANT` and `REVOKE` says; `{app}` in it stands for the role.
    Script(String),
}

impl Declaration {
    /// Every schema that the migrations fill, the history's first.
    pub fn all_schemas(&self) -> Vec<String> {
        let mut all = vec![self.history.clone()];
        let of_tables = self.tables.iter().filter_map(|table| table.split_once('.')).map(|(schema, _)| schema.to_owned());
        for schema in self.schemas.iter().cloned().chain(of_tables) {
            if !all.contains(&schema) {
                all.push(schema);
            }
        }
        all
    }

    /// Whether a table of this schema and name is this database's own.
    pub fn owns(&self, schema: &str, table: &str) -> bool {
        self.schemas.iter().any(|own| own == schema) || self.tables.iter().any(|own| own.split_once('.') == Some((schema, table)))
    }
}

/// The file as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Written {
    pub(super) admin_url: Option<String>,
    #[serde(default)]
    pub(super) references: Vec<String>,
    #[serde(default)]
    pub(super) database: Vec<WrittenDatabase>,
}

/// One `[[database]]`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WrittenDatabase {
    name: String,
    url: String,
    owner_url: Option<String>,
    reader_url: Option<String>,
    migrations: String,
    seeds: Option<String>,
    history: Option<String>,
    #[serde(default)]
    schemas: Vec<String>,
    #[serde(default)]
    tables: Vec<String>,
    #[serde(default)]
    depends_on: Vec<String>,
    #[serde(default)]
    shared: bool,
    connection_alert: Option<u32>,
    #[serde(default)]
    app_owns: bool,
    privileges: Option<String>,
    after_clean: Option<String>,
}

/// Checks the databases and reads what their entries point to.
pub(super) fn in_order(
    written: Vec<WrittenDatabase>,
    files: &impl Fn(&str) -> Result<Files, WorkspaceError>,
) -> Result<Vec<Declaration>, WorkspaceError> {
    if written.is_empty() {
        return Err(WorkspaceError::Empty);
    }
    let mut before: BTreeSet<String> = BTreeSet::new();
    let mut all = Vec::with_capacity(written.len());
    for database in written {
        let name = database.name.clone();
        if !is_name(&name) {
            return Err(WorkspaceError::Name(name));
        }
        if let Some(other) = database.depends_on.iter().find(|other| !before.contains(*other)) {
            return Err(WorkspaceError::Order { name, needs: other.clone() });
        }
        if !before.insert(name.clone()) {
            return Err(WorkspaceError::Twice(name));
        }
        all.push(database.checked(files)?);
    }
    let shared: Vec<&str> = all.iter().filter(|database| database.shared).map(|database| database.name.as_str()).collect();
    match shared.as_slice() {
        [one, other, ..] => Err(WorkspaceError::TwoShared { one: (*one).to_owned(), other: (*other).to_owned() }),
        _ => Ok(all),
    }
}

impl WrittenDatabase {
    fn checked(self, files: &impl Fn(&str) -> Result<Files, WorkspaceError>) -> Result<Declaration, WorkspaceError> {
        let Self { name, tables, .. } = self;
        if self.app_owns && self.privileges.is_some() {
            return Err(WorkspaceError::OwnsAndPrivileges(name));
        }
        for table in &tables {
            if table.split_once('.').is_none_or(|(schema, table)| schema.is_empty() || table.is_empty() || table.contains('.')) {
                return Err(WorkspaceError::Table { name, table: table.clone() });
            }
        }
        let history = self.history.or_else(|| self.schemas.first().cloned()).unwrap_or_else(|| "public".to_owned());
        let mut schemas = self.schemas;
        if schemas.is_empty() && tables.is_empty() {
            schemas.push(history.clone());
        }
        let app = match (self.app_owns, self.privileges) {
            (true, _) => AppRole::Owns,
            (false, Some(file)) => AppRole::Script(script(&name, "privileges", &file, files)?),
            (false, None) => AppRole::Rows,
        };
        let after_clean = self.after_clean.map(|file| script(&name, "after_clean", &file, files)).transpose()?;
        Ok(Declaration {
            migrations: files(&self.migrations)?,
            seeds: self.seeds.as_deref().map(files).transpose()?,
            name,
            url: self.url,
            owner_url: self.owner_url,
            reader_url: self.reader_url,
            history,
            schemas,
            tables,
            depends_on: self.depends_on,
            shared: self.shared,
            connection_alert: self.connection_alert.unwrap_or(DEFAULT_CONNECTION_ALERT),
            app,
            after_clean,
        })
    }
}

/// Reads the script `folder/file.sql`.
fn script(
    name: &str,
    key: &'static str,
    path: &str,
    files: &impl Fn(&str) -> Result<Files, WorkspaceError>,
) -> Result<String, WorkspaceError> {
    let missing = || WorkspaceError::Script { name: name.to_owned(), key, file: path.to_owned() };
    let (folder, file) = path.rsplit_once('/').ok_or_else(missing)?;
    files(folder)?.read(file).map_err(|_| missing())
}

/// Names stand in commands and in names of files.
fn is_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_lowercase())
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_' || byte == b'-')
}
