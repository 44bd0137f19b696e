//! `handled transform`: reference tables from the workspace.

mod list;
mod run;
mod show;
mod text;
mod zone_days;

use clap::Subcommand;
use tokio_util::sync::CancellationToken;

use super::runs::Chosen;
use crate::failure::Failure;
use crate::settings::Settings;

/// Transformations.
#[derive(Debug, Subcommand)]
pub enum Transform {
    /// Bring what is derived up to date: the transformations that are stale or have never run, in order, the independent ones side by side.
    #[command(
        after_help = "Examples:\n  handled transform run\n  handled transform run delivery-matrix --json\n  handled transform run --all\n\nExit codes: 0 all is up to date, 1 one failed or was ended."
    )]
    Run(run::Run),
    /// Say how each transformation stands, and by what it is stale.
    #[command(after_help = "Example:\n  handled transform list --json")]
    List(list::List),
    /// List the latest runs.
    #[command(after_help = "Example:\n  handled transform runs delivery-matrix")]
    Runs(show::History),
    /// Show a run with everything that was checked and what changed.
    #[command(after_help = "Example:\n  handled transform show 019a9f60-0000-7000-8000-000000000000")]
    Show(Chosen),
    /// End a run that has not been published; nothing is changed.
    #[command(after_help = "Example:\n  handled transform cancel 019a9f60-0000-7000-8000-000000000000")]
    Cancel(Chosen),
    /// Show the days that UPS's zones are taken to mean, or set those of one.
    #[command(name = "zone-days", after_help = "Examples:\n  handled transform zone-days\n  handled transform zone-days --set GND/008=4")]
    ZoneDays(zone_days::ZoneDaysCommand),
}

impl Transform {
    /// Runs the command.
    ///
    /// # Errors
    /// A transformation failed, there is no such run, or the databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        match self {
            Self::Run(command) => command.run(settings, stop).await,
            Self::List(command) => command.run(settings, stop).await,
            Self::Runs(command) => command.run(settings, stop).await,
            Self::Show(command) => command.show(settings, stop).await,
            Self::Cancel(command) => command.cancel(settings, stop).await,
            Self::ZoneDays(command) => command.run(settings, stop).await,
        }
    }
}
