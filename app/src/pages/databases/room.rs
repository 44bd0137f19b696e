//! A database's largest tables.

use leptos::prelude::*;
use model::structure::{Room, TableRoom};

use crate::components::table::{Look, NAME_CLASS, NUM_CLASS, WIDE_NUM_CLASS, cell, heads, row, table};
use crate::format;

/// The largest tables, largest first.
pub fn list(database: &'static str, room: Room) -> AnyView {
    let names = heads(&[("Table", ""), ("Room", NUM_CLASS), ("Of it indexes", WIDE_NUM_CLASS), ("Rows, about", WIDE_NUM_CLASS)]);
    let rows = room.largest.into_iter().map(table_row).collect();
    view! {
        <h3 class="section-part">"Largest tables"</h3>
        {table(format!("Largest tables of {database}"), Look::Narrow, names, rows)}
    }
    .into_any()
}

fn table_row(room: TableRoom) -> AnyView {
    let TableRoom { name, total, indexes, rows } = room;
    let rows = match rows {
        Some(rows) => format::grouped(rows),
        None => "Not known yet".to_owned(),
    };
    row(vec![
        cell(NAME_CLASS, view! { <code>{name}</code> }),
        cell(NUM_CLASS, format::bytes(total)),
        cell(WIDE_NUM_CLASS, format::bytes(indexes)),
        cell(WIDE_NUM_CLASS, rows),
    ])
}
