//! Faults that are nobody's who asks.

use std::fmt::Display;

use model::Error;

/// Its cause goes to the log, under the reference that the asker gets.
pub(crate) fn fault(doing: &str, cause: &impl Display) -> Error {
    let reference = format!("{:08x}", rand::random::<u32>());
    tracing::error!(reference, doing, %cause, "a fault");
    Error::Unavailable { reference }
}
