//! `handled runs list`.

use clap::Args;
use model::FileKind;
use model::list::PAGE_SIZE;
use model::run::{Operation, Run, RunQuery, RunState};
use platform::permit;
use tokio_util::sync::CancellationToken;

use crate::command::output::{grouped, print, print_json};
use crate::command::with_platform::with_platform;
use crate::failure::Failure;
use crate::settings::Settings;

/// Which runs.
#[derive(Debug, Args)]
pub struct List {
    /// Only of this kind: us-zips, gaz-zcta, usps-3d, ups-zones or ups-ground.
    #[arg(long)]
    kind: Option<FileKind>,
    /// Only in this state: queued, running, waiting, succeeded, failed, cancelled or undone.
    #[arg(long)]
    state: Option<RunState>,
    /// At most so many.
    #[arg(long, value_name = "N", default_value_t = 20)]
    limit: u32,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl List {
    /// Runs the command.
    ///
    /// # Errors
    /// The databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let (runs, total) = with_platform(settings, "handled runs", stop, async |platform, caller| {
            let permit = platform.authorize::<permit::ImportsRead>(caller).await?;
            let (mut runs, mut total) = (Vec::new(), 0);
            for page in 1..=self.limit.div_ceil(PAGE_SIZE).max(1) {
                let subject = self.kind.map(|kind| kind.name().to_owned());
                let query = RunQuery { subject, state: self.state, page, ..RunQuery::default() };
                let found = permit.runs(&query).await?;
                let last = page >= found.pages();
                total = found.total;
                runs.extend(found.rows);
                if last {
                    break;
                }
            }
            Ok((runs, total))
        })
        .await?;
        let shown: Vec<&Run> = runs.iter().take(usize::try_from(self.limit).unwrap_or(usize::MAX)).collect();
        if self.json { print_json(&shown) } else { print(&table(&shown, total)) }
    }
}

fn table(runs: &[&Run], total: u64) -> String {
    if runs.is_empty() {
        return "There are no such runs.\n".to_owned();
    }
    let mut text =
        format!("{:<36}  {:<20}  {:<9}  {:<10}  {:>10}  {:>8}  FILE\n", "RUN", "STARTED (UTC)", "STATE", "KIND", "ROWS", "REJECTED");
    for run in runs {
        let kind = match (run.operation, run.subject.as_deref()) {
            (Operation::Undo, _) => "undo",
            (_, subject) => subject.unwrap_or("-"),
        };
        let rows = if run.published.is_empty() { run.rows_read } else { run.rows_published() };
        text.push_str(&format!(
            "{:<36}  {:<20}  {:<9}  {kind:<10}  {:>10}  {:>8}  {}\n",
            run.id.as_str(),
            run.started_at.format("%Y-%m-%d %H:%M:%S").to_string(),
            run.state.name(),
            grouped(rows),
            grouped(run.rows_rejected),
            run.title()
        ));
    }
    if total > runs.len() as u64 {
        text.push_str(&format!("... {} altogether; --limit shows more\n", grouped(total)));
    }
    text
}
