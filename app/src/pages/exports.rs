//! Exports: files that other systems read.

use icondata_lu as lu;
use leptos::prelude::*;
use model::export::ExportState;

use crate::api::list_exports;
use crate::components::icon::Icon;
use crate::components::loaded::{failed_page, loaded};
use crate::components::page::PageHead;
use crate::components::relations::stale_mark;
use crate::components::table::{HEARD_CLASS, Look, NAME_CLASS, WIDE_CLASS, WIDE_NUM_CLASS, cell, heads, row, table};
use crate::components::time::{Age, AgeOrNever};
use crate::format;

/// The exports page.
#[component]
pub fn Exports() -> impl IntoView {
    let exports = Resource::new(|| (), |()| list_exports());
    loaded(exports, failed_page, content)
}

fn content(exports: Vec<ExportState>) -> AnyView {
    let names = heads(&[
        ("File", ""),
        ("Made from", WIDE_CLASS),
        ("Rows", WIDE_NUM_CLASS),
        ("Published", WIDE_CLASS),
        ("Last download", WIDE_CLASS),
        ("Download", HEARD_CLASS),
    ]);
    view! {
        <PageHead title="Exports" purpose="Files that other systems read, made from the reference tables at the moment of the download." />
        {table("Exports", Look::Wide, names, exports.into_iter().map(export_row).collect())}
    }
    .into_any()
}

fn export_row(export: ExportState) -> AnyView {
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
    row(vec![
        cell(
            NAME_CLASS,
            view! {
                <code>{name}</code>
                <div class="text-muted">{purpose}</div>
                {source.stale.then(|| stale_mark(&source.name))}
                {summary}
            },
        ),
        cell(WIDE_CLASS, view! { <code>{source.name.clone()}</code> }),
        cell(WIDE_NUM_CLASS, format::grouped(source.rows)),
        cell("whitespace-nowrap hidden md:table-cell", view! { <AgeOrNever at=source.published_at /> }),
        cell("whitespace-nowrap hidden md:table-cell", last),
        cell(HEARD_CLASS, download),
    ])
}
