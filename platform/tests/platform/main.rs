//! The platform on real databases: split, single, and single behind a real PgBouncer.

mod authorization;
mod corrections;
mod databases;
mod exports;
mod imports;
mod installation;
mod keeping;
mod matrix;
mod migrations;
mod origins;
mod overtaken;
mod pipeline;
mod previews;
mod publishing;
mod queue;
mod samples;
mod schedule;
mod sessions;
mod settling;
mod transformations;
mod transit;
mod versions;
