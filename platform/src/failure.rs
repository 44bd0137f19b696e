//! Faults of the inside: logged once under a reference, and only the reference goes out.

use std::fmt::Display;

use model::Error;

/// Logs a fault with all its causes and answers the reference that it is logged under.
pub(crate) fn log(doing: &str, cause: &(dyn std::error::Error + 'static)) -> String {
    let reference = hex::encode(rand::random::<[u8; 4]>());
    let mut causes = cause.to_string();
    let mut next = cause.source();
    while let Some(source) = next {
        causes.push_str(": ");
        causes.push_str(&source.to_string());
        next = source.source();
    }
    tracing::error!(reference, doing, cause = causes, "a fault");
    reference
}

/// Turns a fault into what the caller may know of it.
pub(crate) fn unavailable<E: std::error::Error + 'static>(doing: &'static str) -> impl Fn(E) -> Error {
    move |cause| Error::Unavailable { reference: log(doing, &cause) }
}

/// A fault without a typed cause.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct Fault(pub(crate) String);

impl Fault {
    pub(crate) fn new(message: impl Display) -> Self {
        Self(message.to_string())
    }
}
