//! Statements that hurt a database at work: what they lock, rewrite, break or lose, weighed by the rows that are there.
//!
//! What a statement is comes from squawk's parser, and most of the rules are squawk's; which of them count, how much, and what to do
//! instead is said in [`rule`]. A statement on a table that the same migration makes harms nobody and is passed over, and so is one
//! below a comment `-- squawk-ignore RULE -- why`, which stands in the line before what it is about;
//! `-- squawk-ignore-file RULE -- why` is about the whole file.

mod extra;
mod folder;
mod ignore;
mod name;
mod rows;
mod rule;
mod script;
mod statement;
mod weigh;

use std::fmt;

use serde::Serialize;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know; harms nobody here and now.
    Note,
    /// Writers wait, or programs that run may notice.
    Warning,
    /// Everybody waits, it fails, or something is lost.
    Error,
}

impl fmt::Display for Severity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.pad(match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        })
    }
}

/// One thing that was found in a migration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LintFinding {
    /// The file; empty where it is about the folder.
    pub file: String,
    /// The line, counted from 1; 0 where it is about the file as a whole.
    pub line: usize,
    /// How bad it is.
    pub severity: Severity,
    /// The rule's name, as a comment `-- squawk-ignore` takes it.
    pub rule: &'static str,
    /// The table that it is about, as it is written, where it is about one.
    pub table: Option<String>,
    /// The rows of that table, about, where the database was asked.
    pub rows: Option<i64>,
    /// What happens and what to do instead.
    pub sentence: String,
}

/// Which migrations are looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LintScope {
    /// Those that are yet to be applied.
    Pending,
    /// Every one.
    All,
}

/// What was looked at and found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Lint {
    /// What people call the database.
    pub database: String,
    /// How many up files were looked at.
    pub files: usize,
    /// Whether findings are weighed by the rows that are there; else by their kind alone.
    pub weighed: bool,
    /// What was found, in the order of the files.
    pub findings: Vec<LintFinding>,
}

impl Lint {
    /// Whether nothing is worse than a note.
    pub fn is_clean(&self) -> bool {
        self.count(Severity::Warning) + self.count(Severity::Error) == 0
    }

    /// How many findings are this bad.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

#[cfg(test)]
mod tests;
