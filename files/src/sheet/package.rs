//! The container of an XLSX: a zip whose entries, the parts, are read side by side, each with its size and sum checked, and none
//! inflating without bound.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use zip::result::ZipError;
use zip::{CompressionMethod, ZipArchive};

use super::problem::Problem;
use crate::refusal::quoted;

/// The most that a part may grow when it is inflated. XML of real sheets grows 5 to 30 times.
const RATIO: u64 = 400;
/// Parts below this may grow more: they are small whatever they hold.
const SMALL: u64 = 1 << 20;
/// The most that a part may hold.
const PART_BYTES: u64 = 4 << 30;
/// The most that all parts together may hold: the same bytes may stand under several names.
const ALL_BYTES: u64 = 8 << 30;
/// The most parts. Real workbooks have some dozens.
const PARTS: u16 = 4_096;

/// An open container.
pub(super) struct Package {
    archive: ZipArchive<BufReader<File>>,
    file: Arc<File>,
    /// The parts' names, in lower case and without a leading slash, in the archive's order.
    names: Vec<String>,
    /// What all parts opened so far hold.
    opened: u64,
}

impl Package {
    /// Opens the container at `path`.
    pub(super) fn open(path: &Path) -> Result<Self, Problem> {
        let mut file = File::open(path)?;
        check_count(&mut file)?;
        let shared = Arc::new(file.try_clone()?);
        let archive = ZipArchive::new(BufReader::with_capacity(4 << 10, file)).map_err(|error| of_zip(error, "cannot be opened"))?;
        let names = archive.file_names_raw().map(|name| normal(&String::from_utf8_lossy(name))).collect();
        Ok(Self { archive, file: shared, names, opened: 0 })
    }

    /// Whether there is such a part.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.contains(&normal(name))
    }

    /// Opens a part, if there is one of this name.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<Part>, Problem> {
        let name = normal(name);
        let Some(index) = self.names.iter().position(|other| *other == name) else { return Ok(None) };
        let told = quoted(&name);
        let entry = self.archive.by_index_raw(index).map_err(|error| of_zip(error, &format!("has no readable part {told}")))?;
        if entry.encrypted() {
            return Err(Problem::Protected);
        }
        let (packed, size) = (entry.compressed_size(), entry.size());
        self.opened = self.opened.saturating_add(size);
        if self.opened > ALL_BYTES {
            return Err(Problem::Broken(format!("it claims to hold more than {} GiB", ALL_BYTES >> 30)));
        }
        if size > PART_BYTES || (size > SMALL && size / packed.max(1) > RATIO) {
            return Err(Problem::Broken(format!(
                "its part {told} claims to hold {} MiB in {} KiB, which no real sheet does",
                size >> 20,
                packed >> 10
            )));
        }
        let start = entry.data_start().ok_or_else(|| Problem::Broken(format!("its part {told} is nowhere")))?;
        let stored = Slice { file: Arc::clone(&self.file), start, at: start, end: start.saturating_add(packed) };
        let inner = match entry.compression() {
            CompressionMethod::Stored => Packed::Stored(stored),
            CompressionMethod::Deflated => Packed::Deflated(Box::new(DeflateDecoder::new(BufReader::with_capacity(8 << 10, stored)))),
            _ => return Err(Problem::Broken(format!("its part {told} is compressed in a way that no spreadsheet program uses"))),
        };
        Ok(Some(Part { inner, read: 0, size, expected: entry.crc32(), sum: Crc::new() }))
    }
}

/// A part's name as names are compared: parts are told apart without regard to case, and some writers use backslashes.
fn normal(name: &str) -> String {
    name.trim_start_matches(['/', '\\']).replace('\\', "/").to_lowercase()
}

fn of_zip(error: ZipError, what: &str) -> Problem {
    match error {
        ZipError::Io(error) if !Problem::is_of_content(error.kind()) => Problem::Io(error),
        error => Problem::Broken(format!("its container {what} ({error})")),
    }
}

/// Refuses a directory of millions of entries before the memory for it is taken. Searches the file's end for the record that
/// counts them; whether the record is right is left to the reader of the archive.
fn check_count(file: &mut File) -> Result<(), Problem> {
    /// The record's length with the longest comment behind it.
    const TAIL: u64 = 22 + 65_535;
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut tail = Vec::new();
    file.take(TAIL).read_to_end(&mut tail)?;
    file.rewind()?;
    let counted = |at: usize| tail.get(at + 10..at + 12).map(|count| u16::from_le_bytes([count[0], count[1]]));
    if memchr::memmem::find_iter(&tail, b"PK\x05\x06").filter_map(counted).any(|count| count > PARTS) {
        return Err(Problem::Broken(format!("it has more than {PARTS} parts")));
    }
    Ok(())
}

/// A stretch of a file, read at a position of its own.
struct Slice {
    file: Arc<File>,
    start: u64,
    at: u64,
    end: u64,
}

impl Read for Slice {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let wanted = into.len().min(left);
        let read = self.file.read_at(&mut into[..wanted], self.at)?;
        self.at += read as u64;
        Ok(read)
    }
}

enum Packed {
    Stored(Slice),
    Deflated(Box<DeflateDecoder<BufReader<Slice>>>),
}

/// A part's content. Reading past its end fails if it was longer or shorter than the directory says, or its sum differs.
pub(super) struct Part {
    inner: Packed,
    read: u64,
    size: u64,
    expected: u32,
    sum: Crc,
}

impl Part {
    /// Bytes of the file read for it so far.
    pub(super) fn bytes_read(&self) -> u64 {
        let slice = match &self.inner {
            Packed::Stored(slice) => slice,
            Packed::Deflated(inner) => inner.get_ref().get_ref(),
        };
        slice.at - slice.start
    }
}

impl Read for Part {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        let read = match &mut self.inner {
            Packed::Stored(inner) => inner.read(into)?,
            Packed::Deflated(inner) => inner.read(into)?,
        };
        self.read += read as u64;
        self.sum.update(&into[..read]);
        let wrong = |what: &str| Err(io::Error::new(io::ErrorKind::InvalidData, what));
        if self.read > self.size {
            return wrong("it is longer than the file's directory says");
        }
        if read == 0 && self.read < self.size {
            return wrong("it is shorter than the file's directory says");
        }
        if read == 0 && self.sum.sum() != self.expected {
            return wrong("its check sum differs");
        }
        Ok(read)
    }
}
