//! Where the data folder is, and whether PostgreSQL's user can reach it.

use std::path::{Path, PathBuf};

use super::account::Account;
use super::error::PostgresError;
use crate::data_folder::{DataFolder, FileError};

/// Where the data goes when root runs the platform in a place that PostgreSQL's user cannot reach.
const OF_THE_SYSTEM: &str = "/var/lib/handled";

/// Finds and makes the data folder for a private PostgreSQL.
///
/// As root, with no folder set and a working directory that PostgreSQL's user cannot reach (a home of mode 0700), the data
/// goes to `/var/lib/handled`; the second value is then the sentence that says so.
///
/// # Errors
/// The folder cannot be made, or a folder that was set cannot be reached.
pub fn locate(set: Option<&Path>, default: &Path) -> Result<(DataFolder, Option<String>), PostgresError> {
    let wanted = absolute(set.unwrap_or(default))?;
    let account = Account::of(&DataFolder::cluster_in(&wanted))?;
    let Some(closed) = first_closed(&account, &wanted) else {
        return Ok((DataFolder::make(&wanted, &account)?, None));
    };
    if set.is_some() {
        return Err(PostgresError::Unreachable { folder: wanted, closed, user: account.name().to_owned() });
    }
    let system = Path::new(OF_THE_SYSTEM);
    let notice = format!(
        "The data goes to {OF_THE_SYSTEM}: PostgreSQL runs as the user {}, who cannot reach {} because of the mode of {}.",
        account.name(),
        wanted.display(),
        closed.display()
    );
    let account = Account::of(&DataFolder::cluster_in(system))?;
    match first_closed(&account, system) {
        None => Ok((DataFolder::make(system, &account)?, Some(notice))),
        Some(closed) => Err(PostgresError::Unreachable { folder: system.to_owned(), closed, user: account.name().to_owned() }),
    }
}

/// The path from the root, with symbolic links followed as far as it exists: PostgreSQL's user walks the real way.
fn absolute(path: &Path) -> Result<PathBuf, FileError> {
    let path = std::path::absolute(path).map_err(FileError::of("Finding", path))?;
    let existing = path.ancestors().find(|ancestor| ancestor.exists()).unwrap_or(Path::new("/"));
    let real = existing.canonicalize().map_err(FileError::of("Finding", existing))?;
    match path.strip_prefix(existing) {
        Ok(rest) if !rest.as_os_str().is_empty() => Ok(real.join(rest)),
        _ => Ok(real),
    }
}

/// The first folder on the way to this one that PostgreSQL's user cannot pass through.
fn first_closed(account: &Account, folder: &Path) -> Option<PathBuf> {
    if !account.is_another() {
        return None;
    }
    let mut existing: Vec<&Path> = folder.ancestors().filter(|ancestor| ancestor.exists()).collect();
    // The whole way at once, and only where that fails step by step.
    if existing.first().is_none_or(|deepest| account.can_enter(deepest)) {
        return None;
    }
    existing.reverse();
    existing.into_iter().find(|ancestor| !account.can_enter(ancestor)).map(Path::to_owned)
}
