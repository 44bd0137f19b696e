//! Roles as they are kept, shown and changed.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::error::{Error, FieldError};
use crate::id::{RoleId, UserId};
use crate::permission::Permission;

/// The most characters of a role's name.
pub const NAME_MAX: usize = 60;
/// The most characters of its description.
pub const DESCRIPTION_MAX: usize = 300;

/// The most users that a preview names; the others are counted.
pub const NAMED_MOST: usize = 100;

/// A role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleView {
    /// Which.
    pub id: RoleId,
    /// The name that people see.
    pub name: String,
    /// Whom it is for, in a sentence; may be empty.
    pub description: String,
    /// Whether it holds every permission, also those of later versions, and cannot be changed.
    pub is_administrator: bool,
    /// What it allows.
    pub permissions: BTreeSet<Permission>,
    /// Whether those who hold it need a second factor.
    pub requires_second_factor: bool,
    /// How many users hold it, disabled ones included.
    pub users: u32,
    /// Since when it cannot be given any more.
    pub retired_at: Option<DateTime<Utc>>,
    /// Grows with each change; a change names the one it was made from.
    pub version: i64,
}

/// Every role, with what the reader needs to change them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleMatrix {
    /// The roles: those of the installation's beginning first, then by name; retired ones last.
    pub roles: Vec<RoleView>,
}

/// What a role is to become; also a new one.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoleDraft {
    /// Which; empty for a new one.
    #[serde(default)]
    pub id: String,
    /// The version that it was made from; 0 for a new one.
    #[serde(default)]
    pub version: i64,
    /// The name.
    #[serde(default)]
    pub name: String,
    /// The description.
    #[serde(default)]
    pub description: String,
    /// The names of the permissions.
    #[serde(default)]
    pub permissions: Vec<String>,
    /// Whether those who hold it need a second factor.
    #[serde(default)]
    pub requires_second_factor: bool,
}

impl RoleDraft {
    /// What the draft allows.
    ///
    /// # Errors
    /// [`Error::Invalid`] with an entry for each field that breaks a rule.
    pub fn validate(&self) -> Result<BTreeSet<Permission>, Error> {
        let mut fields = Vec::new();
        let mut refuse = |field: &str, message: String| fields.push(FieldError { field: field.to_owned(), message });
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
            refuse("name", format!("Enter a name of 1 to {NAME_MAX} characters."));
        }
        if self.description.chars().count() > DESCRIPTION_MAX || self.description.chars().any(|one| one.is_control() && one != '\n') {
            refuse("description", format!("Shorten the description to {DESCRIPTION_MAX} characters."));
        }
        let mut permissions = BTreeSet::new();
        for name in &self.permissions {
            match name.parse() {
                Ok(permission) => _ = permissions.insert(permission),
                Err(unknown) => refuse("permissions", format!("{unknown}. Reload the page and try again.")),
            }
        }
        if fields.is_empty() { Ok(permissions) } else { Err(Error::Invalid { fields }) }
    }
}

/// What a change of a role does to one user, all other roles taken into account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consequence {
    /// Whom it concerns.
    pub user_id: UserId,
    /// The address.
    pub email: String,
    /// The name.
    pub name: String,
    /// What the user may do afterwards and may not do now.
    pub gains: Vec<Permission>,
    /// What the user may do now and may not do afterwards.
    pub loses: Vec<Permission>,
    /// Whether the user has to set up a second factor at the next sign-in.
    pub second_factor_due: bool,
}

/// What a change of a role would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RolePreview {
    /// What the role allows afterwards and not now.
    pub added: Vec<Permission>,
    /// What the role allows now and not afterwards.
    pub removed: Vec<Permission>,
    /// Users for whom something changes, by name: [`NAMED_MOST`] of them at most.
    pub consequences: Vec<Consequence>,
    /// How many users lose something.
    pub losing: u32,
    /// How many gain something.
    pub gaining: u32,
    /// How many have to set up a second factor.
    pub due: u32,
    /// How many are concerned in one way or another.
    pub concerned: u32,
    /// Users who hold it and for whom nothing changes: other roles allow the same.
    pub unaffected: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_permission_and_an_empty_name_are_named_at_once() {
        let draft =
            RoleDraft { name: " ".to_owned(), permissions: vec!["imports:read".into(), "imports:fly".into()], ..RoleDraft::default() };
        let Err(Error::Invalid { fields }) = draft.validate() else { panic!("accepted") };
        assert_eq!(fields.iter().map(|field| field.field.as_str()).collect::<Vec<_>>(), ["name", "permissions"]);
    }
}
