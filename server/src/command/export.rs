//! `handled export`: an export into a file.

use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use clap::Args;
use model::export::EXPORTS;
use platform::permit;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::output::{grouped, print, print_json};
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
        write_whole(&self.output, &file.bytes)
            .map_err(|error| Failure::Said(format!("{} cannot be written: {error}.", self.output.display())))?;
        let bytes = file.bytes.len() as u64;
        if self.json {
            print_json(&json!({ "name": file.name, "file": self.output.display().to_string(), "bytes": bytes, "run_id": file.run_id }))
        } else {
            print(&format!("{}: {} bytes in {}\n", file.name, grouped(bytes), self.output.display()))
        }
    }
}

/// Writes beside the file and renames, so that a reader never sees half of it, and a failure leaves the old one.
fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let folder = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    // The umask takes away what it takes from other new files.
    let permissions = std::fs::Permissions::from_mode(0o666);
    let mut new = tempfile::Builder::new().prefix(".handled-export-").permissions(permissions).tempfile_in(folder)?;
    new.write_all(bytes)?;
    new.as_file().sync_all()?;
    new.persist(path).map(|_| ()).map_err(|error| error.error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_or_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("out.json");
        write_whole(&path, b"one").expect("written");
        write_whole(&path, b"two").expect("replaced");
        assert_eq!(std::fs::read(&path).expect("readable"), b"two");
        assert_eq!(std::fs::metadata(&path).expect("a file").permissions().mode() & 0o600, 0o600);
        assert!(write_whole(&folder.path().join("none/out.json"), b"x").is_err());
        assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 1, "nothing else is left");
    }
}
