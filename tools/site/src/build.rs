//! The whole build, step by step, with the time of each.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::client::{self, Profile};
use crate::compressed;
use crate::error::Error;
use crate::kept::{Inputs, Kept};
use crate::payload::{self, Payload};
use crate::stylesheet;
use crate::workspace::Workspace;
use crate::{assets, files, hashed};

/// What to build where.
pub struct Request {
    /// How to compile.
    pub profile: Profile,
    /// The folder to fill.
    pub out: PathBuf,
    /// Where the server looks for the hashes.
    pub hash_file: PathBuf,
}

/// Builds all files for the browser, doing again only what changed, and prints their sizes.
///
/// # Errors
/// Whatever a step refuses, and in release a client that is too large.
pub fn build(workspace: &Workspace, request: &Request) -> Result<(), Error> {
    let release = request.profile == Profile::Release;
    let package = request.out.join("pkg");
    let mut steps = Steps::default();

    let raw = steps.time("compile", || client::compile(workspace, request.profile))?;

    let mut inputs = Inputs::default();
    inputs.path(&raw)?;
    let mut made = steps.time("wasm-bindgen", || {
        kept(workspace, request, "client", inputs, || client::bind(&raw, &workspace.front.join("bindgen"), &package))
    })?;

    let inputs = stylesheet::inputs(workspace)?;
    made.extend(steps.time("style sheet", || {
        kept(workspace, request, "stylesheet", inputs, || {
            let bytes = stylesheet::make(workspace, &workspace.front.join("stylesheet.css"), release)?;
            Ok(vec![hashed::write(&package, "css", &bytes)?])
        })
    })?);

    let payload = Payload::measure(&made)?;
    let hashes = hashed::list(&made);
    made.extend(assets::copy(&workspace.root.join("public"), &request.out, release)?);
    // The server reads the hashes anew for each page: new files first, then their names, and last the old files go.
    files::write(&request.hash_file, hashes.as_bytes())?;
    assets::remove_others(&request.out, &made)?;

    print!("{}", payload.table());
    println!("{}", steps.summary());
    let total = payload.total().brotli;
    if release && total > payload::LIMIT {
        return Err(Error::TooLarge { total, limit: payload::LIMIT });
    }
    Ok(())
}

/// Runs a step with the compression of what it makes, unless the same inputs made the same files before.
fn kept(
    workspace: &Workspace,
    request: &Request,
    name: &str,
    mut inputs: Inputs,
    step: impl FnOnce() -> Result<Vec<PathBuf>, Error>,
) -> Result<Vec<PathBuf>, Error> {
    inputs.text(&format!("{:?} {}", request.profile, request.out.display()));
    // This program's own code decides too, wasm-bindgen's included.
    let program = std::env::current_exe().map_err(crate::error::file("find", "site".as_ref()))?;
    inputs.path(&program)?;
    let kept = Kept::new(workspace.front.join(format!("site-{name}.kept")), inputs);
    if let Some(made) = kept.made() {
        return Ok(made);
    }
    let mut made = step()?;
    if request.profile == Profile::Release {
        for path in made.clone() {
            made.extend(compressed::write(&path)?);
        }
    }
    kept.remember(&made)?;
    Ok(made)
}

/// How long each step took.
#[derive(Default)]
struct Steps(Vec<(&'static str, Duration)>);

impl Steps {
    fn time<T>(&mut self, name: &'static str, step: impl FnOnce() -> Result<T, Error>) -> Result<T, Error> {
        let start = Instant::now();
        let result = step();
        self.0.push((name, start.elapsed()));
        result
    }

    fn summary(&self) -> String {
        let parts: Vec<String> = self.0.iter().map(|(name, time)| format!("{name} {:.1} s", time.as_secs_f64())).collect();
        format!("client built: {}", parts.join(", "))
    }
}
