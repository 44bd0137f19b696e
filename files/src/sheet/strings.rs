//! The texts that cells of an XLSX share, read only as far as cells ask for them.

use quick_xml::events::Event;

use super::package::Part;
use super::problem::Problem;
use super::texts::Texts;
use super::xml::{Xml, push_text};

/// The shared texts.
pub(super) struct Strings {
    /// What is still to be read.
    rest: Option<Xml<Part>>,
    texts: Texts,
}

impl Strings {
    pub(super) fn new(rest: Option<Xml<Part>>) -> Self {
        Self { rest, texts: Texts::default() }
    }

    /// The text of this number, from 0; nothing if there are fewer.
    pub(super) fn get(&mut self, index: usize) -> Result<Option<&str>, Problem> {
        while self.texts.len() <= index {
            if !self.read()? {
                return Ok(None);
            }
        }
        Ok(self.texts.get(index))
    }

    /// Reads one more.
    fn read(&mut self) -> Result<bool, Problem> {
        let Some(xml) = &mut self.rest else { return Ok(false) };
        let (mut inside, mut phonetic) = (false, false);
        loop {
            match xml.next()? {
                Event::Start(element) => match element.local_name().as_ref() {
                    "t" => inside = !phonetic,
                    "rPh" => phonetic = true,
                    _ => {}
                },
                Event::End(element) => match element.local_name().as_ref() {
                    "t" => inside = false,
                    "rPh" => phonetic = false,
                    "si" => break,
                    "sst" => {
                        xml.finish()?;
                        self.rest = None;
                        return Ok(false);
                    }
                    _ => {}
                },
                Event::Empty(element) => match element.local_name().as_ref() {
                    "si" => break,
                    "sst" => {
                        self.rest = None;
                        return Ok(false);
                    }
                    _ => {}
                },
                Event::Eof => return Err(xml.breaks_off()),
                event if inside => push_text(self.texts.open(), &event),
                _ => {}
            }
            // Within an element as well: a text may be made of any number of runs.
            self.texts.check()?;
        }
        self.texts.close()?;
        Ok(true)
    }
}
