//! One transformation: how it stands and why, its latest run, what it reads and publishes.

use icondata_lu as lu;
use leptos::prelude::*;
use model::Permission;
use model::run::{Run, RunState};
use model::transformation::{Check, Freshness, TransformationState};

use super::run;
use crate::components::badge::{Badge, RunBadge, Tone};
use crate::components::banner::Banner;
use crate::components::causes::causes;
use crate::components::checks::summary;
use crate::components::command::{PLAIN_CLASS, Reply};
use crate::components::lineage::section_id;
use crate::components::live::{LiveRun, address};
use crate::components::page::{Fact, Facts};
use crate::components::progress::run_progress;
use crate::components::relations::relation_table;
use crate::components::time::Age;
use crate::format;
use crate::layout::may;

/// A transformation under its own heading. `live` is its latest run.
pub fn section(state: &TransformationState, live: Option<LiveRun>, reply: Reply) -> AnyView {
    let TransformationState { name, purpose, sources, targets, latest, checks, .. } = state;
    let heading = section_id(name);
    let labelled_by = heading.clone();
    let start = may(Permission::TransformationsRun).then(|| run(reply, name, format!("Run {name}"), PLAIN_CLASS));
    let relations = sources.iter().map(|relation| ("Reads", relation.clone()));
    let relations = relations.chain(targets.iter().map(|relation| ("Publishes", relation.clone()))).collect();
    let failure = latest.as_ref().and_then(|run| run.failure.clone()).map(|failure| view! { <Banner tone=Tone::Bad>{failure}</Banner> });
    let freshness = freshness(state);
    let latest = latest.as_ref().map(|run| latest_run(run, checks));
    view! {
        <section class="section" aria-labelledby=labelled_by>
            <div class="section-head">
                <div class="min-w-0">
                    <h2 class="section-title" id=heading>
                        {name.clone()}
                    </h2>
                    <p class="section-purpose">{purpose.clone()}</p>
                </div>
                {start}
            </div>
            {live.map(run_progress)}
            <Facts>
                <Fact name="State">{freshness}</Fact>
                {latest}
            </Facts>
            {failure}
            {relation_table(format!("Tables that {name} reads and publishes"), "Use", relations)}
        </section>
    }
    .into_any()
}

/// Whether what it publishes is what its sources say now, and if not, by what.
fn freshness(state: &TransformationState) -> AnyView {
    match state.freshness {
        Freshness::Current => view! { <Badge tone=Tone::Good text="Current" /> " Nothing that it rests on has changed since." }.into_any(),
        Freshness::New => {
            view! { <Badge tone=Tone::Info icon=lu::LuCircleDashed text="Never run" /> " What it reads is there." }.into_any()
        }
        Freshness::Stale => view! {
            <Badge tone=Tone::Warning text="Stale" />
            {causes(&state.stale_by)}
        }
        .into_any(),
        Freshness::Waiting => {
            let missing = state.sources.iter().filter(|source| source.published_at.is_none() && source.made_by.is_none());
            let missing: Vec<&str> = missing.map(|source| source.name.as_str()).collect();
            let words = format!(" Nothing has been imported into {} yet. ", format::alternatives(&missing));
            view! {
                <Badge tone=Tone::Info icon=lu::LuHourglass text="Waits for files" />
                {words}
                <a class="link" href="/imports">
                    "Import the files"
                </a>
                " first."
            }
            .into_any()
        }
    }
}

fn latest_run(run: &Run, checks: &[Check]) -> AnyView {
    let duration = run.milliseconds().map(|milliseconds| format!(" · in {}", format::duration(milliseconds)));
    let rows = (run.state == RunState::Succeeded).then(|| format!(" · {}", format::counted(run.rows_published(), "row", "rows")));
    let link = address(run).map(|address| {
        view! {
            " · "
            <a class="link" href=address>
                "The whole run"
            </a>
        }
    });
    let (state, at, by) = (run.state, run.started_at, format!(" by {}", run.actor));
    let checks = (!checks.is_empty()).then(|| {
        let tone = if checks.iter().all(|check| check.passed) { Tone::Good } else { Tone::Bad };
        let text = format::counted(u64::try_from(checks.len()).unwrap_or(0), "check", "checks");
        let words = format!(": {}", summary(checks));
        view! {
            <Fact name="Checks">
                <Badge tone text />
                {words}
            </Fact>
        }
    });
    view! {
        <Fact name="Last run">
            <RunBadge state />
            " "
            <Age at />
            {by}
            {rows}
            {duration}
            {link}
        </Fact>
        {checks}
    }
    .into_any()
}
