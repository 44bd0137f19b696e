//! Users as administrators see them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::id::{RoleId, UserId};
use crate::permission::Permission;
use crate::session::SessionView;

/// Which users a list shows, and how; the page's address has the same.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserQuery {
    /// Part of the name or the address.
    #[serde(default)]
    pub text: Option<String>,
    /// The identifier of a role that they hold.
    #[serde(default)]
    pub role: Option<String>,
    /// Whether they may sign in.
    #[serde(default)]
    pub state: Option<UserState>,
    /// The order.
    #[serde(default)]
    pub sort: UserSort,
    /// The page, from 1.
    #[serde(default = "first")]
    pub page: u32,
}

fn first() -> u32 {
    1
}

/// Whether a user may sign in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UserState {
    /// May sign in.
    Active,
    /// May not.
    Disabled,
    /// May, and has never done so.
    Invited,
}

impl UserState {
    /// Every state.
    pub const ALL: &'static [Self] = &[Self::Active, Self::Disabled, Self::Invited];

    /// The name in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
            Self::Invited => "invited",
        }
    }

    /// The state of this name.
    pub fn of_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|state| state.name() == name)
    }
}

/// The order of a list of users.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum UserSort {
    /// By name.
    #[default]
    #[serde(rename = "name")]
    NameAscending,
    /// By name, backwards.
    #[serde(rename = "-name")]
    NameDescending,
    /// Those who signed in longest ago, or never, first.
    #[serde(rename = "seen")]
    SeenAscending,
    /// Those who signed in last first.
    #[serde(rename = "-seen")]
    SeenDescending,
}

impl UserSort {
    /// Every order.
    pub const ALL: &'static [Self] = &[Self::NameAscending, Self::NameDescending, Self::SeenAscending, Self::SeenDescending];

    /// The name in addresses.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NameAscending => "name",
            Self::NameDescending => "-name",
            Self::SeenAscending => "seen",
            Self::SeenDescending => "-seen",
        }
    }

    /// The order of this name; by name for any other.
    pub fn of_name(name: &str) -> Self {
        Self::ALL.iter().copied().find(|sort| sort.name() == name).unwrap_or_default()
    }
}

/// A role that somebody holds or could be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldRole {
    /// Which.
    pub id: RoleId,
    /// Its name.
    pub name: String,
    /// Whether it cannot be given any more.
    pub is_retired: bool,
}

/// A user in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserRow {
    /// Who.
    pub id: UserId,
    /// The address to sign in with.
    pub email: String,
    /// The name.
    pub name: String,
    /// The roles, by name.
    pub roles: Vec<HeldRole>,
    /// Since when the user may not sign in.
    pub disabled_at: Option<DateTime<Utc>>,
    /// When the user was created.
    pub created_at: DateTime<Utc>,
    /// When the user last signed in, if ever.
    pub last_signed_in_at: Option<DateTime<Utc>>,
    /// Whether a second factor is set up.
    pub has_second_factor: bool,
}

/// Everything about a user that the reader may see.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct UserDetail {
    /// As in a list.
    pub user: UserRow,
    /// Grows with each change; a change names the one it was made from.
    pub version: i64,
    /// Whether there is a password; none until the first link was used.
    pub has_password: bool,
    /// Whether the user has never done anything: only then can the user be deleted.
    pub is_unused: bool,
    /// Until when a link to set a password waits to be used, if one does.
    pub link_until: Option<DateTime<Utc>>,
    /// Whether a second factor is demanded by a role.
    pub requires_second_factor: bool,
    /// Seconds for which signing in is held up after wrong passwords, 0 where it is not.
    pub locked_seconds: u32,
    /// Each permission of the catalogue with the names of the roles that give it.
    pub permissions: Vec<Why>,
    /// Where the user is signed in; none where the reader may not see it.
    pub sessions: Option<Vec<SessionView>>,
    /// The roles that there are, with whether the reader may give or take each.
    pub roles: Vec<OfferedRole>,
    /// Whether the reader may act on this user at all: nobody acts on somebody who may do more.
    pub is_within_reach: bool,
    /// Whether it is the reader.
    pub is_oneself: bool,
}

/// Why somebody may do something, or may not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// What.
    pub permission: Permission,
    /// The names of the roles that allow it; none: it is not allowed.
    pub through: Vec<String>,
}

/// A role that can be given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OfferedRole {
    /// The role.
    pub role: HeldRole,
    /// Its description.
    pub description: String,
    /// Whether the user holds it.
    pub is_held: bool,
    /// Whether the reader may give or take it: who does not hold all that it allows may not.
    pub is_within_reach: bool,
}

/// A link with which a user sets a password, once. Whoever has it can: it is shown to the administrator, who hands it over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordLink {
    /// Whose.
    pub user_id: UserId,
    /// The address on this site, with the secret.
    pub path: String,
    /// When it ends.
    pub expires_at: DateTime<Utc>,
}

/// Whose password a link sets.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkHolder {
    /// The address to sign in with.
    pub email: String,
    /// The name.
    pub name: String,
    /// When the link ends.
    pub expires_at: DateTime<Utc>,
}

/// One's own account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// The address to sign in with.
    pub email: String,
    /// The name.
    pub name: String,
    /// The roles' names.
    pub roles: Vec<String>,
    /// What these allow.
    pub permissions: Vec<Permission>,
    /// When the password was set.
    pub password_set_at: Option<DateTime<Utc>>,
    /// Where one is signed in.
    pub sessions: Vec<SessionView>,
}
