//! The files of a source tree, which may be newer than those that are part of this program.

use std::path::Path;

use database_tool::{Declaration, WORKSPACE_FILE, Workspace};

use super::place::Place;
use crate::databases;
use crate::failure::Failure;

/// The workspace of this folder or else of the working directory, where there is one.
///
/// # Errors
/// The folder is no workspace, or its file says something that cannot be.
pub fn on_disk(folder: Option<&Path>) -> Result<Option<Workspace>, Failure> {
    match folder {
        Some(folder) => Ok(Some(Workspace::read(folder)?)),
        None if Path::new(WORKSPACE_FILE).exists() => Ok(Some(Workspace::read(Path::new(""))?)),
        None => Ok(None),
    }
}

/// The same, or the platform's own workspace as it is part of this program.
///
/// # Errors
/// As [`on_disk`].
pub fn on_disk_or_own(folder: Option<&Path>) -> Result<Workspace, Failure> {
    on_disk(folder)?.map_or_else(databases::workspace, Ok)
}

/// What a place's databases are declared as, in order: in a source tree of the platform, as its files say now.
///
/// # Errors
/// A database is not known, or the source tree's workspace cannot be read.
pub fn declarations(place: &Place, names: &[String]) -> Result<Vec<Declaration>, Failure> {
    let is_platform = place.platform().is_some();
    let newer = if is_platform { on_disk(None)? } else { None };
    let same_names = |other: &Workspace| {
        let names = |workspace: &Workspace| workspace.databases.iter().map(|one| one.name.clone()).collect::<Vec<_>>();
        names(other) == names(&place.workspace)
    };
    let workspace = newer.as_ref().filter(|newer| same_names(newer)).unwrap_or(&place.workspace);
    Ok(workspace.chosen(names)?.into_iter().cloned().collect())
}
