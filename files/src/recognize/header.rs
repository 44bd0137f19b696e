//! Headers: which kind's columns a row names, and how it differs from the publisher's.

use model::FileKind;
use model::integration::{CONTRACTS, Drift, Foreign, KindContract};

use super::sample::SampleRow;
use crate::correction;
use crate::refusal::{listed, quoted};

/// Rows among which the header is looked for: titles may stand above it.
const ROWS: usize = 10;
/// The most unknown columns that are told: more make no table of any kind that is known.
const NEW: usize = 100;

/// How well a row fits a kind as its header.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    pub(super) contract: &'static KindContract,
    /// The line on which it stands.
    pub(super) line: u64,
    /// For each column of the contract the field that holds it.
    pub(super) fields: Vec<Option<usize>>,
    pub(super) headers: Vec<String>,
    /// The field that names the run whose rejected rows the file holds.
    pub(super) run: Option<usize>,
}

/// A column's name without what spreadsheets and publishers put around and into it.
fn normal(header: &str) -> String {
    header
        .split(|character: char| character.is_whitespace() || character.is_control() || character == '\u{feff}')
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join(" ")
}

fn is_ours(header: &str) -> bool {
    correction::COLUMNS.iter().any(|name| header.eq_ignore_ascii_case(name))
}

impl Candidate {
    fn new(contract: &'static KindContract, line: u64, headers: &[String]) -> Self {
        let at = |name: &str| headers.iter().position(|header| header.eq_ignore_ascii_case(name));
        // The publisher's name before others, wherever they stand.
        let fields = contract.columns.iter().map(|column| column.names().find_map(at)).collect();
        Self { contract, line, fields, headers: headers.to_vec(), run: at(correction::RUN) }
    }

    pub(super) fn found(&self) -> usize {
        self.fields.iter().flatten().count()
    }

    /// The columns that a file of this kind must have and this one has not.
    pub(super) fn missing(&self) -> Vec<&'static str> {
        let columns = self.contract.columns.iter().zip(&self.fields);
        // What a correction is made from has the table's names.
        let name = |column: &model::integration::Column| if self.run.is_some() { column.name } else { column.header };
        columns.filter(|(column, field)| column.required && field.is_none()).map(|(column, _)| name(column)).collect()
    }

    /// Fields that a row has: empty names at the end are none.
    pub(super) fn width(&self) -> usize {
        self.headers.iter().rposition(|header| !header.is_empty()).map_or(0, |last| last + 1)
    }

    /// Whether it has a column that only lists of rejected rows have.
    pub(super) fn is_correction(&self) -> bool {
        self.headers.iter().any(|header| is_ours(header))
    }

    /// The names that are no column of the contract.
    fn ignored(&self) -> impl Iterator<Item = &str> {
        let is_column = |header: &str| self.fields.iter().flatten().any(|field| self.headers[*field].eq_ignore_ascii_case(header));
        self.headers.iter().map(String::as_str).filter(move |header| !header.is_empty() && !is_column(header) && !is_ours(header))
    }

    /// The first column of the contract that stands there more than once, and how often.
    pub(super) fn repeated(&self) -> Option<(&str, usize)> {
        let columns = self.fields.iter().flatten().map(|field| self.headers[*field].as_str());
        let count = |column: &str| self.headers.iter().filter(|header| header.eq_ignore_ascii_case(column)).count();
        columns.map(|column| (column, count(column))).find(|(_, count)| *count > 1)
    }

    /// The columns that only another product of the same publisher has, as they stand.
    pub(super) fn foreign(&self) -> Option<(&'static Foreign, Vec<&str>)> {
        let foreign = self.contract.foreign.as_ref().filter(|_| !self.is_correction())?;
        let is_foreign = |header: &&str| foreign.columns.iter().any(|column| column.eq_ignore_ascii_case(header));
        let found: Vec<&str> = self.headers.iter().map(String::as_str).filter(is_foreign).collect();
        (!found.is_empty()).then_some((foreign, found))
    }

    /// How the header differs from the publisher's.
    pub(super) fn drift(&self) -> Drift {
        let known = |header: &str| self.contract.unused.iter().any(|unused| unused.eq_ignore_ascii_case(header));
        let columns = || self.contract.columns.iter().zip(&self.fields);
        let renamed = columns().filter_map(|(column, field)| {
            let found = &self.headers[(*field)?];
            (self.run.is_none() && !found.eq_ignore_ascii_case(column.header)).then(|| (found.clone(), column.header.to_owned()))
        });
        Drift {
            new: self.ignored().filter(|header| !known(header)).take(NEW).map(|header| quoted(header).into_owned()).collect(),
            missing: columns().filter(|(_, field)| field.is_none()).map(|(column, _)| column.header.to_owned()).collect(),
            renamed: renamed.collect(),
        }
    }

    /// What a reader should know of it.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.line > 1 {
            notes.push(format!("The columns are named on line {}; what stands above is ignored.", self.line));
        }
        let nameless = self.headers.iter().take(self.width()).enumerate().filter(|(_, header)| header.is_empty());
        let nameless: Vec<String> = nameless.map(|(at, _)| format!("the one without a name in place {}", at + 1)).collect();
        let mut ignored = self.ignored().chain(nameless.iter().map(String::as_str)).peekable();
        if ignored.peek().is_some() {
            notes.push(format!("Ignored columns: {}.", listed(ignored)));
        }
        let absent: Vec<&str> =
            self.contract.columns.iter().zip(&self.fields).filter(|(_, field)| field.is_none()).map(|(column, _)| column.name).collect();
        if !absent.is_empty() {
            notes.push(format!("Columns that the file does not have, left empty: {}.", absent.join(", ")));
        }
        notes
    }
}

/// What the first rows of a file are as headers: the kind that has all its columns there, or else the one that has most.
#[derive(Debug, Default)]
pub(super) struct Matches {
    pub(super) complete: Option<Candidate>,
    pub(super) nearest: Option<Candidate>,
}

/// Looks for a header among the first rows. Of several kinds, the wanted one is chosen.
pub(super) fn search(rows: &[SampleRow], wanted: Option<FileKind>) -> Matches {
    let mut matches = Matches::default();
    for row in rows.iter().take(ROWS) {
        let headers: Vec<String> = row.fields.iter().map(|field| normal(field)).collect();
        for contract in CONTRACTS {
            let candidate = Candidate::new(contract, row.line, &headers);
            let rank = |candidate: &Candidate| (wanted == Some(candidate.contract.kind), candidate.found());
            let place = if candidate.missing().is_empty() { &mut matches.complete } else { &mut matches.nearest };
            if place.as_ref().is_none_or(|best| rank(&candidate) > rank(best)) && candidate.found() > 1 {
                *place = Some(candidate);
            }
        }
    }
    matches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn search_line(line: &str) -> Matches {
        search(&[SampleRow { line: 1, fields: line.split(',').map(str::to_owned).collect() }], None)
    }

    #[test]
    fn drift_says_what_differs_from_the_publishers_columns() {
        let found =
            search_line("Zip,Lat,longitude,city,state,population,density, zcta ,mood,timezone,state_name,").complete.expect("us-zips");
        assert_eq!(found.contract.kind, FileKind::UsZips);
        assert_eq!(found.width(), 11);
        let drift = found.drift();
        assert_eq!(drift.new, ["mood"]);
        assert_eq!(drift.missing, ["county_name"]);
        assert_eq!(drift.renamed, [("longitude".to_owned(), "lng".to_owned()), ("state".to_owned(), "state_id".to_owned())]);
        assert_eq!(found.notes(), ["Ignored columns: zcta, mood.", "Columns that the file does not have, left empty: county_name."]);
    }

    #[test]
    fn a_column_that_stands_there_twice_and_columns_of_another_product_are_told() {
        let found = search_line("ALAND,GEOID,AWATER,INTPTLAT,INTPTLONG,geoid").complete.expect("gaz-zcta");
        assert_eq!((found.repeated(), found.foreign()), (Some(("GEOID", 2)), None));
        let found = search_line("Usps,GEOID,ALAND,AWATER,INTPTLAT,INTPTLONG,mood,mood,NAME").complete.expect("gaz-zcta");
        assert_eq!((found.repeated(), found.foreign().map(|(_, columns)| columns)), (None, Some(vec!["Usps", "NAME"])));
    }

    #[test]
    fn corrections_of_every_kind_are_recognized_by_the_tables_names() {
        for contract in CONTRACTS {
            let names: Vec<&str> = contract.columns.iter().map(|column| column.name).chain(correction::COLUMNS).collect();
            let found = search_line(&names.join(",")).complete.expect("a kind");
            assert_eq!(found.contract.kind, contract.kind);
            assert!(found.drift().is_none(), "{:?}", found.drift());
            assert_eq!(found.run, Some(contract.columns.len()));
        }
    }
}
