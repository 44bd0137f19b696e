//! How far an import is, as a line.

use model::run::{Run, RunState};
use platform::{Authorized, permit};

use crate::command::output::{counted, grouped};

/// How far the actor's own runs are; none where that cannot be read, which is no reason to stop: the import itself says what is wrong.
pub async fn told(permit: &Authorized<permit::ImportsRead>, actor: &str) -> Option<String> {
    permit.work().await.ok().map(|runs| text(&runs, actor))
}

/// `uszips.csv: copying, 12,000 rows, 40 %`.
fn text(runs: &[Run], actor: &str) -> String {
    let own = || runs.iter().filter(|run| run.actor == actor);
    let waiting = own().filter(|run| run.state == RunState::Queued).count() as u64;
    let mut parts: Vec<String> = own().filter(|run| run.state == RunState::Running).map(of_run).collect();
    if waiting > 0 {
        parts.push(format!("{} waiting", counted(waiting, "run", "runs")));
    }
    parts.join("; ")
}

fn of_run(run: &Run) -> String {
    let stage = run.stage.map(|stage| format!("{}, ", stage.name())).unwrap_or_default();
    let percent = (run.bytes_read.min(run.bytes) * 100).checked_div(run.bytes).unwrap_or_default();
    format!("{}: {stage}{} rows, {percent} %", run.title(), grouped(run.rows_read))
}
