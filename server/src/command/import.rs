//! `handled import`: files into the workspace.

mod files;
mod progress;

use std::path::PathBuf;

use clap::Args;
use model::integration::Limits;
use model::preview::{Consent, ImportOptions};
use model::run::{RunDetail, RunState};
use model::{Error, FileKind};
use platform::{Authorized, Upload, permit};
use serde_json::{Value, json};
use tokio_util::sync::CancellationToken;

use self::files::Chosen;
use super::output::{print, print_json};
use super::run_text;
use super::watched::watched;
use super::with_platform::{system_name, with_platform};
use crate::failure::Failure;
use crate::settings::Settings;

/// Import files, whatever kinds they are; exits 1 when any was not imported.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  handled import uszips.csv 2024_Gaz_zcta_national.txt\n  handled import zone-charts --dry-run\n  \
                        handled import us-zips uszips.csv --repair-leading-zeros --json")]
pub struct Import {
    /// The files, or folders whose files are meant. A kind as the first word says what they are: us-zips, gaz-zcta, usps-3d, ups-zones or
    /// ups-ground; otherwise their content does.
    #[arg(required = true, value_name = "[KIND] FILE")]
    words: Vec<PathBuf>,
    /// Show what would change, and change nothing.
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    consent: Agreed,
    /// Rejected rows for each hundred rows with which a file is still imported.
    #[arg(long, value_name = "P", value_parser = percent)]
    max_rejected_percent: Option<f64>,
    /// Rejected rows with which a file is still imported.
    #[arg(long, value_name = "N")]
    max_rejected_rows: Option<u64>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// What somebody agrees to beforehand.
#[derive(Debug, Clone, Copy, Args)]
pub struct Agreed {
    /// Put back leading zeros that codes have lost.
    #[arg(long)]
    repair_leading_zeros: bool,
    /// Let an older release take a newer one's place.
    #[arg(long)]
    older_release: bool,
    /// Import bytes that are live already.
    #[arg(long)]
    same_bytes: bool,
}

impl From<Agreed> for Consent {
    fn from(agreed: Agreed) -> Self {
        Self { leading_zeros: agreed.repair_leading_zeros, older_release: agreed.older_release, same_bytes: agreed.same_bytes }
    }
}

fn percent(text: &str) -> Result<f64, String> {
    let number = text.parse::<f64>().ok().filter(|number| (0.0..=100.0).contains(number));
    number.ok_or_else(|| "it takes a number from 0 to 100".to_owned())
}

/// What became of files: their run, or why there is none.
enum Outcome {
    Run(Box<RunDetail>),
    Unread(PathBuf, Error),
}

impl Import {
    /// Runs the command.
    ///
    /// # Errors
    /// A file was not imported, or the databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        // Before a database is started for nothing.
        let chosen = Chosen::from_words(&self.words)?;
        let stopping = stop.clone();
        let outcomes = with_platform(settings, "handled import", stop, async |platform, caller| {
            let permit = platform.authorize::<permit::ImportsRun>(caller).await?;
            let watching = platform.authorize::<permit::ImportsRead>(caller).await?;
            let (mut outcomes, mut uploads) = (Vec::new(), Vec::new());
            for file in chosen.files.iter().take_while(|_| !stopping.is_cancelled()) {
                match permit.local_file(file).await {
                    Ok(upload) => uploads.push(upload),
                    Err(error) => outcomes.push(Outcome::Unread(file.clone(), error)),
                }
            }
            if !uploads.is_empty() && !stopping.is_cancelled() {
                let own_name = system_name();
                let importing = self.import(&permit, uploads, chosen.kind);
                let details = watched(importing, async || progress::told(&watching, &own_name).await).await?;
                outcomes.extend(details.into_iter().map(|detail| Outcome::Run(Box::new(detail))));
            }
            self.print(&outcomes)?;
            Ok(outcomes)
        })
        .await?;
        self.end(&chosen.files, &outcomes, stopping.is_cancelled())
    }

    /// Imports, or shows what importing would do. Runs that wait for an answer in the end are cancelled: a command has nobody to ask.
    async fn import(
        &self,
        permit: &Authorized<permit::ImportsRun>,
        uploads: Vec<Upload>,
        kind: Option<FileKind>,
    ) -> Result<Vec<RunDetail>, Failure> {
        let options = ImportOptions { preview: self.dry_run, consent: self.consent.into(), limits: self.limits() };
        let details = permit.import(uploads, kind, options).await?;
        for detail in details.iter().filter(|detail| detail.run.state == RunState::Waiting) {
            permit.cancel(&detail.run.id).await?;
        }
        Ok(details)
    }

    fn limits(&self) -> Option<Limits> {
        (self.max_rejected_percent.is_some() || self.max_rejected_rows.is_some()).then(|| Limits {
            rejected_percent: self.max_rejected_percent.unwrap_or(Limits::DEFAULT.rejected_percent),
            rejected_rows: self.max_rejected_rows.or(Limits::DEFAULT.rejected_rows),
            ..Limits::DEFAULT
        })
    }

    /// Why the files of an outcome were not imported, or, with `--dry-run`, would not be.
    fn reason(&self, outcome: &Outcome) -> Option<String> {
        match outcome {
            Outcome::Run(detail) if self.dry_run && detail.run.state == RunState::Waiting => None,
            Outcome::Run(detail) => run_text::reason(detail),
            Outcome::Unread(_, error) => Some(error.to_string()),
        }
    }

    fn print(&self, outcomes: &[Outcome]) -> Result<(), Failure> {
        if self.json {
            return print_json(&outcomes.iter().map(|outcome| self.as_json(outcome)).collect::<Vec<_>>());
        }
        for outcome in outcomes {
            let text = match (outcome, self.reason(outcome)) {
                (Outcome::Run(detail), None) if self.dry_run => run_text::previewed(detail),
                (Outcome::Run(detail), None) => run_text::succeeded(detail),
                // The reason of a single file is the sentence that the command ends with.
                (_, Some(_)) if outcomes.len() == 1 => String::new(),
                (Outcome::Run(detail), Some(reason)) => format!("{}: not imported: {reason}\n", detail.run.title()),
                (Outcome::Unread(file, _), reason) => format!("{}: not imported: {}\n", file.display(), reason.unwrap_or_default()),
            };
            print(&text)?;
        }
        Ok(())
    }

    fn as_json(&self, outcome: &Outcome) -> Value {
        match outcome {
            Outcome::Run(detail) => json!({
                "file": detail.run.title(),
                "files": detail.run.files,
                "run": detail.run,
                "rows": detail.run.rows_published(),
                "rejected": detail.run.rows_rejected,
                "milliseconds": detail.run.milliseconds(),
                "failure": self.reason(outcome),
                "preview": detail.preview,
                "rejects": detail.rejects.iter().take(run_text::SHOWN).collect::<Vec<_>>(),
            }),
            Outcome::Unread(file, error) => {
                json!({ "file": file.display().to_string(), "files": 1, "run": null, "failure": error.to_string() })
            }
        }
    }

    /// How the command ends.
    fn end(&self, files: &[PathBuf], outcomes: &[Outcome], interrupted: bool) -> Result<(), Failure> {
        let counts = outcomes.iter().map(|outcome| self.count(outcome));
        let (known, failed) = counts.fold((0, 0), |(known, failed), (files, of_them)| (known + files, failed + of_them));
        // Archives hold more files than were named; after Ctrl-C there may be files of which nothing is known.
        let total = known.max(files.len() as u64);
        if failed == 0 && known == total {
            return Ok(());
        }
        let sentence = match (files, outcomes) {
            ([only], []) => format!("{} was not begun.", only.display()),
            (_, [only]) if failed > 0 && known == total => self.sentence(only),
            _ if interrupted => format!("{} of {total} files were imported; the others changed nothing.", known - failed),
            _ => format!("{failed} of {total} files were not imported."),
        };
        Err(if interrupted { Failure::InterruptedWith(sentence) } else { Failure::Said(sentence) })
    }

    /// How many files an outcome is of, and how many of them were not imported.
    fn count(&self, outcome: &Outcome) -> (u64, u64) {
        match outcome {
            Outcome::Unread(..) => (1, 1),
            Outcome::Run(detail) => {
                let files = detail.run.files.max(1);
                let left_out = detail.files.iter().filter(|file| file.failure.is_some()).count() as u64;
                (files, if self.reason(outcome).is_some() { files } else { left_out })
            }
        }
    }

    fn sentence(&self, outcome: &Outcome) -> String {
        let name = match outcome {
            Outcome::Run(detail) => detail.run.title(),
            Outcome::Unread(file, _) => file.display().to_string(),
        };
        let reason = self.reason(outcome).unwrap_or_else(|| "some of its files were left out.".to_owned());
        format!("{name} was not imported: {reason}")
    }
}
