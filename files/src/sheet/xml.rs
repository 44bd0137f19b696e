//! XML as a stream of events, none of which may be too large to hold.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};

use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};

use super::problem::Problem;

/// The most bytes between two events. A cell holds at most 32,767 characters.
const EVENT_BYTES: usize = 4 << 20;

/// Counts what is read since the last event, and refuses to read on past the limit: without it, a text of gigabytes would be
/// held in memory.
struct Metered<R> {
    inner: BufReader<R>,
    since_event: usize,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.inner.read(into)
    }
}

impl<R: Read> BufRead for Metered<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.since_event > EVENT_BYTES {
            return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a text in it is longer than {} MiB", EVENT_BYTES >> 20)));
        }
        self.inner.fill_buf()
    }

    fn consume(&mut self, bytes: usize) {
        self.since_event += bytes;
        self.inner.consume(bytes);
    }
}

/// A part of a workbook as events.
pub(super) struct Xml<R: Read> {
    reader: Reader<Metered<R>>,
    buffer: Vec<u8>,
    /// For sentences: the part's name.
    name: String,
}

impl<R: Read> Xml<R> {
    pub(super) fn new(inner: R, name: &str) -> Self {
        let mut reader = Reader::from_reader(Metered { inner: BufReader::with_capacity(16 << 10, inner), since_event: 0 });
        let config = reader.config_mut();
        // Names of open elements are not kept: nesting a million deep would need memory for each. What matters is checked where
        // it is read.
        config.check_end_names = false;
        config.allow_unmatched_ends = true;
        Self { reader, buffer: Vec::new(), name: name.to_owned() }
    }

    /// The next event.
    #[inline]
    pub(super) fn next(&mut self) -> Result<Event<'_>, Problem> {
        self.buffer.clear();
        self.reader.get_mut().since_event = 0;
        self.reader.read_event_into(&mut self.buffer).map_err(|error| of_xml(error, &self.name))
    }

    /// Reads to the end, which checks the part's sum.
    pub(super) fn finish(&mut self) -> Result<(), Problem> {
        let read = io::copy(self.reader.get_mut(), &mut io::sink());
        read.map(drop).map_err(|error| Problem::in_part(error, &self.name))
    }

    /// What it is read from.
    pub(super) fn source(&self) -> &R {
        self.reader.get_ref().inner.get_ref()
    }

    /// That the part ends before it should.
    pub(super) fn breaks_off(&self) -> Problem {
        Problem::Broken(format!("its part {} breaks off", self.name))
    }
}

#[cold]
fn of_xml(error: quick_xml::Error, part: &str) -> Problem {
    match error {
        quick_xml::Error::Io(error) if !Problem::is_of_content(error.kind()) => Problem::Io(io::Error::new(error.kind(), error)),
        error => Problem::Broken(format!("its part {part} cannot be read ({error})")),
    }
}

/// Attributes as they stand, names and values; what does not look like one ends them. For cells, of which there are millions:
/// quick-xml's own reader of attributes takes twice as long.
pub(super) struct Attributes<'a>(&'a str);

impl<'a> Attributes<'a> {
    pub(super) fn of(element: &'a BytesStart<'_>) -> Self {
        Self(element.attributes_raw())
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = (&'a str, &'a str);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        let bytes = self.0.as_bytes();
        let equals = bytes.iter().position(|byte| *byte == b'=')?;
        let name = self.0[..equals].trim_ascii();
        let opening = equals + 1 + bytes[equals + 1..].iter().position(|byte| !byte.is_ascii_whitespace())?;
        let quote = *bytes.get(opening).filter(|quote| matches!(quote, b'"' | b'\''))?;
        let closing = opening + 1 + bytes[opening + 1..].iter().position(|byte| *byte == quote)?;
        let value = &self.0[opening + 1..closing];
        self.0 = &self.0[closing + 1..];
        Some((name, value))
    }
}

/// An attribute's value, by its name without a prefix.
pub(super) fn attribute<'a>(element: &BytesStart<'a>, name: &str) -> Option<String> {
    let found = element.attributes().with_checks(false).flatten().find(|attribute| attribute.key.local_name().as_ref() == name)?;
    Some(match quick_xml::escape::unescape(&found.value) {
        Ok(value) => value.into_owned(),
        Err(_) => found.value.into_owned(),
    })
}

/// Adds what an event holds of an element's text.
pub(super) fn push_text(out: &mut String, event: &Event<'_>) {
    match event {
        Event::Text(text) => out.push_str(&text.xml10_content()),
        Event::CData(text) => out.push_str(&text.xml10_content()),
        Event::GeneralRef(reference) => push_reference(out, reference),
        _ => {}
    }
}

fn push_reference(out: &mut String, reference: &BytesRef<'_>) {
    if let Ok(Some(character)) = reference.resolve_char_ref() {
        return out.push(character);
    }
    let name: Cow<'_, str> = reference.xml10_content();
    match quick_xml::escape::resolve_predefined_entity(&name) {
        Some(text) => out.push_str(text),
        None => {
            out.push('&');
            out.push_str(&name);
            out.push(';');
        }
    }
}

/// Undoes the escapes of characters that XML cannot hold: `_x000D_`.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    if memchr::memchr(b'_', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let code = rest.get(at + 2..at + 6).filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_'));
        let character = code.filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match character.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32) {
            Some(character) => {
                out.push_str(&rest[..at]);
                out.push(character);
                rest = &rest[at + 7..];
            }
            None => {
                out.push_str(&rest[..at + 2]);
                rest = &rest[at + 2..];
            }
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escapes_are_undone() {
        for (text, expected) in [
            ("a_x000D_b", "a\rb"),
            ("_x005F_x000D_", "_x000D_"),
            ("_xyz_", "_xyz_"),
            ("_x12", "_x12"),
            ("_xD800_", "_xD800_"),
            ("_x00é_", "_x00é_"),
        ] {
            assert_eq!(unescape(text), expected);
        }
    }

    #[test]
    fn a_text_of_any_length_is_refused_in_time() {
        let endless = io::Read::chain(&b"<t>"[..], io::repeat(b'x'));
        let mut xml = Xml::new(endless, "xl/sharedStrings.xml");
        assert!(matches!(xml.next(), Ok(Event::Start(_))));
        assert!(matches!(xml.next(), Err(Problem::Broken(sentence)) if sentence.contains("longer than 4 MiB")));
    }

    #[test]
    fn attributes_are_names_and_values() {
        let element = BytesStart::from_content("c r=\"B2\" s = '3'\n t=\"s\"", 1);
        assert_eq!(Attributes::of(&element).collect::<Vec<_>>(), [("r", "B2"), ("s", "3"), ("t", "s")]);
        for odd in ["c", "c r", "c r=", "c r=B2", "c r=\"B2", "c =", "c é=\"é"] {
            assert_eq!(Attributes::of(&BytesStart::from_content(odd, 1)).count(), 0, "{odd}");
        }
    }

    #[test]
    fn references_are_resolved() {
        let mut xml = Xml::new(&b"<t>a&amp;b&#65;&#x42;&unknown;</t>"[..], "part");
        let mut out = String::new();
        loop {
            match xml.next().expect("an event") {
                Event::Eof => break,
                event => push_text(&mut out, &event),
            }
        }
        assert_eq!(out, "a&bAB&unknown;");
    }
}
