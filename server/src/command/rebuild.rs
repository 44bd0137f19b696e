//! `handled rebuild`: DATA from the kept originals.

use clap::Args;
use platform::permit;
use tokio_util::sync::CancellationToken;

use super::output::{print, print_json};
use super::run_text;
use super::with_platform::with_platform;
use crate::failure::Failure;
use crate::settings::Settings;

/// Import again, in their order, the kept originals of everything that is live; exits 1 when any run fails.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  handled rebuild")]
pub struct Rebuild {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

impl Rebuild {
    /// Runs the command.
    ///
    /// # Errors
    /// A run failed, or the databases or the store cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let details = with_platform(settings, "handled rebuild", stop, async |platform, caller| {
            Ok(platform.authorize::<permit::ImportsRun>(caller).await?.rebuild().await?)
        })
        .await?;
        let mut failed = 0;
        for detail in &details {
            let reason = run_text::reason(detail);
            failed += u64::from(reason.is_some());
            if !self.json {
                print(&match reason {
                    None => run_text::succeeded(detail),
                    Some(reason) => format!("{}: not imported: {reason}\n", detail.run.title()),
                })?;
            }
        }
        if self.json {
            print_json(&details)?;
        } else if details.is_empty() {
            print("There is nothing to rebuild: no import is live.\n")?;
        }
        if failed == 0 { Ok(()) } else { Err(Failure::Said(format!("{failed} of {} runs were not rebuilt.", details.len()))) }
    }
}
