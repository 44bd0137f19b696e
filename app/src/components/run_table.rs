//! Runs in a table.

use leptos::prelude::*;
use model::run::{Operation, Run};

use super::badge::RunBadge;
use super::live::{address, title};
use super::table::{Look, NAME_CLASS, NUM_CLASS, WIDE_CLASS, WIDE_NUM_CLASS, cell, head, row, table};
use super::time::Age;
use crate::format;

/// Runs, one a row, each leading to its own page. `heads` are those of the columns "Started" and "Rows", where the list can be sorted
/// by them; then all of the runs are imports and their undoing, and of an import its files' name is enough.
pub fn run_table(caption: &'static str, runs: Vec<Run>, heads: Option<[AnyView; 2]>) -> AnyView {
    let only_imports = heads.is_some();
    let [started, rows] = heads.unwrap_or_else(|| [head("Started".to_owned(), ""), head("Rows".to_owned(), NUM_CLASS)]);
    let names = vec![
        head("Run".to_owned(), ""),
        head("Kind".to_owned(), WIDE_CLASS),
        head("State".to_owned(), ""),
        started,
        rows,
        head("Rejected".to_owned(), NUM_CLASS),
        head("Duration".to_owned(), WIDE_NUM_CLASS),
        head("By".to_owned(), WIDE_CLASS),
    ];
    let runs = runs.into_iter().map(|run| run_row(run, only_imports)).collect();
    table(caption, Look::Wide, names, runs)
}

fn run_row(run: Run, only_imports: bool) -> AnyView {
    let name = match run.operation {
        Operation::Import if only_imports => run.title(),
        _ => title(&run),
    };
    let name = match address(&run) {
        Some(address) => view! { <a class="link" href=address>{name}</a> }.into_any(),
        None => name.into_any(),
    };
    let subject = match (&run.subject, run.operation) {
        (Some(subject), _) => view! { <code>{subject.clone()}</code> }.into_any(),
        (None, Operation::Import) => view! { <span class="text-muted">"not recognised"</span> }.into_any(),
        (None, _) => ().into_any(),
    };
    let nothing = || "–".to_owned();
    let rows = if run.published.is_empty() { nothing() } else { format::grouped(run.rows_published()) };
    let rejected = if run.file.is_some() { format::grouped(run.rows_rejected) } else { nothing() };
    let rejected_class = if run.rows_rejected > 0 { "num text-warning" } else { NUM_CLASS };
    let duration = run.milliseconds().map_or_else(nothing, format::duration);
    row(vec![
        cell(NAME_CLASS, name),
        cell("hidden md:table-cell whitespace-nowrap", subject),
        cell("", view! { <RunBadge state=run.state /> }),
        cell("whitespace-nowrap", view! { <Age at=run.started_at /> }),
        cell(NUM_CLASS, rows),
        cell(rejected_class, rejected),
        cell(WIDE_NUM_CLASS, duration),
        cell("cell-actor hidden md:table-cell", view! { <span title=run.actor.clone()>{run.actor.clone()}</span> }),
    ])
}
