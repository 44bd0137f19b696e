//! Everything that is known of one run.

use leptos::prelude::*;
use model::run::{Run, RunState};

use super::badge::{RunBadge, Tone};
use super::banner::Banner;
use super::page::{Fact, Facts};
use super::time::Exact;
use crate::format;

/// Why a run failed, then its facts.
#[component]
pub fn RunFacts(
    /// The run.
    run: Run,
) -> impl IntoView {
    let failure = run.failure.clone().map(|failure| {
        view! { <Banner tone=Tone::Bad>{failure}</Banner> }
    });
    let notes = (!run.notes.is_empty()).then(|| {
        let notes = run.notes.iter().map(|note| view! { <li>{note.clone()}</li> }).collect_view();
        view! {
            <Fact name="Notes">
                <ul>{notes}</ul>
            </Fact>
        }
    });
    let file = run.file.clone().map(|file| {
        let exact = (file.bytes >= 1_000)
            .then(|| view! { <span class="text-muted">{format!(" · {}", format::counted(file.bytes, "byte", "bytes"))}</span> });
        view! {
            <Fact name="File">{file.name}</Fact>
            <Fact name="Size">{format::bytes(file.bytes)} {exact}</Fact>
            <Fact name="SHA-256">
                <code class="break-all">{file.sha256}</code>
            </Fact>
        }
    });
    let read = run.file.is_some().then(|| {
        view! {
            <Fact name="Rows read">{format::grouped(run.rows_read)}</Fact>
            <Fact name="Rows rejected">{format::grouped(run.rows_rejected)}</Fact>
        }
    });
    let published = match run.published.as_slice() {
        [] => view! { <span class="text-muted">{if run.state == RunState::Running { "Not yet" } else { "Nothing" }}</span> }.into_any(),
        published => {
            let relations = published
                .iter()
                .map(|published| {
                    view! {
                        <li>
                            <code>{published.relation.clone()}</code>
                            {format!(" · {}", format::counted(published.rows, "row", "rows"))}
                        </li>
                    }
                })
                .collect_view();
            view! { <ul>{relations}</ul> }.into_any()
        }
    };
    let duration = run.milliseconds().map(|milliseconds| view! { <Fact name="Duration">{format::duration(milliseconds)}</Fact> });
    let finished = run.finished_at.map(|at| {
        view! {
            <Fact name="Ended">
                <Exact at />
            </Fact>
        }
    });
    view! {
        {failure}
        <Facts>
            <Fact name="State">
                <RunBadge state=run.state />
            </Fact>
            {file}
            {read}
            <Fact name="Published">{published}</Fact>
            {notes}
            <Fact name="Started by">{run.actor.clone()}</Fact>
            <Fact name="Started">
                <Exact at=run.started_at />
            </Fact>
            {finished}
            {duration}
            <Fact name="Run">
                <code class="break-all">{run.id.to_string()}</code>
            </Fact>
        </Facts>
    }
}
