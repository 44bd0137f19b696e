//! The one error that crosses the wire. It is closed: whatever went wrong becomes one of these, its
//! cause is logged once on the server under a reference, and nothing of the inside reaches a browser.

use serde::{Deserialize, Serialize};

use crate::permission::Permission;

/// What is wrong with one field of what was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name, as the form has it.
    pub field: String,
    /// What is wrong and what to do, in one sentence.
    pub message: String,
}

/// Why an operation was refused or failed, in words for the person who asked for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum Error {
    /// Nobody is signed in, or the session has ended.
    #[error("Sign in to continue.")]
    Unauthenticated,
    /// Somebody is signed in who may not do this.
    #[error("You need the permission {permission} for this. An administrator can give it to you.")]
    Forbidden {
        /// The permission that is missing.
        permission: Permission,
    },
    /// There is no such thing, or none that the caller may know of.
    #[error("There is no {what}.")]
    NotFound {
        /// What was asked for, as a noun with its name.
        what: String,
    },
    /// What was sent breaks a rule; one entry for each field that does.
    #[error("{}", fields.iter().map(|field| field.message.as_str()).collect::<Vec<_>>().join(" "))]
    Invalid {
        /// The fields and what is wrong with each.
        fields: Vec<FieldError>,
    },
    /// The thing is not, or is no longer, in a state that allows this.
    #[error("{message}")]
    Conflict {
        /// What stands in the way and what to do, in one sentence.
        message: String,
        /// The value that is there now, where there is one.
        current: Option<String>,
    },
    /// Too many attempts.
    #[error("Too many attempts. Try again in {retry_after_seconds} seconds.")]
    RateLimited {
        /// Seconds to wait.
        retry_after_seconds: u32,
    },
    /// Something that the operation needs does not work now.
    #[error("This does not work right now. Try again; if it goes on, tell an administrator the reference {reference}.")]
    Unavailable {
        /// Under which the cause stands in the server's log.
        reference: String,
    },
}

impl Error {
    /// An [`Error::Invalid`] of one field.
    pub fn invalid(field: &str, message: impl Into<String>) -> Self {
        Self::Invalid { fields: vec![FieldError { field: field.to_owned(), message: message.into() }] }
    }

    /// An [`Error::NotFound`].
    pub fn not_found(what: impl Into<String>) -> Self {
        Self::NotFound { what: what.into() }
    }

    /// An [`Error::Conflict`] without a current value.
    pub fn conflict(message: impl Into<String>) -> Self {
        Self::Conflict { message: message.into(), current: None }
    }

    /// The HTTP status that says the same.
    pub fn status(&self) -> u16 {
        match self {
            Self::Unauthenticated => 401,
            Self::Forbidden { .. } => 403,
            Self::NotFound { .. } => 404,
            Self::Invalid { .. } => 422,
            Self::Conflict { .. } => 409,
            Self::RateLimited { .. } => 429,
            Self::Unavailable { .. } => 503,
        }
    }

    /// What is wrong with the named field, if anything.
    pub fn of_field(&self, name: &str) -> Option<&str> {
        let Self::Invalid { fields } = self else { return None };
        fields.iter().find(|field| field.field == name).map(|field| field.message.as_str())
    }
}
