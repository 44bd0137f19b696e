//! Who asked for something, and from where: what the audit keeps of every change.

use serde::{Deserialize, Serialize};

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
