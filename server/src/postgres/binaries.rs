//! PostgreSQL's programs: where distributions, Homebrew and people put them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::cluster_file;
use super::error::PostgresError;
use super::{NEWEST, OLDEST};
use crate::data_folder::FileError;

/// The programs of one version.
#[derive(Debug, Clone)]
pub struct Binaries {
    folder: PathBuf,
    /// The major version.
    pub version: u32,
}

impl Binaries {
    /// The programs for this cluster: those of its own version, or the newest that works for one that is yet to be made.
    ///
    /// # Errors
    /// There are none.
    pub fn find(cluster: &Path) -> Result<Self, PostgresError> {
        let marker = cluster.join("PG_VERSION");
        let version = match cluster_file::read(&marker) {
            Ok(text) => Some(text.trim().to_owned()),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(source) => return Err(FileError::of("Reading", marker)(source).into()),
        };
        choose(installed(), version.as_deref(), cluster)
    }

    /// The path of a program, `pg_ctl` for one.
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

fn choose(installed: BTreeMap<u32, PathBuf>, version: Option<&str>, cluster: &Path) -> Result<Binaries, PostgresError> {
    let found: Vec<u32> = installed.keys().copied().collect();
    let mut usable = installed.into_iter().filter(|(version, _)| (OLDEST..=NEWEST).contains(version));
    let chosen = match version {
        Some(version) => usable.find(|(usable, _)| usable.to_string() == version).ok_or_else(|| PostgresError::OtherVersion {
            cluster: cluster.to_owned(),
            version: version.to_owned(),
            found,
        }),
        None => usable.next_back().ok_or(PostgresError::NoBinaries { found }),
    };
    chosen.map(|(version, folder)| Binaries { folder, version })
}

/// Every version that is installed, with the first folder that holds it.
fn installed() -> BTreeMap<u32, PathBuf> {
    let mut versions = BTreeMap::new();
    for folder in folders() {
        if ["initdb", "pg_ctl", "postgres"].iter().all(|program| folder.join(program).is_file())
            && let Some(version) = version_of(&folder)
        {
            versions.entry(version).or_insert(folder);
        }
    }
    versions
}

fn folders() -> Vec<PathBuf> {
    let mut folders = Vec::new();
    // Debian and Ubuntu; Red Hat; Homebrew on Apple and Intel processors; Postgres.app.
    let patterns = [
        ("/usr/lib/postgresql", "", "bin"),
        ("/usr", "pgsql-", "bin"),
        ("/opt/homebrew/opt", "postgresql", "bin"),
        ("/usr/local/opt", "postgresql", "bin"),
        ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
    ];
    for (parent, prefix, below) in patterns {
        let Ok(entries) = std::fs::read_dir(parent) else { continue };
        let entries = entries.flatten().filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix));
        folders.extend(entries.map(|entry| entry.path().join(below)));
    }
    let config = Command::new("pg_config").arg("--bindir").stdin(Stdio::null()).stderr(Stdio::null()).output();
    if let Ok(output) = config
        && output.status.success()
    {
        folders.push(PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()));
    }
    folders.extend(std::env::var_os("PATH").iter().flat_map(std::env::split_paths));
    folders
}

/// The major version that `postgres --version` names.
fn version_of(folder: &Path) -> Option<u32> {
    let output = Command::new(folder.join("postgres")).arg("--version").stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    parse_version(&String::from_utf8_lossy(&output.stdout))
}

/// `postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`, `postgres (PostgreSQL) 18beta1`.
fn parse_version(text: &str) -> Option<u32> {
    let (_, version) = text.split_once("(PostgreSQL) ")?;
    let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_what_postgres_says() {
        assert_eq!(parse_version("postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(parse_version("postgres (PostgreSQL) 18beta1\n"), Some(18));
        assert_eq!(parse_version("postgres: command not found"), None);
    }

    fn have(versions: &[u32]) -> BTreeMap<u32, PathBuf> {
        versions.iter().map(|version| (*version, PathBuf::from(format!("/pg/{version}")))).collect()
    }

    #[test]
    fn a_new_cluster_takes_the_newest_that_works_and_an_old_one_its_own() {
        let chosen = |versions: &[u32], cluster| choose(have(versions), cluster, Path::new("/data")).map(|binaries| binaries.version);
        assert_eq!(chosen(&[13, 15, 17, 19], None).ok(), Some(17));
        assert_eq!(chosen(&[15, 17], Some("15")).ok(), Some(15));
        let none = chosen(&[13], None).expect_err("too old").to_string();
        assert!(none.starts_with("No PostgreSQL 15 to 18 was found on this machine (found: 13); install it ("), "{none}");
        let other = chosen(&[15], Some("16")).expect_err("another version").to_string();
        assert!(
            other.starts_with("The data in /data was made by PostgreSQL 16, whose programs are not installed here (found: 15)"),
            "{other}"
        );
    }
}
