//! `handled db refs check`.

use std::collections::BTreeMap;
use std::ops::ControlFlow;

use clap::{Args, Subcommand};
use database_connection::Pool;
use database_tool::{Orphan, Reference, ReferenceCheck, check_reference};
use serde_json::{Value, json};

use super::place::Place;
use super::{CLEAN, STRANGE};
use crate::command::output::{counted, print, print_json};
use crate::failure::Failure;

/// The exit code where a reference could not be checked.
const FAILED: u8 = 1;

/// Look at the references from one database to another, which no foreign key holds.
#[derive(Debug, Subcommand)]
pub enum Refs {
    /// Count and list the rows whose value the other database does not have.
    Check(Check),
}

/// Looks up every value of each declared reference in the other database, in batches: the databases are never joined, and nothing is
/// written. Values without one (NULL) refer to nothing.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  handled db refs check\n  handled db refs check data --all --json\n\nExit codes: 0 no orphans, 3 orphans were found, 1 a \
     table or a column is not there, 4 a database cannot be reached."
)]
pub struct Check {
    /// The databases whose references are checked; all where none is named.
    databases: Vec<String>,
    /// Of each reference, list so many rows at most.
    #[arg(long, value_name = "N", default_value_t = 20, conflicts_with = "all")]
    samples: usize,
    /// List every row.
    #[arg(long)]
    all: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Refs {
    pub async fn run(&self, place: &Place) -> Result<u8, Failure> {
        let Self::Check(check) = self;
        check.run(place).await
    }
}

impl Check {
    async fn run(&self, place: &Place) -> Result<u8, Failure> {
        place.workspace.chosen(&self.databases)?;
        let chosen = |reference: &&Reference| self.databases.is_empty() || self.databases.contains(&reference.from.database);
        let references: Vec<&Reference> = place.workspace.references.iter().filter(chosen).collect();
        let pools = pools(place, &references)?;
        let result = self.all(&references, &pools).await;
        for pool in pools.values() {
            pool.close().await;
        }
        result
    }

    async fn all(&self, references: &[&Reference], pools: &BTreeMap<String, Pool>) -> Result<u8, Failure> {
        let (mut code, mut all) = (CLEAN, Vec::new());
        if references.is_empty() && !self.json {
            print("databases.toml declares no references here\n")?;
        }
        for reference in references {
            let (Some(from), Some(to)) = (pools.get(&reference.from.database), pools.get(&reference.to.database)) else { continue };
            let (result, told) = self.one(reference, from, to).await?;
            code = code.max(match (&result.not_checked, result.is_clean()) {
                (Some(_), _) => FAILED,
                (None, true) => CLEAN,
                (None, false) => STRANGE,
            });
            if self.json {
                all.push(value(&result, &told));
            } else {
                print(&summary(&result, told.len()))?;
            }
        }
        if self.json {
            print_json(&all)?;
        }
        Ok(code)
    }

    /// Checks one reference. Rows are printed as they are found, so that a long list needs no memory; for JSON they are kept.
    async fn one(&self, reference: &Reference, from: &Pool, to: &Pool) -> Result<(ReferenceCheck, Told), Failure> {
        let mut told = Told::default();
        let result = check_reference(reference, from, to, |orphan| {
            if !self.all && told.count >= self.samples {
                return ControlFlow::Break(());
            }
            told.count += 1;
            if self.json {
                told.rows.push(orphan);
                return ControlFlow::Continue(());
            }
            let heading = if told.count == 1 { format!("{reference}\n") } else { String::new() };
            match print(&format!("{heading}{}", line(reference, &orphan))) {
                Ok(()) => ControlFlow::Continue(()),
                Err(failure) => {
                    told.failure = Some(failure);
                    ControlFlow::Break(())
                }
            }
        })
        .await?;
        match told.failure.take() {
            Some(failure) => Err(failure),
            None => Ok((result, told)),
        }
    }
}

/// What was listed of a reference.
#[derive(Default)]
struct Told {
    count: usize,
    rows: Vec<Orphan>,
    failure: Option<Failure>,
}

impl Told {
    fn len(&self) -> usize {
        self.count
    }
}

/// Connections of every database that a reference names.
fn pools(place: &Place, references: &[&Reference]) -> Result<BTreeMap<String, Pool>, Failure> {
    let mut names: Vec<String> =
        references.iter().flat_map(|reference| [reference.from.database.clone(), reference.to.database.clone()]).collect();
    names.sort();
    names.dedup();
    if names.is_empty() {
        return Ok(BTreeMap::new());
    }
    Ok(place.databases(&names)?.iter().map(|database| (database.name().to_owned(), database.reader_pool())).collect())
}

fn line(reference: &Reference, orphan: &Orphan) -> String {
    let key: Vec<String> = orphan.key.iter().map(|(column, value)| format!("{column} {value}")).collect();
    let row = if key.is_empty() { "a row without a primary key".to_owned() } else { format!("the row {}", key.join(", ")) };
    format!("  {} {} in {row}\n", reference.from.column, orphan.value)
}

fn summary(result: &ReferenceCheck, told: usize) -> String {
    let reference = &result.reference;
    let mut text = String::new();
    if let Some((from, to)) = &result.types_differ {
        text.push_str(&format!(
            "{reference}: {} is {from} and {} is {to}, so they were compared as text, which is slow; give both the same type\n",
            reference.from, reference.to
        ));
    }
    if let Some(why) = &result.not_checked {
        text.push_str(&format!("{reference}: not checked; {}\n", why.sentence()));
    }
    if let Some(orphans) = result.orphans {
        let checked = counted(orphans.checked, "value", "values");
        let found = match orphans.rows {
            0 => "no orphans".to_owned(),
            rows => format!("{} in {}", counted(orphans.values, "orphan", "orphans"), counted(rows, "row", "rows")),
        };
        let more = orphans.rows.saturating_sub(told as u64);
        let more = if more == 0 { String::new() } else { format!("; {} not listed, --all lists them", counted(more, "row", "rows")) };
        text.push_str(&format!("{reference}: {checked} checked, {found}{more}\n"));
    }
    text
}

fn value(result: &ReferenceCheck, told: &Told) -> Value {
    let rows: Vec<Value> = told
        .rows
        .iter()
        .map(|orphan| json!({ "value": orphan.value, "key": orphan.key.iter().cloned().collect::<BTreeMap<_, _>>() }))
        .collect();
    json!({
        "reference": result.reference.to_string(), "from": result.reference.from, "to": result.reference.to, "clean": result.is_clean(),
        "orphans": result.orphans, "not_checked": result.not_checked.as_ref().map(|why| why.sentence()), "types_differ": result.types_differ,
        "rows": rows,
    })
}
