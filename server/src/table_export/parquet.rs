//! As Parquet: by column, in groups of rows, so that memory does not grow with the rows.
//!
//! Text and codes are strings, whole numbers 64 bits, other numbers doubles; whatever is empty is null.

use std::collections::HashMap;
use std::io::{self, Write};
use std::str::FromStr;
use std::sync::Arc;

use axum::body::Bytes;
use futures::stream::{self, BoxStream, StreamExt, TryStreamExt};
use model::Error;
use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::column::writer::ColumnWriter;
use parquet::data_type::ByteArray;
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::Type;
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;

use super::{List, ListColumn, Message, Values};
use crate::fault::fault;

/// Rows of a group. They are held until the group is full.
const GROUP: usize = 65_536;
/// Rows that are handed over at once.
const BATCH: usize = 1_000;
/// Batches that wait for the writer, and pieces that wait for whoever takes them.
const WAITING: usize = 4;
/// Values of a column that are kept once: codes have a thousand at most.
const KNOWN: usize = 2_048;
/// Bytes of a piece.
const PIECE: usize = 256 * 1024;

type Pieces = mpsc::Sender<Result<Bytes, Error>>;

/// The file, in pieces.
pub fn parquet(list: List) -> BoxStream<'static, Result<Bytes, Error>> {
    of_groups(list, GROUP)
}

fn of_groups(list: List, group: usize) -> BoxStream<'static, Result<Bytes, Error>> {
    let List { name, columns, rows, .. } = list;
    let (pieces, taken) = mpsc::channel(WAITING);
    let (sender, receiver) = mpsc::channel(WAITING);
    let broken = pieces.clone();
    tokio::spawn(async move {
        let mut batches = rows.try_ready_chunks(BATCH);
        loop {
            let message = match batches.next().await {
                Some(Ok(rows)) => Message::Rows(rows),
                None => Message::End,
                // The writer stops where its messages do, and nobody takes what there is for the whole.
                Some(Err(error)) => {
                    _ = broken.send(Err(error.1)).await;
                    return;
                }
            };
            let is_end = matches!(message, Message::End);
            // A writer that is gone has said why.
            if sender.send(message).await.is_err() || is_end {
                return;
            }
        }
    });
    spawn_blocking(move || {
        if let Err(error) = write(name, &columns, receiver, group, Out { pieces: pieces.clone(), piece: Vec::new() }) {
            // Whoever is gone hears nothing.
            _ = pieces.blocking_send(Err(fault("writing Parquet", &error)));
        }
    });
    stream::unfold(taken, |mut taken| async move { taken.recv().await.map(|piece| (piece, taken)) }).boxed()
}

/// Hands what is written on in pieces.
struct Out {
    pieces: Pieces,
    piece: Vec<u8>,
}

impl Write for Out {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.piece.extend_from_slice(bytes);
        if self.piece.len() >= PIECE {
            self.flush()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let piece = std::mem::take(&mut self.piece);
        self.pieces.blocking_send(Ok(piece.into())).map_err(|_| io::ErrorKind::BrokenPipe.into())
    }
}

/// The values of a column in a group, and of each of its rows whether it has one. Values that come back are kept once.
#[derive(Default)]
struct Filled {
    values: Vec<ByteArray>,
    present: Vec<i16>,
    known: HashMap<String, ByteArray>,
}

impl Filled {
    fn push(&mut self, cell: Option<String>) {
        self.present.push(i16::from(cell.is_some()));
        let Some(text) = cell else { return };
        let value = match self.known.get(&text) {
            Some(value) => value.clone(),
            None => {
                let value = ByteArray::from(text.clone().into_bytes());
                if self.known.len() < KNOWN {
                    self.known.insert(text, value.clone());
                }
                value
            }
        };
        self.values.push(value);
    }

    /// Makes room for the next group's rows. What is known stays known.
    fn clear(&mut self) {
        self.values.clear();
        self.present.clear();
    }
}

fn write(name: &str, columns: &[ListColumn], mut messages: mpsc::Receiver<Message>, group: usize, out: Out) -> Result<(), ParquetError> {
    let fields = columns.iter().map(field).collect::<Result<_, _>>()?;
    let schema = Type::group_type_builder(name).with_fields(fields).build()?;
    let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
    let mut writer = SerializedFileWriter::new(out, Arc::new(schema), Arc::new(properties))?;
    let mut filled: Vec<Filled> = columns.iter().map(|_| Filled::default()).collect();
    let mut rows = 0;
    while let Some(message) = messages.blocking_recv() {
        let Message::Rows(batch) = message else {
            if rows > 0 {
                write_group(&mut writer, columns, &mut filled)?;
            }
            writer.finish()?;
            return Ok(writer.inner_mut().flush()?);
        };
        for row in batch {
            for (column, cell) in filled.iter_mut().zip(row) {
                column.push(cell);
            }
            rows += 1;
            if rows == group {
                write_group(&mut writer, columns, &mut filled)?;
                rows = 0;
            }
        }
    }
    // Nobody wants it any more, and whoever ended it has said why.
    Ok(())
}

fn field(column: &ListColumn) -> Result<Arc<Type>, ParquetError> {
    let (physical, logical) = match column.values {
        Values::Text => (Physical::BYTE_ARRAY, Some(LogicalType::String)),
        Values::Whole => (Physical::INT64, None),
        Values::Number => (Physical::DOUBLE, None),
    };
    let builder = Type::primitive_type_builder(column.name, physical).with_repetition(Repetition::OPTIONAL).with_logical_type(logical);
    builder.build().map(Arc::new)
}

fn numbers<T: FromStr>(column: &ListColumn, texts: &[ByteArray]) -> Result<Vec<T>, ParquetError> {
    let number = |text: &ByteArray| {
        let text = text.as_utf8()?;
        text.parse().map_err(|_| ParquetError::General(format!("{text:?} in {} is no number", column.name)))
    };
    texts.iter().map(number).collect()
}

fn write_group(writer: &mut SerializedFileWriter<Out>, columns: &[ListColumn], filled: &mut [Filled]) -> Result<(), ParquetError> {
    let mut group = writer.next_row_group()?;
    for (column, filled) in columns.iter().zip(filled) {
        let Filled { values, present, .. } = &*filled;
        let Some(mut target) = group.next_column()? else { break };
        match target.untyped() {
            ColumnWriter::ByteArrayColumnWriter(target) => {
                target.write_batch(values, Some(present), None)?;
            }
            ColumnWriter::Int64ColumnWriter(target) => _ = target.write_batch(&numbers(column, values)?, Some(present), None)?,
            ColumnWriter::DoubleColumnWriter(target) => _ = target.write_batch(&numbers(column, values)?, Some(present), None)?,
            _ => return Err(ParquetError::General(format!("{} is of a type that is not written", column.name))),
        }
        target.close()?;
        filled.clear();
    }
    group.close().map(drop)
}

#[cfg(test)]
mod tests {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::Field;

    use super::*;
    use crate::table_export::tests::{broken, list};

    #[tokio::test(flavor = "multi_thread")]
    async fn every_value_is_read_back_with_its_type_over_several_groups() {
        let rows = vec![
            vec!["00601", "18.18", "-66.75", "=1+1", "PR"],
            vec!["10001", "40.7", "-74", "New York", "NY", "", "27004"],
            vec!["10002", "40.7"],
        ];
        let pieces: Vec<Bytes> = of_groups(list(rows), 2).try_collect().await.expect("written");
        let reader = SerializedFileReader::new(Bytes::from(pieces.concat())).expect("a file");
        assert_eq!((reader.num_row_groups(), reader.metadata().file_metadata().num_rows()), (2, 3));
        let rows: Vec<Vec<(String, Field)>> =
            reader.get_row_iter(None).expect("rows").map(|row| row.expect("a row").into_columns()).collect();
        assert_eq!(rows[0][0], ("zip".to_owned(), Field::Str("00601".to_owned())));
        assert_eq!((&rows[0][1].1, &rows[0][3].1, &rows[0][6].1), (&Field::Double(18.18), &Field::Str("=1+1".to_owned()), &Field::Null));
        assert_eq!((&rows[1][6], &rows[2][10].1), (&("population".to_owned(), Field::Long(27_004)), &Field::Str("0199".to_owned())));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_breaks_off_is_no_whole_file_and_what_holds_no_rows_is_one() {
        assert!(parquet(broken()).try_collect::<Vec<_>>().await.is_err());
        let pieces: Vec<Bytes> = parquet(list(Vec::new())).try_collect().await.expect("written");
        let reader = SerializedFileReader::new(Bytes::from(pieces.concat())).expect("a file");
        assert_eq!(reader.metadata().file_metadata().num_rows(), 0);
        let bad = parquet(list(vec![vec!["00601", "many"]])).try_collect::<Vec<_>>().await;
        assert!(matches!(bad, Err(Error::Unavailable { .. })), "{bad:?}");
    }
}
