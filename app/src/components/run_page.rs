//! The page of one run, whatever the operation.

use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::run::{Operation, RunDetail, RunState};

use super::badge::Tone;
use super::banner::Banner;
use super::checks::checks_section;
use super::command::Reply;
use super::live::{follow, title};
use super::loaded::{failed_page, loaded};
use super::page::{PageHead, refused_in_address};
use super::preview::{Tense, preview_section};
use super::progress::run_progress;
use super::rejected_rows::rejected_rows;
use super::run_actions::{confirm_form, run_actions, undo};
use super::run_facts::{notes, run_facts};
use super::run_files::run_files;
use super::run_links::run_links;
use super::target_changes::target_changes;
use super::timeline::Timeline;
use crate::api::get_run;
use crate::format;
use crate::layout::use_work;

/// The run of this operation that the address names, followed while it works.
#[component]
pub fn RunPage(
    /// What was run; each operation has a permission of its own.
    operation: Operation,
    /// What the page is for, in one line.
    purpose: &'static str,
) -> impl IntoView {
    let parameters = use_params_map();
    let id = Memo::new(move |_| parameters.with(|parameters| parameters.get_str("id").unwrap_or_default().to_owned()));
    let detail = Resource::new(move || id.get(), move |id| get_run(operation, id));
    let query = use_query_map();
    let page = loaded(detail, failed_page, move |detail| content(detail, purpose, refused_in_address(query)));
    view! {
        {page}
        <Timeline resource="run" id=id />
    }
}

fn content(detail: RunDetail, purpose: &'static str, refused: AnyView) -> AnyView {
    let title = title(&detail.run);
    let live = follow(detail, None);
    let work = use_work();
    let reply = Reply::new(move || {
        work.look();
        spawn_local(live.ask());
    });
    view! {
        <PageHead title purpose>
            {move || live.known.with(|known| run_actions(&known.detail, reply))}
        </PageHead>
        {refused}
        {reply.banner()}
        {run_progress(live)}
        {move || live.known.with(|known| position(&known.detail))}
        {move || live.known.with(|known| body(&known.detail, reply))}
    }
    .into_any()
}

/// How many are before a run that waits for its turn.
fn position(detail: &RunDetail) -> Option<AnyView> {
    (detail.run.state == RunState::Queued).then(|| {
        let (id, subject) = (&detail.run.id, &detail.run.subject);
        // Identifiers sort by the time they were made.
        let before = use_work()
            .runs
            .with(|runs| runs.iter().filter(|other| other.state.is_moving() && other.subject == *subject && other.id < *id).count());
        let words = match u64::try_from(before) {
            Ok(before @ 1..) => format!("Before it: {} of the same kind.", format::counted(before, "run", "runs")),
            _ if detail.run.operation == Operation::Transformation => {
                "It begins as soon as what it reads is up to date and a server is free.".to_owned()
            }
            _ => "It begins as soon as a server is free.".to_owned(),
        };
        view! { <p class="text-muted">{words} " This page may be closed: the work goes on."</p> }.into_any()
    })
}

fn body(detail: &RunDetail, reply: Reply) -> AnyView {
    let run = &detail.run;
    let waiting = run.state == RunState::Waiting;
    let tense = match run.state {
        RunState::Succeeded => Tense::Did,
        state if state.is_final() => Tense::WouldHave,
        _ => Tense::Would,
    };
    let preview = detail.preview.as_ref().map(|preview| {
        let questions = waiting.then(|| confirm_form(detail, reply)).flatten();
        preview_section(run, preview, tense, questions)
    });
    let undoing = undo(detail, reply);
    let noted = if waiting { notes(run) } else { None };
    let noted = noted.map(|notes| view! { <Banner tone=Tone::Info>{notes}</Banner> });
    // What somebody has to decide about comes first; what has been done, after what is left to do.
    let (before, after) = if waiting { (preview, None) } else { (None, preview) };
    view! {
        {noted}
        {before}
        {run_facts(detail)}
        {checks_section(&detail.checks)}
        {target_changes(&detail.changes, run.state == RunState::Succeeded)}
        {run_links(detail)}
        {rejected_rows(detail)}
        {after}
        {undoing}
        {run_files(detail)}
    }
    .into_any()
}
