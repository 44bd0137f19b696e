//! `handled transform runs`, `show` and `cancel`: what was run, what was found, and ending it.

use clap::Args;
use model::run::{Run, RunQuery};
use platform::permit;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::text::{as_json, checks, text};
use crate::command::output::{lasted, print, print_json};
use crate::command::runs::Chosen;
use crate::command::with_platform::with_platform;
use crate::failure::Failure;
use crate::settings::Settings;

/// Which runs.
#[derive(Debug, Args)]
pub struct History {
    /// Those of this transformation alone.
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl History {
    /// Lists the latest runs.
    ///
    /// # Errors
    /// The databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let query = RunQuery { subject: self.name.clone(), ..RunQuery::default() };
        let page = with_platform(settings, "handled transform", stop, async |platform, caller| {
            Ok(platform.authorize::<permit::TransformationsRead>(caller).await?.runs(&query).await?)
        })
        .await?;
        if self.json { print_json(&page.rows) } else { print(&page.rows.iter().map(line).collect::<String>()) }
    }
}

fn line(run: &Run) -> String {
    let time = run.milliseconds().map(lasted).unwrap_or_default();
    let (id, name, state) = (run.id.as_str(), run.subject.as_deref().unwrap_or_default(), run.state.name());
    format!("{id}  {name:<18}  {state:<9}  {time:>8}  {} by {}\n", run.started_at.format("%Y-%m-%d %H:%M:%S UTC"), run.actor)
}

impl Chosen {
    /// Shows the run with everything that was checked.
    ///
    /// # Errors
    /// There is no such run, or the databases cannot be had.
    pub async fn show(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let detail = with_platform(settings, "handled transform", stop, async |platform, caller| {
            Ok(platform.authorize::<permit::TransformationsRead>(caller).await?.run(&self.id).await?)
        })
        .await?;
        if self.json {
            return print_json(&as_json(&detail));
        }
        print(&(line(&detail.run) + &text(&detail) + &checks(&detail)))
    }

    /// Ends the run, unless it has ended.
    ///
    /// # Errors
    /// There is no such run, or the databases cannot be had.
    pub async fn cancel(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        with_platform(settings, "handled transform", stop, async |platform, caller| {
            Ok(platform.authorize::<permit::TransformationsRun>(caller).await?.cancel(&self.id).await?)
        })
        .await?;
        if self.json {
            return print_json(&json!({ "run": self.id }));
        }
        print(&format!("{} ends, unless it has ended: handled transform show {}\n", self.id, self.id))
    }
}
