//! The catalogue of permissions and the seeded roles.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::integration::FileKind;

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
    ImportsAreas = "imports:areas", "Import ZIP codes and areas: US ZIPs and the Census Gazetteer.";
    ImportsUsps = "imports:usps", "Import USPS service standards.";
    ImportsUps = "imports:ups", "Import UPS zone charts and times in transit.";
    TransformationsRead = "transformations:read", "See transformations and their runs.";
    TransformationsRun = "transformations:run", "Run transformations.";
    TransformationsEdit = "transformations:edit", "Set how many days a zone is taken to mean.";
    TransitRead = "transit:read", "Look transit times up.";
    ExportsRead = "exports:read", "See exports and download them.";
    DatabasesRead = "databases:read", "See the databases' health and row counts.";
    DatabasesInspect = "databases:inspect", "See the databases' migrations, tables and connections.";
    DatabasesMigrate = "databases:migrate", "Change the databases' structure.";
    UsersRead = "users:read", "See users, their roles and what these allow.";
    UsersCreate = "users:create", "Create users, and delete those who have never done anything.";
    UsersEdit = "users:edit", "Change users' names, addresses and roles.";
    UsersDisable = "users:disable", "Disable users and enable them again.";
    UsersRecover = "users:recover", "Hand out links to set a password, lift a lock, and remove a second factor.";
    UsersImpersonate = "users:impersonate", "Look at the platform as another user, for 30 minutes.";
    RolesRead = "roles:read", "See roles and what they allow.";
    RolesEdit = "roles:edit", "Create, change and retire roles.";
    SessionsRead = "sessions:read", "See where users are signed in.";
    SessionsRevoke = "sessions:revoke", "Sign users out.";
    AuditRead = "audit:read", "See who has done what.";
    AuditExport = "audit:export", "Download who has done what.";
    MetricsRead = "metrics:read", "Read the running server's figures.";
}

impl Permission {
    /// What it is about: what stands before the colon.
    pub fn resource(self) -> &'static str {
        self.name().split_once(':').map_or("", |(resource, _)| resource)
    }

    /// Whether it only lets look: what may go on for a while from memory when PRIMARY does not answer.
    pub fn is_read(self) -> bool {
        self.name().ends_with(":read")
    }

    /// Whether somebody may do this who acts as another user. What concerns accounts and security stays with oneself.
    pub fn is_for_impersonation(self) -> bool {
        !matches!(self.resource(), "users" | "roles" | "sessions" | "audit" | "metrics")
    }

    /// What importing files of this kind needs.
    pub const fn to_import(kind: FileKind) -> Self {
        match kind {
            FileKind::UsZips | FileKind::GazZcta => Self::ImportsAreas,
            FileKind::Usps3d => Self::ImportsUsps,
            FileKind::UpsZones | FileKind::UpsGround => Self::ImportsUps,
        }
    }
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
    /// Runs the operation: everything but accounts, roles and the databases' structure.
    OperationsManager,
    /// Brings files in and derives answers from them.
    DataAnalyst,
    /// Looks answers up.
    WarehouseStaff,
    /// May see everything that operations staff work with, and change nothing.
    Viewer,
}

impl Role {
    /// Every seeded role.
    pub const ALL: &'static [Self] = &[Self::Administrator, Self::OperationsManager, Self::DataAnalyst, Self::WarehouseStaff, Self::Viewer];

    /// The identifier in `config.roles`.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::OperationsManager => "operations_manager",
            Self::DataAnalyst => "data_analyst",
            Self::WarehouseStaff => "warehouse_staff",
            Self::Viewer => "viewer",
        }
    }

    /// What the role may do. The seed in the migrations gives the same, and a test compares them.
    pub fn permissions(self) -> &'static [Permission] {
        use Permission as P;
        match self {
            Self::Administrator => P::ALL,
            Self::OperationsManager => &[
                P::ImportsRead,
                P::ImportsAreas,
                P::ImportsUsps,
                P::ImportsUps,
                P::TransformationsRead,
                P::TransformationsRun,
                P::TransformationsEdit,
                P::TransitRead,
                P::ExportsRead,
                P::DatabasesRead,
                P::DatabasesInspect,
                P::UsersRead,
                P::RolesRead,
                P::SessionsRead,
                P::AuditRead,
            ],
            Self::DataAnalyst => &[
                P::ImportsRead,
                P::ImportsAreas,
                P::ImportsUsps,
                P::ImportsUps,
                P::TransformationsRead,
                P::TransformationsRun,
                P::TransitRead,
                P::ExportsRead,
                P::DatabasesRead,
            ],
            Self::WarehouseStaff => &[P::TransitRead, P::ExportsRead, P::DatabasesRead],
            Self::Viewer => &[P::ImportsRead, P::TransformationsRead, P::TransitRead, P::ExportsRead, P::DatabasesRead],
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

    #[test]
    fn whoever_acts_as_another_leaves_accounts_and_security_alone() {
        let kept: Vec<_> =
            Permission::ALL.iter().filter(|permission| permission.is_for_impersonation()).map(|kept| kept.resource()).collect();
        assert!(kept.contains(&"imports") && kept.contains(&"transit"));
        assert!(!Permission::UsersImpersonate.is_for_impersonation() && !Permission::AuditRead.is_for_impersonation());
    }
}
