//! Following a run while it works: the browser asks once a second. Without scripts the page reloads itself.

use std::pin::Pin;
use std::rc::Rc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::run::{Operation, Run, RunDetail, RunState};

use super::badge::Tone;
use super::progress::Sample;
use super::toast::use_messages;
use crate::api::get_run;
use crate::clock;
use crate::error::AppError;

const INTERVAL: Duration = Duration::from_secs(1);

/// A run as it is known now.
#[derive(Clone)]
pub struct Followed {
    /// The run.
    pub detail: RunDetail,
    /// How far it was when this page first saw it reading; rates count from there.
    pub since: Option<Sample>,
    /// When this was asked, in milliseconds of the browser's clock; 0 before the first time.
    pub at: i64,
    /// Why the last question got no answer, if it got none. Asking goes on.
    pub lost: Option<AppError>,
}

/// A run that is followed.
#[derive(Clone, Copy)]
pub struct LiveRun {
    /// What is known of it.
    pub known: RwSignal<Followed>,
}

impl LiveRun {
    /// Asks for the run.
    pub async fn ask(self) {
        let Some((operation, id)) = self.known.try_with_untracked(|known| (known.detail.run.operation, known.detail.run.id.clone())) else {
            return;
        };
        let answer = get_run(operation, id.as_str().to_owned()).await;
        // `try_`: the page may have been left meanwhile.
        self.known.try_update(|known| match answer {
            Ok(detail) => {
                let at = clock::milliseconds();
                known.since = since(known.since, &detail.run, at);
                (known.at, known.lost, known.detail) = (at, None, detail);
            }
            Err(error) => known.lost = Some(error),
        });
    }
}

/// From where the rates of a run count: the first moment at which it was seen reading.
pub fn since(before: Option<Sample>, run: &Run, at: i64) -> Option<Sample> {
    let reading = run.stage == Some(model::run::Stage::Copying);
    reading.then(|| before.unwrap_or(Sample { at, bytes: run.bytes_read, rows: run.rows_read }))
}

/// Follows a run while it moves; once it stops, says so in a message and counts `ended` up.
pub fn follow(detail: RunDetail, ended: Option<RwSignal<u32>>) -> LiveRun {
    let live = LiveRun { known: RwSignal::new(Followed { detail, since: None, at: 0, lost: None }) };
    let moving = Memo::new(move |_| live.known.with(|known| known.detail.run.state.is_moving()));
    let messages = use_messages();
    poll_while(moving.into(), Rc::new(move || Box::pin(live.ask())));
    Effect::new(move |moved: Option<bool>| {
        let moves = moving.get();
        if moved == Some(true) && !moves {
            live.known.with_untracked(|known| {
                let (tone, text) = outcome(&known.detail.run);
                messages.show(tone, text, address(&known.detail.run).unwrap_or_default());
            });
            if let Some(ended) = ended {
                ended.update(|ended| *ended += 1);
            }
        }
        moves
    });
    live
}

/// A question that takes its time.
pub type Ask = Rc<dyn Fn() -> Pin<Box<dyn Future<Output = ()>>>>;

/// Asks once a second as long as `working` says so, never twice at a time.
pub fn poll_while(working: Signal<bool>, ask: Ask) {
    poll_every(INTERVAL, working, ask);
}

/// Asks in this interval as long as `working` says so, never twice at a time.
pub fn poll_every(interval: Duration, working: Signal<bool>, ask: Ask) {
    let asking = StoredValue::new(false);
    Effect::new(move |_| {
        if !working.get() {
            return;
        }
        let ask = Rc::clone(&ask);
        let tick = move || {
            if asking.try_get_value() != Some(false) {
                return;
            }
            asking.set_value(true);
            let answer = ask();
            spawn_local(async move {
                answer.await;
                asking.try_set_value(false);
            });
        };
        if let Ok(interval) = set_interval_with_handle(tick, interval) {
            on_cleanup(move || interval.clear());
        }
    });
}

/// A run of which only the list's row is known.
pub fn only_run(run: Run) -> RunDetail {
    RunDetail {
        run,
        files: Vec::new(),
        rejects: Vec::new(),
        rejects_kept: false,
        preview: None,
        timings: Vec::new(),
        checks: Vec::new(),
        changes: Vec::new(),
        links: Vec::new(),
        derived: Vec::new(),
        undoable: false,
        repeatable: false,
    }
}

/// How a run stopped moving, in a sentence.
pub fn outcome(run: &Run) -> (Tone, String) {
    let (tone, words) = match run.state {
        RunState::Queued | RunState::Running | RunState::Succeeded => (Tone::Good, "succeeded"),
        RunState::Waiting => (Tone::Warning, "waits for you"),
        RunState::Failed => (Tone::Bad, "failed"),
        RunState::Cancelled => (Tone::Info, "was cancelled"),
        RunState::Undone => (Tone::Info, "was undone"),
    };
    (tone, format!("{} {words}", title(run)))
}

/// What a run is, for people: `Import of uszips.csv`, `Undo of 004.xls and 904 more`.
pub fn title(run: &Run) -> String {
    let operation = match run.operation {
        Operation::Import if run.file.is_none() && run.subject.is_none() => return "Import".to_owned(),
        Operation::Import => "Import of",
        Operation::Undo => "Undo of",
        Operation::Transformation => "Transformation",
        Operation::Export => "Export of",
    };
    format!("{operation} {}", run.title())
}

/// The address of a run's own page, where it has one.
pub fn address(run: &Run) -> Option<String> {
    match run.operation {
        Operation::Import | Operation::Undo => Some(format!("/imports/runs/{}", run.id)),
        Operation::Transformation => Some(format!("/transformations/runs/{}", run.id)),
        Operation::Export => None,
    }
}
