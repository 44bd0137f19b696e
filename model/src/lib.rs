//! The types that cross the wire between browser and server, and the catalogues both sides share:
//! identifiers, permissions, file kinds with their column contracts, runs, and the closed error enum.
//!
//! Nothing here does I/O, is asynchronous or knows Leptos, so that everything compiles to WASM.

pub mod audit;
pub mod error;
pub mod export;
pub mod format;
pub mod health;
pub mod id;
pub mod integration;
pub mod list;
pub mod matrix;
pub mod password;
pub mod permission;
pub mod preview;
pub mod reference;
pub mod role;
pub mod run;
pub mod second_factor;
pub mod session;
pub mod structure;
pub mod table;
pub mod transformation;
pub mod transit;
pub mod user;
pub mod user_view;
pub mod zip;

pub use error::{Error, FieldError};
pub use id::{RoleId, RunId, SessionId, UserId};
pub use integration::FileKind;
pub use permission::{Permission, Role};
pub use zip::{Zip3, Zip5};
