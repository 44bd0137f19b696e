//! Recognising workbooks and HTML tables.

use std::io;
use std::path::Path;

use model::FileKind;

use super::{Form, Recognized, as_wanted, by_chart, by_header, by_position, foreign, header, positions, refuse, sample};
use crate::chart;
use crate::refusal::{Damage, Reason, Refusal};
use crate::sheet::{self, SheetFormat};

/// Looks at a workbook or an HTML table.
pub(super) fn recognize(
    path: &Path,
    head: &[u8],
    name: &str,
    format: SheetFormat,
    wanted: Option<FileKind>,
) -> io::Result<Result<Recognized, Refusal>> {
    let form = Form::Sheet(format);
    let broken = |damage| match damage {
        Damage::Damaged(what) => Ok(Err(refuse::no_sheet(name, &what, wanted))),
        Damage::Io(error) => Err(error),
    };
    let sample = match sheet::open(path, format, name) {
        Ok(mut rows) => sample::take(&mut *rows)?,
        Err(damage) => return broken(damage),
    };
    if let (true, Some(what)) = (sample.rows.is_empty(), &sample.damage) {
        return broken(Damage::Damaged(what.clone()));
    }
    let matches = header::search(&sample.rows, wanted);
    if let Some(candidate) = matches.complete {
        if sample.is_all && !sample.rows.iter().any(|row| row.line > candidate.line) {
            return Ok(Err(refuse::no_rows(name, candidate.contract, candidate.line)));
        }
        return Ok(by_header(candidate, &sample.rows, form, name).and_then(|found| as_wanted(found, name, wanted)));
    }
    let mut rows = match sheet::open(path, format, name) {
        Ok(rows) => rows,
        Err(damage) => return broken(damage),
    };
    match chart::recognize(&mut *rows, name) {
        Ok(Some(Ok(facts))) => return Ok(as_wanted(by_chart(facts, form, name), name, wanted)),
        Ok(Some(Err(refusal))) => return Ok(Err(refusal)),
        Ok(None) => {}
        Err(damage) => return broken(damage),
    }
    if let (Some(contract), Some(table)) = (positions::contract(), positions::table(&sample.rows)) {
        return Ok(as_wanted(by_position(table, &sample.rows, form, name, contract.kind), name, wanted));
    }
    if let Some(nearest) = matches.nearest.filter(|nearest| wanted.is_none_or(|wanted| nearest.contract.kind == wanted)) {
        return Ok(Err(refuse::missing_columns(&nearest, name)));
    }
    if format == SheetFormat::Html && foreign::is_web_page(head) {
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
