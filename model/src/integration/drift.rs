//! Schema drift: how the columns of a file differ from those of its kind.

use serde::{Deserialize, Serialize};

/// How a file's columns differ from its kind's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// Columns that neither the contract nor the publisher's known files have; they are ignored.
    pub new: Vec<String>,
    /// Optional columns that the file lacks; they are left empty.
    pub missing: Vec<String>,
    /// Columns that the file calls otherwise than the publisher does: the file's name, then the publisher's.
    pub renamed: Vec<(String, String)>,
}

impl Drift {
    /// Whether the columns are the publisher's.
    pub fn is_none(&self) -> bool {
        self.new.is_empty() && self.missing.is_empty() && self.renamed.is_empty()
    }

    /// Adds what another file's columns have on top.
    pub fn merge(&mut self, other: &Self) {
        fn add<T: PartialEq + Clone>(to: &mut Vec<T>, from: &[T]) {
            for entry in from {
                if !to.contains(entry) {
                    to.push(entry.clone());
                }
            }
        }
        add(&mut self.new, &other.new);
        add(&mut self.missing, &other.missing);
        add(&mut self.renamed, &other.renamed);
    }
}
