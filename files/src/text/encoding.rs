//! How a text is encoded: UTF-8, UTF-16 or Windows-1252, or that it is no text.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

/// The encoding of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Encoding {
    /// UTF-8, with or without a byte order mark.
    Utf8,
    /// UTF-16, the low byte first.
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
    /// Windows-1252, of which Latin-1's printable characters are a part.
    Windows1252,
}

/// Bytes validated at once.
const CHUNK: usize = 256 * 1024;
/// How many bytes that are none of UTF-8 may stand there for each character that is, in a text that is still taken for UTF-8.
const FEW: u64 = 4;

impl Encoding {
    /// The encoding of a file that begins with `head`; nothing if its bytes are no text. Reads the whole file, once, where the
    /// first bytes leave open whether it is UTF-8.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn of(file: &mut File, head: &[u8]) -> io::Result<Option<Self>> {
        Ok(Self::detect(file, head)?.map(|(encoding, _)| encoding))
    }

    /// As [`Encoding::of`], with the number of bytes that are none of the encoding's: those of a text in UTF-8 that was spoilt.
    ///
    /// # Errors
    /// If the file cannot be read.
    pub(crate) fn detect(file: &mut File, head: &[u8]) -> io::Result<Option<(Self, u64)>> {
        if let Some(encoding) = Self::utf16(head) {
            return Ok(Some((encoding, 0)));
        }
        if head.contains(&0) || is_mostly_control(head) {
            return Ok(None);
        }
        file.seek(SeekFrom::Start(0))?;
        let found = count(file)?;
        let is_marked = Self::Utf8.mark(head) > 0;
        // Letters of Windows-1252 hardly ever stand so that two of them look like one of UTF-8.
        let is_utf8 = found.bad == 0 || is_marked || found.good * FEW > found.bad;
        Ok(Some(if is_utf8 { (Self::Utf8, found.bad) } else { (Self::Windows1252, 0) }))
    }

    /// UTF-16, by its byte order mark, or by where the zero bytes of its mostly Latin text are.
    fn utf16(head: &[u8]) -> Option<Self> {
        match head {
            // UTF-32, which nothing saves tables as.
            [0xff, 0xfe, 0, 0, ..] => return None,
            [0xff, 0xfe, ..] => return Some(Self::Utf16Le),
            [0xfe, 0xff, ..] => return Some(Self::Utf16Be),
            _ => {}
        }
        let units = head.chunks_exact(2);
        let count = units.len();
        let (first, second) =
            units.fold((0, 0), |(first, second), unit| (first + usize::from(unit[0] == 0), second + usize::from(unit[1] == 0)));
        let is_most = |zeros: usize| count >= 2 && zeros * 10 >= count * 7;
        if is_most(second) && first == 0 {
            Some(Self::Utf16Le)
        } else if is_most(first) && second == 0 {
            Some(Self::Utf16Be)
        } else {
            None
        }
    }

    /// The length of the byte order mark with which the file begins.
    pub(crate) fn mark(self, head: &[u8]) -> usize {
        match (self, head) {
            (Self::Utf8, [0xef, 0xbb, 0xbf, ..]) => 3,
            (Self::Utf16Le, [0xff, 0xfe, ..]) | (Self::Utf16Be, [0xfe, 0xff, ..]) => 2,
            _ => 0,
        }
    }

    /// What decodes it; nothing for UTF-8, which is read as it is.
    pub(crate) fn decoder(self) -> Option<encoding_rs::Decoder> {
        let encoding = match self {
            Self::Utf8 => return None,
            Self::Utf16Le => encoding_rs::UTF_16LE,
            Self::Utf16Be => encoding_rs::UTF_16BE,
            Self::Windows1252 => encoding_rs::WINDOWS_1252,
        };
        Some(encoding.new_decoder_without_bom_handling())
    }

    /// What a reader should know of it.
    pub(crate) fn note(self) -> Option<&'static str> {
        match self {
            Self::Utf8 => None,
            Self::Utf16Le | Self::Utf16Be => Some("Read as UTF-16."),
            Self::Windows1252 => Some("Read as Windows-1252, as it is not UTF-8."),
        }
    }
}

/// Whether control characters, tabs and line breaks aside, make up more than a twentieth of it.
fn is_mostly_control(head: &[u8]) -> bool {
    let control = head.iter().filter(|byte| matches!(byte, 0x01..=0x08 | 0x0b | 0x0e..=0x1f | 0x7f)).count();
    control * 20 > head.len()
}

/// What of a text's bytes beyond ASCII is UTF-8.
#[derive(Debug, Clone, Copy, Default)]
struct Found {
    /// Characters of several bytes.
    good: u64,
    /// Bytes that belong to none.
    bad: u64,
}

/// Counts what of the rest of the file is UTF-8. A character that the file's end cuts does not speak against it.
fn count(file: &mut File) -> io::Result<Found> {
    let (mut found, mut buffer, mut kept) = (Found::default(), vec![0; CHUNK], 0);
    loop {
        let read = match file.read(&mut buffer[kept..]) {
            Ok(0) => return Ok(found),
            Ok(read) => read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let end = kept + read;
        let mut at = 0;
        kept = loop {
            let (valid, bad) = match std::str::from_utf8(&buffer[at..end]) {
                Ok(text) => (text.len(), None),
                Err(error) => (error.valid_up_to(), Some(error.error_len())),
            };
            if !buffer[at..at + valid].is_ascii() {
                found.good += buffer[at..at + valid].iter().filter(|byte| **byte >= 0xc0).count() as u64;
            }
            at += valid;
            match bad {
                None => break 0,
                Some(None) => break end - at,
                Some(Some(length)) => {
                    found.bad += length as u64;
                    at += length;
                }
            }
        };
        buffer.copy_within(end - kept..end, 0);
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    fn of(content: &[u8]) -> Option<Encoding> {
        let mut file = tempfile::tempfile().expect("a file");
        file.write_all(content).expect("writes");
        Encoding::of(&mut file, &content[..content.len().min(1024)]).expect("reads")
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn encodings_are_told_apart() {
        assert_eq!(of("zip,Añasco\n".as_bytes()), Some(Encoding::Utf8));
        assert_eq!(of("\u{feff}zip,lat\n".as_bytes()), Some(Encoding::Utf8));
        assert_eq!(of(b"zip,A\xf1asco\n"), Some(Encoding::Windows1252));
        for text in ["zip,Añasco\n", "\u{feff}zip,lat\n"] {
            assert_eq!(of(&utf16(text, u16::to_le_bytes)), Some(Encoding::Utf16Le), "{text}");
            assert_eq!(of(&utf16(text, u16::to_be_bytes)), Some(Encoding::Utf16Be), "{text}");
        }
        assert_eq!(of(b"a\0b"), None);
        assert_eq!(of(b"\xff\xfe\0\0z\0\0\0"), None);
        assert_eq!(of(b"\x01\x02\x03\x04 binary"), None);
    }

    #[test]
    fn a_few_wrong_bytes_do_not_make_utf8_another_encoding() {
        // Two bad bytes among real accents, which Windows-1252 would turn into nonsense.
        let mut content = "zip,Añasco\n00601,Cataño\n".repeat(10).into_bytes();
        content.extend(b"00602,\xff\xfe\n");
        assert_eq!(of(&content), Some(Encoding::Utf8));
        assert_eq!(of("\u{feff}zip,A\n".as_bytes().iter().copied().chain(*b"\xf1\n").collect::<Vec<_>>().as_slice()), Some(Encoding::Utf8));
        // Many bytes that are none of UTF-8, and one pair that happens to look so.
        let mut content = b"zip,A\xf1asco\n".repeat(20);
        content.extend(b"00602,\xc3\xb1\n");
        assert_eq!(of(&content), Some(Encoding::Windows1252));
    }

    #[test]
    fn the_whole_file_decides_and_cut_characters_do_not_count() {
        let mut content = "zip,Añasco\n".repeat(60_000).into_bytes();
        assert_eq!(of(&content), Some(Encoding::Utf8));
        content.extend(b"\xc3");
        assert_eq!(of(&content), Some(Encoding::Utf8));
        content.extend(b"n");
        assert_eq!(of(&content), Some(Encoding::Utf8));
        let mut content = b"zip,Adjuntas\n".repeat(60_000);
        content.extend(b"\xc3n");
        assert_eq!(of(&content), Some(Encoding::Windows1252));
    }
}
