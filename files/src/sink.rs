//! Where rows go once they are checked.

use std::borrow::Cow;

/// A value of a row that keeps its column's contract.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Value<'a> {
    /// Empty.
    Null,
    /// `text`.
    Text(&'a str),
    /// `double precision`.
    Double(f64),
    /// `bigint`.
    Bigint(i64),
    /// `smallint`.
    Smallint(i16),
}

/// Whether to go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    /// Go on.
    Continue,
    /// Nobody wants the rest.
    Stop,
}

/// The sort of rule that a row breaks: what its contract can demand, and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Breach {
    /// More or fewer fields than the header.
    FieldCount,
    /// A quote that swallows the lines after it.
    OpenQuote,
    /// A value that must be there is not.
    Empty,
    /// A code that lost its leading zeros.
    LostLeadingZeros,
    /// No code.
    NotACode,
    /// No state's two letters.
    NotAState,
    /// No number.
    NotANumber,
    /// A number out of its bounds.
    OutOfRange,
    /// A text that is too long.
    TooLong,
    /// A text with control characters.
    ControlCharacter,
    /// Bytes that are not of the file's encoding, or a character that was lost when the file was saved.
    NotText,
    /// Another row has the same key and other values.
    RepeatedKey,
    /// Of another origin than the file's.
    OtherOrigin,
}

/// A row that breaks the contract.
#[derive(Debug)]
pub struct Rejected<'a> {
    /// The line or the sheet's row on which it begins, from 1.
    pub line: u64,
    /// The column that is to blame, where one is, by its name in the table.
    pub column: Option<&'static str>,
    /// The sort of rule.
    pub breach: Breach,
    /// The rule that it breaks, as a sentence's predicate: `is empty`.
    pub reason: String,
    /// The value that breaks it, or the whole row where no column is to blame, cut at 200 characters.
    pub value: Cow<'a, str>,
    /// Its fields in the contract's order, as they stand in the file; empty where it has none.
    pub fields: Vec<Cow<'a, str>>,
}

/// Takes rows as they are read.
pub trait Sink {
    /// A row that keeps the contract: its values in the contract's order.
    fn row(&mut self, values: &[Value<'_>]) -> Control;

    /// A row that does not.
    fn reject(&mut self, rejected: &Rejected<'_>) -> Control;
}

/// What reading a file found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows read, those of a chart's grid included, one for each destination of a range and each origin of the title.
    pub read: u64,
    /// Rows rejected, lines that a stray quote swallowed included.
    pub rejected: u64,
    /// Of these, rows whose key is missing or not valid.
    pub missing_keys: u64,
    /// Where the first of those is and what is wrong with it: `line 2, zip is empty`.
    pub first_missing_key: Option<String>,
    /// Rows that repeat another's key and values, which are taken once.
    pub repeated: u64,
    /// Codes whose lost leading zeros were, or with consent would be, put back.
    pub leading_zeros: u64,
    /// The first of those: `line 2, zip 601 as 00601`.
    pub first_leading_zeros: Option<String>,
    /// The origins whose rows it holds, in order, of a kind that is replaced by origin.
    pub origins: Vec<String>,
}
