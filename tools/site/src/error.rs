//! What can go wrong, each as a sentence that says what to do.

use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitStatus;

/// Why the site was not built or not found good.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be read or written.
    #[error("cannot {action} {}: {source}", path.display())]
    File {
        /// A verb: "read", "write".
        action: &'static str,
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Started outside the project.
    #[error("there is no Cargo.lock in {} or above it: start this from the project's folder", .0.display())]
    NoWorkspace(PathBuf),
    /// A program is not there.
    #[error("cannot start {}: {source}; {advice}", program.display())]
    NotStarted {
        /// Which program.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
        /// What to do.
        advice: &'static str,
    },
    /// A program failed; it has said why on standard error.
    #[error("{what} failed ({status}); its own message is above")]
    Failed {
        /// What was being done.
        what: &'static str,
        /// How it ended.
        status: ExitStatus,
    },
    /// wasm-bindgen refused the client.
    #[error("wasm-bindgen could not turn the compiled client into JavaScript and WASM: {0}")]
    Bindgen(String),
    /// A Rust file that the scan for classes cannot read.
    #[error("cannot read the Rust source {}: {reason}", path.display())]
    Source {
        /// Which file.
        path: PathBuf,
        /// What the reader said.
        reason: String,
    },
    /// The browser would load too much.
    #[error("the client's files take {total} bytes compressed, and the limit is {limit}: see the table above for what grew")]
    TooLarge {
        /// Bytes after brotli.
        total: u64,
        /// Bytes allowed.
        limit: u64,
    },
    /// Classes that do nothing.
    #[error("{0} of the classes used in app/src yield no CSS (listed above): misspelt, or missing from style/")]
    UselessClasses(usize),
    /// The style sheet would hold classes that no page uses.
    #[error(
        "{} must name what to scan for classes (`@import \"tailwindcss\" source(none);` and `@source \"../app/src\";`): \
         otherwise words in any file of the project become CSS", .0.display()
    )]
    ScansEverything(PathBuf),
}

/// For `map_err`: names the file in an I/O error.
pub fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Error {
    let path = path.to_path_buf();
    move |source| Error::File { action, path, source }
}
