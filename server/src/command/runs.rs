//! `handled runs`: imports and what undid them, as their pages show them.

mod list;
mod rejects;
mod show;

use std::time::{Duration, Instant};

use clap::{Args, Subcommand};
use model::preview::{Consent, ImportOptions};
use model::run::{RunDetail, RunState};
use model::{Error, RunId};
use platform::{Authorized, permit};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::import::Agreed;
use super::output::{print, print_json};
use super::run_text;
use super::with_platform::with_platform;
use crate::failure::Failure;
use crate::settings::Settings;

/// How long a cancelled run may take to end, until the command goes without knowing that it has.
const CANCEL_PATIENCE: Duration = Duration::from_secs(10);
/// How often that is looked at.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Imports that were made, are being made or wait, and their undoing.
#[derive(Debug, Subcommand)]
pub enum Runs {
    /// List imports and undos, the latest first.
    #[command(after_help = "Examples:\n  handled runs list\n  handled runs list --kind us-zips --state waiting --json")]
    List(list::List),
    /// Show all that is known of a run.
    #[command(after_help = "Example:\n  handled runs show 019a9f60-0000-7000-8000-000000000000")]
    Show(show::Show),
    /// Publish a run that waits for somebody to have seen its preview.
    #[command(after_help = "Example:\n  handled runs confirm 019a9f60-0000-7000-8000-000000000000 --repair-leading-zeros")]
    Confirm(Confirm),
    /// End a run that has not been published; nothing is changed.
    #[command(after_help = "Example:\n  handled runs cancel 019a9f60-0000-7000-8000-000000000000")]
    Cancel(Chosen),
    /// Bring back what was before a run.
    #[command(after_help = "Example:\n  handled runs undo 019a9f60-0000-7000-8000-000000000000")]
    Undo(Chosen),
    /// Import a finished run's files once more, as they are kept.
    #[command(name = "start-again", after_help = "Example:\n  handled runs start-again 019a9f60-0000-7000-8000-000000000000 --preview")]
    StartAgain(StartAgain),
    /// Write the rows that a run rejected to a file that can be corrected and imported.
    #[command(after_help = "Example:\n  handled runs rejects 019a9f60-0000-7000-8000-000000000000 -o rejects.csv")]
    Rejects(rejects::Rejects),
}

/// A run.
#[derive(Debug, Args)]
pub struct Chosen {
    /// The run, as the list and its page's address have it.
    #[arg(value_name = "RUN", value_parser = run_id)]
    pub(super) id: RunId,
    /// Print JSON.
    #[arg(long)]
    pub(super) json: bool,
}

/// A run to confirm.
#[derive(Debug, Args)]
pub struct Confirm {
    #[command(flatten)]
    chosen: Chosen,
    #[command(flatten)]
    agreed: Agreed,
}

/// A run to start again.
#[derive(Debug, Args)]
pub struct StartAgain {
    #[command(flatten)]
    chosen: Chosen,
    /// Have the new run wait for somebody to have seen its preview.
    #[arg(long)]
    preview: bool,
    #[command(flatten)]
    agreed: Agreed,
}

fn run_id(text: &str) -> Result<RunId, String> {
    if text.trim().is_empty() { Err("it takes a run's identifier".to_owned()) } else { Ok(RunId::new(text.trim())) }
}

impl Runs {
    /// Runs the command.
    ///
    /// # Errors
    /// There is no such run, it is in no state for this, or the databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        match self {
            Self::List(list) => list.run(settings, stop).await,
            Self::Show(show) => show.run(settings, stop).await,
            Self::Rejects(rejects) => rejects.run(settings, stop).await,
            Self::Confirm(Confirm { chosen, agreed }) => {
                let detail = with_platform(settings, "handled runs", stop, async |platform, caller| {
                    let permit = platform.authorize::<permit::ImportsRun>(caller).await?;
                    Ok(permit.confirm_and_wait(&chosen.id, Consent::from(*agreed)).await?)
                })
                .await?;
                chosen.ended(&detail)
            }
            Self::Undo(chosen) => {
                let detail = with_platform(settings, "handled runs", stop, async |platform, caller| {
                    Ok(platform.authorize::<permit::ImportsRun>(caller).await?.undo_and_wait(&chosen.id).await?)
                })
                .await?;
                chosen.ended(&detail)
            }
            Self::Cancel(chosen) => {
                let state = with_platform(settings, "handled runs", stop, async |platform, caller| {
                    platform.authorize::<permit::ImportsRun>(caller).await?.cancel(&chosen.id).await?;
                    let permit = platform.authorize::<permit::ImportsRead>(caller).await?;
                    ended(&permit, &chosen.id).await
                })
                .await?;
                match state {
                    RunState::Cancelled => chosen.say(&format!("The run {} is cancelled; nothing was changed.", chosen.id), &chosen.id),
                    state if state.is_final() => Err(Failure::Said(format!("The run {} has ended before: {state}.", chosen.id))),
                    state => Err(Failure::Said(format!("The run {} is to end and has not yet: {state}.", chosen.id))),
                }
            }
            Self::StartAgain(StartAgain { chosen, preview, agreed }) => {
                let options = ImportOptions { preview: *preview, consent: Consent::from(*agreed), limits: None };
                let detail = with_platform(settings, "handled runs", stop, async |platform, caller| {
                    let id = platform.authorize::<permit::ImportsRun>(caller).await?.start_again(&chosen.id, options).await?;
                    platform.work_off(&id).await?;
                    Ok(platform.authorize::<permit::ImportsRead>(caller).await?.run(&id).await?)
                })
                .await?;
                if *preview && detail.run.state == RunState::Waiting { chosen.waits(&detail) } else { chosen.ended(&detail) }
            }
        }
    }
}

/// How a run stands that was cancelled: another process that works on it hears of that with its next sign of life.
async fn ended(permit: &Authorized<permit::ImportsRead>, id: &RunId) -> Result<RunState, Failure> {
    let begun = Instant::now();
    loop {
        let state = permit.run(id).await?.run.state;
        if state.is_final() || begun.elapsed() > CANCEL_PATIENCE {
            return Ok(state);
        }
        tokio::time::sleep(LOOK_AGAIN).await;
    }
}

impl Chosen {
    fn say(&self, sentence: &str, id: &RunId) -> Result<(), Failure> {
        if self.json { print_json(&json!({ "run": id })) } else { print(&format!("{sentence}\n")) }
    }

    /// What a run would change that waits to be confirmed.
    fn waits(&self, detail: &RunDetail) -> Result<(), Failure> {
        if self.json {
            return print_json(detail);
        }
        let id = &detail.run.id;
        print(&format!("{}It is published with: handled runs confirm {id}\n", run_text::previewed(detail)))
    }

    /// What became of a run that was waited for.
    fn ended(&self, detail: &RunDetail) -> Result<(), Failure> {
        if self.json {
            print_json(detail)?;
        } else if detail.run.state == RunState::Succeeded {
            print(&run_text::succeeded(detail))?;
        }
        match run_text::reason(detail) {
            None => Ok(()),
            Some(reason) => Err(Failure::Platform(Error::conflict(format!("Nothing was changed: {reason}")))),
        }
    }
}
