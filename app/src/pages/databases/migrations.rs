//! A database's migrations.

use icondata_lu as lu;
use leptos::prelude::*;
use model::structure::{Migration, MigrationState};

use crate::components::badge::{Badge, Tone};
use crate::components::table::{CODE_CLASS, Look, NAME_CLASS, WIDE_CLASS, WIDE_NUM_CLASS, cell, heads, row, table};
use crate::components::time::Age;
use crate::format;

/// More than these have a window of their own.
const WINDOW_FROM: usize = 25;

/// The migrations, newest first.
pub fn list(database: &'static str, migrations: Vec<Migration>) -> AnyView {
    let names =
        heads(&[("Number", ""), ("Migration", ""), ("State", ""), ("Applied", WIDE_CLASS), ("By", WIDE_CLASS), ("Took", WIDE_NUM_CLASS)]);
    let look = if migrations.len() >= WINDOW_FROM { Look::Window } else { Look::Narrow };
    let rows = migrations.into_iter().map(migration_row).collect();
    view! {
        <h3 class="section-part">"Migrations"</h3>
        {table(format!("Migrations of {database}"), look, names, rows)}
    }
    .into_any()
}

fn migration_row(migration: Migration) -> AnyView {
    let Migration { version, name, state, applied_at, applied_by, milliseconds } = migration;
    row(vec![
        cell(CODE_CLASS, format!("{version:04}")),
        cell(NAME_CLASS, view! { <code>{name}</code> }),
        cell("", badge(state)),
        cell("whitespace-nowrap hidden md:table-cell", applied_at.map(|at| view! { <Age at /> })),
        cell(WIDE_CLASS, applied_by),
        cell(WIDE_NUM_CLASS, milliseconds.map(format::duration)),
    ])
}

fn badge(state: MigrationState) -> AnyView {
    match state {
        MigrationState::Applied => view! { <Badge tone=Tone::Good text="Applied" /> },
        MigrationState::Pending => view! { <Badge tone=Tone::Info icon=lu::LuClock text="Pending" /> },
        MigrationState::Modified => view! { <Badge tone=Tone::Bad text="Modified" /> },
        MigrationState::Missing => view! { <Badge tone=Tone::Bad text="Missing" /> },
        MigrationState::Renumbered => view! { <Badge tone=Tone::Bad text="Renumbered" /> },
        MigrationState::OutOfOrder => view! { <Badge tone=Tone::Bad text="Out of order" /> },
        MigrationState::Failed => view! { <Badge tone=Tone::Bad text="Failed" /> },
    }
    .into_any()
}
