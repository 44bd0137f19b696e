//! US postal codes. Always text: `00601` is a ZIP, 601 is not.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a text is not a ZIP.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ZipError {
    /// Digits only, but fewer than there must be: what a spreadsheet makes of a code with leading zeros.
    #[error("has only {found} of {expected} digits: leading zeros were lost, as spreadsheets do")]
    LostLeadingZeros {
        /// Digits found.
        found: usize,
        /// Digits that the code has.
        expected: usize,
    },
    /// Anything else.
    #[error("is not a code of {expected} digits")]
    NotACode {
        /// Digits that the code has.
        expected: usize,
    },
}

fn check(text: &str, expected: usize) -> Result<(), ZipError> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match text.len() {
        len if digits && len == expected => Ok(()),
        len if digits && len < expected => Err(ZipError::LostLeadingZeros { found: len, expected }),
        _ => Err(ZipError::NotACode { expected }),
    }
}

macro_rules! zip_code {
    ($(#[$doc:meta])* $name:ident, $digits:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        #[cfg_attr(all(feature = "sqlx", not(target_family = "wasm")), derive(sqlx::Type))]
        #[cfg_attr(all(feature = "sqlx", not(target_family = "wasm")), sqlx(transparent))]
        pub struct $name(String);

        impl $name {
            /// The code as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = ZipError;

            fn from_str(text: &str) -> Result<Self, ZipError> {
                check(text, $digits).map(|()| Self(text.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = ZipError;

            fn try_from(text: String) -> Result<Self, ZipError> {
                check(&text, $digits).map(|()| Self(text))
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> String {
                code.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

zip_code! {
    /// A five-digit postal code.
    Zip5, 5
}
zip_code! {
    /// The first three digits of a ZIP: the area that carriers publish by.
    Zip3, 3
}

impl Zip5 {
    /// The area that the code lies in.
    pub fn zip3(&self) -> Zip3 {
        Zip3(self.0[..3].to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_keep_their_leading_zeros() {
        let zip: Zip5 = "00601".parse().expect("a ZIP");
        assert_eq!(zip.as_str(), "00601");
        assert_eq!(zip.zip3().as_str(), "006");
    }

    #[test]
    fn lost_leading_zeros_are_told_apart_from_rubbish() {
        assert_eq!("601".parse::<Zip5>(), Err(ZipError::LostLeadingZeros { found: 3, expected: 5 }));
        for text in ["", "0060a", "006011", "00601-1234", "６０１０１"] {
            assert_eq!(text.parse::<Zip5>(), Err(ZipError::NotACode { expected: 5 }), "{text:?}");
        }
    }

    #[test]
    fn the_wire_refuses_what_is_not_a_code() {
        assert!(serde_json::from_str::<Zip3>("\"06\"").is_err());
        assert_eq!(serde_json::to_string(&"006".parse::<Zip3>().expect("a ZIP3")).expect("json"), "\"006\"");
    }
}
