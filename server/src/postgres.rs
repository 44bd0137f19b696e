//! The private PostgreSQL: found on this machine, made in the data folder, started when the first process
//! needs it, shared while several do, stopped by the last one that leaves, durable throughout.

mod account;
mod binaries;
mod cluster;
mod cluster_file;
mod configuration;
mod error;
mod folder;
mod locks;
mod postmaster;
mod process;
mod roles;
mod runtime;
mod supervision;

pub use account::{Account, name_of};
pub use cluster::PrivatePostgres;
pub use error::PostgresError;
pub use folder::locate;
pub use roles::Addresses;

/// The oldest major version that works.
pub const OLDEST: u32 = 15;
/// The newest major version that is known to work.
pub const NEWEST: u32 = 18;
