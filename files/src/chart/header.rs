//! The header of a chart: which column is which, whatever their order.

use csv::ByteRecord;
use model::FileKind;
use model::integration::Column;

use super::values::unmarked;
use crate::refusal::quoted;

/// The columns of a chart's header: all but the origin, which stands in the title.
const COLUMNS: usize = 7;

/// What a row holds of a header.
#[derive(Debug, Default)]
pub(super) struct Header {
    /// For the destination and each service, in the contract's order, where it stands.
    pub(super) places: [Option<usize>; COLUMNS],
    /// Whether there is a column of origins, which charts do not have.
    pub(super) has_origin: bool,
    /// Columns that are not of the contract, as they stand.
    pub(super) unused: Vec<String>,
    /// Columns under other names than the publisher's: theirs, then the publisher's.
    pub(super) renamed: Vec<(String, String)>,
    /// The columns that appear again, each as often as it does.
    repeated: Vec<usize>,
}

/// Where the columns of a chart stand: the destination and the six services, in the contract's order.
pub(super) type Places = [usize; COLUMNS];

/// The contract's columns after the origin.
pub(super) fn columns() -> &'static [Column] {
    FileKind::UpsZones.contract().columns.get(1..=COLUMNS).unwrap_or_default()
}

/// A column's name as names are compared: its letters and digits, without a footnote's marker and the carrier's name before it.
pub(super) fn bare(name: &str) -> String {
    let mut bare: String = unmarked(name).chars().filter(|character| character.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    if bare.starts_with("ups") {
        bare.drain(..3);
    }
    bare
}

/// The column, counted from the destination, that a text names, and `None` otherwise. The longest name of all that `matches`
/// holds for counts, as one service's name begins with another's.
pub(super) fn column_of(matches: impl Fn(&str) -> bool) -> Option<usize> {
    let names = columns().iter().enumerate().flat_map(|(index, column)| column.names().map(move |name| (index, bare(name))));
    names.filter(|(_, name)| matches(name)).max_by_key(|(_, name)| name.len()).map(|(index, _)| index)
}

impl Header {
    /// Reads a row as a header; nothing if it does not name a destination and a service.
    pub(super) fn read(fields: &ByteRecord) -> Option<Self> {
        // Most rows of a title are one cell.
        fields.iter().filter(|field| !field.is_empty()).nth(1)?;
        let mut header = Self::default();
        // Wide rows of other files are none.
        for (place, field) in fields.iter().enumerate().take(256) {
            let field = String::from_utf8_lossy(field);
            let name = bare(&field);
            if name.is_empty() {
                continue;
            }
            match column_of(|known| known == name) {
                Some(column) if header.places[column].is_none() => {
                    header.places[column] = Some(place);
                    let publishers = columns().get(column).map_or("", |column| column.header);
                    if bare(publishers) != name {
                        header.renamed.push((quoted(&field).into_owned(), publishers.to_owned()));
                    }
                }
                Some(column) => header.repeated.push(column),
                None if name == "origin" => header.has_origin = true,
                None => header.unused.push(quoted(&field).into_owned()),
            }
        }
        let [destination, services @ ..] = &header.places;
        (destination.is_some() && services.iter().any(Option::is_some)).then_some(header)
    }

    /// The first column that appears more than once, under the publisher's name, and how often.
    pub(super) fn ambiguous(&self) -> Option<(&'static str, usize)> {
        let first = self.repeated.first()?;
        let again = self.repeated.iter().filter(|column| *column == first).count();
        columns().get(*first).map(|column| (column.header, again + 1))
    }

    /// Where all columns stand.
    ///
    /// # Errors
    /// The publisher's names of those that are missing.
    pub(super) fn complete(&self) -> Result<Places, Vec<&'static str>> {
        let missing: Vec<_> =
            columns().iter().zip(self.places).filter(|(_, place)| place.is_none()).map(|(column, _)| column.header).collect();
        if missing.is_empty() { Ok(self.places.map(Option::unwrap_or_default)) } else { Err(missing) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fields: &[&str]) -> Option<Header> {
        Header::read(&ByteRecord::from(fields.to_vec()))
    }

    #[test]
    fn columns_are_found_by_name() {
        let header = read(&[
            "Next Day Air",
            "Dest. ZIP",
            "Notes",
            "Ground[1]",
            "3 DAY SELECT",
            "2nd Day Air AM",
            "",
            "2nd  Day Air",
            "Next Day Air Saver",
        ]);
        let header = header.expect("a header");
        assert_eq!(header.complete(), Ok([1, 3, 4, 7, 5, 8, 0]));
        assert_eq!((header.unused, header.has_origin), (vec!["Notes".to_owned()], false));
    }

    #[test]
    fn a_header_may_lack_columns_or_be_none() {
        let header = read(&["destination", "ground", "Ground"]).expect("a header");
        assert_eq!(header.complete().expect_err("missing").len(), 5);
        assert_eq!(header.ambiguous(), Some(("ground", 2)));
        assert_eq!(header.renamed, [("destination".to_owned(), "dest. zip".to_owned())]);
        assert!(read(&["Dest. ZIP", "Zone"]).is_none() && read(&["Ground", "Next Day Air"]).is_none() && read(&[]).is_none());
        assert!(read(&["origin", "destination", "ground"]).is_some_and(|header| header.has_origin));
    }

    #[test]
    fn the_contract_has_the_columns_of_charts() {
        assert_eq!(columns().len(), COLUMNS);
        assert_eq!(columns()[0].name, "destination");
        assert_eq!(FileKind::UpsZones.contract().columns.len(), COLUMNS + 1);
    }
}
