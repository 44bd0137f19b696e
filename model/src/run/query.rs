//! Which runs a list shows, and in which order.

use serde::{Deserialize, Serialize};

use super::{Operation, RunState};

/// Which runs a list shows. Everything is optional, and all of it stands in the page's address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RunQuery {
    /// Only this kind of work.
    pub operation: Option<Operation>,
    /// Only this file kind, transformation or export.
    pub subject: Option<String>,
    /// Only runs in this state.
    pub state: Option<RunState>,
    /// The order.
    #[serde(default)]
    pub sort: RunSort,
    /// The page, from 1; 0 is taken for 1.
    #[serde(default)]
    pub page: u32,
}

/// How a list of runs is sorted, as the address writes it: `-` for descending.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum RunSort {
    /// The latest first.
    #[default]
    #[serde(rename = "-started")]
    StartedDescending,
    /// The oldest first.
    #[serde(rename = "started")]
    StartedAscending,
    /// The most rows first.
    #[serde(rename = "-rows")]
    RowsDescending,
    /// The fewest rows first.
    #[serde(rename = "rows")]
    RowsAscending,
}

impl RunSort {
    /// Every order, each with its name in addresses.
    pub const ALL: &'static [(Self, &'static str)] = &[
        (Self::StartedDescending, "-started"),
        (Self::StartedAscending, "started"),
        (Self::RowsDescending, "-rows"),
        (Self::RowsAscending, "rows"),
    ];

    /// The name in addresses.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(sort, _)| *sort == self).map_or("-started", |(_, name)| name)
    }

    /// The order with this name in addresses; the default for any other text.
    pub fn from_name(name: &str) -> Self {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(sort, _)| *sort).unwrap_or_default()
    }
}
