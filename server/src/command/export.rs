//! `handled export`: an export into a file.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use model::export::EXPORTS;
use platform::permit;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::output::{grouped, print, print_json};
use super::whole_file::WholeFile;
use super::with_platform::with_platform;
use crate::failure::Failure;
use crate::settings::Settings;

/// Write an export to a file, which then appears whole or not at all.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  handled export zip3-reference -o zip3-reference.json\n  handled export zip3-reference.json -o -")]
pub struct Export {
    /// The export's name; the ending may be left out.
    #[arg(value_name = "NAME")]
    name: String,
    /// The file; - for standard output.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Print what was written as JSON; not with -o -.
    #[arg(long)]
    json: bool,
}

impl Export {
    /// Runs the command.
    ///
    /// # Errors
    /// There is no such export, it cannot be made, or the file not be written.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let to_stdout = self.output.as_os_str() == "-";
        if to_stdout && self.json {
            return Err(Failure::Said(
                "With -o - the export itself goes to standard output, so --json cannot; leave one of them out.".to_owned(),
            ));
        }
        // Before a database is started for nothing.
        if !EXPORTS.iter().any(|contract| contract.name == self.name || contract.name.split('.').next() == Some(&self.name)) {
            let known: Vec<&str> = EXPORTS.iter().map(|contract| contract.name).collect();
            return Err(Failure::Said(format!("There is no export {:?}; there are: {}.", self.name, known.join(", "))));
        }
        let file = with_platform(settings, "handled export", stop, async |platform, caller| {
            Ok(platform.authorize::<permit::ExportsRead>(caller).await?.export(&self.name).await?)
        })
        .await?;
        if to_stdout {
            let mut out = std::io::stdout().lock();
            return out.write_all(&file.bytes).and_then(|()| out.flush()).map_err(Failure::Output);
        }
        let mut whole = WholeFile::begin(&self.output)?;
        whole.write(&file.bytes)?;
        let bytes = whole.finish()?;
        if self.json {
            print_json(&json!({ "name": file.name, "file": self.output.display().to_string(), "bytes": bytes, "run_id": file.run_id }))
        } else {
            print(&format!("{}: {} bytes in {}\n", file.name, grouped(bytes), self.output.display()))
        }
    }
}
