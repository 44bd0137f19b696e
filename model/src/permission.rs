//! The catalogue of permissions and the seeded roles.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

macro_rules! permissions {
    ($($variant:ident = $name:literal, $sentence:literal;)*) => {
        /// What somebody may do, as `resource:action`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Permission {
            $(#[doc = $sentence] #[serde(rename = $name)] $variant,)*
        }

        impl Permission {
            /// Every permission, in the order of the catalogue.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The name, as the database, the wire and people have it.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What it allows, as a sentence for people.
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence,)* }
            }
        }
    };
}

permissions! {
    ImportsRead = "imports:read", "See imports, their runs and the rows they rejected.";
    ImportsRun = "imports:run", "Import files.";
    TransformationsRead = "transformations:read", "See transformations and their runs.";
    TransformationsRun = "transformations:run", "Run transformations.";
    TransformationsEdit = "transformations:edit", "Set how many days a zone is taken to mean.";
    TransitRead = "transit:read", "Look transit times up.";
    ExportsRead = "exports:read", "See exports and download them.";
    DatabasesRead = "databases:read", "See the databases' health and row counts.";
    DatabasesInspect = "databases:inspect", "See the databases' migrations, tables and connections.";
    DatabasesMigrate = "databases:migrate", "Change the databases' structure.";
    UsersCreate = "users:create", "Create users and give them roles.";
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The text names no permission of the catalogue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no permission {0:?}")]
pub struct UnknownPermission(pub String);

impl FromStr for Permission {
    type Err = UnknownPermission;

    fn from_str(text: &str) -> Result<Self, UnknownPermission> {
        Self::ALL.iter().copied().find(|permission| permission.name() == text).ok_or_else(|| UnknownPermission(text.to_owned()))
    }
}

/// The roles that every installation starts with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// May do everything; cannot be changed.
    Administrator,
    /// May see everything that operations staff work with, and change nothing.
    Viewer,
}

impl Role {
    /// Every seeded role.
    pub const ALL: &'static [Self] = &[Self::Administrator, Self::Viewer];

    /// The identifier in `config.roles`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Viewer => "viewer",
        }
    }

    /// What the role may do. The seed in the migrations gives the same, and a test compares them.
    pub fn permissions(self) -> &'static [Permission] {
        match self {
            Self::Administrator => Permission::ALL,
            Self::Viewer => &[
                Permission::ImportsRead,
                Permission::TransformationsRead,
                Permission::TransitRead,
                Permission::ExportsRead,
                Permission::DatabasesRead,
            ],
        }
    }
}

impl FromStr for Role {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let known = || Self::ALL.iter().map(|role| role.id()).collect::<Vec<_>>().join(", ");
        Self::ALL.iter().copied().find(|role| role.id() == text).ok_or_else(|| format!("there is no role {text:?}; there are: {}", known()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_resource_and_action_and_lead_back() {
        for permission in Permission::ALL {
            assert_eq!(permission.name().split(':').count(), 2, "{permission}");
            assert_eq!(permission.name().parse(), Ok(*permission));
            assert!(permission.sentence().ends_with('.'), "{permission}");
            assert_eq!(serde_json::to_string(permission).expect("json"), format!("{:?}", permission.name()));
        }
        assert!("imports:fly".parse::<Permission>().is_err());
    }
}
