//! As a workbook, written row by row into a temporary file, so that a million rows take no more memory than one.

use std::fs::File;
use std::io::{BufWriter, Seek, Write};

use futures::TryStreamExt;
use model::Error;
use rust_xlsxwriter::{ColNum, Format, RowNum, Workbook, Worksheet, XlsxError};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::{BATCH, List, ListColumn, Message};
use crate::fault::fault;

/// The most rows of a sheet below its header.
const ROWS_MAX: RowNum = 1_048_575;
/// Batches that wait for the writer.
const WAITING: usize = 4;

/// Why there is no file.
#[derive(Debug, thiserror::Error)]
enum Broken {
    #[error("more rows than a sheet can have")]
    TooMany,
    #[error("nobody waits for it any more")]
    Abandoned,
    #[error(transparent)]
    Xlsx(#[from] XlsxError),
    #[error(transparent)]
    Io(#[from] std::io::Error),
}

/// The whole file, at its beginning; it has no name and is gone when it is closed.
///
/// # Errors
/// [`Error::Conflict`] when a sheet has no room for so many rows, [`Error::Unavailable`] when reading or writing fails.
pub async fn xlsx(list: List) -> Result<File, Error> {
    of_at_most(list, ROWS_MAX).await
}

async fn of_at_most(list: List, most: RowNum) -> Result<File, Error> {
    let List { name, columns, rows, rows_known } = list;
    if rows_known.is_some_and(|rows| rows > u64::from(most)) {
        return Err(too_many(most));
    }
    let (sender, receiver) = mpsc::channel(WAITING);
    let writing = spawn_blocking(move || write(name, &columns, receiver, most));
    let mut batches = rows.try_ready_chunks(BATCH);
    // The writer ends early when it fails, and then says why.
    while let Some(batch) = batches.try_next().await.map_err(|broken| broken.1)? {
        if sender.send(Message::Rows(batch)).await.is_err() {
            break;
        }
    }
    _ = sender.send(Message::End).await;
    let written = writing.await.map_err(|error| fault("writing a workbook", &error))?;
    written.map_err(|broken| match broken {
        Broken::TooMany => too_many(most),
        other => fault("writing a workbook", &other),
    })
}

fn too_many(most: RowNum) -> Error {
    let most = model::format::grouped(u64::from(most));
    Error::conflict(format!("These are more than the {most} rows that a sheet can have: use CSV, or search and filter for fewer."))
}

fn write(name: &str, columns: &[ListColumn], mut messages: mpsc::Receiver<Message>, most: RowNum) -> Result<File, Broken> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    sheet.set_name(name)?;
    sheet.set_freeze_panes(1, 0)?;
    let bold = Format::new().set_bold();
    for (place, column) in (0..).zip(columns) {
        sheet.write_string_with_format(0, place, column.name, &bold)?;
    }
    let mut line: RowNum = 0;
    loop {
        match messages.blocking_recv() {
            None => return Err(Broken::Abandoned),
            Some(Message::End) => break,
            Some(Message::Rows(rows)) => {
                for cells in rows {
                    if line == most {
                        return Err(Broken::TooMany);
                    }
                    line += 1;
                    write_row(sheet, line, columns, &cells)?;
                }
            }
        }
    }
    let mut file = BufWriter::new(tempfile::tempfile()?);
    workbook.save_to_writer(&mut file)?;
    file.flush()?;
    let mut file = file.into_inner().map_err(std::io::IntoInnerError::into_error)?;
    file.rewind()?;
    Ok(file)
}

/// Codes are text, which keeps their leading zeros; quantities are numbers.
fn write_row(sheet: &mut Worksheet, line: RowNum, columns: &[ListColumn], cells: &[Option<String>]) -> Result<(), Broken> {
    for ((place, column), cell) in (0..).zip(columns).zip(cells) {
        let place: ColNum = place;
        match cell.as_deref().map(|text| (text, text.parse::<f64>())) {
            None => {}
            Some((_, Ok(number))) if column.values.are_numbers() => {
                sheet.write_number(line, place, number)?;
            }
            Some((text, _)) => {
                sheet.write_string(line, place, text)?;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use calamine::{Data, Reader, Xlsx};

    use super::*;
    use crate::table_export::tests::list;

    #[tokio::test]
    async fn codes_stay_text_and_quantities_are_numbers() {
        let rows = vec![vec!["00601", "18.18", "-66.75", "=1+1", "PR"], vec!["10001", "40.7", "-74", "New York", "NY", "", "27004"]];
        let file = xlsx(list(rows)).await.expect("a file");
        let mut workbook: Xlsx<_> = calamine::open_workbook_from_rs(std::io::BufReader::new(file)).expect("a workbook");
        let sheet = workbook.worksheet_range("us_zips").expect("its sheet");
        let row = |number: usize| sheet.rows().nth(number).expect("a row").to_vec();
        assert_eq!(row(0)[10], Data::String("run".to_owned()));
        assert_eq!(row(1)[..4], [Data::String("00601".into()), Data::Float(18.18), Data::Float(-66.75), Data::String("=1+1".into())]);
        assert_eq!((&row(2)[5], &row(2)[6], &row(2)[10]), (&Data::Empty, &Data::Float(27004.0), &Data::String("0199".into())));
    }

    #[tokio::test]
    async fn a_sheet_without_room_for_the_rows_is_refused_with_the_way_out() {
        let two = || vec![vec!["00601"], vec!["00602"]];
        assert!(of_at_most(list(two()), 2).await.is_ok());
        let error = of_at_most(list(two()), 1).await.expect_err("one too many");
        let known = List { rows_known: Some(2), ..list(Vec::new()) };
        assert_eq!(of_at_most(known, 1).await.expect_err("is known to be too many").to_string(), error.to_string());
        assert_eq!(error.to_string(), "These are more than the 1 rows that a sheet can have: use CSV, or search and filter for fewer.");
    }
}
