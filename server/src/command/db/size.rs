//! `handled db size`.

use clap::Args;
use database_tool::DatabaseSize;
use model::format::{bytes, counted, grouped};

use super::Chosen;
use super::place::Place;
use super::reading::ask_each;
use crate::failure::Failure;

/// Shows how much room each database takes, and its largest tables. Where databases of the workspace stand side by side in one, the part
/// that is each one's own is told apart. Numbers of rows are those of PostgreSQL's statistics.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  handled db size\n  handled db size data --tables 50 --json\n\nExit codes: 0 shown, 4 a database cannot be reached, 5 \
     somebody has locked a table for seconds."
)]
pub struct Size {
    #[command(flatten)]
    chosen: Chosen,
    /// Of each database, show so many tables at most.
    #[arg(long, value_name = "N", default_value_t = 10)]
    tables: u32,
}

impl Size {
    pub async fn run(&self, place: &Place) -> Result<u8, Failure> {
        ask_each(place, &self.chosen, async |database, pool| database.declaration.own().size(pool, self.tables).await, text).await
    }
}

fn text(size: &DatabaseSize) -> String {
    let room = |number: i64| bytes(number.unsigned_abs());
    let mut text = format!(
        "{}: {} in {} of its own; the database {} has {}\n",
        size.database,
        room(size.own_bytes),
        counted(size.own_tables.unsigned_abs(), "table", "tables"),
        size.server_name,
        room(size.total_bytes)
    );
    if size.largest.is_empty() {
        return text;
    }
    let names: Vec<String> = size.largest.iter().map(|table| format!("{}.{}", table.schema, table.table)).collect();
    let width = names.iter().map(|name| name.chars().count()).max().unwrap_or(0).max(5);
    text.push_str(&format!(
        "  {:<width$}  {:>10}  {:>10}  {:>10}  {:>10}  {:>14}\n",
        "table", "all", "rows", "indexes", "long values", "rows, about"
    ));
    for (table, name) in size.largest.iter().zip(names) {
        let rows = table.rows.map_or_else(|| "not known".to_owned(), |rows| grouped(rows.unsigned_abs()));
        text.push_str(&format!(
            "  {name:<width$}  {:>10}  {:>10}  {:>10}  {:>11}  {rows:>14}\n",
            room(table.total_bytes),
            room(table.table_bytes),
            room(table.index_bytes),
            room(table.toast_bytes),
        ));
    }
    text
}
