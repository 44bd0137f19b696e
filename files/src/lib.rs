//! Files: what a file is, and what rows it holds. Recognising, unpacking, decoding, reading and checking against the
//! contracts of [`model::integration`], all of it as streams, with no database and nothing asynchronous.
//!
//! [`unpack`] opens archives, [`recognize`] says what a file is or why it is nothing that can be imported, [`read`] hands its
//! rows, checked, to a [`Sink`], and [`RejectsWriter`] writes the list of those that were not.

mod chart;
mod correction;
mod read;
mod recognize;
mod refusal;
mod row;
mod sheet;
mod sink;
#[cfg(test)]
mod testing;
mod text;
mod unpack;

pub use correction::RejectsWriter;
pub use read::{ReadOptions, read};
pub use recognize::{Recognized, recognize};
pub use refusal::{Damage, Reason, Refusal};
pub use sink::{Breach, Control, Rejected, Report, Sink, Value};
pub use unpack::{Member, UnpackLimits, unpack};
