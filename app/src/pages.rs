//! The pages, one file each.

mod databases;
mod exports;
mod import_run;
mod imports;
mod overview;
mod sign_in;
mod table;
mod tables;
mod transformation_run;
mod transformations;
mod transit;
mod unknown_address;

pub use databases::Databases;
pub use exports::Exports;
pub use import_run::ImportRun;
pub use imports::Imports;
pub use overview::Overview;
pub use sign_in::SignIn;
pub use table::Table;
pub use tables::Tables;
pub use transformation_run::TransformationRun;
pub use transformations::{Transformations, ZoneDays};
pub use transit::Transit;
pub use unknown_address::UnknownAddress;
