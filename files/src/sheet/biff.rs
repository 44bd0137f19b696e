//! The records of an XLS, and the texts in them.

use std::io::{self, BufRead, Seek, SeekFrom};

use encoding_rs::{Encoding, WINDOWS_1252};

use super::problem::Problem;
use super::texts::Texts;

/// Where records are read from.
pub(super) trait Source: BufRead + Seek {}

impl<T: BufRead + Seek> Source for T {}

/// Records, one after the other. Each is at most 64 KiB.
pub(super) struct Records {
    source: Box<dyn Source>,
    /// The header of the record that is next, if it was looked at already: its sort and length.
    ahead: Option<(u16, u16)>,
    data: Vec<u8>,
    /// How much of the record has been taken.
    at: usize,
}

/// The record that goes on with the one before, where that was too long.
const CONTINUE: u16 = 0x003c;

impl Records {
    pub(super) fn new(source: Box<dyn Source>) -> Self {
        Self { source, ahead: None, data: Vec::new(), at: 0 }
    }

    /// Goes to where a sheet begins.
    pub(super) fn seek(&mut self, position: u64) -> Result<(), Problem> {
        self.ahead = None;
        self.source.seek(SeekFrom::Start(position)).map_err(of_stream)?;
        Ok(())
    }

    fn look(&mut self) -> Result<(u16, u16), Problem> {
        if let Some(ahead) = self.ahead {
            return Ok(ahead);
        }
        let mut header = [0; 4];
        self.source.read_exact(&mut header).map_err(of_stream)?;
        let ahead = (u16::from_le_bytes([header[0], header[1]]), u16::from_le_bytes([header[2], header[3]]));
        self.ahead = Some(ahead);
        Ok(ahead)
    }

    /// Reads the next record and answers its sort.
    pub(super) fn next(&mut self) -> Result<u16, Problem> {
        let (sort, length) = self.look()?;
        self.ahead = None;
        self.at = 0;
        self.data.resize(usize::from(length), 0);
        self.source.read_exact(&mut self.data).map_err(of_stream)?;
        Ok(sort)
    }

    /// What is left of the record.
    pub(super) fn rest(&self) -> &[u8] {
        &self.data[self.at..]
    }

    /// Takes so many bytes.
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Problem> {
        let bytes = self.data.get(self.at..self.at + N).and_then(|bytes| bytes.try_into().ok());
        self.at += N;
        bytes.ok_or_else(|| Problem::Broken("one of its records is too short".to_owned()))
    }

    pub(super) fn byte(&mut self) -> Result<u8, Problem> {
        self.take::<1>().map(|[byte]| byte)
    }

    pub(super) fn short(&mut self) -> Result<u16, Problem> {
        self.take().map(u16::from_le_bytes)
    }

    pub(super) fn long(&mut self) -> Result<u32, Problem> {
        self.take().map(u32::from_le_bytes)
    }

    pub(super) fn double(&mut self) -> Result<f64, Problem> {
        self.take().map(f64::from_le_bytes)
    }

    /// Goes on in the record that continues this one, if there is one and this one is used up. Answers whether there are bytes
    /// to take.
    fn refill(&mut self) -> Result<bool, Problem> {
        while self.at >= self.data.len() {
            if self.look()?.0 != CONTINUE {
                return Ok(false);
            }
            self.next()?;
        }
        Ok(true)
    }

    fn skip(&mut self, mut bytes: usize) -> Result<(), Problem> {
        while bytes > 0 && self.refill()? {
            let now = bytes.min(self.data.len() - self.at);
            self.at += now;
            bytes -= now;
        }
        Ok(())
    }

    /// Adds `count` characters of Unicode to `out`, whose first byte of flags was taken already. Where a record continues
    /// another, its flags say anew how characters are stored.
    fn characters(&mut self, count: u16, flags: u8, out: &mut String) -> Result<(), Problem> {
        let (mut left, mut wide) = (usize::from(count), flags & 1 != 0);
        let mut units: Vec<u16> = Vec::with_capacity(left);
        while left > 0 {
            if self.at >= self.data.len() {
                if !self.refill()? {
                    return Err(Problem::Broken("one of its texts breaks off".to_owned()));
                }
                wide = self.byte()? & 1 != 0;
                continue;
            }
            let bytes = self.rest();
            let taken = if wide {
                let pairs = bytes.chunks_exact(2).take(left).map(|pair| u16::from_le_bytes([pair[0], pair[1]]));
                let before = units.len();
                units.extend(pairs);
                (units.len() - before) * 2
            } else {
                let before = units.len();
                units.extend(bytes.iter().take(left).map(|byte| u16::from(*byte)));
                units.len() - before
            };
            if taken == 0 {
                return Err(Problem::Broken("one of its texts is cut within a character".to_owned()));
            }
            self.at += taken;
            left = usize::from(count) - units.len();
        }
        out.extend(char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)));
        Ok(())
    }

    /// Adds a text of Unicode with its count of characters, as from Excel 97 on.
    pub(super) fn unicode(&mut self, out: &mut String) -> Result<(), Problem> {
        let (count, flags) = (self.short()?, self.byte()?);
        let runs = if flags & 8 == 0 { 0 } else { self.short()? };
        let extra = if flags & 4 == 0 { 0 } else { self.long()? };
        self.characters(count, flags, out)?;
        self.skip(usize::from(runs) * 4 + extra as usize)
    }

    /// Adds a text of single bytes, as before Excel 97.
    pub(super) fn bytes(&mut self, count: usize, encoding: &'static Encoding, out: &mut String) -> Result<(), Problem> {
        let bytes = self.rest().get(..count).ok_or_else(|| Problem::Broken("one of its texts breaks off".to_owned()))?;
        out.push_str(&encoding.decode_without_bom_handling(bytes).0);
        self.at += count;
        Ok(())
    }

    /// The table of shared texts, whose record was just read.
    pub(super) fn shared(&mut self) -> Result<Texts, Problem> {
        let (_uses, count) = (self.long()?, self.long()?);
        let mut texts = Texts::default();
        while texts.len() < count as usize && self.refill()? {
            self.unicode(texts.open())?;
            texts.close()?;
        }
        Ok(texts)
    }
}

/// An error while reading the stream of records.
fn of_stream(error: io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::UnexpectedEof => Problem::Broken("it breaks off".to_owned()),
        kind if Problem::is_of_content(kind) => Problem::Broken(format!("its content cannot be read ({error})")),
        _ => Problem::Io(error),
    }
}

/// The encoding of a code page.
pub(super) fn encoding(page: u16) -> &'static Encoding {
    let label = match page {
        932 => "shift_jis".to_owned(),
        936 => "gbk".to_owned(),
        950 => "big5".to_owned(),
        10_000 | 32_768 => "macintosh".to_owned(),
        65_001 => "utf-8".to_owned(),
        page => format!("windows-{page}"),
    };
    Encoding::for_label_no_replacement(label.as_bytes()).unwrap_or(WINDOWS_1252)
}

/// The number in an RK: an integer of 30 bits or the upper half of a floating-point number, perhaps times a hundred.
pub(super) fn rk(bits: u32) -> f64 {
    #[expect(clippy::cast_possible_wrap, reason = "the sign is the highest bit")]
    let value = if bits & 2 == 0 { f64::from_bits(u64::from(bits & !3) << 32) } else { f64::from(bits as i32 >> 2) };
    if bits & 1 == 0 { value } else { value / 100.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(sort: u16, data: &[u8]) -> Vec<u8> {
        [&sort.to_le_bytes()[..], &u16::try_from(data.len()).expect("short").to_le_bytes(), data].concat()
    }

    #[test]
    fn shared_texts_run_on_from_record_to_record() {
        // Two texts: "abcd", cut after "ab" and going on in wide characters, and "é" with a run of formatting, cut before the run.
        let first = [&2_u32.to_le_bytes()[..], &2_u32.to_le_bytes(), &4_u16.to_le_bytes(), &[0], b"ab"].concat();
        let second = [&[1][..], b"c\0d\0", &1_u16.to_le_bytes(), &[8], &1_u16.to_le_bytes(), &[0xe9]].concat();
        let stream = [record(0xfc, &first), record(CONTINUE, &second), record(CONTINUE, &[0; 4]), record(0x0a, &[])].concat();
        let mut records = Records::new(Box::new(io::Cursor::new(stream)));
        assert_eq!(records.next().expect("a record"), 0xfc);
        let texts = records.shared().expect("texts");
        assert_eq!([texts.get(0), texts.get(1), texts.get(2)], [Some("abcd"), Some("é"), None]);
        assert_eq!(records.next().expect("a record"), 0x0a);
    }

    #[test]
    fn a_cut_stream_is_no_end() {
        let mut records = Records::new(Box::new(io::Cursor::new(vec![0xfc, 0, 20, 0, 1])));
        assert!(matches!(records.next(), Err(Problem::Broken(_))));
    }

    #[test]
    fn compressed_numbers_are_unpacked() {
        assert_eq!([rk((601 << 2) | 2), rk((1818 << 2) | 3), rk(0x3ff0_0000), rk(0xffff_fffe)], [601.0, 18.18, 1.0, -1.0]);
    }

    #[test]
    fn code_pages_name_encodings() {
        for (page, name) in
            [(1252, "windows-1252"), (1251, "windows-1251"), (932, "Shift_JIS"), (10_000, "macintosh"), (4711, "windows-1252")]
        {
            assert_eq!(encoding(page).name(), name);
        }
    }
}
