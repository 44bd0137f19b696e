//! Who is signed in.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::UserId;
use crate::permission::Permission;

/// The user of a session with everything that guards and pages ask about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedIn {
    /// Who.
    pub user_id: UserId,
    /// The address that the user signs in with.
    pub email: String,
    /// The name that people see.
    pub name: String,
    /// The names of the user's roles.
    pub roles: Vec<String>,
    /// What the roles allow together.
    pub permissions: BTreeSet<Permission>,
    /// When the session ends at the latest.
    pub expires_at: DateTime<Utc>,
}

impl SignedIn {
    /// Whether the user may do this.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }
}
