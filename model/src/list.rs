//! Lists that are shown a page at a time.

use serde::{Deserialize, Serialize};

/// Rows on a page of a list.
pub const PAGE_SIZE: u32 = 50;

/// One page of a longer list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows of this page, in order.
    pub rows: Vec<T>,
    /// Rows on all pages together.
    pub total: u64,
    /// This page's number, from 1.
    pub page: u32,
}

impl<T> Page<T> {
    /// How many pages there are; an empty list has one.
    pub fn pages(&self) -> u32 {
        u32::try_from(self.total.div_ceil(u64::from(PAGE_SIZE)).max(1)).unwrap_or(u32::MAX)
    }
}
