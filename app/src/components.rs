//! The pieces that pages are made of, each made when it was needed a second time.

pub mod badge;
pub mod banner;
pub mod button;
pub mod empty;
pub mod failure;
pub mod field;
pub mod icon;
pub mod live;
pub mod loading;
pub mod page;
pub mod pagination;
pub mod progress;
pub mod rejected_rows;
pub mod run_facts;
pub mod run_page;
pub mod run_table;
pub mod table;
pub mod time;
pub mod toast;
