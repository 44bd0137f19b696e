//! Why a file is refused as a whole, in sentences for the person who chose it.

use model::FileKind;

/// The sort of a refusal: one for every reason that a recogniser can give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// No bytes.
    Empty,
    /// A web page instead of the download.
    WebPage,
    /// A pointer of Git LFS instead of the file.
    GitLfsPointer,
    /// A workbook that only a password opens.
    PasswordProtected,
    /// A workbook that is damaged or has no sheet with a table.
    BrokenWorkbook,
    /// An archive that holds nothing to import, is protected, damaged, or breaks a limit.
    Archive,
    /// A picture, a program, a document: something that is no table.
    NotATable,
    /// Bytes that are no text.
    Binary,
    /// A table of no known kind.
    UnknownHeader,
    /// A table of a known kind that lacks columns.
    MissingColumns,
    /// Another kind than was asked for.
    OtherKind,
    /// A header without rows.
    NoRows,
}

/// A file that is refused before anything of it is read, with the sentence that says why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The sort of reason.
    pub reason: Reason,
    /// What is wrong and what to do; begins with the file's name.
    pub message: String,
    /// The kind that it was taken for, if any.
    pub kind: Option<FileKind>,
}

/// Why reading a recognised file stopped.
#[derive(Debug, thiserror::Error)]
pub enum Damage {
    /// The file is damaged: a sentence's end, to follow the file's name.
    #[error("{0}")]
    Damaged(String),
    /// It could not be read, through no fault of the file's.
    #[error("reading the file failed: {0}")]
    Io(#[from] std::io::Error),
}
