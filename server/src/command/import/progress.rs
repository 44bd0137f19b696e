//! How far an import is, for somebody who watches: one line on standard error, written anew every second.

use std::io::{IsTerminal, Write};
use std::time::Duration;

use model::run::{Run, RunState};
use platform::{Authorized, permit};

use crate::command::output::{counted, grouped};

/// How often.
const PERIOD: Duration = Duration::from_secs(1);

/// Shows progress until it is dropped. It never ends by itself.
pub async fn show(permit: &Authorized<permit::ImportsRead>, actor: &str) {
    if !std::io::stderr().is_terminal() {
        return std::future::pending().await;
    }
    let mut line = Line { shown: false };
    let mut ticks = tokio::time::interval(PERIOD);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        // Progress that cannot be read is no reason to stop; the import itself says what is wrong.
        if let Ok(runs) = permit.work().await {
            line.write(&text(&runs, actor));
        }
    }
}

/// The line on the terminal, wiped away in the end.
struct Line {
    shown: bool,
}

impl Line {
    fn write(&mut self, text: &str) {
        self.shown = true;
        // A terminal that is gone does not stop the import.
        _ = write!(std::io::stderr(), "\r\u{1b}[K{text}");
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if self.shown {
            _ = write!(std::io::stderr(), "\r\u{1b}[K");
        }
    }
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
