//! The rows that a run rejected, each with its line, its reason and the value as the file has it.

use icondata_lu as lu;
use leptos::prelude::*;
use model::run::{Reject, Run, RunDetail, RunState};

use super::icon::Icon;
use super::page::Section;
use super::table::{Look, NUM_CLASS, cell, heads, row, table};
use crate::format;

/// The first rows that a run rejected and the way to all of them; nothing where none was.
pub fn rejected_rows(detail: &RunDetail) -> Option<AnyView> {
    let RunDetail { run, rejects, rejects_kept, .. } = detail;
    (!rejects.is_empty()).then(|| {
        let shown = u64::try_from(rejects.len()).unwrap_or(run.rows_rejected);
        let all = format::counted(run.rows_rejected, "row", "rows");
        let count = if shown < run.rows_rejected {
            format!("The first {} of {all}.", format::grouped(shown))
        } else {
            format!("{all}, in the order of the file.")
        };
        let download = rejects_kept.then(|| {
            view! {
                <a class="btn section-action" href=format!("/api/imports/{}/rejects.csv", run.id) download="" rel="external">
                    <Icon icon=lu::LuDownload />
                    "Download all rejected rows (CSV)"
                </a>
            }
        });
        let way_back = rejects_kept.then(|| way_back(run));
        let table = reject_table(run.files > 1, rejects);
        view! {
            <Section id="rejects" title="Rejected rows">
                <p class="section-purpose">{count} " " {way_back}</p>
                {download}
                {table}
            </Section>
        }
        .into_any()
    })
}

/// How rejected rows get in after all.
fn way_back(run: &Run) -> &'static str {
    match run.state {
        RunState::Succeeded => {
            "To bring them in, correct the values in the downloaded list, save it as CSV and import it like any file: its rows are added to the version that this run made."
        }
        RunState::Queued | RunState::Running | RunState::Waiting => {
            "The list can be downloaded, corrected and imported once this run is published."
        }
        RunState::Failed | RunState::Cancelled | RunState::Undone => {
            "Nothing of this run is live: correct the file itself and import it again."
        }
    }
}

fn reject_table(several: bool, rejects: &[Reject]) -> AnyView {
    let rows = rejects
        .iter()
        .map(|reject| {
            let mut cells = vec![
                cell(NUM_CLASS, format::grouped(reject.line)),
                cell("", reject.column.clone().map(|column| view! { <code>{column}</code> })),
                cell("cell-reason", reject.reason.clone()),
                cell("cell-value", view! { <code>{reject.value.clone()}</code> }),
            ];
            if several {
                cells.insert(0, cell("", reject.file.clone()));
            }
            row(cells)
        })
        .collect();
    let mut names = heads(&[("Line", NUM_CLASS), ("Column", ""), ("Reason", ""), ("Value in the file", "")]);
    if several {
        names.insert(0, super::table::head("File".to_owned(), ""));
    }
    table("Rejected rows", Look::Wide, names, rows)
}
