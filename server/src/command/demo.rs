//! `handled demo`: files to try the platform with.

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand, ValueEnum};
use demo::{Made, Scale};
use model::integration::CONTRACTS;
use model::preview::ImportOptions;
use platform::{Platform, Submitted, permit};
use serde_json::json;
use tokio::io::AsyncReadExt;
use tokio::task::spawn_blocking;

use super::output::{counted, grouped, print, print_json};
use super::with_platform::system_caller;
use crate::failure::Failure;

/// Bytes of a file that are handed over at a time.
const CHUNK: usize = 256 * 1024;

/// Files to try the platform with.
#[derive(Debug, Subcommand)]
pub enum Demo {
    /// Write made-up files of every kind, in their publishers' layouts and with their oddities; the same bytes every time.
    #[command(after_help = "Examples:\n  handled demo files demo-files\n  handled demo files demo-files --scale national")]
    Files(Files),
}

/// Which files, and where to.
#[derive(Debug, Args)]
pub struct Files {
    /// The folder; it is made where it does not exist.
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// How many: a few, or as many rows as the publishers' national files.
    #[arg(long, value_enum, default_value_t = Size::Small)]
    scale: Size,
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

/// How much.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Size {
    /// A few states.
    Small,
    /// As the publishers' files.
    National,
}

impl From<Size> for Scale {
    fn from(size: Size) -> Self {
        match size {
            Size::Small => Self::Small,
            Size::National => Self::National,
        }
    }
}

impl Demo {
    /// Runs the command.
    ///
    /// # Errors
    /// A file cannot be written.
    pub async fn run(&self) -> Result<(), Failure> {
        let Self::Files(Files { folder, scale, json }) = self;
        let made = write(folder.clone(), (*scale).into()).await?;
        if *json {
            let files: Vec<_> =
                made.iter().map(|made| json!({ "kind": made.kind, "file": made.path, "rows": made.rows, "what": made.what })).collect();
            return print_json(&files);
        }
        let mut text = String::new();
        for name in CONTRACTS.iter().map(|contract| contract.name) {
            let of_kind = || made.iter().filter(|made| made.kind == name);
            let rows: u64 = of_kind().map(|made| made.rows).sum();
            text.push_str(&format!("{name}: {}, {} rows\n", counted(of_kind().count() as u64, "file", "files"), grouped(rows)));
        }
        print(&format!("{text}\nThey are imported with:\n\n  {} import {}\n", program(), folder.display()))
    }
}

async fn write(folder: PathBuf, scale: Scale) -> Result<Vec<Made>, Failure> {
    let written = spawn_blocking(move || demo::write(&folder, scale)).await;
    let written = written.map_err(|error| Failure::Said(format!("Writing the demo files broke off: {error}.")))?;
    written.map_err(|error| Failure::Said(format!("The demo files cannot be written: {}.", error.to_string().trim_end_matches('.'))))
}

/// How to call this very program: as it was called.
pub fn program() -> String {
    std::env::args_os().next().map_or_else(|| "handled".to_owned(), |name| Path::new(&name).display().to_string())
}

/// Has the small set imported: queued, for the platform to work on.
///
/// # Errors
/// The files cannot be written or taken in.
pub async fn load(platform: &Platform) -> Result<Vec<Submitted>, Failure> {
    let folder = tempfile::tempdir().map_err(|source| Failure::Machine { doing: "Making a folder for the demo files", source })?;
    let made = write(folder.path().to_owned(), Scale::Small).await?;
    let permit = platform.authorize::<permit::ImportsRun>(&system_caller()).await?;
    let failed = |source| Failure::Machine { doing: "Reading a demo file", source };
    let mut uploads = Vec::new();
    for Made { path, .. } in made {
        // Taken in as from a browser: the folder is gone before they are imported.
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut receiving = permit.receive(&name).await?;
        let mut file = tokio::fs::File::open(&path).await.map_err(failed)?;
        let mut chunk = vec![0; CHUNK];
        loop {
            let read = file.read(&mut chunk).await.map_err(failed)?;
            if read == 0 {
                break;
            }
            receiving.write(&chunk[..read]).await?;
        }
        uploads.push(receiving.finish().await?);
    }
    Ok(permit.submit(uploads, None, ImportOptions::default()).await?)
}
