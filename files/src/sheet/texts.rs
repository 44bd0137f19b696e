//! Many texts in one block of memory.

use super::problem::Problem;

/// The most bytes that are held.
const BYTES: usize = 128 << 20;
/// The most texts that are held.
const COUNT: usize = 16 << 20;

/// Texts by number, one behind the other: a million rows of ten columns may hold ten million of them, which as many strings
/// would take more than half a gigabyte.
#[derive(Debug, Default)]
pub(super) struct Texts {
    all: String,
    ends: Vec<u32>,
}

impl Texts {
    pub(super) fn len(&self) -> usize {
        self.ends.len()
    }

    /// Where the text that is next goes, at its end. After [`Self::check`], and before [`Self::close`].
    pub(super) fn open(&mut self) -> &mut String {
        &mut self.all
    }

    /// Refuses more than is held.
    pub(super) fn check(&self) -> Result<(), Problem> {
        if self.all.len() > BYTES || self.ends.len() >= COUNT {
            return Err(Problem::Broken(format!(
                "it holds more than {} MiB of texts, or more than {} million of them, and is better saved as CSV",
                BYTES >> 20,
                COUNT / 1_000_000
            )));
        }
        Ok(())
    }

    /// Ends the text that was added to [`Self::open`], and gives it the next number.
    pub(super) fn close(&mut self) -> Result<usize, Problem> {
        self.check()?;
        #[expect(clippy::cast_possible_truncation, reason = "it was checked to be at most 128 MiB")]
        self.ends.push(self.all.len() as u32);
        Ok(self.ends.len() - 1)
    }

    /// The text of this number.
    pub(super) fn get(&self, index: usize) -> Option<&str> {
        let end = *self.ends.get(index)? as usize;
        let start = index.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |start| *start as usize);
        self.all.get(start..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_keep_their_numbers() {
        let mut texts = Texts::default();
        for (number, text) in ["a", "", "é"].into_iter().enumerate() {
            texts.open().push_str(text);
            assert_eq!(texts.close().expect("room"), number);
        }
        assert_eq!([texts.get(0), texts.get(1), texts.get(2), texts.get(3)], [Some("a"), Some(""), Some("é"), None]);
    }
}
