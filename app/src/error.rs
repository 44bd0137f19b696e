//! How an error travels from a server function to a page.

use std::fmt;

use leptos::server_fn::codec::JsonEncoding;
use leptos::server_fn::error::{FromServerFnError, ServerFnErrorErr};
use model::Error;
use serde::{Deserialize, Serialize};

/// Why a server function gave no result. On the wire it is the JSON of [`model::Error`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Error", into = "Error")]
pub enum AppError {
    /// The server said no, and why.
    Refused(Error),
    /// The browser got no answer that it understands. Never sent.
    Unreachable,
}

impl AppError {
    /// Whether nobody is signed in (any more).
    pub fn is_unauthenticated(&self) -> bool {
        matches!(self, Self::Refused(Error::Unauthenticated))
    }

    /// What is wrong with the named field, if anything.
    pub fn of_field(&self, name: &str) -> Option<&str> {
        match self {
            Self::Refused(error) => error.of_field(name),
            Self::Unreachable => None,
        }
    }
}

impl fmt::Display for AppError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Refused(error) => error.fmt(f),
            Self::Unreachable => {
                f.write_str("The server could not be reached, or its answer was not understood. Check the connection and try again.")
            }
        }
    }
}

impl std::error::Error for AppError {}

impl From<Error> for AppError {
    fn from(error: Error) -> Self {
        Self::Refused(error)
    }
}

impl From<AppError> for Error {
    fn from(error: AppError) -> Self {
        match error {
            AppError::Refused(error) => error,
            AppError::Unreachable => Self::Unavailable { reference: "unreachable".to_owned() },
        }
    }
}

impl FromServerFnError for AppError {
    type Encoder = JsonEncoding;

    fn from_server_fn_error(error: ServerFnErrorErr) -> Self {
        #[cfg(feature = "ssr")]
        return Self::Refused(crate::request::refuse(match error {
            ServerFnErrorErr::Args(cause) | ServerFnErrorErr::MissingArg(cause) | ServerFnErrorErr::Deserialization(cause) => {
                Error::invalid("arguments", format!("The request was not understood: {cause}. Reload the page and try again."))
            }
            _ => Error::Unavailable { reference: crate::request::request_id().unwrap_or_else(|| "none".to_owned()) },
        }));
        #[cfg(not(feature = "ssr"))]
        {
            leptos::logging::warn!("{error}");
            Self::Unreachable
        }
    }
}
