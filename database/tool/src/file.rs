//! Migration files: what they are called and in which order they stand.

use std::collections::BTreeMap;
use std::fmt::Write;

use sha2::{Digest, Sha256};

use crate::sql::{self, Statement};
use crate::{Files, rules};

/// The first line of a migration that is not one transaction.
pub(crate) const NO_TRANSACTION: &str = "-- no-transaction";

/// Why a folder of migrations cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum MigrationFileError {
    /// A file that is not named as migrations are.
    #[error("the migration file {0} is not named like 0001_what_it_does.up.sql or 0001_what_it_does.down.sql")]
    Name(String),
    /// A file that cannot be read, or is not text.
    #[error("the migration file {file} cannot be read: {why}")]
    Unreadable {
        /// The file, or the folder.
        file: String,
        /// What the system said.
        why: String,
    },
    /// Two migrations of one number.
    #[error("two migrations have the number {version:04}: {one} and {other}; renumber the newer one")]
    Duplicate {
        /// The number.
        version: i32,
        /// One name.
        one: String,
        /// The other.
        other: String,
    },
    /// A number is missing.
    #[error("there is no migration {missing:04}, but {next} exists; numbers go up by one from 0001")]
    Gap {
        /// The number that no file has.
        missing: i32,
        /// The next migration's file.
        next: String,
    },
    /// A file without its other half.
    #[error("the migration file {0} is missing; every migration has an up and a down file")]
    MissingHalf(String),
    /// A passage of a file without a transaction that cannot be told apart into statements.
    #[error(
        "the migration file {file} has something in line {line} that is not understood ({why}); statements that are run one by one have to be"
    )]
    NotUnderstood {
        /// The file.
        file: String,
        /// Counted from 1.
        line: usize,
        /// What the parser says.
        why: String,
    },
    /// A statement that cannot be undone together with the rest, or that outlives the migration.
    #[error("the migration file {file} has `{statement}` in line {line}: {why}")]
    Statement {
        /// The file.
        file: String,
        /// The statement's first words.
        statement: String,
        /// Counted from 1.
        line: usize,
        /// Why that may not be.
        why: &'static str,
    },
}

/// One migration: a step there and the step back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Migration {
    /// Its number, from 1.
    pub version: i32,
    /// What it does, as in the file's name: `us_zips` of `0002_us_zips.up.sql`.
    pub name: String,
    /// The SQL that applies it.
    pub up: String,
    /// The SQL that takes it back.
    pub down: String,
    /// The SHA-256 of `up`, in hexadecimal: how a change after the fact is noticed.
    pub sha256: String,
    /// Whether `up` is one transaction; else its statements are run one by one, and stay when a later one fails.
    pub transactional: bool,
    /// The same of `down`.
    pub down_transactional: bool,
}

impl Migration {
    /// The name of its file.
    pub fn up_file(&self) -> String {
        up_file(self.version, &self.name)
    }

    /// The name of the file that takes it back.
    pub fn down_file(&self) -> String {
        down_file(self.version, &self.name)
    }

    /// The statements that apply it, in order.
    pub(crate) fn statements(&self) -> Vec<Statement> {
        sql::statements(&self.up)
    }
}

/// A database's migrations, in order.
#[derive(Clone, Debug, Default)]
pub struct Migrations {
    list: Vec<Migration>,
}

impl Migrations {
    /// Reads a folder. Files that do not end in `.sql` are not migrations and are left alone.
    ///
    /// # Errors
    /// When the files are not well named, come without their other half, or hold a statement that a migration may not have.
    pub fn read(files: &Files) -> Result<Self, MigrationFileError> {
        let unreadable = |file: &str| {
            let file = file.to_owned();
            move |source: std::io::Error| MigrationFileError::Unreadable { file, why: source.to_string() }
        };
        let names = files.names().map_err(unreadable("folder"))?;
        let sql = names.into_iter().filter(|name| name.ends_with(".sql"));
        let read = sql.map(|name| files.read(&name).map_err(unreadable(&name)).map(|text| (name, text)));
        Self::from_files(read.collect::<Result<Vec<_>, _>>()?)
    }

    /// Takes files as pairs of name and content.
    ///
    /// # Errors
    /// As [`Migrations::read`].
    pub fn from_files(files: impl IntoIterator<Item = (String, String)>) -> Result<Self, MigrationFileError> {
        let mut halves: BTreeMap<i32, Halves> = BTreeMap::new();
        for (file, text) in files {
            let (version, name, direction) = parse_name(&file).ok_or_else(|| MigrationFileError::Name(file.clone()))?;
            rules::check(&file, &text, is_transactional(&text))?;
            let both = halves.entry(version).or_insert_with(|| Halves { name: name.to_owned(), up: None, down: None });
            if both.name != name {
                return Err(MigrationFileError::Duplicate { version, one: both.name.clone(), other: name.to_owned() });
            }
            *(if direction == "up" { &mut both.up } else { &mut both.down }) = Some(text);
        }
        let mut list = Vec::with_capacity(halves.len());
        for (version, Halves { name, up, down }) in halves {
            let up = up.ok_or_else(|| MigrationFileError::MissingHalf(up_file(version, &name)))?;
            let down = down.ok_or_else(|| MigrationFileError::MissingHalf(down_file(version, &name)))?;
            let (sha256, transactional, down_transactional) = (sha256(&up), is_transactional(&up), is_transactional(&down));
            list.push(Migration { version, name, up, down, sha256, transactional, down_transactional });
        }
        Ok(Self { list })
    }

    /// Refuses numbers that do not go up by one from 0001.
    ///
    /// # Errors
    /// A number is missing: its file was lost, or is yet to come from another branch.
    pub fn without_gaps(&self) -> Result<(), MigrationFileError> {
        match (1..).zip(&self.list).find(|(expected, migration)| migration.version != *expected) {
            Some((missing, next)) => Err(MigrationFileError::Gap { missing, next: next.up_file() }),
            None => Ok(()),
        }
    }

    /// The migration of this number.
    pub fn get(&self, version: i32) -> Option<&Migration> {
        self.list.iter().find(|migration| migration.version == version)
    }

    /// The migrations, first to last.
    pub fn list(&self) -> &[Migration] {
        &self.list
    }
}

struct Halves {
    name: String,
    up: Option<String>,
    down: Option<String>,
}

pub(crate) fn up_file(version: i32, name: &str) -> String {
    format!("{version:04}_{name}.up.sql")
}

pub(crate) fn down_file(version: i32, name: &str) -> String {
    format!("{version:04}_{name}.down.sql")
}

/// Takes `0001_name.up.sql` apart.
pub(crate) fn parse_name(file: &str) -> Option<(i32, &str, &str)> {
    let (stem, direction) = file.strip_suffix(".sql")?.rsplit_once('.')?;
    let (digits, name) = stem.split_once('_')?;
    let well_formed = digits.len() == 4
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && !name.is_empty()
        && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
        && matches!(direction, "up" | "down");
    let version = digits.parse().ok().filter(|version| *version > 0)?;
    well_formed.then_some((version, name, direction))
}

/// Whether the file does without [`NO_TRANSACTION`].
pub(crate) fn is_transactional(text: &str) -> bool {
    text.lines().next().is_none_or(|line| line.trim_end() != NO_TRANSACTION)
}

/// The text's SHA-256 in hexadecimal.
pub(crate) fn sha256(text: &str) -> String {
    hexadecimal(&Sha256::digest(text))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
