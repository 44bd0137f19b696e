//! Runs of transformations as text and as JSON.

use model::run::RunDetail;
use model::transformation::Check;
use serde_json::json;

use crate::command::output::{counted, grouped, lasted};

/// What programs are told of a run.
pub fn as_json(detail: &RunDetail) -> serde_json::Value {
    json!({
        "name": detail.run.subject, "run": detail.run, "milliseconds": detail.run.milliseconds(), "timings": detail.timings,
        "checks": detail.checks, "changes": detail.changes,
    })
}

/// What a run did, its failed checks, and how its tables changed.
pub fn text(detail: &RunDetail) -> String {
    let run = &detail.run;
    let time = run.milliseconds().map(|milliseconds| format!(" ({})", lasted(milliseconds))).unwrap_or_default();
    let mut text = format!("{}: {}{time}\n", run.subject.as_deref().unwrap_or_default(), run.state);
    for change in &detail.changes {
        text += &format!(
            "    {} in {}: {} added, {} removed, {} changed\n",
            counted(change.rows, "row", "rows"),
            change.relation,
            grouped(change.added),
            grouped(change.removed),
            grouped(change.changed)
        );
    }
    if let Some(failure) = &run.failure {
        text += &format!("    {failure}\n");
    }
    for note in &run.notes {
        text += &format!("    {note}\n");
    }
    text
}

/// Everything that was checked.
pub fn checks(detail: &RunDetail) -> String {
    let line = |check: &Check| format!("    {} {}: {}\n", if check.passed { "passed" } else { "FAILED" }, check.name, check.finding);
    detail.checks.iter().map(line).collect()
}
