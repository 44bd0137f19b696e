//! Delimited text: how it is encoded, what stands between its fields, and its rows.

mod delimited;
mod dialect;
mod encoding;
mod source;

pub(crate) use delimited::Delimited;
pub(crate) use dialect::{Dialect, candidates};
pub(crate) use encoding::Encoding;
pub(crate) use source::Source;
