//! `handled role`: what roles there are.

mod list;

use clap::Subcommand;
use tokio_util::sync::CancellationToken;

use crate::failure::Failure;
use crate::settings::Settings;

/// Roles.
#[derive(Debug, Subcommand)]
pub enum Role {
    /// List roles with how many users hold each, and what they allow.
    #[command(after_help = "Examples:\n  handled role list\n  handled role list --json")]
    List(list::List),
}

impl Role {
    /// Runs the command.
    ///
    /// # Errors
    /// The databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let Self::List(list) = self;
        list.run(settings, stop).await
    }
}
