//! Exports: files that other systems read.

use icondata_lu as lu;
use leptos::prelude::*;
use model::export::ExportState;

use crate::api::list_exports;
use crate::components::failure::Failure;
use crate::components::icon::Icon;
use crate::components::loading::Loading;
use crate::components::page::PageHead;
use crate::components::table::Table;
use crate::components::time::{Age, AgeOrNever};
use crate::format;

/// The exports page.
#[component]
pub fn Exports() -> impl IntoView {
    let exports = Resource::new(|| (), |()| list_exports());
    view! {
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                match exports.await {
                    Ok(exports) => view! { <Content exports /> }.into_any(),
                    Err(error) => view! { <Failure error /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[component]
fn Content(exports: Vec<ExportState>) -> impl IntoView {
    let rows = exports.into_iter().map(|export| view! { <ExportRow export /> }).collect_view();
    view! {
        <PageHead title="Exports" purpose="Files that other systems read, made from the reference tables at the moment of the download." />
        <Table caption="Exports">
            <thead>
                <tr>
                    <th scope="col">"File"</th>
                    <th scope="col" class="hidden md:table-cell">
                        "Made from"
                    </th>
                    <th scope="col" class="num hidden md:table-cell">
                        "Rows"
                    </th>
                    <th scope="col" class="hidden md:table-cell">
                        "Published"
                    </th>
                    <th scope="col" class="hidden md:table-cell">
                        "Last download"
                    </th>
                    <th scope="col">
                        <span class="sr-only">"Download"</span>
                    </th>
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </Table>
    }
}

#[component]
fn ExportRow(export: ExportState) -> impl IntoView {
    let ExportState { name, purpose, source, latest } = export;
    let download = match source.published_at {
        Some(_) => view! {
            <a class="btn" href=format!("/api/exports/{name}") download=name.clone() rel="external" aria-label=format!("Download {name}")>
                <Icon icon=lu::LuDownload />
                "Download"
            </a>
        }
        .into_any(),
        None => view! {
            <span class="text-muted">
                "Nothing to download yet: "
                <a class="link" href="/transformations">
                    "run its transformation"
                </a> " first."
            </span>
        }
        .into_any(),
    };
    // Where there is no room for the columns of their own.
    let summary = source.published_at.map(|at| {
        view! {
            <div class="text-muted md:hidden">
                {format!("{} · published ", format::counted(source.rows, "row", "rows"))} <Age at />
            </div>
        }
    });
    let last = match latest {
        Some(run) => view! {
            <Age at=run.started_at />
            <div class="text-muted text-label">{format!("by {}", run.actor)}</div>
        }
        .into_any(),
        None => view! { <span class="text-muted">"Never"</span> }.into_any(),
    };
    view! {
        <tr>
            <td class="cell-name">
                <code>{name}</code>
                <div class="text-muted">{purpose}</div>
                {summary}
            </td>
            <td class="hidden md:table-cell">
                <code>{source.name}</code>
            </td>
            <td class="num hidden md:table-cell">{format::grouped(source.rows)}</td>
            <td class="whitespace-nowrap hidden md:table-cell">
                <AgeOrNever at=source.published_at />
            </td>
            <td class="whitespace-nowrap hidden md:table-cell">{last}</td>
            <td class="cell-action">{download}</td>
        </tr>
    }
}
