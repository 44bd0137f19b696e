//! What checking the audit's seals has found.

use serde::{Deserialize, Serialize};

/// What is wrong with the audit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProblemKind {
    /// A row is not what it was when it was sealed.
    EditedRow,
    /// A row is gone.
    MissingRow,
    /// A row is there that was not written when it says.
    AddedRow,
    /// A row has waited for a seal for too long.
    UnsealedRow,
    /// A seal, or the list of its rows, is not what it was.
    EditedSeal,
    /// A seal does not follow the one before it.
    BrokenLink,
    /// A seal is gone.
    MissingSeal,
    /// Rows were removed that were too young for it.
    RemovedEarly,
}

/// Something that is wrong with the audit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What.
    pub kind: ProblemKind,
    /// In which seal.
    pub seal: Option<u64>,
    /// Which row.
    pub row: Option<u64>,
}

impl Problem {
    /// It as a sentence for people.
    pub fn sentence(&self) -> String {
        let row = self.row.map_or_else(|| "A row".to_owned(), |row| format!("Row {row}"));
        let seal = self.seal.map_or_else(|| "A seal".to_owned(), |seal| format!("Seal {seal}"));
        let of = self.seal.map_or_else(String::new, |seal| format!(" of seal {seal}"));
        match self.kind {
            ProblemKind::EditedRow => format!("{row}{of} has been edited since it was sealed."),
            ProblemKind::MissingRow => format!("{row}{of} is missing."),
            ProblemKind::AddedRow => format!("{row}{of} was added after the time that it gives."),
            ProblemKind::UnsealedRow => format!("{row} has not been sealed in time."),
            ProblemKind::EditedSeal => format!("{seal} has been edited, or the list of its rows has."),
            ProblemKind::BrokenLink => format!("{seal} does not follow the seal before it."),
            ProblemKind::MissingSeal => format!("{seal} is missing."),
            ProblemKind::RemovedEarly => format!("{seal} had its rows removed before they were old enough."),
        }
    }
}

/// The latest seal. Whoever writes it down elsewhere can tell later whether the whole chain was made anew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Its number.
    pub seal: u64,
    /// Its hash, in hexadecimal.
    pub hash: String,
}

/// What checking the audit has found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// Seals that were looked at.
    pub seals: u64,
    /// Seals whose rows retention has removed.
    pub seals_removed: u64,
    /// Rows that were looked at.
    pub rows: u64,
    /// Rows that retention has removed, as their seals say.
    pub rows_removed: u64,
    /// Rows that wait for their seal.
    pub waiting: u64,
    /// The latest seal.
    pub head: Option<Head>,
    /// What is wrong: the first thousand.
    pub problems: Vec<Problem>,
    /// How much is wrong altogether.
    pub problems_found: u64,
}

impl Verification {
    /// Problems that are listed at most.
    const LISTED: usize = 1000;

    /// Whether nothing is wrong.
    pub fn is_fine(&self) -> bool {
        self.problems_found == 0
    }

    /// Adds something that is wrong.
    pub fn found(&mut self, kind: ProblemKind, seal: Option<u64>, row: Option<u64>) {
        self.problems_found += 1;
        if self.problems.len() < Self::LISTED {
            self.problems.push(Problem { kind, seal, row });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn problems_are_counted_further_than_they_are_listed() {
        let mut verification = Verification::default();
        assert!(verification.is_fine());
        for row in 0..1500 {
            verification.found(ProblemKind::EditedRow, Some(2), Some(row));
        }
        assert_eq!((verification.problems.len(), verification.problems_found, verification.is_fine()), (1000, 1500, false));
        assert_eq!(verification.problems[7].sentence(), "Row 7 of seal 2 has been edited since it was sealed.");
    }
}
