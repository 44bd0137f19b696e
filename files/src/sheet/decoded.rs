//! A text file's content as UTF-8.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use encoding_rs::{CoderResult, Decoder};

use crate::text::Encoding;

/// Bytes that are decoded at once.
const CHUNK: usize = 16 << 10;

/// A reader of UTF-8 over one of text in any encoding.
#[derive(Debug)]
pub(super) struct Decoded<R> {
    inner: R,
    decoding: Option<Decoding>,
    /// Bytes of the file read so far.
    read: Arc<AtomicU64>,
}

/// Bytes on their way through a decoder.
struct Decoding {
    decoder: Decoder,
    raw: Vec<u8>,
    /// Which of `raw` are still to be decoded.
    waiting: std::ops::Range<usize>,
    last: bool,
    ended: bool,
}

impl std::fmt::Debug for Decoding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Decoding").field("waiting", &self.waiting).finish_non_exhaustive()
    }
}

impl Decoded<File> {
    /// Opens the file at `path`, which begins with `head`; nothing if its bytes are no text.
    pub(super) fn open(path: &Path, head: &[u8]) -> io::Result<Option<Self>> {
        let mut file = File::open(path)?;
        let Some(encoding) = Encoding::of(&mut file, head)? else { return Ok(None) };
        file.seek(SeekFrom::Start(encoding.mark(head) as u64))?;
        Ok(Some(Self::new(file, encoding.decoder())))
    }
}

impl<R: Read> Decoded<R> {
    /// Tells how many bytes of the file have been read.
    pub(super) fn progress(&self) -> Arc<AtomicU64> {
        Arc::clone(&self.read)
    }

    fn new(inner: R, decoder: Option<Decoder>) -> Self {
        let decoding = decoder.map(|decoder| Decoding { decoder, raw: vec![0; CHUNK], waiting: 0..0, last: false, ended: false });
        Self { inner, decoding, read: Arc::default() }
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let Some(decoding) = &mut self.decoding else {
            let read = self.inner.read(into)?;
            self.read.fetch_add(read as u64, Ordering::Relaxed);
            return Ok(read);
        };
        loop {
            if decoding.ended || into.is_empty() {
                return Ok(0);
            }
            if decoding.waiting.is_empty() && !decoding.last {
                let read = self.inner.read(&mut decoding.raw)?;
                self.read.fetch_add(read as u64, Ordering::Relaxed);
                decoding.waiting = 0..read;
                decoding.last = read == 0;
            }
            let (result, read, written, _) = decoding.decoder.decode_to_utf8(&decoding.raw[decoding.waiting.clone()], into, decoding.last);
            decoding.waiting.start += read;
            decoding.ended = decoding.last && result == CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
            if result == CoderResult::OutputFull {
                return Err(io::Error::other("the buffer is too small for a character"));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_decoded() {
        let utf16: Vec<u8> = "<table>é".encode_utf16().flat_map(u16::to_le_bytes).collect();
        for (bytes, decoder) in [
            (utf16.as_slice(), Some(encoding_rs::UTF_16LE.new_decoder_without_bom_handling())),
            (b"<table>\xe9", Some(encoding_rs::WINDOWS_1252.new_decoder_without_bom_handling())),
            ("<table>é".as_bytes(), None),
        ] {
            let mut text = String::new();
            Decoded::new(bytes, decoder).read_to_string(&mut text).expect("text");
            assert_eq!(text, "<table>é");
        }
    }
}
