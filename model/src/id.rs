//! Identifiers: text end to end, and typed, so that a user's cannot be passed for a run's.

use serde::{Deserialize, Serialize};

macro_rules! text_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        #[cfg_attr(all(feature = "sqlx", not(target_family = "wasm")), derive(sqlx::Type))]
        #[cfg_attr(all(feature = "sqlx", not(target_family = "wasm")), sqlx(transparent))]
        pub struct $name(String);

        impl $name {
            /// Wraps an identifier that was made by the server or read from its database.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The identifier as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

text_id! {
    /// A user's identifier: a UUID of version 7 as text.
    UserId
}
text_id! {
    /// A run's identifier: a UUID of version 7 as text, so that runs sort by the time they began.
    RunId
}
text_id! {
    /// A session's identifier: a UUID of version 7 as text. It names a session and opens none: that is what its token is for.
    SessionId
}
text_id! {
    /// A role's identifier: a word for those that every installation starts with, a UUID of version 7 as text for others.
    RoleId
}
