//! What `databases.toml` says: which databases there are, what each owns, and in which order they depend on each other.

mod declaration;
mod error;
mod reference;

use std::path::Path;

use include_dir::Dir;

pub use declaration::{AppRole, DEFAULT_CONNECTION_ALERT, Declaration};
pub use error::WorkspaceError;
pub use reference::{ColumnName, Reference};

use crate::Files;

/// The file that makes a folder a workspace.
pub const WORKSPACE_FILE: &str = "databases.toml";

/// Several databases behind one product, in order of dependence.
#[derive(Clone, Debug)]
pub struct Workspace {
    /// The environment variable with the address of a role that may make databases and roles, where the file names one; else
    /// `PGHOST`, `PGPORT`, `PGUSER` and `PGPASSWORD` say it.
    pub admin_url: Option<String>,
    /// The databases; each stands after those that it depends on.
    pub databases: Vec<Declaration>,
    /// What rows of one database point to in another.
    pub references: Vec<Reference>,
}

impl Workspace {
    /// Reads the workspace of a folder.
    ///
    /// # Errors
    /// There is no such file, or it says something that cannot be.
    pub fn read(root: &Path) -> Result<Self, WorkspaceError> {
        let path = root.join(WORKSPACE_FILE);
        let text = std::fs::read_to_string(&path).map_err(|source| WorkspaceError::Unreadable { path, source })?;
        Self::parse(&text, |folder| Ok(Files::Folder(root.join(folder))))
    }

    /// Takes a workspace whose files are part of the program: `folders` has them under the names that the text uses.
    ///
    /// # Errors
    /// The text says something that cannot be, or names a folder that is not there.
    pub fn embedded(text: &str, folders: &[(&str, &'static Dir<'static>)]) -> Result<Self, WorkspaceError> {
        Self::parse(text, |name| {
            let found = folders.iter().find(|(folder, _)| *folder == name);
            found.map(|(_, folder)| Files::Embedded(folder)).ok_or_else(|| WorkspaceError::NotEmbedded(name.to_owned()))
        })
    }

    /// The database of this name.
    ///
    /// # Errors
    /// There is none; the sentence says which there are.
    pub fn database(&self, name: &str) -> Result<&Declaration, WorkspaceError> {
        self.databases.iter().find(|database| database.name == name).ok_or_else(|| WorkspaceError::Unknown {
            name: name.to_owned(),
            known: self.databases.iter().map(|database| database.name.clone()).collect::<Vec<_>>().join(", "),
        })
    }

    /// The databases of these names in order of dependence; all where none is named.
    ///
    /// # Errors
    /// One of them is not known.
    pub fn chosen(&self, names: &[String]) -> Result<Vec<&Declaration>, WorkspaceError> {
        for name in names {
            self.database(name)?;
        }
        Ok(self.databases.iter().filter(|database| names.is_empty() || names.contains(&database.name)).collect())
    }

    fn parse(text: &str, files: impl Fn(&str) -> Result<Files, WorkspaceError>) -> Result<Self, WorkspaceError> {
        let written: declaration::Written = toml::from_str(text).map_err(|source| WorkspaceError::Syntax(source.to_string()))?;
        let databases = declaration::in_order(written.database, &files)?;
        let references = written.references.iter().map(|text| reference::parse(text, &databases)).collect::<Result<Vec<_>, _>>()?;
        Ok(Self { admin_url: written.admin_url, databases, references })
    }
}

#[cfg(test)]
mod tests;
