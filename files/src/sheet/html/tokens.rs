//! What matters of a page's markup: tables, rows, cells and text.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use html5gum::Span;
use html5gum::emitters::callback::{Callback, CallbackEvent};

/// The most bytes between two tags. A text of any length would be held otherwise.
const TOKEN_BYTES: u64 = 4 << 20;
/// What matters of a page.
#[derive(Debug)]
pub(super) enum Token {
    Open(Tag, Spans),
    Close(Tag),
    Text(Vec<u8>),
    Other,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tag {
    Table,
    Row,
    Cell,
    /// What stands on a line of its own within a cell.
    Break,
    /// A field to fill in, as in a sign-in page.
    Input,
    Other,
}

/// Over how many columns and rows a cell reaches.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spans {
    pub(super) columns: usize,
    pub(super) rows: u32,
}

impl Default for Spans {
    fn default() -> Self {
        Self { columns: 1, rows: 1 }
    }
}

fn tag(name: &[u8]) -> Tag {
    match name {
        b"table" => Tag::Table,
        b"tr" => Tag::Row,
        b"td" | b"th" => Tag::Cell,
        b"br" | b"p" | b"div" | b"li" => Tag::Break,
        b"input" | b"form" | b"button" => Tag::Input,
        _ => Tag::Other,
    }
}

/// Makes tokens of what the tokenizer finds.
#[derive(Debug)]
pub(super) struct Tokens {
    tag: Tag,
    attribute: Vec<u8>,
    spans: Spans,
}

impl Default for Tokens {
    fn default() -> Self {
        Self { tag: Tag::Other, attribute: Vec::new(), spans: Spans::default() }
    }
}

impl Callback<Token, ()> for Tokens {
    fn handle_event(&mut self, event: CallbackEvent<'_>, _: Span<()>) -> Option<Token> {
        match event {
            CallbackEvent::OpenStartTag { name } => {
                self.tag = tag(name);
                self.spans = Spans::default();
                None
            }
            CallbackEvent::AttributeName { name } => {
                self.attribute.clear();
                // The names that matter are short.
                self.attribute.extend_from_slice(&name[..name.len().min(16)]);
                None
            }
            CallbackEvent::AttributeValue { value } => {
                let number = std::str::from_utf8(value).ok().and_then(|value| value.trim().parse::<u32>().ok()).unwrap_or(1);
                match self.attribute.as_slice() {
                    // The bounds are those of the HTML standard.
                    b"colspan" => self.spans.columns = number.clamp(1, 1_000) as usize,
                    b"rowspan" => self.spans.rows = number.clamp(1, 65_534),
                    _ => {}
                }
                None
            }
            CallbackEvent::CloseStartTag { .. } => Some(Token::Open(self.tag, self.spans)),
            CallbackEvent::EndTag { name } => Some(Token::Close(tag(name))),
            CallbackEvent::String { value } => Some(Token::Text(value.to_vec())),
            CallbackEvent::Comment { .. } | CallbackEvent::Doctype { .. } => Some(Token::Other),
            CallbackEvent::Error(_) => None,
        }
    }
}

/// Counts what is read since the last token.
#[derive(Debug)]
pub(super) struct Metered<R> {
    pub(super) inner: R,
    pub(super) since_token: Arc<AtomicU64>,
}

impl<R: Read> Read for Metered<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.since_token.load(Ordering::Relaxed) > TOKEN_BYTES {
            let what = format!("a text or a tag in it is longer than {} MiB", TOKEN_BYTES >> 20);
            return Err(io::Error::new(io::ErrorKind::InvalidData, what));
        }
        let read = self.inner.read(into)?;
        self.since_token.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}
