//! Who is connected to a database.

use leptos::prelude::*;
use model::structure::{Connected, ConnectedGroup};

use crate::components::badge::{Badge, Tone};
use crate::components::table::{Look, NAME_CLASS, NUM_CLASS, WIDE_CLASS, WIDE_NUM_CLASS, cell, heads, row, table};
use crate::format;

/// How many there are, and whether these are too many.
pub fn sentence(connected: &Connected) -> AnyView {
    let badge = connected.is_over_alert().then(|| view! { <Badge tone=Tone::Warning text="Over the limit" /> " " });
    let states: Vec<String> = connected.by_state.iter().map(|(state, open)| format!("{} {state}", format::grouped(*open))).collect();
    view! {
        {badge}
        {format!(
            "{} ({}); more than {} are too many. The server has {} of {} at most.",
            format::counted(connected.open, "connection", "connections"),
            states.join(", "),
            format::grouped(connected.alert),
            format::grouped(connected.server_open),
            format::grouped(connected.server_max),
        )}
    }
    .into_any()
}

/// Who they are, most first.
pub fn list(database: &'static str, connected: Connected) -> AnyView {
    let names = heads(&[("Program", ""), ("Role", WIDE_CLASS), ("Connections", NUM_CLASS), ("Idle in a transaction", WIDE_NUM_CLASS)]);
    let rows = connected.groups.into_iter().map(group_row).collect();
    view! {
        <h3 class="section-part">"Connections"</h3>
        {table(format!("Connections to {database}"), Look::Narrow, names, rows)}
    }
    .into_any()
}

fn group_row(group: ConnectedGroup) -> AnyView {
    let ConnectedGroup { application, role, open, idle_in_transaction } = group;
    let application = if application.is_empty() { "Without a name".to_owned() } else { application };
    let idle = match idle_in_transaction {
        Some(idle) => format::grouped(idle).into_any(),
        // Only members of pg_monitor see what other roles do.
        None => view! { <span class="text-muted">"Not visible"</span> }.into_any(),
    };
    row(vec![cell(NAME_CLASS, application), cell(WIDE_CLASS, role), cell(NUM_CLASS, format::grouped(open)), cell(WIDE_NUM_CLASS, idle)])
}
