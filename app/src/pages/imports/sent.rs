//! What was made of the files that were sent from this page: the runs by kind, those that were refused first, each with how far it
//! is and what can be done with it. One question a second tells of all of them.

use std::rc::Rc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::RunId;
use model::integration::CONTRACTS;
use model::run::{Run, RunDetail, RunQuery, RunState};

use super::send::Accepted;
use crate::api::{get_run, list_runs};
use crate::clock::milliseconds;
use crate::components::badge::{RunBadge, Tone};
use crate::components::banner::Banner;
use crate::components::command::{Command, PLAIN_CLASS, Reply, command};
use crate::components::live::{only_run, poll_while, since};
use crate::components::preview::short_counts;
use crate::components::progress::{Sample, progress_of};
use crate::components::run_actions::{cancel, import_words};
use crate::error::AppError;
use crate::format;
use crate::layout::{Work, use_work};

/// How many runs of a kind are shown; the history below has all.
const SHOWN: usize = 50;
/// How many pages of the latest runs are looked through: as many as hold a thousand runs, and some of others between them.
const PAGES_MOST: u32 = 24;

/// How many previews are asked for before it is asked again how far the runs are.
const PREVIEWS_AT_ONCE: usize = 20;

/// A run that was made of some of the files.
#[derive(Clone)]
struct Entry {
    id: RunId,
    /// What is known of it, once something is. Its preview is there as soon as it waits for somebody.
    detail: Option<RunDetail>,
    since: Option<Sample>,
    at: i64,
}

impl Entry {
    fn run(&self) -> Option<&Run> {
        self.detail.as_ref().map(|detail| &detail.run)
    }

    fn moves(&self) -> bool {
        self.run().is_none_or(|run| run.state.is_moving())
    }

    /// Whether it waits, and what it would change is not known yet.
    fn lacks_preview(&self) -> bool {
        self.waits() && self.detail.as_ref().is_some_and(|detail| detail.preview.is_none())
    }

    /// Whether it waits for somebody.
    fn waits(&self) -> bool {
        self.run().is_some_and(|run| run.state == RunState::Waiting)
    }

    /// Its detail where it waits for somebody and nothing has to be agreed to.
    fn ready(&self) -> Option<&RunDetail> {
        let detail = self.detail.as_ref().filter(|_| self.waits())?;
        detail.preview.as_ref().is_some_and(|preview| preview.questions.is_empty()).then_some(detail)
    }
}

/// Everything that was sent from this page.
#[derive(Clone, Copy)]
pub struct Sent {
    entries: RwSignal<Vec<Entry>>,
    /// Why files were not taken.
    errors: RwSignal<Vec<String>>,
    /// Why the last question got no answer.
    lost: RwSignal<Option<AppError>>,
    changes: RwSignal<u32>,
    work: Work,
}

impl Sent {
    /// Nothing yet. `changes` grows whenever a run begins or ends.
    pub fn new(changes: RwSignal<u32>) -> Self {
        let (entries, errors, lost) = (RwSignal::new(Vec::new()), RwSignal::new(Vec::new()), RwSignal::new(None));
        let sent = Self { entries, errors, lost, changes, work: use_work() };
        let unsettled = |entry: &Entry| entry.moves() || entry.lacks_preview();
        let asks = Memo::new(move |_| entries.with(|entries: &Vec<Entry>| entries.iter().any(unsettled)));
        poll_while(asks.into(), Rc::new(move || Box::pin(sent.ask(false))));
        sent
    }

    /// Takes up the runs that were made of files.
    pub fn add(self, accepted: Accepted) {
        let new = accepted.runs.into_iter().map(|started| Entry { id: started.id, detail: None, since: None, at: 0 });
        self.entries.try_update(|entries| entries.splice(0..0, new).for_each(drop));
        self.errors.try_set(accepted.errors);
        self.changed();
    }

    fn changed(self) {
        self.work.look();
        self.changes.try_update(|changes| *changes += 1);
    }

    /// Looks for the runs among the latest ones, and at what those would change that wait for somebody. Of runs that do not move it asks
    /// only where they may have been told to: `all`.
    async fn ask(self, all: bool) {
        let count = move |all: bool| {
            self.entries.try_with_untracked(|entries| entries.iter().filter(|entry| all || entry.moves()).count()).unwrap_or(0)
        };
        let (mut left, before) = (count(all), count(false));
        let mut page = 1;
        while left > 0 && page <= PAGES_MOST {
            let answer = list_runs(RunQuery { page, ..RunQuery::default() }).await;
            let rows = match answer {
                Ok(answer) => answer.rows,
                Err(error) => {
                    self.lost.try_set(Some(error));
                    return;
                }
            };
            self.lost.try_set(None);
            let last = rows.len() < model::list::PAGE_SIZE as usize;
            let seen = self.entries.try_update(|entries| update(entries, rows, all)).unwrap_or(left);
            left = if last { 0 } else { left.saturating_sub(seen) };
            page += 1;
        }
        for run in self.without_preview() {
            if let Ok(detail) = get_run(run.operation, run.id.as_str().to_owned()).await {
                self.entries.try_update(|entries| {
                    if let Some(entry) = entries.iter_mut().find(|entry| entry.id == detail.run.id) {
                        entry.detail = Some(detail);
                    }
                });
            }
        }
        if count(false) < before {
            self.changed();
        }
    }

    fn without_preview(self) -> Vec<Run> {
        let lacking = |entries: &Vec<Entry>| {
            entries.iter().filter(|entry| entry.lacks_preview()).take(PREVIEWS_AT_ONCE).filter_map(|entry| entry.run().cloned()).collect()
        };
        self.entries.try_with_untracked(lacking).unwrap_or_default()
    }
}

/// Brings entries up to date; answers how many of those that are looked for were among the rows.
fn update(entries: &mut [Entry], rows: Vec<Run>, all: bool) -> usize {
    let at = milliseconds();
    let mut seen = 0;
    for run in rows {
        let Some(entry) = entries.iter_mut().find(|entry| entry.id == run.id) else { continue };
        seen += usize::from(all || entry.moves());
        (entry.since, entry.at) = (since(entry.since, &run, at), at);
        match &mut entry.detail {
            // Its preview stays.
            Some(detail) => detail.run = run,
            None => entry.detail = Some(only_run(run)),
        }
    }
    seen
}

/// The list, as long as there is something in it.
pub fn sent_list(sent: Sent) -> AnyView {
    let reply = Reply::new(move || {
        sent.changed();
        // Whatever was told to do something moves now: ask how.
        spawn_local(sent.ask(true));
    });
    (move || {
        let errors = sent.errors.get();
        sent.entries.with(|entries| {
            if entries.is_empty() && errors.is_empty() {
                return None;
            }
            let several = entries.iter().filter(|entry| entry.waits()).count() > 1;
            let refused = entries.iter().filter(|entry| is_refused(entry)).collect::<Vec<_>>();
            let mut groups = vec![group("Refused", &refused, several, reply)];
            let known = entries.iter().filter(|entry| !is_refused(entry)).collect::<Vec<_>>();
            for contract in CONTRACTS {
                let of_kind = known.iter().filter(|entry| subject(entry) == Some(contract.name)).copied().collect::<Vec<_>>();
                groups.push(group(contract.title, &of_kind, several, reply));
            }
            let new = known.iter().filter(|entry| subject(entry).is_none()).copied().collect::<Vec<_>>();
            groups.push(group("Being recognised", &new, several, reply));
            let errors = errors.into_iter().map(|error| view! { <Banner tone=Tone::Bad>{error}</Banner> }.into_any()).collect::<Vec<_>>();
            let lost = sent.lost.get().map(|error| view! { <Banner tone=Tone::Warning>{error.to_string()} " The work itself goes on; this page keeps asking."</Banner> });
            Some(
                view! {
                    <section class="section" aria-labelledby="sent">
                        <div class="section-head">
                            <h2 class="section-title" id="sent">
                                "Files sent from here"
                            </h2>
                            {import_all(entries, reply)}
                        </div>
                        {errors}
                        {lost}
                        {reply.banner()}
                        {groups}
                    </section>
                }
                .into_any(),
            )
        })
    })
    .into_any()
}

fn subject(entry: &Entry) -> Option<&str> {
    entry.run()?.subject.as_deref()
}

/// Whether it was taken for none of the kinds.
fn is_refused(entry: &Entry) -> bool {
    entry.run().is_some_and(|run| run.subject.is_none() && run.state == RunState::Failed)
}

/// One button for all that wait and of which nothing has to be agreed to, where there are several.
fn import_all(entries: &[Entry], reply: Reply) -> Option<AnyView> {
    let waiting = entries.iter().filter(|entry| entry.waits()).count();
    let ready = entries.iter().filter_map(Entry::ready).map(|detail| detail.run.id.clone()).collect::<Vec<_>>();
    // As long as a preview is missing, the number would still grow.
    let known = !entries.iter().any(|entry| entry.moves() || entry.lacks_preview());
    (known && ready.len() > 1).then(|| {
        let count = format::grouped(u64::try_from(ready.len()).unwrap_or(0));
        let label = if ready.len() == waiting { format!("Import all {count}") } else { format!("Import the {count} without questions") };
        let import = move |_| {
            for id in &ready {
                reply.send("/api/imports/confirm", &format!("id={id}"));
            }
        };
        view! {
            <button type="button" class="btn btn-primary" on:click=import>
                {label}
            </button>
        }
        .into_any()
    })
}

fn group(title: &'static str, entries: &[&Entry], several: bool, reply: Reply) -> Option<AnyView> {
    (!entries.is_empty()).then(|| {
        let rest = u64::try_from(entries.len().saturating_sub(SHOWN)).unwrap_or(0);
        let rest = (rest > 0).then(|| {
            view! { <p class="text-muted">{format!("And {} more; the history below has all of them.", format::grouped(rest))}</p> }
        });
        let entries = entries.iter().take(SHOWN).map(|entry| item(entry, several, reply)).collect::<Vec<_>>();
        view! {
            <h3 class="sent-kind">{title}</h3>
            <ul aria-label=title>{entries}</ul>
            {rest}
        }
        .into_any()
    })
}

fn item(entry: &Entry, several: bool, reply: Reply) -> AnyView {
    let Some(detail) = &entry.detail else {
        return view! { <li class="sent-file text-muted">"The server looks at it"</li> }.into_any();
    };
    let run = &detail.run;
    let address = format!("/imports/runs/{}", run.id);
    let size = match run.files {
        0 | 1 => format::bytes(run.bytes),
        files => format!("{}, {}", format::counted(files, "file", "files"), format::bytes(run.bytes)),
    };
    let result = (!run.published.is_empty()).then(|| {
        let rows = format::counted(run.rows_published(), "row", "rows");
        let rejected = format::counted(run.rows_rejected, "row", "rows");
        view! { <span>{format!("{rows} published, {rejected} rejected")}</span> }
    });
    let failure = run.failure.clone().map(|failure| view! { <span>{failure}</span> });
    let counts = detail.preview.as_ref().filter(|_| entry.waits()).map(|preview| {
        let rejected = (run.rows_rejected > 0).then(|| {
            view! { <span class="text-warning">{format!("{} rejected", format::counted(run.rows_rejected, "row", "rows"))}</span> }
        });
        let asks =
            (!preview.questions.is_empty()).then(|| view! { <span class="text-warning">"Something has to be agreed to first"</span> });
        view! {
            <span class="num">{short_counts(preview)}</span>
            {rejected}
            {asks}
        }
    });
    let actions = match run.state {
        state if state.is_moving() => Some(cancel(run, "Cancel", reply)),
        RunState::Waiting => Some(waiting(entry, detail, several, reply)),
        _ => None,
    };
    let progress = run.state.is_moving().then(|| progress_of(run, entry.since, entry.at));
    view! {
        <li class="sent-file">
            <div class="sent-name">
                <a class="link font-semibold break-all" href=address>
                    {run.title()}
                </a>
                <span class="text-muted whitespace-nowrap">{size}</span>
                <RunBadge state=run.state />
            </div>
            <div class="sent-result">{result} {failure} {counts}</div>
            <div class="sent-actions">{actions}</div>
            {progress}
        </li>
    }
    .into_any()
}

/// What can be done with a run that waits: look at it, and where several do, import or discard it at once.
fn waiting(entry: &Entry, detail: &RunDetail, several: bool, reply: Reply) -> AnyView {
    let import = entry.ready().filter(|_| several).map(|detail| {
        let (label, run) = (import_words(detail), detail.run.id.clone());
        command(reply, Command { action: "/api/imports/confirm", run, label, class: PLAIN_CLASS, hidden: &[], leads_on: false })
    });
    let discard = several.then(|| cancel(&detail.run, "Discard", reply));
    view! {
        <a class="link" href=format!("/imports/runs/{}", detail.run.id)>
            "Look at what would change"
        </a>
        {import}
        {discard}
    }
    .into_any()
}
