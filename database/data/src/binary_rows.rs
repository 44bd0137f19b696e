//! Rows that a binary COPY sends: the other direction of [`crate::CopyBuffer`].
//!
//! Source: <https://www.postgresql.org/docs/current/sql-copy.html>, "Binary Format".

use bytes::Bytes;
use futures::stream::{BoxStream, TryStreamExt};

/// The signature, the flags and the extension's length.
const HEADER: usize = 11 + 4 + 4;

/// Rows as PostgreSQL sends them, one a piece.
pub struct BinaryRows<'a> {
    pieces: BoxStream<'a, Result<Bytes, sqlx::Error>>,
    begun: bool,
}

/// The fields of a row, in the order of the statement's columns. Reading past the end or a field of another width is an error: the
/// statement is not what the reader takes it for.
#[derive(Debug)]
pub struct Fields(Bytes);

fn unexpected() -> sqlx::Error {
    sqlx::Error::Protocol("a binary COPY holds something else than its reader expects".to_owned())
}

impl<'a> BinaryRows<'a> {
    pub(crate) fn new(pieces: BoxStream<'a, Result<Bytes, sqlx::Error>>) -> Self {
        Self { pieces, begun: false }
    }

    /// The next row, if there is one.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn next(&mut self) -> Result<Option<Fields>, sqlx::Error> {
        while let Some(mut piece) = self.pieces.try_next().await? {
            if !self.begun {
                if piece.len() < HEADER {
                    return Err(unexpected());
                }
                self.begun = true;
                // PostgreSQL sends the header by itself or before the first row.
                drop(piece.split_to(HEADER));
            }
            if piece.is_empty() {
                continue;
            }
            let mut fields = Fields(piece);
            // The trailer counts -1 fields; nothing but the end of the stream follows.
            if fields.count()? >= 0 {
                return Ok(Some(fields));
            }
        }
        Ok(None)
    }
}

impl Fields {
    fn count(&mut self) -> Result<i16, sqlx::Error> {
        self.take(2)?.as_ref().try_into().map(i16::from_be_bytes).map_err(|_| unexpected())
    }

    fn take(&mut self, bytes: usize) -> Result<Bytes, sqlx::Error> {
        if self.0.len() < bytes { Err(unexpected()) } else { Ok(self.0.split_to(bytes)) }
    }

    /// The next field's bytes; none where it is null.
    ///
    /// # Errors
    /// When there is no further field.
    pub fn bytes(&mut self) -> Result<Option<Bytes>, sqlx::Error> {
        let length = self.take(4)?.as_ref().try_into().map(i32::from_be_bytes).map_err(|_| unexpected())?;
        usize::try_from(length).ok().map(|length| self.take(length)).transpose()
    }

    /// A field of a fixed width.
    fn fixed<const WIDTH: usize>(&mut self) -> Result<Option<[u8; WIDTH]>, sqlx::Error> {
        self.bytes()?.map(|bytes| bytes.as_ref().try_into().map_err(|_| unexpected())).transpose()
    }

    /// The next field, a `smallint`.
    ///
    /// # Errors
    /// When there is none.
    pub fn smallint(&mut self) -> Result<Option<i16>, sqlx::Error> {
        Ok(self.fixed()?.map(i16::from_be_bytes))
    }

    /// The next field, a `bigint`.
    ///
    /// # Errors
    /// When there is none.
    pub fn bigint(&mut self) -> Result<Option<i64>, sqlx::Error> {
        Ok(self.fixed()?.map(i64::from_be_bytes))
    }
}
