//! The platform on real databases: split, single, and single behind a real PgBouncer.

mod authorization;
mod imports;
mod installation;
mod migrations;
mod pipeline;
mod publishing;
mod samples;
mod sessions;
mod settling;
