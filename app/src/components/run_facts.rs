//! What is known of one run in a few words.

use leptos::prelude::*;
use model::run::{Operation, Run, RunDetail, RunState};

use super::badge::{RunBadge, Tone};
use super::banner::Banner;
use super::page::{Fact, Facts};
use super::progress::{stage_times, stage_title};
use super::relations::relation_name;
use super::time::Exact;
use crate::format;

/// Why a run failed, then its facts.
pub fn run_facts(detail: &RunDetail) -> AnyView {
    let RunDetail { run, timings, .. } = detail;
    let failure = run.failure.clone().map(|failure| {
        view! { <Banner tone=Tone::Bad>{failure}</Banner> }
    });
    // While it waits they stand above: they may matter to whoever decides.
    let notes = (run.state != RunState::Waiting).then(|| notes(run)).flatten().map(|notes| fact("Notes", notes));
    let read = (run.file.is_some() && run.operation == Operation::Import).then(|| {
        let (rows, rejected) = (format::grouped(run.rows_read), format::grouped(run.rows_rejected));
        view! { {fact("Rows read", rows)} {fact("Rows rejected", rejected)} }.into_any()
    });
    let published = match run.published.as_slice() {
        [] => view! { <span class="text-muted">{if run.state.is_final() { "Nothing" } else { "Not yet" }}</span> }.into_any(),
        published => {
            let relations = published
                .iter()
                .map(|published| {
                    let rows = format!(" · {}", format::counted(published.rows, "row", "rows"));
                    view! { <li>{relation_name(published.relation.clone())} {rows}</li> }.into_any()
                })
                .collect::<Vec<_>>();
            view! { <ul>{relations}</ul> }.into_any()
        }
    };
    let duration = run.milliseconds().map(|milliseconds| {
        let total = format::duration(milliseconds);
        let stages = stage_times(timings)
            .iter()
            .map(|time| {
                let words = format!("{}: {}", stage_title(run.operation, time.stage), format::duration(time.milliseconds));
                view! { <li class="text-muted">{words}</li> }.into_any()
            })
            .collect::<Vec<_>>();
        fact("Duration", view! { {total} <ul>{stages}</ul> })
    });
    let finished = run.finished_at.map(|at| fact("Ended", view! { <Exact at /> }));
    let facts = vec![
        Some(fact("State", view! { <RunBadge state=run.state /> })),
        read,
        Some(fact("Published", published)),
        notes,
        Some(fact("Started by", run.actor.clone())),
        Some(fact("Started", view! { <Exact at=run.started_at /> })),
        finished,
        duration,
        Some(fact("Run", view! { <code class="break-all">{run.id.to_string()}</code> })),
    ];
    view! {
        {failure}
        <Facts>{facts}</Facts>
    }
    .into_any()
}

/// What the reader should know of a run, a sentence each.
pub fn notes(run: &Run) -> Option<AnyView> {
    (!run.notes.is_empty()).then(|| {
        let notes = run.notes.iter().map(|note| view! { <li>{note.clone()}</li> }.into_any()).collect::<Vec<_>>();
        view! { <ul>{notes}</ul> }.into_any()
    })
}

fn fact(name: &'static str, value: impl IntoAny) -> AnyView {
    let value = value.into_any();
    view! { <Fact name>{value}</Fact> }.into_any()
}
