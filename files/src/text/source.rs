//! The bytes of a text as UTF-8 with line feeds at the ends of lines, whatever they are in the file.

use std::cell::Cell;
use std::io::{self, Read};
use std::ops::Range;
use std::rc::Rc;

use encoding_rs::Decoder;

use super::encoding::Encoding;

/// The longest row that is read, bytes. Without a bound, one quote too many would take the rest of the file into memory as a
/// single field.
pub(super) const ROW_BYTES: u64 = 1024 * 1024;
/// The buffer of who reads this; the bound on a row counts what is read ahead as well.
pub(super) const READ_AHEAD: usize = 256 * 1024;
/// Bytes of the file that wait to be decoded.
const RAW: usize = 64 * 1024;

/// Stands behind the file's last byte, on a line of its own. Where it is not read back as a row of its own, a quote was still
/// open at the file's end.
const END: &[u8] = b"\n\x1eend of file\x1e\n";
/// The row that [`END`] makes.
pub(super) const END_ROW: &[u8] = b"\x1eend of file\x1e";

/// What a source and who reads it tell each other.
#[derive(Debug, Default)]
pub(super) struct Progress {
    /// Bytes of the file read.
    pub(super) raw: Cell<u64>,
    /// Where in the decoded text the row now read began.
    pub(super) row_began: Cell<u64>,
    /// Blank lines that are known to stand there before the row's first character.
    pub(super) blank_lines: Cell<u64>,
    /// The decoded text's length without [`END`], once the file's end is reached.
    pub(super) length: Cell<Option<u64>>,
}

/// A row is longer than [`ROW_BYTES`].
#[derive(Debug, thiserror::Error)]
#[error("a row longer than {ROW_BYTES} bytes")]
pub(super) struct RowTooLong;

/// The text of a file, with [`END`] behind it.
pub(crate) struct Source<R> {
    inner: R,
    decoding: Option<Decoding>,
    /// The byte order mark's bytes that are still to be passed over.
    mark: usize,
    after_carriage_return: bool,
    delivered: u64,
    /// Where the line feeds begin with which the text delivered so far ends.
    line_feeds_from: u64,
    row: Unfinished,
    end: &'static [u8],
    progress: Rc<Progress>,
}

/// The row of which more is asked for.
#[derive(Debug, Default)]
struct Unfinished {
    /// Where it began, the blank lines above it included.
    began: u64,
    /// Up to where there are only blank lines.
    blank_to: u64,
}

/// A decoder with the bytes that wait for it, and those that it has made.
struct Decoding {
    decoder: Decoder,
    raw: Box<[u8]>,
    waiting: Range<usize>,
    decoded: Box<[u8]>,
    ready: Range<usize>,
    is_at_end: bool,
}

impl<R: Read> Source<R> {
    /// The text of a file that is encoded so and begins with a byte order mark of `mark` bytes.
    pub(crate) fn new(inner: R, encoding: Encoding, mark: usize) -> Self {
        let decoding = encoding.decoder().map(|decoder| Decoding {
            decoder,
            raw: vec![0; RAW].into_boxed_slice(),
            waiting: 0..0,
            decoded: vec![0; RAW].into_boxed_slice(),
            ready: 0..0,
            is_at_end: false,
        });
        Self {
            inner,
            decoding,
            mark,
            after_carriage_return: false,
            delivered: 0,
            line_feeds_from: 0,
            row: Unfinished::default(),
            end: END,
            progress: Rc::default(),
        }
    }

    /// What is told of it while it is read.
    pub(super) fn progress(&self) -> Rc<Progress> {
        self.progress.clone()
    }

    /// The length of the text read so far, without what marks its end.
    pub(crate) fn length(&self) -> usize {
        usize::try_from(self.delivered).unwrap_or(usize::MAX)
    }

    /// The bytes of the row that is being read; blank lines above it are none of its.
    fn row_length(&mut self) -> u64 {
        let began = self.progress.row_began.get();
        if self.row.began != began {
            self.row = Unfinished { began, blank_to: began };
        }
        // More is asked for when all that was delivered is used up.
        if self.row.blank_to >= self.line_feeds_from {
            self.row.blank_to = self.delivered;
        }
        self.progress.blank_lines.set(self.row.blank_to - self.row.began);
        self.delivered.saturating_sub(self.row.blank_to)
    }

    fn read_raw(inner: &mut R, progress: &Progress, mark: &mut usize, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = match inner.read(buffer) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            progress.raw.set(progress.raw.get() + read as u64);
            let skipped = read.min(*mark);
            *mark -= skipped;
            if skipped > 0 {
                buffer.copy_within(skipped..read, 0);
            }
            // Nothing but the mark is not the end.
            if read == 0 || read > skipped {
                return Ok(read - skipped);
            }
        }
    }

    /// The next bytes of text, as UTF-8; none at the end.
    fn read_text(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Self { inner, decoding, mark, progress, .. } = self;
        let Some(decoding) = decoding else {
            return Self::read_raw(inner, progress, mark, buffer);
        };
        // The caller's buffer may be smaller than a character, the decoder's is not.
        while decoding.ready.is_empty() {
            if decoding.waiting.is_empty() {
                if decoding.is_at_end {
                    return Ok(0);
                }
                decoding.waiting = 0..Self::read_raw(inner, progress, mark, &mut decoding.raw)?;
                decoding.is_at_end = decoding.waiting.is_empty();
            }
            let Decoding { decoder, raw, waiting, decoded, ready, is_at_end } = decoding;
            let (_, read, written, _) = decoder.decode_to_utf8(&raw[waiting.clone()], decoded, *is_at_end);
            waiting.start += read;
            *ready = 0..written;
        }
        let length = decoding.ready.len().min(buffer.len());
        buffer[..length].copy_from_slice(&decoding.decoded[decoding.ready.start..][..length]);
        decoding.ready.start += length;
        Ok(length)
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.row_length() > ROW_BYTES + READ_AHEAD as u64 {
            return Err(io::Error::other(RowTooLong));
        }
        while self.progress.length.get().is_none() {
            let read = self.read_text(buffer)?;
            if read == 0 {
                self.progress.length.set(Some(self.delivered));
                break;
            }
            let kept = line_feeds(&mut buffer[..read], &mut self.after_carriage_return);
            self.delivered += kept as u64;
            if self.row.blank_to + kept as u64 == self.delivered {
                self.row.blank_to += buffer[..kept].iter().take_while(|byte| **byte == b'\n').count() as u64;
            }
            let feeds = buffer[..kept].iter().rev().take_while(|byte| **byte == b'\n').count();
            if feeds < kept {
                self.line_feeds_from = self.delivered - feeds as u64;
            }
            if kept > 0 {
                return Ok(kept);
            }
        }
        self.end.read(buffer)
    }
}

/// Makes one line feed of each end of a line, be it CR and LF, CR or LF. Answers how many bytes are left.
fn line_feeds(bytes: &mut [u8], after_carriage_return: &mut bool) -> usize {
    let (mut from, mut to) = (0, 0);
    if *after_carriage_return && bytes.first() == Some(&b'\n') {
        from = 1;
    }
    *after_carriage_return = false;
    while let Some(length) = memchr::memchr(b'\r', &bytes[from..]) {
        if from != to {
            bytes.copy_within(from..from + length, to);
        }
        to += length;
        bytes[to] = b'\n';
        to += 1;
        from += length + 1;
        match bytes.get(from) {
            Some(b'\n') => from += 1,
            Some(_) => {}
            None => *after_carriage_return = true,
        }
    }
    let rest = bytes.len() - from;
    if from != to {
        bytes.copy_within(from.., to);
    }
    to + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives a few bytes at a time, as files and pipes may.
    struct Slow<'a>(&'a [u8], usize);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = self.1.min(self.0.len()).min(buffer.len());
            let (now, later) = self.0.split_at(length);
            buffer[..length].copy_from_slice(now);
            self.0 = later;
            Ok(length)
        }
    }

    fn text(content: &[u8], encoding: Encoding, at_once: usize) -> String {
        let mut source = Source::new(Slow(content, at_once), encoding, encoding.mark(content));
        let mut text = Vec::new();
        source.read_to_end(&mut text).expect("reads");
        assert_eq!(source.progress.raw.get(), content.len() as u64);
        let length = source.progress.length.get().expect("the end") as usize;
        assert_eq!(&text[length..], END);
        String::from_utf8(text[..length].to_vec()).expect("UTF-8")
    }

    #[test]
    fn every_encoding_and_end_of_line_gives_the_same_text() {
        let wanted = "zip,city\n00610,Añasco\n\n00611,Ángeles";
        for end in ["\n", "\r\n", "\r"] {
            let content = wanted.replace('\n', end);
            let latin: Vec<u8> = content.chars().map(|character| u8::try_from(u32::from(character)).expect("Latin-1")).collect();
            let marked = format!("\u{feff}{content}");
            let little: Vec<u8> = marked.encode_utf16().flat_map(u16::to_le_bytes).collect();
            let big: Vec<u8> = content.encode_utf16().flat_map(u16::to_be_bytes).collect();
            for at_once in [1, 2, 3, 7, 1000] {
                assert_eq!(text(content.as_bytes(), Encoding::Utf8, at_once), wanted);
                assert_eq!(text(marked.as_bytes(), Encoding::Utf8, at_once), wanted);
                assert_eq!(text(&latin, Encoding::Windows1252, at_once), wanted);
                assert_eq!(text(&little, Encoding::Utf16Le, at_once), wanted);
                assert_eq!(text(&big, Encoding::Utf16Be, at_once), wanted);
            }
        }
    }

    #[test]
    fn half_a_character_at_the_end_is_no_fault() {
        assert_eq!(text(b"a\0b", Encoding::Utf16Le, 1), "a\u{fffd}");
        assert_eq!(text(b"", Encoding::Utf16Le, 1), "");
    }
}
