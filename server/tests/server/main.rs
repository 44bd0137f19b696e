//! The program and its parts on real PostgreSQL servers. One binary, so that it is linked once.

mod accounts;
mod attacks;
mod audit;
mod command_line;
mod commands;
mod database_cleaning;
mod database_looking;
mod database_repair;
mod database_tool;
mod database_turns;
mod downloads;
mod exports;
mod http;
mod imports_by_kind;
mod imports_document;
mod kill;
mod kill_rebuild;
mod metrics;
mod permissions;
mod place;
mod private_postgres;
mod protection;
mod revocation;
mod wire;
