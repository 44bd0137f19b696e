//! Who asked for something, and from where; what the audit keeps of it, and how it is looked through and checked.

mod query;
mod record;
mod verification;

use serde::{Deserialize, Serialize};

pub use query::{AuditQuery, PAGES_MAX, since, until};
pub use record::{AuditChoices, AuditPage, AuditRecord, Difference};
pub use verification::{Head, Problem, ProblemKind, Verification};

/// Where a request came from.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The network address, where there is one.
    pub address: Option<String>,
    /// The browser's name of itself, where there is one.
    pub user_agent: Option<String>,
    /// The request's identifier, also in the server's log.
    pub request_id: Option<String>,
}
