//! Why a file is refused as a whole, in sentences for the person who chose it.

use std::borrow::Cow;

use model::FileKind;

/// The most characters of a file's text in a sentence.
const QUOTED: usize = 200;
/// The most characters of a sentence. The longest with nothing of a file's in it have some 500.
const SENTENCE: usize = 8_000;
/// The most names that a sentence lists.
const LISTED: usize = 30;

/// A text of the file, to stand in a sentence: on one line, without control characters, and at most 200 characters of it.
pub(crate) fn quoted(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    let cut = text.char_indices().nth(QUOTED).map(|(at, _)| &text[..at]);
    if cut.is_none() && !text.contains(char::is_control) {
        return text.into();
    }
    let mut quoted = cut.unwrap_or(text).replace(char::is_control, " ");
    if cut.is_some() {
        quoted.push('…');
    }
    quoted.into()
}

/// A sentence as it leaves here: on one line, whatever names of parts, cells and columns it repeats, and not as long as these may be.
pub(crate) fn sentence(mut text: String) -> String {
    if let Some((at, _)) = text.char_indices().nth(SENTENCE) {
        text.truncate(at);
        text.push_str("….");
    }
    if text.contains(char::is_control) { text.replace(char::is_control, " ") } else { text }
}

/// Names of the file, to stand in a sentence: at most 30 of them, and how many more there are.
pub(crate) fn listed<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut names = names.into_iter();
    let mut listed = names.by_ref().take(LISTED).map(quoted).collect::<Vec<_>>().join(", ");
    let more = names.count();
    if more > 0 {
        listed.push_str(&format!(" and {more} more"));
    }
    listed
}

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
    /// A table that has a column of a known kind more than once.
    AmbiguousColumns,
    /// A table with all columns of a known kind that is another product of the same publisher.
    OtherProduct,
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

impl Refusal {
    /// The same with its message as a [`sentence`].
    pub(crate) fn told(mut self) -> Self {
        self.message = sentence(self.message);
        self
    }
}

impl Damage {
    /// The same with its message as a [`sentence`].
    pub(crate) fn told(self) -> Self {
        match self {
            Self::Damaged(what) => Self::Damaged(sentence(what)),
            Self::Io(error) => Self::Io(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_a_sentence_is_short_and_on_one_line() {
        assert_eq!(quoted(" zip "), "zip");
        assert_eq!(quoted("a\r\nb\u{7}"), "a  b ");
        assert_eq!(quoted(&"ä".repeat(300)), format!("{}…", "ä".repeat(200)));
        assert_eq!(sentence("cell A\u{14}1\n is odd.".to_owned()), "cell A 1  is odd.");
        assert_eq!(sentence("x".repeat(9_000)).chars().count(), 8_002);
        assert_eq!(listed(["a", "b\nc"]), "a, b c");
        assert_eq!(listed(std::iter::repeat_n("x", 1_000)), format!("{}x and 970 more", "x, ".repeat(29)));
    }
}
