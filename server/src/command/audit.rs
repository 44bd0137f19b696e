//! `handled audit`: who has done what, and whether what says so is as it was written.

mod list;
mod verify;

use clap::Subcommand;
use tokio_util::sync::CancellationToken;

use crate::failure::Failure;
use crate::settings::Settings;

/// The audit.
#[derive(Debug, Subcommand)]
pub enum Audit {
    /// List what was done, the latest first.
    #[command(after_help = "Examples:\n  handled audit list\n  handled audit list --person ana@example.com --since 2026-11-01 --json\n  \
                            handled audit list --resource user --action edit --limit 200")]
    List(list::List),
    /// Look whether every row and every seal is what it was when it was sealed.
    #[command(after_help = "Example:\n  handled audit verify\n\nExit codes: 0 everything is as it was, 1 something is wrong.")]
    Verify(verify::Verify),
}

impl Audit {
    /// Runs the command; the value is its exit code.
    ///
    /// # Errors
    /// The databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<u8, Failure> {
        match self {
            Self::List(list) => list.run(settings, stop).await.map(|()| 0),
            Self::Verify(verify) => verify.run(settings, stop).await,
        }
    }
}
