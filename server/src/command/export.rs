//! `handled export`: an export into a file.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use model::export::SOURCES_ENDING;
use platform::{Stale, export_names, permit};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::output::{grouped, print, print_json};
use super::whole_file::WholeFile;
use super::with_platform::with_platform;
use crate::failure::Failure;
use crate::settings::Settings;

/// Write an export to a file, which then appears whole or not at all, and beside it FILE.sources.json, which says what it was made from.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  handled export zip3-reference -o zip3-reference.json\n  handled export zone-matrix.json -o - --accept-stale\n\nExit codes: 0 it is written, 1 it cannot be made, or it is stale and that is not accepted."
)]
pub struct Export {
    /// The export's name; the ending may be left out.
    #[arg(value_name = "NAME")]
    name: String,
    /// The file; - for standard output, and then nothing beside it.
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Write it also where it holds older rows than there are; the file beside it says so.
    #[arg(long)]
    accept_stale: bool,
    /// Print what was written as JSON; not with -o -.
    #[arg(long)]
    json: bool,
}

impl Export {
    /// Runs the command.
    ///
    /// # Errors
    /// There is no such export, it cannot be made, it is stale, or the file cannot be written.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        let to_stdout = self.output.as_os_str() == "-";
        if to_stdout && self.json {
            return Err(Failure::Said(
                "With -o - the export itself goes to standard output, so --json cannot; leave one of them out.".to_owned(),
            ));
        }
        // Before a database is started for nothing.
        if !export_names().any(|name| name == self.name || name.split('.').next() == Some(&self.name)) {
            let known: Vec<&str> = export_names().collect();
            return Err(Failure::Said(format!("There is no export {:?}; there are: {}.", self.name, known.join(", "))));
        }
        let stale = if self.accept_stale { Stale::Accepted } else { Stale::Refused };
        let file = with_platform(settings, "handled export", stop, async |platform, caller| {
            Ok(platform.authorize::<permit::ExportsRead>(caller).await?.export(&self.name, stale).await?)
        })
        .await?;
        if to_stdout {
            if let Some(sentence) = file.version.stale_sentence() {
                eprintln!("handled: {} holds older rows than there are: {sentence}", file.version.name);
            }
            let mut out = std::io::stdout().lock();
            return out.write_all(&file.bytes()).and_then(|()| out.flush()).map_err(Failure::Output);
        }
        let sources = file.sources();
        let mut beside = self.output.clone().into_os_string();
        beside.push(SOURCES_ENDING);
        let text = serde_json::to_vec_pretty(&sources).map_err(|error| Failure::Output(error.into()))?;
        // Both are whole before either is in its place.
        let mut whole = WholeFile::begin(&self.output)?;
        whole.write(&file.bytes())?;
        let mut whole_beside = WholeFile::begin(&PathBuf::from(&beside))?;
        whole_beside.write(&text)?;
        let bytes = whole.finish()?;
        whole_beside.finish()?;
        let name = file.version.name;
        if self.json {
            let file = json!({ "name": name, "file": self.output.display().to_string(), "bytes": bytes, "run_id": file.run_id, "sources": sources });
            return print_json(&file);
        }
        let stale =
            file.version.stale_sentence().map_or_else(String::new, |sentence| format!("It holds older rows than there are: {sentence}\n"));
        print(&format!("{name}: {} bytes in {}\n{stale}", grouped(bytes), self.output.display()))
    }
}
