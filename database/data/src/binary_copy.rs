//! Rows in PostgreSQL's binary COPY format.
//!
//! Source: <https://www.postgresql.org/docs/current/sql-copy.html>, "Binary Format". A header, then for each row
//! the number of fields (16 bits) and each field's length (32 bits, -1 for null) before its bytes, all in
//! network order, then a trailer.

const SIGNATURE: &[u8; 11] = b"PGCOPY\n\xff\r\n\0";

/// Bytes after which a buffer is worth sending: large enough that the count of messages does not matter,
/// small enough that the few in flight need no memory to speak of.
pub const FLUSH_AT: usize = 256 * 1024;

/// Rows encoded so far. Fields are pushed in the order of the table's columns.
#[derive(Debug, Default)]
pub struct CopyBuffer {
    bytes: Vec<u8>,
}

impl CopyBuffer {
    /// A buffer that opens a COPY: it begins with the header.
    pub fn opening() -> Self {
        let mut bytes = Vec::with_capacity(FLUSH_AT + 4096);
        bytes.extend_from_slice(SIGNATURE);
        // No flags, no header extension.
        bytes.extend_from_slice(&[0; 8]);
        Self { bytes }
    }

    /// Begins a row of so many fields, at most 1,600 as PostgreSQL allows.
    pub fn row(&mut self, fields: u16) {
        self.bytes.extend_from_slice(&fields.to_be_bytes());
    }

    /// A null of any type.
    pub fn null(&mut self) {
        self.bytes.extend_from_slice(&(-1_i32).to_be_bytes());
    }

    /// A `text`. It must not hold a NUL byte, which PostgreSQL's text cannot.
    pub fn text(&mut self, value: &str) {
        self.field(value.as_bytes());
    }

    /// A `bigint`.
    pub fn bigint(&mut self, value: i64) {
        self.field(&value.to_be_bytes());
    }

    /// A `smallint`.
    pub fn smallint(&mut self, value: i16) {
        self.field(&value.to_be_bytes());
    }

    /// A `real`.
    pub fn real(&mut self, value: f32) {
        self.field(&value.to_be_bytes());
    }

    /// A `bytea`.
    pub fn bytea(&mut self, value: &[u8]) {
        self.field(value);
    }

    /// A `double precision`.
    pub fn double(&mut self, value: f64) {
        self.field(&value.to_be_bytes());
    }

    /// Ends the COPY.
    pub fn close(&mut self) {
        self.bytes.extend_from_slice(&(-1_i16).to_be_bytes());
    }

    /// Bytes held.
    pub fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// Takes the bytes out, and goes on empty.
    pub fn take(&mut self) -> Vec<u8> {
        std::mem::replace(&mut self.bytes, Vec::with_capacity(FLUSH_AT + 4096))
    }

    fn field(&mut self, value: &[u8]) {
        // A value is bounded by its column's contract, far below two gigabytes.
        let length = i32::try_from(value.len()).unwrap_or(i32::MAX);
        self.bytes.extend_from_slice(&length.to_be_bytes());
        self.bytes.extend_from_slice(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_encoded_as_documented() {
        let mut buffer = CopyBuffer::opening();
        let header = buffer.take();
        assert_eq!(header, [SIGNATURE.as_slice(), &[0; 8]].concat());
        buffer.row(4);
        buffer.text("006");
        buffer.null();
        buffer.bigint(-2);
        buffer.double(1.5);
        buffer.close();
        let expected = [
            &[0, 4][..],
            &[0, 0, 0, 3],
            b"006",
            &[0xff; 4],
            &[0, 0, 0, 8, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe],
            &[0, 0, 0, 8, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0],
            &[0xff, 0xff],
        ]
        .concat();
        assert_eq!(buffer.take(), expected);
        assert!(buffer.is_empty());
    }
}
