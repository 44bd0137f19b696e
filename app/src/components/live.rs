//! Following a run while it works: the browser asks once a second. Without scripts the page reloads itself.

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::run::{Operation, Run, RunDetail, RunState};

use super::badge::Tone;
use super::toast::use_messages;
use crate::api::get_run;
use crate::error::AppError;

const INTERVAL: Duration = Duration::from_secs(1);

/// A run as it is known now.
#[derive(Clone, Copy)]
pub struct LiveRun {
    /// The run.
    pub detail: RwSignal<RunDetail>,
    /// Why the last question got no answer, if it got none. Asking goes on.
    pub lost: RwSignal<Option<AppError>>,
}

/// Follows a run until it ends; says so in a message and calls `ended`, unless it had ended before.
pub fn follow(detail: RunDetail, ended: impl Fn(&Run) + 'static) -> LiveRun {
    let (operation, id) = (detail.run.operation, detail.run.id.clone());
    let live = LiveRun { detail: RwSignal::new(detail), lost: RwSignal::new(None) };
    let working = Memo::new(move |_| live.detail.with(|detail| !detail.run.state.is_final()));
    let messages = use_messages();
    poll_while(working.into(), move || {
        let id = id.as_str().to_owned();
        async move {
            let answer = get_run(operation, id).await;
            // `try_`: the page may have been left meanwhile.
            match answer {
                Ok(detail) => {
                    live.lost.try_set(None);
                    live.detail.try_set(detail);
                }
                Err(error) => {
                    live.lost.try_set(Some(error));
                }
            }
        }
    });
    Effect::new(move |worked: Option<bool>| {
        let works = working.get();
        if worked == Some(true) && !works {
            let run = live.detail.with_untracked(|detail| detail.run.clone());
            let (tone, text) = outcome(&run);
            messages.show(tone, text, address(&run).unwrap_or_default());
            ended(&run);
        }
        works
    });
    live
}

/// Asks once a second as long as `working` says so, never twice at a time.
pub fn poll_while<Answer: Future<Output = ()> + 'static>(working: Signal<bool>, ask: impl Fn() -> Answer + Clone + 'static) {
    let asking = StoredValue::new(false);
    Effect::new(move |_| {
        if !working.get() {
            return;
        }
        let ask = ask.clone();
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
        if let Ok(interval) = set_interval_with_handle(tick, INTERVAL) {
            on_cleanup(move || interval.clear());
        }
    });
}

/// How a run ended, in a sentence.
fn outcome(run: &Run) -> (Tone, String) {
    match run.state {
        RunState::Failed => (Tone::Bad, format!("{} failed", title(run))),
        RunState::Running | RunState::Succeeded => (Tone::Good, format!("{} succeeded", title(run))),
    }
}

/// What a run is, for people: `Import of uszips.csv`.
pub fn title(run: &Run) -> String {
    match (run.operation, &run.file, &run.subject) {
        (Operation::Import, Some(file), _) => format!("Import of {}", file.name),
        (Operation::Import, None, Some(subject)) => format!("Import of {subject}"),
        (Operation::Import, None, None) => "Import".to_owned(),
        (Operation::Transformation, _, subject) => format!("Transformation {}", subject.as_deref().unwrap_or_default()),
        (Operation::Export, _, subject) => format!("Export of {}", subject.as_deref().unwrap_or_default()),
    }
}

/// The address of a run's own page, where it has one.
pub fn address(run: &Run) -> Option<String> {
    match run.operation {
        Operation::Import => Some(format!("/imports/runs/{}", run.id)),
        Operation::Transformation => Some(format!("/transformations/runs/{}", run.id)),
        Operation::Export => None,
    }
}
