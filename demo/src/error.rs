//! What can go wrong.

use std::path::PathBuf;

/// Why demo files could not be made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing is overwritten.
    #[error("{} already holds files: name a folder that is empty or does not exist", .0.display())]
    NotEmpty(PathBuf),
    /// A file or folder could not be written or read.
    #[error("writing demo files failed at {}: {cause}", .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// What the system says.
        #[source]
        cause: std::io::Error,
    },
    /// A workbook could not be written.
    #[error("writing a workbook failed: {0}")]
    Workbook(#[from] rust_xlsxwriter::XlsxError),
    /// An old workbook or an archive could not be written.
    #[error("writing a container failed: {0}")]
    Container(#[from] std::io::Error),
    /// An area that the made-up country does not have.
    #[error("the made-up country has no ZIP or ZIP3 {0}: choose another origin")]
    NoSuchOrigin(String),
}
