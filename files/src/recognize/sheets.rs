//! Recognising workbooks and HTML tables.

use std::io;

use model::FileKind;

use super::sample::Sample;
use super::{Form, Recognized, as_wanted, by_chart, by_header, by_position, foreign, header, positions, refuse, sample};
use crate::chart;
use crate::refusal::{Damage, Reason, Refusal};
use crate::row::{Row, Rows};
use crate::sheet::{Sheet, SheetFormat};

/// Looks at a workbook or an HTML table, which begins with `head`.
pub(super) fn recognize(mut sheet: Sheet, head: &[u8], name: &str, wanted: Option<FileKind>) -> io::Result<Result<Recognized, Refusal>> {
    let form = Form::Sheet(sheet.format);
    let sample = sample::take(&mut *sheet.rows)?;
    let matches = header::search(&sample.rows, wanted);
    if let Some(candidate) = matches.complete {
        if sample.is_all && !sample.rows.iter().any(|row| row.line > candidate.line) {
            return Ok(Err(refuse::no_rows(name, candidate.contract, candidate.line)));
        }
        return Ok(by_header(candidate, &sample.rows, form, name).and_then(|found| as_wanted(found, name, wanted)));
    }
    match chart::recognize(&mut Again { sample: &sample, at: 0, rest: &mut *sheet.rows }, name) {
        Ok(Some(Ok(facts))) => return Ok(as_wanted(by_chart(facts, form, name), name, wanted)),
        Ok(Some(Err(refusal))) => return Ok(Err(refusal)),
        Ok(None) => {}
        Err(Damage::Damaged(what)) => return Ok(Err(refuse::no_sheet(name, &what, wanted))),
        Err(Damage::Io(error)) => return Err(error),
    }
    if let (Some(contract), Some(table)) = (positions::contract(), positions::table(&sample.rows)) {
        return Ok(as_wanted(by_position(table, &sample.rows, form, name, contract.kind), name, wanted));
    }
    if let Some(nearest) = matches.nearest.filter(|nearest| wanted.is_none_or(|wanted| nearest.contract.kind == wanted)) {
        return Ok(Err(refuse::missing_columns(&nearest, name)));
    }
    if sheet.format == SheetFormat::Html && foreign::is_web_page(head) {
        let message = format!(
            "{name} is an HTML page whose tables are none that can be imported: the download may have answered with a web page. Open it in a browser to see what it says, and download the file again."
        );
        return Ok(Err(Refusal { reason: Reason::WebPage, message, kind: wanted }));
    }
    Ok(Err(match sample.rows.first() {
        Some(first) => refuse::unknown(name, first, None, wanted),
        None => refuse::no_sheet(name, "is a workbook without rows in any sheet. Choose the one that holds the table.", wanted),
    }))
}

/// The rows of a sheet from the first, although a sample was taken of them.
struct Again<'a> {
    sample: &'a Sample,
    at: usize,
    rest: &'a mut dyn Rows,
}

impl Rows for Again<'_> {
    fn read(&mut self, row: &mut Row) -> Result<bool, Damage> {
        if let Some(taken) = self.sample.rows.get(self.at) {
            self.at += 1;
            row.line = taken.line;
            row.fields.clear();
            row.fields.extend(&taken.fields);
            return Ok(true);
        }
        match &self.sample.damage {
            Some(what) => Err(Damage::Damaged(what.clone())),
            None if self.sample.is_all => Ok(false),
            None => self.rest.read(row),
        }
    }
}
