//! `handled db lint`.

use std::path::Path;

use clap::Args;
use database_tool::{Database, Declaration, Lint as Linted, LintFinding, LintScope, Operator, Severity, WorkspaceError};

use super::place::Place;
use super::source::{declarations, on_disk_or_own};
use super::{CLEAN, STRANGE};
use crate::command::output::{counted, print, print_json};
use crate::failure::Failure;

/// Looks through migrations for what would lock, rewrite, break or lose something in a database at work, and says what to do instead.
/// Findings are weighed by the rows that the database has now: what is harmless on a small or an empty table is only noted. Where the
/// database does not answer, all migrations are looked at, and weighed by their kind alone.
///
/// A finding that is meant is silenced by a comment in the line before it, as in `-- squawk-ignore ban-drop-table -- nobody reads it`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  handled db lint\n  handled db lint primary --all --json\n  handled db lint --offline\n\nExit codes: 0 nothing worse than \
     a note, 3 warnings or errors were found, 1 the files cannot be read or the role may not read the history."
)]
pub struct Lint {
    /// The databases; all where none is named.
    databases: Vec<String>,
    /// Look at every migration, not only at those that are yet to be applied.
    #[arg(long)]
    all: bool,
    /// Do not ask the databases: look at every migration, and weigh findings by their kind alone.
    #[arg(long)]
    offline: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Lint {
    /// Whether it needs no database.
    pub fn is_offline(&self) -> bool {
        self.offline
    }

    /// Looks at the files alone.
    pub fn run_offline(&self, folder: Option<&Path>) -> Result<u8, Failure> {
        let workspace = on_disk_or_own(folder)?;
        let mut all = Vec::new();
        for declaration in workspace.chosen(&self.databases)? {
            all.push((place_of(declaration), declaration.lint()?));
        }
        self.tell(all)
    }

    pub async fn run(&self, place: &Place) -> Result<u8, Failure> {
        let mut all = Vec::new();
        for declaration in declarations(place, &self.databases)? {
            all.push((place_of(&declaration), self.lint(place, &declaration).await?));
        }
        self.tell(all)
    }

    /// Looks at one database's migrations, with the database where it can be had.
    async fn lint(&self, place: &Place, declaration: &Declaration) -> Result<Linted, Failure> {
        if place.platform().is_none() && place.variable(&declaration.url).is_none() {
            eprintln!("handled: {} is not set, so {} is not asked how many rows it has.", declaration.url, declaration.name);
            return Ok(declaration.lint()?);
        }
        let database = match Database::new(declaration.clone(), place.addresses(declaration)?, Operator::default()) {
            // Migrations that would be refused are findings too.
            Err(WorkspaceError::Migrations { .. }) => return Ok(declaration.lint()?),
            database => database?,
        };
        let pool = database.reader_pool();
        let scope = if self.all { LintScope::All } else { LintScope::Pending };
        let result = database.lint(&pool, scope).await;
        pool.close().await;
        match result {
            Err(error) if error.is_unreachable() => {
                eprintln!("handled: {error}; its migrations are weighed by their kind alone.");
                Ok(declaration.lint()?)
            }
            result => Ok(result?),
        }
    }

    fn tell(&self, all: Vec<(String, Linted)>) -> Result<u8, Failure> {
        let clean = all.iter().all(|(_, lint)| lint.is_clean());
        if self.json {
            print_json(&all.into_iter().map(|(_, lint)| lint).collect::<Vec<_>>())?;
        } else {
            print(&all.iter().map(|(folder, lint)| text(folder, lint)).collect::<String>())?;
        }
        Ok(if clean { CLEAN } else { STRANGE })
    }
}

/// Where its files are: the folder, or the database's name where they are part of the program.
fn place_of(declaration: &Declaration) -> String {
    declaration.migrations.folder().map_or_else(|| declaration.name.clone(), |folder| folder.display().to_string())
}

fn text(folder: &str, lint: &Linted) -> String {
    let mut text: String = lint.findings.iter().map(|finding| line(folder, finding)).collect();
    let found: Vec<String> =
        [(Severity::Error, "error", "errors"), (Severity::Warning, "warning", "warnings"), (Severity::Note, "note", "notes")]
            .into_iter()
            .filter(|(severity, ..)| lint.count(*severity) > 0)
            .map(|(severity, one, many)| counted(lint.count(severity) as u64, one, many))
            .collect();
    let found = if found.is_empty() { "nothing found".to_owned() } else { found.join(", ") };
    let how = if lint.weighed { "weighed by rows" } else { "weighed by kind alone" };
    text.push_str(&format!("{}: {} looked at, {how}: {found}\n", lint.database, counted(lint.files as u64, "migration", "migrations")));
    text
}

/// `folder/file:line: error: sentence [rule]`, as compilers say it.
fn line(folder: &str, finding: &LintFinding) -> String {
    let file = if finding.file.is_empty() { folder.to_owned() } else { format!("{folder}/{}", finding.file) };
    let line = if finding.line == 0 { String::new() } else { format!(":{}", finding.line) };
    format!("{file}{line}: {}: {} [{}]\n", finding.severity, finding.sentence, finding.rule)
}
