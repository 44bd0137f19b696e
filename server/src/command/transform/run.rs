//! `handled transform run`: bringing what is derived up to date.

use clap::Args;
use model::run::{RunDetail, RunState};
use model::transformation::Wanted;
use platform::{permit, transformation_names};
use tokio_util::sync::CancellationToken;

use super::text::{as_json, text};
use crate::command::output::{print, print_json};
use crate::command::with_platform::with_platform;
use crate::failure::Failure;
use crate::settings::Settings;

/// Which transformations.
#[derive(Debug, Args)]
pub struct Run {
    /// Their names, whether they are stale or not; those that are stale where none is given.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Every one that has something to read, stale or not.
    #[arg(long, conflicts_with = "names")]
    all: bool,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Run {
    fn wanted(&self) -> Result<Vec<Wanted>, Failure> {
        if self.names.is_empty() {
            return Ok(vec![if self.all { Wanted::All } else { Wanted::Stale }]);
        }
        if let Some(unknown) = self.names.iter().find(|name| !transformation_names().any(|known| known == **name)) {
            let there_are = transformation_names().collect::<Vec<_>>().join(", ");
            return Err(Failure::Said(format!("There is no transformation {unknown:?}; there are: {there_are}.")));
        }
        Ok(self.names.iter().cloned().map(Wanted::One).collect())
    }

    /// Runs the command.
    ///
    /// # Errors
    /// A transformation failed, or the databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        // Before a database is started for nothing.
        let wanted = self.wanted()?;
        with_platform(settings, "handled transform", stop, async |platform, caller| {
            let permit = platform.authorize::<permit::TransformationsRun>(caller).await?;
            let mut runs: Vec<RunDetail> = Vec::new();
            for wanted in wanted {
                runs.extend(permit.request_and_wait(&wanted).await?);
            }
            if self.json {
                print_json(&runs.iter().map(as_json).collect::<Vec<_>>())?;
            } else if runs.is_empty() {
                print("Everything is up to date.\n")?;
            }
            for detail in runs.iter().filter(|_| !self.json) {
                print(&text(detail))?;
            }
            let failed = runs.iter().find(|detail| detail.run.state != RunState::Succeeded);
            failed.map_or(Ok(()), |detail| {
                let name = detail.run.subject.as_deref().unwrap_or_default();
                let reason = detail.run.failure.as_deref().unwrap_or("it was stopped.");
                Err(Failure::Said(format!("The transformation {name} failed: {reason}")))
            })
        })
        .await
    }
}
