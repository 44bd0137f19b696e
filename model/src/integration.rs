//! Integrations: the kinds of files that can be imported, one file each, with everything that recognising, checking,
//! copying, showing and documenting them needs. Adding a kind is a file beside the others and one line in [`kinds!`].

mod drift;
mod gaz_zcta;
mod release;
mod ups_ground;
mod ups_zones;
mod us_zips;
mod usps_3d;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

pub use drift::Drift;
pub use release::{Release, ReleaseRule};

macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident => $module:ident,)*) => {
        /// A kind of file that can be imported.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum FileKind {
            $($(#[$doc])* $variant,)*
        }

        /// Every kind's contract, in the order in which people work with them.
        pub const CONTRACTS: &[&KindContract] = &[$(&$module::CONTRACT,)*];

        impl FileKind {
            /// Every kind, in the same order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The kind's contract.
            pub const fn contract(self) -> &'static KindContract {
                match self { $(Self::$variant => &$module::CONTRACT,)* }
            }
        }
    };
}

kinds! {
    /// SimpleMaps US ZIPs.
    UsZips => us_zips,
    /// Census Gazetteer of ZCTAs.
    GazZcta => gaz_zcta,
    /// USPS service standards between three-digit areas.
    Usps3d => usps_3d,
    /// UPS zone charts.
    UpsZones => ups_zones,
    /// UPS Ground time in transit.
    UpsGround => ups_ground,
}

/// What a value of a column must be, and with it the column's type in the database.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ColumnType {
    /// A five-digit postal code; `text`.
    Zip5,
    /// A three-digit postal area; `text`.
    Zip3,
    /// A three-digit area or a five-digit code; `text`.
    Zip3OrZip5,
    /// A carrier's zone, three digits; `-` says that there is no service, as an empty field does; `text`.
    Zone,
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
    /// Business days in transit within bounds, both included; `smallint`.
    Days {
        /// The fewest.
        min: i16,
        /// The most.
        max: i16,
    },
}

/// One column of a kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Column {
    /// Its name in the table; files may use it too.
    pub name: &'static str,
    /// The publisher's name for it, where there is a header.
    pub header: &'static str,
    /// Other names that copies of files give it. Letter case never matters.
    pub synonyms: &'static [&'static str],
    /// What its values are.
    pub kind: ColumnType,
    /// The unit of its values, where they have one.
    pub unit: &'static str,
    /// Whether a file must have it.
    pub required: bool,
    /// Whether a row may leave it empty.
    pub nullable: bool,
    /// What it means.
    pub meaning: &'static str,
}

/// What a file replaces.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Replacement {
    /// The whole table: a file, or a run, is a version of it.
    Table,
    /// The rows of the origins that it holds; the first column is the origin. The others stay.
    Origins,
}

/// How the columns of a file are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// The first row names them: delimited text, or the first sheet of a workbook.
    Header,
    /// By their position, in the contract's order; delimited text without a header. Empty fields may follow.
    Positions,
    /// A UPS zone chart: a workbook or HTML table with a title that names the origins, a header, rows by destination, and a grid
    /// of five-digit destinations below.
    ZoneChart,
}

/// What a kind's rows are about: the groups in which people look for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Category {
    /// Places and people.
    Geography,
    /// How long carriers take.
    Transit,
    /// How far carriers say it is.
    Zones,
}

impl Category {
    /// The name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Geography => "Geography",
            Self::Transit => "Transit times",
            Self::Zones => "Zones",
        }
    }
}

/// How many rejected rows a file may have and still be imported.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Limits {
    /// Rows whose key is missing or not valid.
    pub missing_keys: u64,
    /// Rejected rows of any sort for each hundred rows read.
    pub rejected_percent: f64,
    /// Rejected rows of any sort, where that is limited.
    pub rejected_rows: Option<u64>,
}

impl Limits {
    /// None without a key, one in a hundred of all.
    pub const DEFAULT: Self = Self { missing_keys: 0, rejected_percent: 1.0, rejected_rows: None };
}

/// Everything that recognising, checking, copying, showing and documenting a kind of file needs to know.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct KindContract {
    /// Which kind.
    pub kind: FileKind,
    /// Its name in commands and addresses.
    pub name: &'static str,
    /// Its name for people.
    pub title: &'static str,
    /// Under what people look for it.
    pub category: Category,
    /// What the file is and who publishes it.
    pub source: &'static str,
    /// What its files are called, for people: `NNN.xls`.
    pub file_names: &'static str,
    /// The relation that it fills, with its schema.
    pub relation: &'static str,
    /// What a file replaces.
    pub replacement: Replacement,
    /// How columns are told apart.
    pub layout: Layout,
    /// Where a file says of which release it is.
    pub release: ReleaseRule,
    /// How many of the first columns together tell rows apart.
    pub key_columns: usize,
    /// Its columns, in the table's order; the key first.
    pub columns: &'static [Column],
    /// Columns that the publisher's files have and the platform does not use.
    pub unused: &'static [&'static str],
    /// How other products of the publisher are told that have all the columns that this kind must have.
    pub foreign: Option<Foreign>,
    /// How many rejected rows are tolerated.
    pub limits: Limits,
}

/// What tells another product of the same publisher, which would be taken for this kind by its columns.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Foreign {
    /// Columns that only other products have; one of them is enough.
    pub columns: &'static [&'static str],
    /// What the file then is, for people, to follow "it is": `a gazetteer of counties`.
    pub product: &'static str,
}

impl Column {
    /// A column that every file has and every row fills, under one name. What differs is said with `..`.
    pub(crate) const fn required(name: &'static str, kind: ColumnType, meaning: &'static str) -> Self {
        Self { name, header: name, synonyms: &[], kind, unit: "", required: true, nullable: false, meaning }
    }

    /// A column that a file may lack and a row may leave empty.
    pub(crate) const fn optional(name: &'static str, kind: ColumnType, meaning: &'static str) -> Self {
        Self { required: false, nullable: true, ..Self::required(name, kind, meaning) }
    }

    /// Every name under which a file may have it: the publisher's first.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        let name = (self.name != self.header).then_some(self.name);
        std::iter::once(self.header).chain(name).chain(self.synonyms.iter().copied())
    }
}

impl ColumnType {
    /// Degrees north.
    pub(crate) const LATITUDE: Self = Self::Number { min: -90.0, max: 90.0 };
    /// Degrees east.
    pub(crate) const LONGITUDE: Self = Self::Number { min: -180.0, max: 180.0 };

    /// The type in the database.
    pub const fn sql(self) -> &'static str {
        match self {
            Self::Zip5 | Self::Zip3 | Self::Zip3OrZip5 | Self::Zone | Self::Text { .. } | Self::StateCode => "text",
            Self::Number { .. } => "double precision",
            Self::Count => "bigint",
            Self::Days { .. } => "smallint",
        }
    }

    /// What a value must be, for people.
    pub fn rule(self) -> String {
        match self {
            Self::Zip5 => "five digits".to_owned(),
            Self::Zip3 => "three digits".to_owned(),
            Self::Zip3OrZip5 => "three or five digits".to_owned(),
            Self::Zone => "a zone of up to three digits, - for no service".to_owned(),
            Self::Text { max } => format!("text of up to {max} characters"),
            Self::StateCode => "two capital letters".to_owned(),
            Self::Number { min, max } => format!("a number from {min} to {max}"),
            Self::Count => "a whole number of at least 0".to_owned(),
            Self::Days { min, max } => format!("a whole number from {min} to {max}"),
        }
    }

    /// Whether values are quantities, which people read right-aligned.
    pub const fn is_numeric(self) -> bool {
        matches!(self, Self::Number { .. } | Self::Count | Self::Days { .. })
    }
}

impl KindContract {
    /// The columns that together tell rows apart.
    pub fn key(&self) -> &'static [Column] {
        &self.columns[..self.key_columns]
    }

    /// The relation's name without its schema, as addresses have it.
    pub fn table(&self) -> &'static str {
        self.relation.rsplit('.').next().unwrap_or(self.relation)
    }

    /// The kind that fills the relation of this name, with or without its schema.
    pub fn of_relation(name: &str) -> Option<&'static Self> {
        CONTRACTS.iter().copied().find(|contract| contract.relation == name || contract.table() == name)
    }
}

impl FileKind {
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

impl TryFrom<String> for FileKind {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

impl From<FileKind> for String {
    fn from(kind: FileKind) -> Self {
        kind.name().to_owned()
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
            assert!(
                !contract.key().is_empty() && contract.key().iter().all(|column| column.required && !column.nullable),
                "{}",
                contract.name
            );
            assert_eq!(serde_json::to_string(&contract.kind).expect("json"), format!("{:?}", contract.name));
            assert_eq!(KindContract::of_relation(contract.table()), Some(*contract));
        }
        assert!("us-zip".parse::<FileKind>().is_err());
    }

    #[test]
    fn no_two_columns_of_a_kind_share_a_name() {
        for contract in CONTRACTS {
            let mut names: Vec<String> =
                contract.columns.iter().flat_map(Column::names).chain(contract.unused.iter().copied()).map(str::to_lowercase).collect();
            names.extend(contract.foreign.iter().flat_map(|foreign| foreign.columns).map(|column| column.to_lowercase()));
            let all = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), all, "{}", contract.name);
        }
    }

    #[test]
    fn what_is_replaced_by_origin_has_its_origin_first() {
        for contract in CONTRACTS.iter().filter(|contract| contract.replacement == Replacement::Origins) {
            assert_eq!(contract.columns[0].name, "origin", "{}", contract.name);
        }
    }
}
