//! The style sheet, made by the official Tailwind command from npm.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::error::Error;
use crate::files;
use crate::kept::Inputs;
use crate::workspace::Workspace;

/// Everything that decides what the style sheet holds.
///
/// # Errors
/// A file that cannot be read, and an input that lets Tailwind scan the whole project.
pub fn inputs(workspace: &Workspace) -> Result<Inputs, Error> {
    let input = input(workspace);
    if !files::read_text(&input)?.contains("source(none)") {
        return Err(Error::ScansEverything(input));
    }
    let mut inputs = Inputs::default();
    for path in ["style", "app/src", "package-lock.json"] {
        inputs.path(&workspace.root.join(path))?;
    }
    Ok(inputs)
}

fn input(workspace: &Workspace) -> PathBuf {
    workspace.root.join("style/input.css")
}

/// Writes the style sheet to a file and returns its bytes.
///
/// # Errors
/// Tailwind is not installed, or refuses the input; it has printed why.
pub fn make(workspace: &Workspace, output: &Path, minified: bool) -> Result<Vec<u8>, Error> {
    let program = workspace.root.join("node_modules/.bin/tailwindcss");
    let mut command = Command::new(&program);
    command.current_dir(&workspace.root).arg("--input").arg(input(workspace)).arg("--output").arg(output);
    if minified {
        command.arg("--minify");
    }
    let result =
        command.output().map_err(|source| Error::NotStarted { program, source, advice: "run `npm ci` in the project's folder first" })?;
    if !result.status.success() {
        eprint!("{}", String::from_utf8_lossy(&result.stderr));
        return Err(Error::Failed { what: "making the style sheet with Tailwind", status: result.status });
    }
    files::read(output)
}
