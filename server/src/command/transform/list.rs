//! `handled transform list`: how each transformation stands.

use clap::Args;
use model::transformation::TransformationState;
use platform::permit;
use tokio_util::sync::CancellationToken;

use crate::command::output::{print, print_json};
use crate::command::with_platform::with_platform;
use crate::failure::Failure;
use crate::settings::Settings;

/// How to print them.
#[derive(Debug, Args)]
pub struct List {
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
        let states = with_platform(settings, "handled transform", stop, async |platform, caller| {
            Ok(platform.authorize::<permit::TransformationsRead>(caller).await?.transformations().await?)
        })
        .await?;
        if self.json {
            return print_json(&states);
        }
        print(&states.iter().map(stands).collect::<String>())
    }
}

fn stands(state: &TransformationState) -> String {
    let mut text = format!("{:<20} {}\n", state.name, state.freshness.name());
    for cause in &state.stale_by {
        let by = cause.run_id.as_ref().map(|run| format!(" by the run {run}")).unwrap_or_default();
        text += &format!("    {} has changed{by}\n", cause.relation);
    }
    text
}
