//! The client: compiled to WASM by cargo, given its JavaScript by wasm-bindgen.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::ValueEnum;
use wasm_bindgen_cli_support::Bindgen;

use crate::error::Error;
use crate::files;
use crate::hashed::{self, STEM};
use crate::workspace::Workspace;

const TRIPLE: &str = "wasm32-unknown-unknown";

/// How to compile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Profile {
    /// For people: small, and refused when too large.
    Release,
    /// For work on it: quick to compile, megabytes to load.
    Dev,
}

impl Profile {
    /// Cargo's profile for the client.
    fn cargo(self) -> &'static str {
        match self {
            Self::Release => "wasm-release",
            Self::Dev => "dev",
        }
    }

    /// Cargo's folder for that profile.
    fn folder(self) -> &'static str {
        match self {
            Self::Release => "wasm-release",
            Self::Dev => "debug",
        }
    }

    /// Cargo's folder for the server that goes with it.
    pub fn server_folder(self) -> &'static str {
        match self {
            Self::Release => "release",
            Self::Dev => "debug",
        }
    }
}

/// Compiles the client, which is quick when nothing changed, and returns the path of its raw WASM.
///
/// # Errors
/// What cargo refuses; it has printed why.
pub fn compile(workspace: &Workspace, profile: Profile) -> Result<PathBuf, Error> {
    let cargo = env::var_os("CARGO").map_or_else(|| PathBuf::from("cargo"), PathBuf::from);
    // The arguments are those of cargo-leptos, so that neither compiles what the other has compiled.
    let status = Command::new(&cargo)
        .current_dir(&workspace.root)
        .args(["build", "--package=frontend", "--lib", "--no-default-features"])
        .arg(format!("--target={TRIPLE}"))
        .arg(format!("--profile={}", profile.cargo()))
        .arg("--target-dir")
        .arg(&workspace.front)
        .status()
        .map_err(|source| Error::NotStarted { program: cargo, source, advice: "install Rust by rustup (https://rustup.rs)" })?;
    if !status.success() {
        return Err(Error::Failed { what: "compiling the client", status });
    }
    Ok(workspace.front.join(TRIPLE).join(profile.folder()).join("frontend.wasm"))
}

/// Makes JavaScript and the final WASM of compiled WASM, hashed, in a folder; returns the files made.
///
/// # Errors
/// What wasm-bindgen refuses, and files that cannot be written.
pub fn bind(raw: &Path, scratch: &Path, folder: &Path) -> Result<Vec<PathBuf>, Error> {
    files::remove_folder(scratch)?;
    Bindgen::new()
        .input_path(raw)
        .out_name(STEM)
        // The page always says where the WASM is, under its hashed name.
        .omit_default_module_path(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .web(true)
        .and_then(|bindgen| bindgen.typescript(false).generate(scratch))
        .map_err(|error| Error::Bindgen(format!("{error:#}")))?;

    let mut made = Vec::new();
    for path in files::below(scratch)? {
        let bytes = files::read(&path)?;
        let inside = path.strip_prefix(scratch).unwrap_or(&path);
        made.push(match inside.to_str() {
            // The JavaScript does not name this file: it is told by the page's script.
            Some("handled_bg.wasm") => hashed::write(folder, "wasm", &bytes)?,
            Some("handled.js") => hashed::write(folder, "js", &bytes)?,
            // Scripts of dependencies: the JavaScript imports them by these names, which hold a hash already.
            _ => {
                let path = folder.join(inside);
                files::write(&path, &bytes)?;
                path
            }
        });
    }
    Ok(made)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The version of a package in the lock file's text; the only one, or none.
    fn version<'a>(lock: &'a str, package: &str) -> Vec<&'a str> {
        let head = format!("name = \"{package}\"\nversion = \"");
        lock.match_indices(&head).filter_map(|(at, _)| lock[at + head.len()..].split('"').next()).collect()
    }

    #[test]
    fn the_library_that_writes_javascript_is_the_clients_wasm_bindgen() {
        let lock = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../../Cargo.lock")).unwrap();
        let of_client = version(&lock, "wasm-bindgen");
        assert_eq!(of_client.len(), 1, "one version of wasm-bindgen: {of_client:?}");
        assert_eq!(version(&lock, "wasm-bindgen-cli-support"), of_client);
    }

    #[test]
    fn names_of_files_follow_the_stem() {
        assert_eq!(STEM, "handled", "`bind` names handled.js and handled_bg.wasm");
    }
}
