//! Why a workbook cannot be read.

use std::io;

use crate::refusal::{Damage, Reason, Refusal};

/// Why a workbook cannot be read. Sentences follow the file's name.
#[derive(Debug)]
pub(super) enum Problem {
    /// Only a password opens it.
    Protected,
    /// It is damaged: what is wrong, as a clause.
    Broken(String),
    /// It is an archive, and no workbook.
    NotAWorkbook,
    /// It is no workbook, or one of another sort: the sentence's end.
    Other(Reason, String),
    /// It could not be read, through no fault of the file's.
    Io(io::Error),
}

impl Problem {
    /// Whether an error says that bytes are wrong, and not that they could not be had.
    pub(super) fn is_of_content(kind: io::ErrorKind) -> bool {
        matches!(kind, io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof)
    }

    /// An error while reading a part.
    pub(super) fn in_part(error: io::Error, part: &str) -> Self {
        if Self::is_of_content(error.kind()) { Self::Broken(format!("its part {part} cannot be read ({error})")) } else { Self::Io(error) }
    }

    /// The sentence's end, to follow the file's name.
    fn predicate(self) -> Result<(Reason, String), io::Error> {
        match self {
            Self::Protected => Ok((
                Reason::PasswordProtected,
                "is a workbook that only a password opens. Open it in a spreadsheet program, save it without the password and choose it again".to_owned(),
            )),
            Self::Broken(what) => Ok((
                Reason::BrokenWorkbook,
                format!("is a damaged workbook: {what}. Download it again, or open it in a spreadsheet program and save it as .xlsx"),
            )),
            Self::NotAWorkbook => Ok((Reason::BrokenWorkbook, "is an archive and no workbook. Choose the table that it should hold".to_owned())),
            Self::Other(reason, sentence) => Ok((reason, sentence)),
            Self::Io(error) => Err(error),
        }
    }

    /// The refusal of the file that people know as `name`.
    ///
    /// # Errors
    /// The error itself if the file is not at fault.
    pub(super) fn refusal(self, name: &str) -> io::Result<Refusal> {
        let (reason, sentence) = self.predicate()?;
        Ok(Refusal { reason, message: format!("{name} {sentence}."), kind: None })
    }
}

impl From<io::Error> for Problem {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl From<Problem> for Damage {
    fn from(problem: Problem) -> Self {
        match problem.predicate() {
            Ok((_, sentence)) => Self::Damaged(format!("{sentence}.")),
            Err(error) => Self::Io(error),
        }
    }
}
