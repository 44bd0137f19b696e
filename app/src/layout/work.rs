//! What is at work now, wherever the reader is: a menu in the top bar with each run and how far it is. Only the browser asks for it:
//! a page on its way to somebody costs no further question to PRIMARY.

use std::rc::Rc;
use std::time::Duration;

use icondata_lu as lu;
use leptos::prelude::*;
use leptos::task::spawn_local;
use leptos_router::hooks::use_location;
use model::Permission;
use model::run::{Run, RunState};

use super::{Reader, may};
use crate::api::{get_run, list_work};
use crate::components::badge::state_title;
use crate::components::icon::Icon;
use crate::components::live::{address, outcome, poll_every, title};
use crate::components::progress::percent;
use crate::components::toast::{Messages, use_messages};
use crate::format;

/// The page that shows every import with its state: there, a message would say it twice.
const LIST: &str = "/imports";
const INTERVAL: Duration = Duration::from_secs(3);

/// What is queued, at work or waiting for somebody.
#[derive(Clone, Copy)]
pub struct Work {
    /// The runs, as far as they are known.
    pub runs: RwSignal<Vec<Run>>,
    messages: Messages,
    reader: Reader,
    /// Where the reader is.
    path: Memo<String>,
}

/// What is at work, for pages inside the frame.
pub fn use_work() -> Work {
    expect_context()
}

/// Makes room for it, once, around all pages.
pub(super) fn provide_work(reader: Reader) {
    let path = use_location().pathname;
    provide_context(Work { runs: RwSignal::new(Vec::new()), messages: use_messages(), reader, path });
}

impl Work {
    /// Looks again: something has begun or ended.
    pub fn look(self) {
        spawn_local(self.ask());
    }

    /// Looks again and goes on with this. What is asked for then is not older than what is at work, so its end is not missed.
    pub fn look_and_then(self, then: impl FnOnce() + 'static) {
        spawn_local(async move {
            self.ask().await;
            then();
        });
    }

    /// Calls this whenever a run, of an import say, begins or ends: what is stale may have changed.
    pub fn on_change(self, again: impl Fn() + 'static) {
        let runs = Memo::new(move |_| self.runs.with(|runs| runs.iter().map(|run| run.id.as_str()).collect::<String>()));
        Effect::new(move |before: Option<()>| {
            // Read, not only tracked: what was never read is not looked at again.
            runs.with(|_| ());
            if before.is_some() {
                again();
            }
        });
    }

    /// Whether the reader asked for it: other people's runs are no news.
    fn is_own(self, run: &Run) -> bool {
        let Reader(reader) = self.reader;
        reader.try_with_untracked(|reader| reader.as_ref().is_some_and(|reader| reader.email == run.actor)).unwrap_or(false)
    }

    async fn ask(self) {
        // An answer that does not come is asked for again by the next page, and each page says itself what it cannot show.
        let Ok(now) = list_work().await else { return };
        let Some(before) = self.runs.try_get_untracked() else { return };
        self.runs.try_set(now.clone());
        for run in before {
            let state = now.iter().find(|other| other.id == run.id).map(|other| other.state);
            if run.state == RunState::Waiting && state != Some(RunState::Waiting) {
                // Somebody has decided about it.
                self.messages.close_of(&address(&run).unwrap_or_default());
            }
            if !run.state.is_moving() || state.is_some_and(RunState::is_moving) || !self.is_own(&run) {
                continue;
            }
            // It has stopped: what came of it?
            if let Ok(detail) = get_run(run.operation, run.id.as_str().to_owned()).await
                && !detail.run.state.is_moving()
            {
                let (tone, text) = outcome(&detail.run);
                if self.path.try_get_untracked().is_some_and(|path| path != LIST) {
                    self.messages.show(tone, text, address(&detail.run).unwrap_or_default());
                }
            }
        }
    }
}

/// The menu of the top bar; nothing where nothing is at work.
pub fn work_menu() -> AnyView {
    if !may(Permission::ImportsRead) && !may(Permission::TransformationsRead) {
        return ().into_any();
    }
    let work = use_work();
    Effect::new(move |_| {
        // Whoever is on a run's page knows what a message about it would say.
        work.path.with(|path| work.messages.close_of(path));
        work.look();
    });
    let moving = Memo::new(move |_| work.runs.with(|runs| runs.iter().any(|run| run.state.is_moving())));
    poll_every(INTERVAL, moving.into(), Rc::new(move || Box::pin(work.ask())));
    (move || {
        work.runs.with(|runs| {
            (!runs.is_empty()).then(|| {
                let count = u64::try_from(runs.len()).unwrap_or(0);
                let label = format!("Work: {}", format::counted(count, "run", "runs"));
                let icon = if moving.get() { lu::LuLoaderCircle } else { lu::LuHand };
                let entries = runs.iter().map(entry).collect::<Vec<_>>();
                view! {
                    <details class="menu" data-closes>
                        <summary class="btn btn-quiet" aria-label=label>
                            <Icon icon class=if moving.get() { "spin" } else { "" } />
                            {format::grouped(count)}
                        </summary>
                        <div class="menu-panel menu-wide">{entries}</div>
                    </details>
                }
                .into_any()
            })
        })
    })
    .into_any()
}

fn entry(run: &Run) -> AnyView {
    let state = match (run.state, percent(run)) {
        (RunState::Waiting, _) => "waits for you".to_owned(),
        (RunState::Running, Some(percent)) => format!("{percent} %"),
        (state, _) => state_title(state).to_lowercase(),
    };
    view! {
        <a class="menu-item" href=address(run).unwrap_or_default()>
            <span class="grow min-w-0 break-words">{title(run)}</span>
            <span class="text-muted whitespace-nowrap">{state}</span>
        </a>
    }
    .into_any()
}
