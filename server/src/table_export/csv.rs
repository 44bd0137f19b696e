//! As CSV, a batch of rows at a time.

use std::borrow::Cow;

use axum::body::Bytes;
use csv::{Writer, WriterBuilder};
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use model::Error;

use super::{BATCH, List, ListColumn, Row};
use crate::fault::fault;

/// The file, in pieces: UTF-8, a header, lines that end in CR LF (RFC 4180).
pub fn csv(list: List) -> BoxStream<'static, Result<Bytes, Error>> {
    let List { columns, rows, .. } = list;
    let header: Vec<&'static str> = columns.iter().map(|column| column.name).collect();
    let first = stream::once(async move { piece(|writer| writer.write_record(header)) });
    let rest = rows.try_ready_chunks(BATCH).map(move |batch| match batch {
        Ok(rows) => write(&columns, &rows),
        // Rows of the batch before the error are of no use without the rest.
        Err(broken) => Err(broken.1),
    });
    first.chain(rest).boxed()
}

fn write(columns: &[ListColumn], rows: &[Row]) -> Result<Bytes, Error> {
    piece(|writer| {
        for cells in rows {
            for (column, cell) in columns.iter().zip(cells) {
                let cell = cell.as_deref().unwrap_or_default();
                writer.write_field(if column.values.are_numbers() { Cow::Borrowed(cell) } else { harmless(cell) }.as_bytes())?;
            }
            writer.write_record(None::<&[u8]>)?;
        }
        Ok(())
    })
}

fn piece(fill: impl FnOnce(&mut Writer<Vec<u8>>) -> csv::Result<()>) -> Result<Bytes, Error> {
    let mut writer = WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    fill(&mut writer).map_err(|error| fault("writing CSV", &error))?;
    writer.into_inner().map(Bytes::from).map_err(|error| fault("writing CSV", &error.into_error()))
}

/// Text that a spreadsheet would take for a formula and run gets an apostrophe before it, which makes it text there. So does text that
/// has such apostrophes already: whoever reads the file takes one away and has what there was. Numbers are none.
fn harmless(text: &str) -> Cow<'_, str> {
    let is_formula = text.trim_start_matches('\'').starts_with(['=', '+', '-', '@', '\t', '\r', '\n']);
    if is_formula { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table_export::tests::{broken, list};

    #[tokio::test]
    async fn text_is_quoted_and_never_a_formula_and_numbers_stay_numbers() {
        let rows = vec![
            vec!["00601", "18.18", "-66.75", "=cmd|'/C calc'!A1", "PR"],
            vec!["10001", "40.7", "-74", "New \"York\", NY", "NY", "", "5"],
            vec!["10002", "40.7", "-74", "'-x", "NY", "'s"],
        ];
        let pieces: Vec<Bytes> = csv(list(rows)).try_collect().await.expect("written");
        let text = String::from_utf8(pieces.concat()).expect("UTF-8");
        assert_eq!(
            text,
            "zip,lat,lng,city,state_id,state_name,population,density,county_name,timezone,run\r\n\
             00601,18.18,-66.75,'=cmd|'/C calc'!A1,PR,,,,,,0199\r\n\
             10001,40.7,-74,\"New \"\"York\"\", NY\",NY,,5,,,,0199\r\n\
             10002,40.7,-74,''-x,NY,'s,,,,,0199\r\n"
        );
    }

    #[tokio::test]
    async fn an_error_among_the_rows_ends_the_file_with_it() {
        let pieces: Result<Vec<Bytes>, Error> = csv(broken()).try_collect().await;
        assert_eq!(pieces, Err(Error::Unavailable { reference: "1".to_owned() }));
    }
}
