//! Integrations: the kinds of files that can be imported, one file each, with the contract that their
//! columns keep. Adding a kind is a file beside the others and one line in [`CONTRACTS`].

mod gaz_zcta;
mod us_zips;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A kind of file that can be imported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum FileKind {
    /// SimpleMaps US ZIPs.
    #[serde(rename = "us-zips")]
    UsZips,
    /// Census Gazetteer of ZCTAs.
    #[serde(rename = "gaz-zcta")]
    GazZcta,
}

/// Every kind's contract.
pub const CONTRACTS: &[&KindContract] = &[&us_zips::CONTRACT, &gaz_zcta::CONTRACT];

/// What a value of a column must be, and with it the column's type in the database.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ColumnType {
    /// A five-digit postal code; `text`.
    Zip5,
    /// Text of at most so many characters; `text`.
    Text {
        /// Most characters.
        max: usize,
    },
    /// Two capital letters; `text`.
    StateCode,
    /// A number within bounds, both included; `double precision`.
    Number {
        /// The least.
        min: f64,
        /// The greatest.
        max: f64,
    },
    /// A whole number of at least 0; `bigint`.
    Count,
}

/// One column of a kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Column {
    /// Its name in the table and, first of all, in files.
    pub name: &'static str,
    /// Other names that files give it. Letter case never matters.
    pub synonyms: &'static [&'static str],
    /// What its values are.
    pub kind: ColumnType,
    /// Whether a file must have it.
    pub required: bool,
    /// Whether a row may leave it empty.
    pub nullable: bool,
    /// What it means, with its unit.
    pub meaning: &'static str,
}

/// Everything that recognising, checking and copying a kind of file needs to know.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KindContract {
    /// Which kind.
    pub kind: FileKind,
    /// Its name in commands and addresses.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// What the file is and who publishes it.
    pub source: &'static str,
    /// The relation that it fills, with its schema.
    pub relation: &'static str,
    /// Its columns, in the table's order; the first is the key.
    pub columns: &'static [Column],
}

impl Column {
    /// A column that every file has and every row fills, under one name. What differs is said with `..`.
    const fn required(name: &'static str, kind: ColumnType, meaning: &'static str) -> Self {
        Self { name, synonyms: &[], kind, required: true, nullable: false, meaning }
    }
}

impl ColumnType {
    /// Degrees north.
    const LATITUDE: Self = Self::Number { min: -90.0, max: 90.0 };
    /// Degrees east.
    const LONGITUDE: Self = Self::Number { min: -180.0, max: 180.0 };
}

impl KindContract {
    /// The column whose values tell rows apart.
    pub const fn key(&self) -> &'static Column {
        &self.columns[0]
    }
}

impl FileKind {
    /// The kind's contract.
    pub const fn contract(self) -> &'static KindContract {
        match self {
            Self::UsZips => &us_zips::CONTRACT,
            Self::GazZcta => &gaz_zcta::CONTRACT,
        }
    }

    /// The name in commands and addresses.
    pub const fn name(self) -> &'static str {
        self.contract().name
    }
}

impl fmt::Display for FileKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for FileKind {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        CONTRACTS.iter().find(|contract| contract.name == text).map(|contract| contract.kind).ok_or_else(|| {
            let known = CONTRACTS.iter().map(|contract| contract.name).collect::<Vec<_>>().join(", ");
            format!("there is no file kind {text:?}; there are: {known}")
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contracts_are_found_by_their_names_and_have_a_required_key() {
        for contract in CONTRACTS {
            assert_eq!(contract.name.parse(), Ok(contract.kind));
            assert_eq!(contract.kind.contract().name, contract.name);
            assert!(contract.key().required && !contract.key().nullable, "{}", contract.name);
            assert_eq!(serde_json::to_string(&contract.kind).expect("json"), format!("{:?}", contract.name));
        }
        assert!("us-zip".parse::<FileKind>().is_err());
    }

    #[test]
    fn no_two_columns_of_a_kind_share_a_name() {
        for contract in CONTRACTS {
            let mut names: Vec<String> = contract
                .columns
                .iter()
                .flat_map(|column| column.synonyms.iter().chain([&column.name]))
                .map(|name| name.to_lowercase())
                .collect();
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all, "{}", contract.name);
        }
    }
}
