//! Time-in-transit files, which have no header: recognised by what their rows hold.

use model::integration::{CONTRACTS, KindContract, Layout};

use super::Table;
use super::sample::SampleRow;

/// Rows looked at.
const ROWS: usize = 50;

/// The kind whose columns are told apart by their position.
pub(super) fn contract() -> Option<&'static KindContract> {
    CONTRACTS.iter().copied().find(|contract| contract.layout == Layout::Positions)
}

/// The origin that a name begins with: `28602.csv`, `28602_Outbound.csv`.
pub(super) fn origin_of_name(name: &str) -> Option<&str> {
    let (digits, rest) = name.split_at_checked(5)?;
    let is_origin = digits.bytes().all(|byte| byte.is_ascii_digit()) && !rest.starts_with(|character: char| character.is_ascii_digit());
    (is_origin && rest.to_ascii_lowercase().ends_with(".csv")).then_some(digits)
}

fn is_code(field: &str) -> bool {
    (1..=5).contains(&field.len()) && field.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_days(field: &str) -> bool {
    let digits = field.strip_suffix(".0").unwrap_or(field);
    (1..=2).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a row holds an origin, a destination, a state and days, and nothing behind them.
fn fits(row: &SampleRow) -> bool {
    let mut fields = row.fields.iter().map(|field| field.trim());
    let first = [fields.next(), fields.next(), fields.next(), fields.next()];
    let [Some(origin), Some(destination), Some(state), Some(days)] = first else { return false };
    is_code(origin)
        && is_code(destination)
        && state.len() == 2
        && state.bytes().all(|byte| byte.is_ascii_alphabetic())
        && is_days(days)
        && fields.all(str::is_empty)
}

/// Whether a row can only be a header: four names, none of them a number.
fn is_header(row: &SampleRow) -> bool {
    let names = || row.fields.iter().map(|field| field.trim()).filter(|field| !field.is_empty());
    names().count() == 4 && names().all(|name| !name.contains(|character: char| character.is_ascii_digit()))
}

/// The table that rows without a known header make, if nearly all of them fit.
pub(super) fn table(rows: &[SampleRow]) -> Option<Table> {
    let contract = contract()?;
    let header_line = rows.first().filter(|row| is_header(row)).map_or(0, |row| row.line);
    let rows = rows.iter().filter(|row| row.line > header_line).take(ROWS);
    let (fitting, all) = rows.fold((0, 0), |(fitting, all), row| (fitting + usize::from(fits(row)), all + 1));
    // One odd row, the last of a file that was cut off say, is no reason to know nothing.
    (fitting > 0 && (fitting + 1 >= all || fitting * 10 >= all * 8))
        .then(|| Table { header_line, ..Table::in_order(contract.columns.len()) })
}

/// Finds the origin that all rows must have: the one that the name tells, if the rows agree; a note if they do not.
pub(super) fn bind_origin(table: &mut Table, rows: &[SampleRow], name: &str) -> Option<String> {
    let told = origin_of_name(name)?;
    let field = table.fields.first().copied().flatten()?;
    let origins: Vec<String> = rows
        .iter()
        .filter(|row| row.line > table.header_line)
        .filter_map(|row| row.fields.get(field))
        .map(|origin| origin.trim())
        .filter(|origin| is_code(origin))
        .map(|origin| format!("{origin:0>5}"))
        .collect();
    let agreeing = origins.iter().filter(|origin| *origin == told).count();
    if agreeing * 2 > origins.len() {
        table.origin = Some(told.to_owned());
        return None;
    }
    let found = origins.first()?;
    Some(format!("The file is named after origin {told}, but its rows begin with origin {found}: the rows count."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(lines: &[&str]) -> Vec<SampleRow> {
        let fields = |line: &str| line.split(',').map(str::to_owned).collect();
        lines.iter().zip(1..).map(|(line, number)| SampleRow { line: number, fields: fields(line) }).collect()
    }

    #[test]
    fn rows_are_recognized_by_what_they_hold() {
        assert!(table(&rows(&["28602,00501,NY,2,"])).is_some_and(|table| table.header_line == 0 && table.width == 4));
        assert!(table(&rows(&["28602,501,NY,2", "28602,99501,AK,7"])).is_some());
        assert!(table(&rows(&["From,To,ST,TNT", "28602,00501,NY,2"])).is_some_and(|table| table.header_line == 1));
        for other in
            [&["From,To,ST,TNT"][..], &["28602,00501,2,NY"], &["28602,00501,NY,2,x"], &["28602,00501,NY"], &["a,b,c,d", "1,2,3,4"], &[]]
        {
            assert!(table(&rows(other)).is_none(), "{other:?}");
        }
        // One odd row among many is a row to reject and no reason to refuse.
        let mut many = vec!["28602,00501,NY,2"; 20];
        many[3] = "28602,,,";
        assert!(table(&rows(&many)).is_some());
    }

    #[test]
    fn the_name_binds_the_origin_where_the_rows_agree() {
        let mut found = table(&rows(&["501,00501,NY,2"])).expect("fits");
        assert_eq!(bind_origin(&mut found, &rows(&["501,00501,NY,2"]), "00501_Outbound.csv"), None);
        assert_eq!(found.origin.as_deref(), Some("00501"));
        let mut found = Table::in_order(4);
        let note = bind_origin(&mut found, &rows(&["28602,00501,NY,2"]), "12345.csv").expect("a note");
        assert!(note.contains("origin 12345") && note.contains("origin 28602"), "{note}");
        assert_eq!(found.origin, None);
        assert_eq!(origin_of_name("286021.csv"), None);
        assert_eq!(origin_of_name("28602.xls"), None);
        assert_eq!(origin_of_name("rows.csv"), None);
        assert_eq!(origin_of_name("äöü.csv"), None);
    }
}
