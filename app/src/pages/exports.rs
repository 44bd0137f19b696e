//! Exports: files that other systems read.

use icondata_lu as lu;
use leptos::prelude::*;
use model::Permission;
use model::export::ExportState;
use model::reference::REFERENCE;
use model::transformation::Freshness;

use crate::api::list_exports;
use crate::components::badge::{Badge, Tone};
use crate::components::causes::causes;
use crate::components::icon::Icon;
use crate::components::loaded::{failed_page, loaded};
use crate::components::page::{PageHead, Section};
use crate::components::table::{HEARD_CLASS, Look, NAME_CLASS, WIDE_CLASS, WIDE_NUM_CLASS, cell, heads, row, table};
use crate::components::time::{Age, AgeOrNever};
use crate::format;
use crate::layout::may;

/// The exports page.
#[component]
pub fn Exports() -> impl IntoView {
    let exports = Resource::new(|| (), |()| list_exports());
    loaded(exports, failed_page, content)
}

fn content(exports: Vec<ExportState>) -> AnyView {
    let names = heads(&[
        ("File", ""),
        ("State", WIDE_CLASS),
        ("Made from", WIDE_CLASS),
        ("Rows", WIDE_NUM_CLASS),
        ("Published", WIDE_CLASS),
        ("Last download", WIDE_CLASS),
        ("Download", HEARD_CLASS),
    ]);
    view! {
        <PageHead title="Exports" purpose="Files that other systems read, made from the reference tables at the moment of the download." />
        {table("Exports", Look::Wide, names, exports.into_iter().map(export_row).collect())}
        {may(Permission::ImportsRead).then(reference_tables)}
    }
    .into_any()
}

/// What files there are of a table: their endings, with their names for people.
const FORMATS: [(&str, &str); 4] = [("csv", "CSV"), ("xlsx", "XLSX"), ("jsonl", "JSON lines"), ("parquet", "Parquet")];

/// Every table that is derived, as it stands, in each format.
fn reference_tables() -> AnyView {
    let rows = REFERENCE
        .iter()
        .map(|contract| {
            // A spreadsheet ends before the rows of a table that is too long to be searched through.
            let formats = FORMATS.iter().filter(|(ending, _)| *ending != "xlsx" || contract.narrowed_by.is_empty());
            let links = formats
                .map(|(ending, name)| {
                    let file = format!("{}.{ending}", contract.table());
                    let label = format!("Download {file}");
                    view! {
                        <a class="link" href=format!("/api/tables/{file}") download=file rel="external" aria-label=label>
                            {*name}
                        </a>
                    }
                    .into_any()
                })
                .collect::<Vec<_>>();
            row(vec![
                cell(NAME_CLASS, view! { <code>{contract.relation}</code> <div class="text-muted">{contract.source}</div> }),
                cell("", view! { <div class="formats">{links}</div> }),
            ])
        })
        .collect();
    view! {
        <Section id="reference" title="Reference tables">
            <p class="section-purpose">"What is derived, as it stands now, row by row."</p>
            {table("Reference tables", Look::Narrow, heads(&[("Table", ""), ("As a file", "")]), rows)}
        </Section>
    }
    .into_any()
}

fn export_row(export: ExportState) -> AnyView {
    let download = download(&export);
    let ExportState { name, purpose, sources, freshness, latest, .. } = export;
    let source = sources.first();
    let published_at = source.and_then(|source| source.published_at);
    let rows = source.map_or(0, |source| source.rows);
    // Where there is no room for the columns of their own.
    let summary = published_at.map(|at| {
        view! {
            <div class="text-muted md:hidden">
                {badge(freshness)} {format!(" · {} · published ", format::counted(rows, "row", "rows"))} <Age at />
            </div>
        }
    });
    // Only what is written every day can fail after the fact; whoever downloads one is told at once.
    let failure = latest.as_ref().and_then(|run| run.failure.clone());
    let failure = failure.map(|failure| view! { <div class="text-bad">{format!("Not written to the store: {failure}")}</div> });
    let last = match latest {
        Some(run) => view! {
            <Age at=run.started_at />
            <div class="text-muted text-label">{format!("by {}", run.actor)}</div>
        }
        .into_any(),
        None => view! { <span class="text-muted">"Never"</span> }.into_any(),
    };
    let origin = published_at.map(|_| {
        let (address, file) = (format!("/api/exports/{name}/sources"), format!("{name}.sources.json"));
        view! {
            <a class="link text-label" href=address download=file rel="external">
                "Where it comes from, as a file"
            </a>
        }
    });
    let sources = sources.into_iter().map(|source| view! { <div><code>{source.name}</code></div> }.into_any()).collect::<Vec<_>>();
    row(vec![
        cell(
            NAME_CLASS,
            view! {
                <code>{name}</code>
                <div class="text-muted">{purpose}</div>
                {failure}
                {summary}
            },
        ),
        cell(WIDE_CLASS, badge(freshness)),
        cell(WIDE_CLASS, view! { {sources} {origin} }),
        cell(WIDE_NUM_CLASS, format::grouped(rows)),
        cell("whitespace-nowrap hidden md:table-cell", view! { <AgeOrNever at=published_at /> }),
        cell("whitespace-nowrap hidden md:table-cell", last),
        cell(HEARD_CLASS, download),
    ])
}

/// Whether it would hold what the files say now.
fn badge(freshness: Freshness) -> AnyView {
    match freshness {
        Freshness::Current => view! { <Badge tone=Tone::Good text="Current" /> },
        Freshness::Stale => view! { <Badge tone=Tone::Warning text="Stale" /> },
        Freshness::New | Freshness::Waiting => view! { <Badge tone=Tone::Info icon=lu::LuHourglass text="Nothing yet" /> },
    }
    .into_any()
}

/// Words that lead to the transformations, for those who may see them.
fn to_transformations(words: &'static str) -> AnyView {
    if may(Permission::TransformationsRead) {
        view! {
            <a class="link" href="/transformations">
                {words}
            </a>
        }
        .into_any()
    } else {
        words.into_any()
    }
}

/// Taking the file. Where it would hold older rows than there are, somebody has to have read that first.
fn download(export: &ExportState) -> AnyView {
    let ExportState { name, freshness, stale_by, .. } = export;
    if matches!(freshness, Freshness::New | Freshness::Waiting) {
        return view! {
            <span class="text-muted">
                "Nothing to download yet: " {to_transformations("run its transformation")} " first."
            </span>
        }
        .into_any();
    }
    if !export.is_stale() {
        return link(name, "", "Download", format!("Download {name}"));
    }
    view! {
        <details class="confirm">
            <summary class="btn" aria-label=format!("Download {name}, which is stale")>
                <Icon icon=Tone::Warning.icon() class="text-warning" />
                "Download"
            </summary>
            <p>
                "This file is made from older rows than there are. " {to_transformations("Run what is stale")}
                " first, or take it as it is."
            </p>
            {causes(stale_by)}
            {link(name, "?stale=accept", "Download as it is", format!("Download {name} as it is"))}
        </details>
    }
    .into_any()
}

fn link(name: &str, query: &str, words: &'static str, label: String) -> AnyView {
    view! {
        <a class="btn" href=format!("/api/exports/{name}{query}") download=name.to_owned() rel="external" aria-label=label>
            <Icon icon=lu::LuDownload />
            {words}
        </a>
    }
    .into_any()
}
