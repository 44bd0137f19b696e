//! The files of an import.

use icondata_lu as lu;
use leptos::prelude::*;
use model::run::{ImportedFile, RunDetail};

use super::icon::Icon;
use super::page::Section;
use super::table::{CODE_CLASS, HEARD_CLASS, Look, NAME_CLASS, NUM_CLASS, cell, heads, row, table};
use crate::format;

/// How much of a hash tells files of one list apart.
const HASH_SHOWN: usize = 12;

/// The files of a run: those that were left out first. The whole hash shows on hover.
pub fn run_files(detail: &RunDetail) -> Option<AnyView> {
    (!detail.files.is_empty()).then(|| {
        let shown = u64::try_from(detail.files.len()).unwrap_or(detail.run.files);
        let (all, size) = (format::counted(detail.run.files, "file", "files"), format::bytes(detail.run.bytes));
        let count = if shown < detail.run.files {
            format!("The first {} of {all}, {size} together; those that were left out come first.", format::grouped(shown))
        } else {
            format!("{all}, {size}.")
        };
        let rows = detail.files.iter().map(|file| file_row(detail, file)).collect();
        let names = heads(&[
            ("File", ""),
            ("Size", NUM_CLASS),
            ("SHA-256", ""),
            ("Release", ""),
            ("Rows", NUM_CLASS),
            ("Rejected", NUM_CLASS),
            ("Original", HEARD_CLASS),
        ]);
        view! {
            <Section id="files" title="Files">
                <p class="section-purpose">{count}</p>
                {table("Files", Look::Wide, names, rows)}
            </Section>
        }
        .into_any()
    })
}

fn file_row(detail: &RunDetail, file: &ImportedFile) -> AnyView {
    let name = &file.file.name;
    let archive = file.archive.as_ref().map(|archive| view! { <div class="text-muted">{format!("in {archive}")}</div> });
    // Of an only file, the run says it.
    let failure = file.failure.as_ref().filter(|_| detail.run.files > 1);
    let failure = failure.map(|failure| view! { <div class="text-bad">{format!("Left out: {failure}")}</div> });
    let download = file.kept.then(|| {
        let address = format!("/api/imports/{}/files/{}", detail.run.id, file.ordinal);
        view! {
            <a class="link" href=address download=name.clone() rel="external" aria-label=format!("Download {name}")>
                <Icon icon=lu::LuDownload />
                " Original"
            </a>
        }
    });
    let hash = file.file.sha256.get(..HASH_SHOWN).unwrap_or(&file.file.sha256).to_owned();
    row(vec![
        cell(NAME_CLASS, view! { {name.clone()} {archive} {failure} }),
        cell(NUM_CLASS, view! { <span title=format::counted(file.file.bytes, "byte", "bytes")>{format::bytes(file.file.bytes)}</span> }),
        cell(CODE_CLASS, view! { <span title=file.file.sha256.clone()>{hash}</span> }),
        cell("whitespace-nowrap", file.release.as_ref().map_or_else(|| "–".to_owned(), ToString::to_string)),
        cell(NUM_CLASS, format::grouped(file.rows_read)),
        cell(if file.rows_rejected > 0 { "num text-warning" } else { NUM_CLASS }, format::grouped(file.rows_rejected)),
        cell(HEARD_CLASS, download),
    ])
}
