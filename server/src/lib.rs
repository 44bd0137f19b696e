//! The program `handled`: settings, the private PostgreSQL, the command line and the web server.

pub mod command;
pub mod configuration;
pub mod data_folder;
pub mod databases;
pub mod failure;
mod fault;
pub mod http;
mod logging;
pub mod postgres;
pub mod secrets;
pub mod settings;
mod signals;
mod table_export;
