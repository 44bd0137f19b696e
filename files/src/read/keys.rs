//! Keys: which rows have been seen, with the line and the values of each, in bounded memory whatever the file's size.
//!
//! Key columns are postal codes, so a key is two small numbers: its origin (0 where there is none) and its slot. Every key
//! leaves one bit. Its line and a hash of its row's values are kept in pages as well, which say whether a repetition is the
//! same row; beyond a budget the pages of the origin that came first are given up, as files hold their rows origin by origin.

use std::collections::VecDeque;

use super::MAX_ORIGINS;

/// Slots of a page: the codes of one postal area.
const PAGE: usize = 100;
/// Pages kept at once, 1.2 KB each: more than the national USPS file needs.
const PAGES: usize = 13_000;

/// The lines and values of some keys.
struct Page {
    /// The line of each key's row, from 1; 0 where there is none yet.
    lines: [u32; PAGE],
    hashes: [u64; PAGE],
}

/// One origin's keys.
struct Origin {
    number: usize,
    seen: Box<[u64]>,
    pages: Vec<Option<Box<Page>>>,
}

/// What is known of a row's key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    /// It is new.
    New,
    /// A row with it had the same values.
    Same,
    /// A row with it had other values, on this line; or on one that is not remembered, with values that are not either.
    Other(Option<u32>),
    /// There are more origins than can be told apart.
    TooManyOrigins,
}

/// The keys of a file.
pub(super) struct Keys {
    /// Slots of each origin.
    slots: usize,
    /// By an origin's number, where it stands in `origins`, from 1.
    places: Vec<u16>,
    origins: Vec<Origin>,
    /// The origins that have pages, the first first.
    with_pages: VecDeque<usize>,
    pages: usize,
}

impl Keys {
    /// For origins and slots below these bounds.
    pub(super) fn new(origins: usize, slots: usize) -> Self {
        Self { slots, places: vec![0; origins], origins: Vec::new(), with_pages: VecDeque::new(), pages: 0 }
    }

    /// Takes a key for the row on this line whose values hash so.
    pub(super) fn claim(&mut self, origin: usize, slot: usize, line: u64, hash: u64) -> Claim {
        let Some(place) = self.place(origin) else { return Claim::TooManyOrigins };
        let (word, bit) = (slot / 64, 1_u64 << (slot % 64));
        let entry = &mut self.origins[place];
        let is_new = entry.seen[word] & bit == 0;
        entry.seen[word] |= bit;
        let page = entry.pages.get_mut(slot / PAGE);
        match page {
            // Given up.
            None if is_new => return Claim::New,
            None | Some(None) if !is_new => return Claim::Other(None),
            Some(page) if page.is_none() => {
                *page = Some(Box::new(Page { lines: [0; PAGE], hashes: [0; PAGE] }));
                self.pages += 1;
            }
            _ => {}
        }
        let Some(Some(page)) = entry.pages.get_mut(slot / PAGE) else { return Claim::New };
        let at = slot % PAGE;
        let claim = if is_new {
            page.lines[at] = u32::try_from(line).unwrap_or(u32::MAX);
            page.hashes[at] = hash;
            Claim::New
        } else if page.hashes[at] == hash {
            Claim::Same
        } else {
            Claim::Other(Some(page.lines[at]))
        };
        if self.pages > PAGES {
            self.give_up_one(place);
        }
        claim
    }

    /// The numbers of the origins that have keys, in order.
    pub(super) fn origins(&self) -> Vec<usize> {
        let mut numbers: Vec<usize> = self.origins.iter().map(|origin| origin.number).collect();
        numbers.sort_unstable();
        numbers
    }

    fn place(&mut self, number: usize) -> Option<usize> {
        let place = self.places[number];
        if place > 0 {
            return Some(usize::from(place) - 1);
        }
        if self.origins.len() == MAX_ORIGINS {
            return None;
        }
        let seen = vec![0; self.slots.div_ceil(64)].into_boxed_slice();
        let pages = (0..self.slots.div_ceil(PAGE)).map(|_| None).collect();
        self.origins.push(Origin { number, seen, pages });
        self.places[number] = u16::try_from(self.origins.len()).ok()?;
        self.with_pages.push_back(self.origins.len() - 1);
        Some(self.origins.len() - 1)
    }

    /// Gives up the pages of the first origin that has any, `current` aside.
    fn give_up_one(&mut self, current: usize) {
        let Some(at) = self.with_pages.iter().position(|place| *place != current) else { return };
        if let Some(place) = self.with_pages.remove(at) {
            let pages = std::mem::take(&mut self.origins[place].pages);
            self.pages -= pages.iter().flatten().count();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_new_once() {
        let mut keys = Keys::new(1000, 101_000);
        assert_eq!(keys.claim(5, 100_601, 2, 7), Claim::New);
        assert_eq!(keys.claim(5, 601, 3, 7), Claim::New);
        assert_eq!(keys.claim(5, 100_601, 4, 7), Claim::Same);
        assert_eq!(keys.claim(5, 100_601, 5, 8), Claim::Other(Some(2)));
        assert_eq!(keys.claim(4, 100_601, 6, 8), Claim::New);
        assert_eq!(keys.origins(), [4, 5]);
    }

    #[test]
    fn memory_is_bounded_and_no_repetition_escapes() {
        let mut keys = Keys::new(100_000, 100_000);
        // Each origin fills 1,000 pages, of which 13 origins' fit.
        for origin in 0..30 {
            for slot in (0..100_000).step_by(50) {
                assert_eq!(keys.claim(origin, slot, 9, 1), Claim::New);
            }
        }
        assert!(keys.pages <= PAGES, "{}", keys.pages);
        assert_eq!(keys.claim(0, 50, 10, 1), Claim::Other(None));
        assert_eq!(keys.claim(0, 51, 10, 1), Claim::New);
        assert_eq!(keys.claim(29, 50, 10, 1), Claim::Same);
        for origin in 30..MAX_ORIGINS {
            assert_eq!(keys.claim(origin, 1, 1, 1), Claim::New);
        }
        assert_eq!(keys.claim(MAX_ORIGINS, 1, 1, 1), Claim::TooManyOrigins);
        assert_eq!(keys.claim(0, 52, 10, 1), Claim::New);
    }
}
