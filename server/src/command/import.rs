//! `handled import`: files into the workspace.

use std::path::{Path, PathBuf};

use clap::Args;
use model::run::{RunDetail, RunState};
use model::{Error, FileKind};
use platform::{Authorized, permit};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use super::output::{counted, lasted, print, print_json};
use super::with_platform::with_platform;
use crate::failure::Failure;
use crate::settings::Settings;

/// Rejected rows that are shown of each file; the run keeps more.
const REJECTS_SHOWN: usize = 5;

/// Import files of one kind, one after the other; exits 1 when any was not imported.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  handled import us-zips uszips.csv\n  handled import gaz-zcta 2024_Gaz_zcta_national.txt --json")]
pub struct Import {
    /// What the files are: us-zips or gaz-zcta.
    #[arg(value_name = "KIND")]
    kind: FileKind,
    /// The files.
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What became of a file: its run, or why there is none.
type Outcome = Result<RunDetail, Error>;

impl Import {
    /// Runs the command.
    ///
    /// # Errors
    /// A file was not imported, or the databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let stopping = stop.clone();
        let (begun, failed) = with_platform(settings, "handled import", stop, async |platform, caller| {
            let permit = platform.authorize::<permit::ImportsRun>(caller).await?;
            let (mut begun, mut failed, mut all) = (0, Vec::new(), Vec::new());
            // A file that is not begun has no run.
            for file in self.files.iter().take_while(|_| !stopping.is_cancelled()) {
                begun += 1;
                let outcome = import(&permit, file, self.kind).await;
                let reason = reason(&outcome);
                if self.json {
                    all.push(as_json(file, &outcome));
                } else if reason.is_none() || self.files.len() > 1 {
                    // The reason of a single file is the sentence that the command ends with.
                    print(&as_text(file, &outcome))?;
                }
                failed.extend(reason.map(|reason| format!("{} was not imported: {reason}", file.display())));
            }
            if self.json {
                print_json(&all)?;
            }
            Ok((begun, failed))
        })
        .await?;
        let total = self.files.len();
        if stopping.is_cancelled() && (begun < total || !failed.is_empty()) {
            let sentence = match (self.files.as_slice(), failed.as_slice()) {
                ([_], [only]) => only.clone(),
                ([only], _) => format!("{} was not begun.", only.display()),
                _ => format!("{} of {total} files were imported; the others changed nothing.", begun - failed.len()),
            };
            return Err(Failure::InterruptedWith(sentence));
        }
        match failed.as_slice() {
            [] => Ok(()),
            [only] => Err(Failure::Said(only.clone())),
            several => Err(Failure::Said(format!("{} of {total} files were not imported.", several.len()))),
        }
    }
}

async fn import(permit: &Authorized<permit::ImportsRun>, file: &Path, kind: FileKind) -> Outcome {
    permit.import(permit.local_file(file).await?, Some(kind)).await
}

/// Why the file was not imported.
fn reason(outcome: &Outcome) -> Option<String> {
    match outcome {
        Ok(detail) if detail.run.state == RunState::Succeeded => None,
        Ok(detail) => Some(detail.run.failure.clone().unwrap_or_else(|| "it was stopped.".to_owned())),
        Err(error) => Some(error.to_string()),
    }
}

fn as_text(file: &Path, outcome: &Outcome) -> String {
    let name = file.display();
    let detail = match (reason(outcome), outcome) {
        (None, Ok(detail)) => detail,
        (reason, _) => return format!("{name}: not imported: {}\n", reason.unwrap_or_default()),
    };
    let run = &detail.run;
    let published: Vec<String> =
        run.published.iter().map(|published| format!("{} in {}", counted(published.rows, "row", "rows"), published.relation)).collect();
    let time = run.milliseconds().map(|milliseconds| format!(" ({})", lasted(milliseconds))).unwrap_or_default();
    let mut text = format!("{name}: {}, {} rejected{time}\n", published.join(", "), counted(run.rows_rejected, "row", "rows"));
    for reject in detail.rejects.iter().take(REJECTS_SHOWN) {
        let column = reject.column.as_ref().map(|column| format!(", {column}")).unwrap_or_default();
        text.push_str(&format!("  line {}{column}: {}\n", reject.line, reject.reason));
    }
    if run.rows_rejected > REJECTS_SHOWN as u64 && !detail.rejects.is_empty() {
        text.push_str("  ... the run's page shows more\n");
    }
    for note in &run.notes {
        text.push_str(&format!("  {note}\n"));
    }
    text
}

fn as_json(file: &Path, outcome: &Outcome) -> Value {
    let path = file.display().to_string();
    match outcome {
        Ok(detail) => json!({
            "file": path,
            "run": detail.run,
            "rows": detail.run.rows_published(),
            "rejected": detail.run.rows_rejected,
            "milliseconds": detail.run.milliseconds(),
            "failure": reason(outcome),
            "rejects": detail.rejects.iter().take(REJECTS_SHOWN).collect::<Vec<_>>(),
        }),
        Err(error) => json!({ "file": path, "run": null, "failure": error.to_string() }),
    }
}
