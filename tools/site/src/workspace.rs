//! Where things lie.

use std::env;
use std::path::PathBuf;

use crate::error::{Error, file};

/// The project's folders.
pub struct Workspace {
    /// Holds Cargo.lock.
    pub root: PathBuf,
    /// Cargo's output.
    pub target: PathBuf,
    /// Output for the browser's processor, apart from the server's: cargo-leptos has it there too, and two builds do
    /// not wait for one lock.
    pub front: PathBuf,
}

impl Workspace {
    /// Finds the project from the working directory upwards.
    ///
    /// # Errors
    /// Where there is none.
    pub fn find() -> Result<Self, Error> {
        let start = env::current_dir().map_err(file("find", ".".as_ref()))?;
        let root = start.ancestors().find(|folder| folder.join("Cargo.lock").is_file());
        let root = root.ok_or_else(|| Error::NoWorkspace(start.clone()))?.to_path_buf();
        let target = root.join(env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from));
        let front = target.join("front");
        Ok(Self { root, target, front })
    }
}
