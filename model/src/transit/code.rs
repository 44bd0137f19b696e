//! What people type for a place: a ZIP or an area's three digits.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::zip::{Zip3, Zip5, ZipError};

/// A ZIP or a ZIP3.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Code {
    /// An area.
    Area(Zip3),
    /// A ZIP.
    Zip(Zip5),
}

impl Code {
    /// The area that it is or lies in.
    pub fn zip3(&self) -> Zip3 {
        match self {
            Self::Area(zip3) => zip3.clone(),
            Self::Zip(zip) => zip.zip3(),
        }
    }

    /// The ZIP, if it is one.
    pub fn zip5(&self) -> Option<&Zip5> {
        match self {
            Self::Area(_) => None,
            Self::Zip(zip) => Some(zip),
        }
    }

    /// Its digits.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Area(zip3) => zip3.as_str(),
            Self::Zip(zip) => zip.as_str(),
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Why a text is neither a ZIP nor a ZIP3, as sentences for whoever typed it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Nothing was typed.
    #[error("Type a ZIP (five digits) or a ZIP3 (its first three).")]
    Nothing,
    /// Digits, but too few.
    #[error("{text} {error}. Write {text:0>5}.")]
    LostLeadingZeros {
        /// What was typed.
        text: String,
        /// What is wrong with it.
        error: ZipError,
    },
    /// A ZIP with the four digits of a delivery route behind it.
    #[error("{zip}-{route} is more than is needed: leave -{route} away.")]
    Route {
        /// The ZIP.
        zip: Zip5,
        /// The four digits.
        route: String,
    },
    /// Anything else.
    #[error("“{text}” is neither a ZIP (five digits) nor a ZIP3 (its first three).")]
    NotACode {
        /// What was typed, its beginning.
        text: String,
    },
}

/// The most characters of what was typed that are said back.
const SAID_BACK: usize = 24;

impl FromStr for Code {
    type Err = CodeError;

    fn from_str(text: &str) -> Result<Self, CodeError> {
        let text = text.trim();
        if text.is_empty() {
            return Err(CodeError::Nothing);
        }
        if let Ok(zip3) = text.parse() {
            return Ok(Self::Area(zip3));
        }
        text.parse().map(Self::Zip).map_err(|error| match (error, text.split_once('-')) {
            (ZipError::LostLeadingZeros { .. }, _) => CodeError::LostLeadingZeros { text: text.to_owned(), error },
            (_, Some((zip, route))) if route.len() == 4 && route.bytes().all(|byte| byte.is_ascii_digit()) => match zip.parse() {
                Ok(zip) => CodeError::Route { zip, route: route.to_owned() },
                Err(_) => not_a_code(text),
            },
            _ => not_a_code(text),
        })
    }
}

fn not_a_code(text: &str) -> CodeError {
    let mut said: String = text.chars().filter(|character| !character.is_control()).take(SAID_BACK).collect();
    if text.chars().count() > SAID_BACK {
        said.push('…');
    }
    CodeError::NotACode { text: said }
}

impl TryFrom<String> for Code {
    type Error = CodeError;

    fn try_from(text: String) -> Result<Self, CodeError> {
        text.parse()
    }
}

impl From<Code> for String {
    fn from(code: Code) -> Self {
        code.as_str().to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transit::TransitQuery;

    fn said(text: &str) -> String {
        match text.parse::<Code>() {
            Ok(code) => format!("{} in {}", code, code.zip3()),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn codes_are_told_apart_by_their_digits_and_anything_else_is_explained() {
        for (text, answer) in [
            ("94105", "94105 in 941"),
            (" 00601 ", "00601 in 006"),
            ("601", "601 in 601"),
            ("", "Type a ZIP (five digits) or a ZIP3 (its first three)."),
            ("1234", "1234 has only 4 of 5 digits: leading zeros were lost, as spreadsheets do. Write 01234."),
            ("6", "6 has only 1 of 5 digits: leading zeros were lost, as spreadsheets do. Write 00006."),
            ("94105-1234", "94105-1234 is more than is needed: leave -1234 away."),
            ("New York", "“New York” is neither a ZIP (five digits) nor a ZIP3 (its first three)."),
            ("941055", "“941055” is neither a ZIP (five digits) nor a ZIP3 (its first three)."),
            ("６０１", "“６０１” is neither a ZIP (five digits) nor a ZIP3 (its first three)."),
        ] {
            assert_eq!(said(text), answer);
        }
        assert!(said(&"x".repeat(500)).chars().count() < 120);
    }

    #[test]
    fn each_field_says_what_is_wrong_with_it() {
        let query = |from: &str, to: &str| TransitQuery { from: from.to_owned(), to: to.to_owned() };
        assert!(query("94105", "100").codes().is_ok());
        let error = query("", "x").codes().expect_err("neither is a code");
        assert!(error.of_field("from").is_some_and(|message| message.starts_with("Type a ZIP")));
        assert!(error.of_field("to").is_some_and(|message| message.starts_with("“x” is neither")));
        assert_eq!(query("94105", "x").codes().expect_err("is no code").of_field("from"), None);
        assert!(query(" ", "").is_empty());
    }
}
