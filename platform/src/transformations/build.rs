//! Building what a transformation publishes: into tables that nobody sees, checked, compared with what they would replace, and then
//! shown, all in one transaction.

use database_data::{CopyBuffer, DataTransaction, FLUSH_AT, Shadow, Target};
use database_primary::RunRecord;
use model::run::{RunState, Stage};
use model::transformation::{Check, TargetChange};

use super::Transformation;
use crate::runs::{Failure, Work};

/// What is being built.
pub(super) struct Building {
    pub(super) work: Work,
    pub(super) transaction: DataTransaction,
    filled: Vec<(Shadow, u64)>,
    checks: Vec<Check>,
    changes: Vec<TargetChange>,
    /// What the reader should know, a sentence each.
    pub(super) notes: Vec<String>,
    /// The edition of what is built, where there are editions.
    pub(super) release: Option<String>,
}

/// A target with its rows in, to be checked and compared.
pub(super) struct Filled {
    shadow: Shadow,
    copied: u64,
}

impl Building {
    /// Records what was found of a condition: what was counted, or what is wrong and where first.
    pub(super) fn check(&mut self, name: impl Into<String>, finding: Result<String, String>) {
        let passed = finding.is_ok();
        self.checks.push(Check { name: name.into(), passed, finding: finding.unwrap_or_else(|wrong| wrong) });
    }

    /// Whether some condition does not hold, so that nothing is to be published.
    pub(super) fn has_failed(&self) -> bool {
        self.checks.iter().any(|check| !check.passed)
    }

    /// Copies rows into a table that is to take the target's place.
    pub(super) async fn copy<T>(
        &mut self,
        target: Target,
        rows: impl Iterator<Item = T>,
        encode: impl Fn(T, &mut CopyBuffer),
    ) -> Result<Filled, Failure> {
        let shadow = self.transaction.create_shadow(target).await?;
        let fields = u16::try_from(target.columns.len()).unwrap_or(u16::MAX);
        let mut buffer = CopyBuffer::opening();
        let mut copying = self.transaction.copy_into(&shadow).await?;
        for row in rows {
            buffer.row(fields);
            encode(row, &mut buffer);
            if buffer.len() >= FLUSH_AT {
                copying.send(&buffer.take()).await?;
            }
        }
        buffer.close();
        copying.send(&buffer.take()).await?;
        let copied = copying.finish().await?;
        Ok(Filled { shadow, copied })
    }

    /// Copies rows, checks that their key tells them apart, and compares them with those that they would replace.
    pub(super) async fn fill<T>(
        &mut self,
        target: Target,
        rows: impl Iterator<Item = T>,
        encode: impl Fn(T, &mut CopyBuffer),
    ) -> Result<(), Failure> {
        let filled = self.copy(target, rows, encode).await?;
        let repeated = self.transaction.repeated_key(&filled.shadow).await?;
        self.check(
            format!("No {} twice in {}", target.key().join(" and "), target.relation),
            match repeated {
                None => Ok(format!("{} rows, each with a key of its own", filled.copied)),
                Some(key) => Err(format!("{key} is there more than once")),
            },
        );
        if self.has_failed() {
            return Ok(());
        }
        self.work.counters.enter(Stage::Indexing);
        self.transaction.index_shadow(&filled.shadow).await?;
        self.work.counters.enter(Stage::Comparing);
        let comparison = self.transaction.compare_shadow(&filled.shadow).await?;
        let samples = self.transaction.shadow_samples(&filled.shadow, &comparison).await?;
        let change = TargetChange {
            relation: target.relation.to_owned(),
            rows: filled.copied,
            added: comparison.added,
            removed: comparison.removed,
            changed: comparison.changed,
            unchanged: comparison.unchanged,
            key: target.key().iter().map(|column| (*column).to_owned()).collect(),
            samples,
        };
        self.filled.push((filled.shadow, filled.copied));
        self.changes.push(change);
        Ok(())
    }

    /// Takes a target that was checked and compared by other means; `change` counts its rows as people see them.
    pub(super) async fn take(&mut self, filled: Filled, change: TargetChange) -> Result<(), Failure> {
        self.work.counters.enter(Stage::Indexing);
        self.transaction.index_shadow(&filled.shadow).await?;
        self.filled.push((filled.shadow, change.rows));
        self.changes.push(change);
        Ok(())
    }
}

/// Builds what a transformation publishes and publishes it, if all that was checked holds.
pub(super) async fn execute(transformation: &'static Transformation, work: Work) -> Result<RunRecord, Failure> {
    work.counters.enter(Stage::Computing);
    let mut transaction = work.platform.data().begin().await?;
    for derived in transformation.targets {
        transaction.take_turn(derived.target.relation).await?;
    }
    // Before anything is read: a change in between makes the result stale, and not wrong.
    let sources = transformation.sources();
    let changes = transaction.changes_of(&sources).await?;
    let mut building = Building {
        work: work.clone(),
        transaction,
        filled: Vec::new(),
        checks: Vec::new(),
        changes: Vec::new(),
        notes: Vec::new(),
        release: None,
    };
    (transformation.build)(&mut building).await?;

    if building.has_failed() {
        return Err(Failure::Refused(Box::new(failed(&work, building))));
    }
    let Building { mut transaction, filled, checks, changes: compared, notes, release, .. } = building;
    work.counters.enter(Stage::Publishing);
    let published = transaction.publish(&work.id, &filled, release.as_deref()).await?;
    for derived in transformation.targets {
        let (names, numbers): (Vec<&str>, Vec<i64>) = sources
            .iter()
            .zip(&changes)
            .filter(|(source, _)| derived.sources.contains(source))
            .map(|(source, change)| (*source, *change))
            .unzip();
        transaction.record_derivation(&work.id, derived.target.relation, &names, &numbers).await?;
    }
    work.commit(transaction).await?;
    Ok(RunRecord { checks, changes: compared, ..work.succeeded(published, notes) })
}

fn failed(work: &Work, building: Building) -> RunRecord {
    let Building { checks, notes, .. } = building;
    let wrong: Vec<&Check> = checks.iter().filter(|check| !check.passed).collect();
    let more = match wrong.len() {
        0 | 1 => String::new(),
        count => format!(" (and {} more)", count - 1),
    };
    let first = wrong.first().map_or_else(String::new, |check| format!("{}: {}", check.name, check.finding));
    let failure = format!("What was made did not pass its checks, so what is published stays. {first}{more}.");
    RunRecord { failure: Some(failure), checks, notes: Some(notes), ..work.record(RunState::Failed) }
}
