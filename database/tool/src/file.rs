//! Migration files: what they are called and in which order they stand.

use std::collections::BTreeMap;
use std::fmt::Write;

use include_dir::Dir;
use sha2::{Digest, Sha256};

use crate::script;

/// Why a folder of migrations cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[non_exhaustive]
pub enum MigrationFileError {
    /// A file that is not named as migrations are.
    #[error("the migration file {0} is not named like 0001_what_it_does.up.sql or 0001_what_it_does.down.sql")]
    Name(String),
    /// A file that is not text.
    #[error("the migration file {0} is not UTF-8 text")]
    NotText(String),
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
}

/// A database's migrations, in order and without gaps.
#[derive(Clone, Debug, Default)]
pub struct Migrations {
    list: Vec<Migration>,
    schemas: Vec<&'static str>,
}

impl Migrations {
    /// Reads an embedded folder. Files that do not end in `.sql` are not migrations and are left alone.
    ///
    /// # Errors
    /// When the files are not a complete, well-named sequence from 0001, or hold a statement that a migration may not have.
    pub fn from_directory(directory: &'static Dir<'static>) -> Result<Self, MigrationFileError> {
        let mut files = Vec::new();
        for file in directory.files() {
            let name = file.path().file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            if name.ends_with(".sql") {
                let text = file.contents_utf8().ok_or_else(|| MigrationFileError::NotText(name.clone()))?;
                files.push((name, text.to_owned()));
            }
        }
        Self::from_files(files)
    }

    /// Takes files as pairs of name and content.
    ///
    /// # Errors
    /// As [`Migrations::from_directory`].
    pub fn from_files(files: impl IntoIterator<Item = (String, String)>) -> Result<Self, MigrationFileError> {
        let mut halves: BTreeMap<i32, Halves> = BTreeMap::new();
        for (file, text) in files {
            let (version, name, direction) = parse_name(&file).ok_or_else(|| MigrationFileError::Name(file.clone()))?;
            script::check(&file, &text)?;
            let both = halves.entry(version).or_insert_with(|| Halves { name: name.to_owned(), up: None, down: None });
            if both.name != name {
                return Err(MigrationFileError::Duplicate { version, one: both.name.clone(), other: name.to_owned() });
            }
            *(if direction == "up" { &mut both.up } else { &mut both.down }) = Some(text);
        }
        let mut list = Vec::with_capacity(halves.len());
        for (expected, (version, Halves { name, up, down })) in (1..).zip(halves) {
            if version != expected {
                return Err(MigrationFileError::Gap { missing: expected, next: up_file(version, &name) });
            }
            let up = up.ok_or_else(|| MigrationFileError::MissingHalf(up_file(version, &name)))?;
            let down = down.ok_or_else(|| MigrationFileError::MissingHalf(down_file(version, &name)))?;
            let sha256 = hexadecimal(&Sha256::digest(&up));
            list.push(Migration { version, name, up, down, sha256 });
        }
        Ok(Self { list, schemas: Vec::new() })
    }

    /// Names schemas that these migrations fill besides the one with the history. The migrator makes those that are missing
    /// and gives them to the objects' owner, who, unlike the role that connects, may not make schemas itself.
    #[must_use]
    pub fn with_schemas(mut self, schemas: &[&'static str]) -> Self {
        self.schemas.extend_from_slice(schemas);
        self
    }

    /// The migrations, first to last.
    pub fn list(&self) -> &[Migration] {
        &self.list
    }

    pub(crate) fn schemas(&self) -> &[&'static str] {
        &self.schemas
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

fn down_file(version: i32, name: &str) -> String {
    format!("{version:04}_{name}.down.sql")
}

/// Takes `0001_name.up.sql` apart.
fn parse_name(file: &str) -> Option<(i32, &str, &str)> {
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

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
