//! `handled runs rejects`: the list of rejected rows as a file.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use futures::TryStreamExt;
use model::RunId;
use platform::permit;
use tokio_util::sync::CancellationToken;

use crate::command::output::{grouped, print};
use crate::command::whole_file::WholeFile;
use crate::command::with_platform::with_platform;
use crate::failure::Failure;
use crate::settings::Settings;

/// Whose rejected rows, and where to.
#[derive(Debug, Args)]
pub struct Rejects {
    /// The run, as the list and its page's address have it.
    #[arg(value_name = "RUN", value_parser = super::run_id)]
    id: RunId,
    /// The file; - for standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
}

impl Rejects {
    /// Runs the command.
    ///
    /// # Errors
    /// There is no such run or it has no such list, or the file cannot be written.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        with_platform(settings, "handled runs", stop, async |platform, caller| {
            let permit = platform.authorize::<permit::ImportsRead>(caller).await?;
            let mut content = permit.rejects(&self.id).await?.content;
            let broken = |error: std::io::Error| Failure::Said(format!("The list cannot be read to its end: {error}."));
            if self.output.as_os_str() == "-" {
                while let Some(bytes) = content.try_next().await.map_err(broken)? {
                    std::io::stdout().write_all(&bytes).map_err(Failure::Output)?;
                }
                return std::io::stdout().flush().map_err(Failure::Output);
            }
            let mut file = WholeFile::begin(&self.output)?;
            while let Some(bytes) = content.try_next().await.map_err(broken)? {
                file.write(&bytes)?;
            }
            let bytes = file.finish()?;
            print(&format!("{} bytes in {}\n", grouped(bytes), self.output.display()))
        })
        .await
    }
}
