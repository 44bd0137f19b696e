//! Builds the files that the browser loads: the client in WASM with its JavaScript, and the style sheet.
//!
//! The result is what `cargo leptos build` makes, the same folders and the same hashed names, without cargo-leptos:
//! that takes minutes to compile, and a newcomer's first `make run` should not wait for it.

mod assets;
mod build;
mod class_names;
mod client;
mod compressed;
mod error;
mod files;
mod hashed;
mod kept;
mod payload;
mod selectors;
mod stylesheet;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::build::Request;
use crate::client::Profile;
use crate::error::Error;
use crate::workspace::Workspace;

/// Builds the files that the browser loads, and checks them.
#[derive(Parser)]
#[command(name = "site", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Builds client and style sheet into a folder, with hashed names and brotli copies.
    #[command(after_help = "Example: cargo run --release -p site -- build")]
    Build {
        /// How to compile: release is small, dev is quick and not compressed.
        #[arg(long, value_enum, default_value_t = Profile::Release)]
        profile: Profile,
        /// The folder to fill; the server's LEPTOS_SITE_ROOT [default: target/site].
        #[arg(long, value_name = "FOLDER")]
        out: Option<PathBuf>,
        /// Where to write the hashes. The server looks for hash.txt beside its own file [default: target/release/hash.txt, or debug].
        #[arg(long, value_name = "FILE")]
        hash_file: Option<PathBuf>,
    },
    /// Checks that each class used in app/src yields CSS.
    #[command(after_help = "Example: cargo run --release -p site -- check-classes")]
    CheckClasses,
}

fn main() -> ExitCode {
    match run(Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("site: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: Arguments) -> Result<(), Error> {
    let workspace = Workspace::find()?;
    match arguments.command {
        Command::Build { profile, out, hash_file } => {
            let out = match out {
                Some(path) => workspace.root.join(path),
                None => workspace.target.join("site"),
            };
            let hash_file = match hash_file {
                Some(path) => workspace.root.join(path),
                None => workspace.target.join(profile.server_folder()).join("hash.txt"),
            };
            build::build(&workspace, &Request { profile, out, hash_file })
        }
        Command::CheckClasses => class_names::check(&workspace),
    }
}
