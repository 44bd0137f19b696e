//! Runs in a table.

use leptos::prelude::*;
use model::run::{Operation, Run};

use super::badge::RunBadge;
use super::live::{address, title};
use super::table::Table;
use super::time::Age;
use crate::format;

/// Runs, one a row, each leading to its own page.
#[component]
pub fn RunTable(
    /// What the table holds.
    #[prop(into)]
    caption: String,
    /// The runs, in order.
    runs: Vec<Run>,
    /// The heads of the columns "Started" and "Rows", where the list can be sorted by them.
    #[prop(optional, into)]
    heads: Option<ViewFn>,
    /// Whether all of them are imports: a file's name is enough then.
    #[prop(optional)]
    only_imports: bool,
) -> impl IntoView {
    let heads = heads.map_or_else(
        || {
            view! {
                <th scope="col">"Started"</th>
                <th scope="col" class="num">
                    "Rows"
                </th>
            }
            .into_any()
        },
        |heads| heads.run(),
    );
    let rows = runs.into_iter().map(|run| view! { <RunRow run only_imports /> }).collect_view();
    view! {
        <Table caption>
            <thead>
                <tr>
                    <th scope="col">"Run"</th>
                    <th scope="col" class="hidden md:table-cell">
                        "Kind"
                    </th>
                    <th scope="col">"State"</th>
                    {heads}
                    <th scope="col" class="num">
                        "Rejected"
                    </th>
                    <th scope="col" class="num hidden md:table-cell">
                        "Duration"
                    </th>
                    <th scope="col" class="hidden md:table-cell">
                        "By"
                    </th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}

#[component]
fn RunRow(run: Run, only_imports: bool) -> impl IntoView {
    let name = match &run.file {
        Some(file) if only_imports => file.name.clone(),
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
    let rejected_class = if run.rows_rejected > 0 { "num text-warning" } else { "num" };
    view! {
        <tr>
            <td class="cell-name">{name}</td>
            <td class="hidden md:table-cell whitespace-nowrap">{subject}</td>
            <td>
                <RunBadge state=run.state />
            </td>
            <td class="whitespace-nowrap">
                <Age at=run.started_at />
            </td>
            <td class="num">{published_rows(&run)}</td>
            <td class=rejected_class>{if run.file.is_some() { format::grouped(run.rows_rejected) } else { "–".to_owned() }}</td>
            <td class="num whitespace-nowrap hidden md:table-cell">{run.milliseconds().map_or_else(|| "–".to_owned(), format::duration)}</td>
            <td class="cell-actor hidden md:table-cell" title=run.actor.clone()>
                {run.actor.clone()}
            </td>
        </tr>
    }
}

fn published_rows(run: &Run) -> String {
    if run.published.is_empty() { "–".to_owned() } else { format::grouped(run.rows_published()) }
}
