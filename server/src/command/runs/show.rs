//! `handled runs show`: what a run's page shows.

use chrono::{DateTime, Utc};
use clap::Args;
use model::RunId;
use model::run::{LinkKind, Operation, RunDetail};
use platform::permit;
use tokio_util::sync::CancellationToken;

use crate::command::output::{counted, grouped, lasted, print, print_json};
use crate::command::run_text;
use crate::command::with_platform::with_platform;
use crate::failure::Failure;
use crate::settings::Settings;

/// Files that are shown.
const FILES: usize = 10;

/// Which run.
#[derive(Debug, Args)]
pub struct Show {
    /// The run, as the list and its page's address have it.
    #[arg(value_name = "RUN", value_parser = super::run_id)]
    id: RunId,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Show {
    /// Runs the command.
    ///
    /// # Errors
    /// There is no such run, or the databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let detail = with_platform(settings, "handled runs", stop, async |platform, caller| {
            Ok(platform.authorize::<permit::ImportsRead>(caller).await?.run(&self.id).await?)
        })
        .await?;
        if self.json { print_json(&detail) } else { print(&text(&detail)) }
    }
}

fn time(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S UTC").to_string()
}

fn text(detail: &RunDetail) -> String {
    let run = &detail.run;
    let what = match run.operation {
        Operation::Undo => "Undo",
        _ => "Import",
    };
    let mut text = format!("{what} {}: {}\n", run.id, run.state);
    let mut line = |name: &str, value: String| text.push_str(&format!("  {name:<12}  {value}\n"));
    line("kind", run.subject.clone().unwrap_or_else(|| "not recognised".to_owned()));
    line("asked for", format!("{} by {}", time(run.started_at), run.actor));
    if let Some(finished) = run.finished_at {
        let lasted = run.milliseconds().map(|milliseconds| format!(" after {} of work", lasted(milliseconds))).unwrap_or_default();
        line("ended", format!("{}{lasted}", time(finished)));
    }
    if let Some(stage) = run.stage.filter(|_| run.state.is_moving()) {
        line("stage", format!("{}, {} of {} bytes", stage.name(), grouped(run.bytes_read), grouped(run.bytes)));
    }
    if !detail.timings.is_empty() {
        let timings: Vec<String> =
            detail.timings.iter().map(|timing| format!("{} {}", timing.stage.name(), lasted(timing.milliseconds))).collect();
        line("stages", timings.join(", "));
    }
    line("rows", format!("{} read, {} rejected", grouped(run.rows_read), grouped(run.rows_rejected)));
    for published in &run.published {
        line("published", format!("{} in {}", counted(published.rows, "row", "rows"), published.relation));
    }
    if let Some(failure) = &run.failure {
        line("failure", failure.clone());
    }
    for note in &run.notes {
        line("note", note.clone());
    }
    for link in &detail.links {
        line(relation(link.kind), link.run_id.to_string());
    }
    for derived in &detail.derived {
        let stale = if derived.stale { ", stale" } else { "" };
        line("derived", format!("{} by {} at {}{stale}", derived.relation, derived.run_id, time(derived.published_at)));
    }
    let can: Vec<&str> = [(detail.undoable, "undo"), (detail.repeatable, "start-again"), (detail.rejects_kept, "rejects")]
        .into_iter()
        .filter_map(|(can, name)| can.then_some(name))
        .collect();
    if !can.is_empty() {
        line("possible", can.join(", "));
    }
    for file in detail.files.iter().take(FILES) {
        let archive = file.archive.as_ref().map(|archive| format!(" in {archive}")).unwrap_or_default();
        let release = file.release.as_ref().map(|release| format!(", release {release}")).unwrap_or_default();
        let failure = file.failure.as_ref().map(|failure| format!(", left out: {failure}")).unwrap_or_default();
        let (name, bytes, sha256) = (&file.file.name, grouped(file.file.bytes), &file.file.sha256);
        line(&format!("file {}", file.ordinal), format!("{name}{archive}, {bytes} bytes, SHA-256 {sha256}{release}{failure}"));
    }
    if run.files > FILES as u64 {
        line("files", format!("{} altogether", grouped(run.files)));
    }
    if let Some(preview) = &detail.preview {
        text.push_str(&run_text::preview(preview));
    }
    text.push_str(&run_text::rejects(detail));
    text
}

fn relation(kind: LinkKind) -> &'static str {
    match kind {
        LinkKind::Corrects => "corrects",
        LinkKind::CorrectedBy => "corrected by",
        LinkKind::Undoes => "undoes",
        LinkKind::UndoneBy => "undone by",
        LinkKind::Repeats => "repeats",
        LinkKind::RepeatedBy => "repeated by",
        LinkKind::SameBytes => "same bytes",
    }
}
