//! Corrections: the rows that a run rejected, as a list that a person mends in a spreadsheet and imports again.

use std::io::{self, Write};

use model::RunId;
use model::integration::KindContract;

use crate::sink::Rejected;

/// The column that names the run; a file that has it is such a list.
pub(crate) const RUN: &str = "handled_run";
/// Every column of the list beyond the contract's.
pub(crate) const COLUMNS: [&str; 4] = [RUN, "handled_line", "handled_column", "handled_problem"];

/// Writes the rows that a run rejected as CSV: UTF-8 with a byte order mark, so that spreadsheets read it, and CRLF. The columns
/// are the contract's, then `handled_run`, `handled_line`, `handled_column` and `handled_problem`.
pub struct RejectsWriter<W: Write> {
    writer: csv::Writer<W>,
    run: String,
    columns: usize,
}

impl<W: Write> RejectsWriter<W> {
    /// Writes the header.
    ///
    /// # Errors
    /// If writing fails.
    pub fn new(mut writer: W, contract: &KindContract, run: &RunId) -> io::Result<Self> {
        writer.write_all("\u{feff}".as_bytes())?;
        let mut writer = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(writer);
        writer.write_record(contract.columns.iter().map(|column| column.name).chain(COLUMNS)).map_err(into_io)?;
        Ok(Self { writer, run: run.as_str().to_owned(), columns: contract.columns.len() })
    }

    /// Writes a row. Fields that it has not are left empty.
    ///
    /// # Errors
    /// If writing fails.
    pub fn write(&mut self, rejected: &Rejected<'_>) -> io::Result<()> {
        for index in 0..self.columns {
            self.field(rejected.fields.get(index).map_or("", |field| field))?;
        }
        let run = std::mem::take(&mut self.run);
        self.field(&run)?;
        self.run = run;
        self.field(&rejected.line.to_string())?;
        self.field(rejected.column.unwrap_or_default())?;
        self.field(&rejected.reason)?;
        self.writer.write_record(None::<&[u8]>).map_err(into_io)
    }

    /// Writes what is left and gives the writer back.
    ///
    /// # Errors
    /// If writing fails.
    pub fn finish(self) -> io::Result<W> {
        self.writer.into_inner().map_err(csv::IntoInnerError::into_error)
    }

    fn field(&mut self, field: &str) -> io::Result<()> {
        if is_formula(field.as_bytes()) && !is_number(field) {
            self.writer.write_field(format!("'{field}")).map_err(into_io)
        } else {
            self.writer.write_field(field).map_err(into_io)
        }
    }
}

fn into_io(error: csv::Error) -> io::Error {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => error,
        other => io::Error::other(format!("{other:?}")),
    }
}

/// Whether a spreadsheet would run a text as a formula, or the text begins with apostrophes and then so.
fn is_formula(field: &[u8]) -> bool {
    matches!(field.iter().find(|byte| **byte != b'\''), Some(b'=' | b'+' | b'-' | b'@' | b'\t' | b'\r' | b'\n'))
}

fn is_number(field: &str) -> bool {
    field.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-' | b'+')) && field.parse::<f64>().is_ok()
}

/// A field of such a list without the apostrophe that keeps spreadsheets from running it.
pub(crate) fn unescaped(field: &[u8]) -> &[u8] {
    match field {
        [b'\'', rest @ ..] if is_formula(rest) => rest,
        _ => field,
    }
}

#[cfg(test)]
mod tests {
    use model::FileKind;

    use super::*;
    use crate::sink::Breach;

    fn rejected(fields: &[&'static str]) -> Rejected<'static> {
        Rejected {
            line: 7,
            column: Some("origin"),
            breach: Breach::NotACode,
            reason: "is not a code of 3 digits".to_owned(),
            value: "".into(),
            fields: fields.iter().map(|field| (*field).into()).collect(),
        }
    }

    #[test]
    fn the_list_is_what_spreadsheets_read() {
        let mut writer = RejectsWriter::new(Vec::new(), FileKind::UpsGround.contract(), &RunId::new("0198")).expect("writes");
        writer.write(&rejected(&["28602", "=1+1", "a,b"])).expect("writes");
        writer.write(&rejected(&["-66.7", "-", "@x", "'=y"])).expect("writes");
        let text = String::from_utf8(writer.finish().expect("finishes")).expect("UTF-8");
        assert_eq!(
            text,
            "\u{feff}origin,destination,state,days,handled_run,handled_line,handled_column,handled_problem\r\n\
             28602,'=1+1,\"a,b\",,0198,7,origin,is not a code of 3 digits\r\n\
             -66.7,'-,'@x,''=y,0198,7,origin,is not a code of 3 digits\r\n"
        );
    }

    #[test]
    fn what_is_written_is_read_back() {
        for field in ["=1+1", "+1", "-", "-66.7", "@x", "\tx", "'", "'x", "'=x", "''=x", "", "plain", "'\r"] {
            let written = if is_formula(field.as_bytes()) && !is_number(field) { format!("'{field}") } else { field.to_owned() };
            assert_eq!(unescaped(written.as_bytes()), field.as_bytes(), "{field:?}");
        }
    }
}
