//! `handled transform`: reference tables from the workspace.

use clap::{Args, Subcommand};
use model::run::RunState;
use model::transformation::TRANSFORMATIONS;
use platform::permit;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::output::{counted, lasted, print, print_json};
use super::with_platform::with_platform;
use crate::failure::Failure;
use crate::settings::Settings;

/// Transformations.
#[derive(Debug, Subcommand)]
pub enum Transform {
    /// Run transformations, one after the other, and stop at the first that fails.
    #[command(after_help = "Examples:\n  handled transform run\n  handled transform run zip3 --json")]
    Run(Run),
}

/// Which transformations.
#[derive(Debug, Args)]
pub struct Run {
    /// Their names; all where none is given.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Run {
    fn chosen(&self) -> Result<Vec<&'static str>, Failure> {
        let known = || TRANSFORMATIONS.iter().map(|contract| contract.name);
        if self.names.is_empty() {
            return Ok(known().collect());
        }
        let find = |name: &String| {
            let there_are = || known().collect::<Vec<_>>().join(", ");
            known()
                .find(|known| known == name)
                .ok_or_else(|| Failure::Said(format!("There is no transformation {name:?}; there are: {}.", there_are())))
        };
        self.names.iter().map(find).collect()
    }
}

impl Transform {
    /// Runs the command.
    ///
    /// # Errors
    /// A transformation failed, or the databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let Self::Run(command) = self;
        // Before a database is started for nothing.
        let names = command.chosen()?;
        let stopping = stop.clone();
        with_platform(settings, "handled transform", stop, async |platform, caller| {
            let permit = platform.authorize::<permit::TransformationsRun>(caller).await?;
            let mut all = Vec::new();
            let mut failure = None;
            for name in names {
                if stopping.is_cancelled() {
                    failure = Some(Failure::Said(format!("The transformation {name} was not begun.")));
                    break;
                }
                let run = permit.transform(name).await?.run;
                if run.state != RunState::Succeeded {
                    let reason = run.failure.clone().unwrap_or_else(|| "it was stopped.".to_owned());
                    failure = Some(Failure::Said(format!("The transformation {name} failed: {reason}")));
                } else if !command.json {
                    let published: Vec<String> = run
                        .published
                        .iter()
                        .map(|published| format!("{} in {}", counted(published.rows, "row", "rows"), published.relation))
                        .collect();
                    let time = run.milliseconds().map(|milliseconds| format!(" ({})", lasted(milliseconds))).unwrap_or_default();
                    print(&format!("{name}: {}{time}\n", published.join(", ")))?;
                }
                all.push(json!({ "name": name, "run": run, "milliseconds": run.milliseconds() }));
                if failure.is_some() {
                    break;
                }
            }
            if command.json {
                print_json(&all)?;
            }
            failure.map_or(Ok(()), Err)
        })
        .await
    }
}
