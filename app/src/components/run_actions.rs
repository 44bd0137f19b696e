//! What can be done with a run: cancel it, and an import also put in place, discard, start again, undo.

use leptos::prelude::*;
use model::run::{LinkKind, Operation, Run, RunDetail, RunState};
use model::{FileKind, Permission};

use super::command::{Command, PLAIN_CLASS, PRIMARY_CLASS, Reply, command, command_form};
use super::page::Section;
use super::preview::questions;
use super::relations::relation_name;
use super::time::Exact;
use crate::format;
use crate::layout::may;

/// The identifier of the form that publishes a run: its button stands at the head of the page.
const CONFIRM: &str = "confirm";

/// Whether the reader may import files of the kind that a run names, and so decide what becomes of it. As the server has it: files
/// that were not recognised are of no kind, and a kind that is not known may be any.
pub fn may_import(subject: Option<&str>) -> bool {
    let mut needed = FileKind::ALL.iter().map(|kind| Permission::to_import(*kind));
    match subject.map(str::parse::<FileKind>) {
        None => needed.any(may),
        Some(Ok(kind)) => may(Permission::to_import(kind)),
        Some(Err(_)) => needed.all(may),
    }
}

/// The buttons at the head of a run's page.
pub fn run_actions(detail: &RunDetail, reply: Reply) -> Option<AnyView> {
    let run = &detail.run;
    let allowed = match run.operation {
        Operation::Import | Operation::Undo => may_import(run.subject.as_deref()),
        Operation::Transformation => may(Permission::TransformationsRun),
        Operation::Export => false,
    };
    if !allowed {
        return None;
    }
    match run.state {
        RunState::Queued | RunState::Running => Some(cancel(run, "Cancel", reply)),
        RunState::Waiting => Some(
            view! {
                {cancel(run, "Discard", reply)}
                <button type="submit" form=CONFIRM class="btn btn-primary">
                    {import_words(detail)}
                </button>
            }
            .into_any(),
        ),
        RunState::Failed | RunState::Cancelled | RunState::Undone => detail.repeatable.then(|| start_again(detail, reply)),
        RunState::Succeeded => None,
    }
}

/// What publishing a run is called: `Import 33,783 rows`.
pub fn import_words(detail: &RunDetail) -> String {
    match &detail.preview {
        Some(preview) => format!("Import {}", format::counted(preview.rows, "row", "rows")),
        None => "Import".to_owned(),
    }
}

/// Ends a run that has not been published.
pub fn cancel(run: &Run, label: &str, reply: Reply) -> AnyView {
    let action = if run.operation == Operation::Transformation { "/api/transformations/cancel" } else { "/api/imports/cancel" };
    let (label, run) = (label.to_owned(), run.id.clone());
    command(reply, Command { action, run, label, class: PLAIN_CLASS, hidden: &[], leads_on: false })
}

fn start_again(detail: &RunDetail, reply: Reply) -> AnyView {
    let same = detail.links.iter().any(|link| link.kind == LinkKind::SameBytes);
    let (label, hidden): (_, &'static [(&'static str, &'static str)]) =
        if same { ("Import anyway", &[("preview", "true"), ("same_bytes", "true")]) } else { ("Start again", &[("preview", "true")]) };
    let (label, run) = (label.to_owned(), detail.run.id.clone());
    command(reply, Command { action: "/api/imports/start-again", run, label, class: PRIMARY_CLASS, hidden, leads_on: true })
}

/// The form that publishes a waiting run, with what somebody must agree to.
pub fn confirm_form(detail: &RunDetail, reply: Reply) -> Option<AnyView> {
    let asked = detail.preview.as_ref().map(|preview| questions(&preview.questions)).unwrap_or_default();
    may_import(detail.run.subject.as_deref()).then(|| {
        let asked = (!asked.is_empty()).then(|| {
            view! {
                <fieldset class="questions">
                    <legend class="font-semibold">"To agree to before it is imported"</legend>
                    {asked}
                </fieldset>
            }
        });
        let content = view! {
            <input type="hidden" name="id" value=detail.run.id.to_string() />
            {asked}
        };
        command_form(reply, "/api/imports/confirm", Some(CONFIRM), false, content.into_any())
    })
}

/// Undoing an import, with a step that says what it means.
pub fn undo(detail: &RunDetail, reply: Reply) -> Option<AnyView> {
    (detail.undoable && may_import(detail.run.subject.as_deref())).then(|| {
        let run = &detail.run;
        let tables = run.published.iter().map(|published| relation_name(published.relation.clone())).collect::<Vec<_>>();
        let rows = format::counted(run.rows_published(), "row", "rows");
        let back = match detail.preview.as_ref().and_then(|preview| preview.replaces.as_ref()) {
            Some(replaced) => view! {
                {format!(" and brings back the {} of ", format::counted(replaced.rows, "row", "rows"))}
                <Exact at=replaced.published_at />
                ". "
            }
            .into_any(),
            None => "; nothing was there before, so nothing comes back. ".into_any(),
        };
        let (label, run) = (format!("Undo the import of {rows}"), run.id.clone());
        view! {
            <Section id="undo" title="Undo">
                <details class="confirm">
                    <summary class="btn">"Undo this import"</summary>
                    <p>
                        {format!("This takes the {rows} of this run out of ")} {tables} {back}
                        "What was derived from them is marked as made from older rows. Readers see the one or the other, never anything between."
                    </p>
                    {command(
                        reply,
                        Command { action: "/api/imports/undo", run, label, class: PRIMARY_CLASS, hidden: &[], leads_on: true },
                    )}
                </details>
            </Section>
        }
        .into_any()
    })
}
