//! XML as a stream of `quick-xml`'s events, with the bounds that it does not have itself: on what it reads for one event, and on
//! the names of open elements, which it keeps until they end.

use std::borrow::Cow;
use std::io::{self, BufRead, BufReader, Read};

use memchr::memchr;
use quick_xml::events::attributes::Attribute;
use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Error, Reader, XmlVersion};

use super::problem::Problem;
use crate::refusal::quoted;

/// The most bytes between two events. A cell holds at most 32,767 characters.
const EVENT_BYTES: usize = 4 << 20;
/// The most bytes of the names of open elements. Sheets are some ten elements deep.
const OPEN_BYTES: usize = 64 << 10;
/// Bytes read at once.
const BUFFER: usize = 32 << 10;

/// More than [`EVENT_BYTES`] make one event.
#[derive(Debug, thiserror::Error)]
#[error("a text longer than {} MiB", EVENT_BYTES >> 20)]
struct EventTooLong;

/// Refuses to read on once so much was read since the last event.
struct Bounded<R> {
    inner: BufReader<R>,
    left: usize,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.fill_buf()?.read(into)?;
        self.consume(read);
        Ok(read)
    }
}

impl<R: Read> BufRead for Bounded<R> {
    #[inline]
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.left == 0 {
            return Err(io::Error::other(EventTooLong));
        }
        self.inner.fill_buf()
    }

    #[inline]
    fn consume(&mut self, bytes: usize) {
        self.left = self.left.saturating_sub(bytes);
        self.inner.consume(bytes);
    }
}

/// A part of a workbook as events.
pub(super) struct Xml<R> {
    reader: Reader<Bounded<R>>,
    event: Vec<u8>,
    /// The bytes of the names of the elements that are open.
    open: usize,
    /// For sentences: the part's name.
    name: String,
}

impl<R: Read> Xml<R> {
    pub(super) fn new(source: R, name: &str) -> Self {
        let inner = BufReader::with_capacity(BUFFER, source);
        let mut reader = Reader::from_reader(Bounded { inner, left: 0 });
        // An ampersand that begins no reference stands for itself.
        reader.config_mut().allow_dangling_amp = true;
        Self { reader, event: Vec::new(), open: 0, name: quoted(name).into_owned() }
    }

    /// The next event.
    #[inline]
    pub(super) fn next(&mut self) -> Result<Event<'_>, Problem> {
        self.event.clear();
        self.reader.get_mut().left = EVENT_BYTES;
        let event = self.reader.read_event_into(&mut self.event);
        match &event {
            Ok(Event::Start(element)) => {
                self.open += element.name().as_ref().len() + 1;
                if self.open > OPEN_BYTES {
                    return Err(Problem::Broken(format!("its part {} nests elements deeper than any sheet does", self.name)));
                }
            }
            // The reader has checked that it is the one that was opened last.
            Ok(Event::End(element)) => self.open -= element.name().as_ref().len() + 1,
            _ => {}
        }
        event.map_err(|error| problem(error, &self.name))
    }

    /// Reads to the end, which checks the part's sum.
    pub(super) fn finish(&mut self) -> Result<(), Problem> {
        let read = io::copy(&mut self.reader.get_mut().inner, &mut io::sink());
        read.map(drop).map_err(|error| Problem::in_part(error, &self.name))
    }

    /// What it is read from.
    pub(super) fn source(&self) -> &R {
        self.reader.get_ref().inner.get_ref()
    }

    /// That the part ends before it should.
    pub(super) fn breaks_off(&self) -> Problem {
        breaks_off(&self.name)
    }
}

fn breaks_off(part: &str) -> Problem {
    Problem::Broken(format!("its part {part} breaks off"))
}

/// What an error says of the part.
#[cold]
fn problem(error: Error, part: &str) -> Problem {
    match error {
        Error::Io(error) if error.get_ref().is_some_and(|inner| inner.is::<EventTooLong>()) => {
            Problem::Broken(format!("its part {part} holds {EventTooLong}"))
        }
        Error::Io(error) => Problem::in_part(io::Error::new(error.kind(), error), part),
        Error::Encoding(_) => Problem::Broken(format!("its part {part} is not UTF-8")),
        // Something is open at its end, unless the error says otherwise.
        Error::Syntax(error) if error != quick_xml::errors::SyntaxError::InvalidBangMarkup => breaks_off(part),
        error => Problem::Broken(format!("its part {part} is no XML ({})", quoted(&error.to_string()))),
    }
}

/// An element's attributes, names and values as they stand.
pub(super) fn attributes<'a>(element: &'a BytesStart<'_>) -> impl Iterator<Item = Result<Attribute<'a>, Problem>> {
    let mut attributes = element.attributes();
    // Whether a name stands twice is not looked at, and takes time.
    attributes.with_checks(false);
    attributes.map(|attribute| {
        attribute.map_err(|error| Problem::Broken(format!("an element {} is no XML ({error})", quoted(element.name().as_ref()))))
    })
}

/// An attribute's value, by its name without a prefix.
pub(super) fn attribute(element: &BytesStart<'_>, name: &str) -> Result<Option<String>, Problem> {
    for attribute in attributes(element) {
        let attribute = attribute?;
        if attribute.key.local_name().as_ref() == name {
            let value = attribute.normalized_value(XmlVersion::Implicit1_0);
            let value =
                value.map_err(|error| Problem::Broken(format!("an attribute {name} is no XML ({})", quoted(&error.to_string()))))?;
            return Ok(Some(value.into_owned()));
        }
    }
    Ok(None)
}

/// Adds what an event means as text to `out`: nothing if it is none.
#[inline]
pub(super) fn push_text(out: &mut String, event: &Event<'_>) {
    match event {
        Event::Text(text) => out.push_str(&text.xml10_content()),
        Event::CData(text) => out.push_str(&text.xml10_content()),
        Event::GeneralRef(reference) => push_reference(out, reference),
        _ => {}
    }
}

/// Adds what a reference, `&amp;` or `&#65;`, stands for; itself if it stands for nothing.
fn push_reference(out: &mut String, reference: &BytesRef<'_>) {
    match (reference.resolve_char_ref(), quick_xml::escape::resolve_predefined_entity(reference)) {
        (Ok(Some(character)), _) => out.push(character),
        (_, Some(text)) => out.push_str(text),
        (_, None) => {
            out.push('&');
            out.push_str(reference);
            out.push(';');
        }
    }
}

/// Undoes the escapes of characters that XML cannot hold: `_x000D_`.
pub(super) fn unescape(text: &str) -> Cow<'_, str> {
    if memchr(b'_', text.as_bytes()).is_none() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("_x") {
        let code = rest.get(at + 2..at + 6).filter(|_| rest.as_bytes().get(at + 6) == Some(&b'_'));
        let code = code.filter(|code| code.bytes().all(|byte| byte.is_ascii_hexdigit()));
        match code.and_then(|code| u32::from_str_radix(code, 16).ok()).and_then(char::from_u32) {
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
mod tests;
