//! A table that can be spoilt: a file taken apart, changed, and put together.

use crate::text::Text;

/// What no field holds, to take files apart by.
const SEPARATOR: char = '\u{1f}';

/// The rows of a text, the header among them where there is one.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) rows: Vec<Vec<String>>,
}

impl Table {
    /// The table that a kind's function writes.
    pub(super) fn of(header: bool, write: impl Fn(&Text) -> Vec<u8>) -> Self {
        let bytes = write(&Text { delimiter: SEPARATOR, header, ..Text::plain() });
        // What the writer put into quotes has doubled ones inside.
        let field = |field: &str| match field.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
            Some(inner) => inner.replace("\"\"", "\""),
            None => field.to_owned(),
        };
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Self { rows: text.lines().map(|line| line.split(SEPARATOR).map(field).collect()).collect() }
    }

    /// The same with one field changed; rows count from 0, the header included.
    pub(super) fn with(mut self, row: usize, column: usize, value: &str) -> Self {
        value.clone_into(&mut self.rows[row][column]);
        self
    }

    /// The same with a row once more at the end, with this value in a column; rows count from 0, the header included.
    pub(super) fn repeating(mut self, row: usize, column: usize, value: &str) -> Self {
        let mut again = self.rows[row].clone();
        value.clone_into(&mut again[column]);
        self.rows.push(again);
        self
    }

    /// The same with a change to its rows.
    pub(super) fn changed(mut self, change: impl FnOnce(&mut Vec<Vec<String>>)) -> Self {
        change(&mut self.rows);
        self
    }

    /// As text with commas, quoted where needed.
    pub(super) fn commas(&self) -> Vec<u8> {
        self.text(',', "\n")
    }

    /// As text.
    pub(super) fn text(&self, delimiter: char, line_end: &str) -> Vec<u8> {
        let field = |field: &String| {
            if field.contains([delimiter, '"', '\r', '\n']) { format!("\"{}\"", field.replace('"', "\"\"")) } else { field.clone() }
        };
        let lines = self.rows.iter().map(|row| row.iter().map(field).collect::<Vec<_>>().join(&delimiter.to_string()) + line_end);
        lines.collect::<String>().into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Country;
    use crate::us_zips::us_zips;

    #[test]
    fn taking_apart_and_putting_together_changes_nothing() {
        let country = Country::tiny();
        let table = Table::of(true, |text| us_zips(&country, text));
        assert_eq!(table.commas(), us_zips(&country, &Text::plain()));
    }
}
