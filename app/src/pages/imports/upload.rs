//! The form that takes files in. Without scripts it is a plain form; with them files can be dropped on it, and each
//! shows how far it is: on its way to the server, then at work.

use icondata_lu as lu;
use leptos::ev;
use leptos::html::Input;
use leptos::prelude::*;
use leptos::task::spawn_local;
use model::integration::CONTRACTS;
use model::run::{Operation, RunDetail};
use wasm_bindgen::JsCast;
use web_sys::{File, FormData, HtmlFormElement};

use super::send::send;
use crate::api::get_run;
use crate::components::badge::{RunBadge, Tone};
use crate::components::banner::Banner;
use crate::components::button::SubmitButton;
use crate::components::field::SelectField;
use crate::components::icon::Icon;
use crate::components::live::{address, follow};
use crate::components::progress::{Bar, RunProgress};
use crate::error::AppError;
use crate::format;

/// Where a file stands on its way in.
#[derive(Debug, Clone)]
enum Stage {
    /// On its way to the server: percent sent.
    Sending(u64),
    /// The server has it.
    Running(Box<RunDetail>),
    /// The server did not take it.
    Refused(AppError),
}

#[derive(Clone)]
struct Sent {
    number: usize,
    name: String,
    bytes: u64,
    stage: RwSignal<Stage>,
}

/// The form, and below it the files that were sent from it.
#[component]
pub fn Upload(
    /// Grows whenever a run begins or ends.
    changes: RwSignal<u32>,
) -> impl IntoView {
    let input = NodeRef::<Input>::new();
    let chosen = RwSignal::new(0_u32);
    let dragging = RwSignal::new(false);
    let sent = RwSignal::new(Vec::<Sent>::new());

    let count = move || chosen.set(input.get_untracked().and_then(|input| input.files()).map_or(0, |files| files.length()));
    let on_drop = move |event: ev::DragEvent| {
        event.prevent_default();
        dragging.set(false);
        if let (Some(input), Some(transfer)) = (input.get_untracked(), event.data_transfer()) {
            input.set_files(transfer.files().as_ref());
            count();
        }
    };
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(form) = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else { return };
        let kind = FormData::new_with_form(&form).ok().and_then(|data| data.get("kind").as_string()).unwrap_or_default();
        let files = input.get_untracked().and_then(|input| input.files());
        for file in files.iter().flat_map(|files| (0..files.length()).filter_map(|index| files.get(index))) {
            begin(&file, &kind, sent, changes);
        }
        form.reset();
        chosen.set(0);
    };
    let label = Signal::derive(move || match chosen.get() {
        0 | 1 => "Import the file".to_owned(),
        many => format!("Import {many} files"),
    });
    let pending =
        Signal::derive(move || sent.with(|sent| sent.iter().any(|sent| sent.stage.with(|stage| matches!(stage, Stage::Sending(_))))));
    let kinds = CONTRACTS.iter().map(|contract| (contract.name, contract.title)).collect();

    view! {
        <form
            class="drop"
            class:drop-over=dragging
            method="post"
            action="/api/imports"
            enctype="multipart/form-data"
            aria-label="Import files"
            on:submit=on_submit
            on:dragover=move |event| {
                event.prevent_default();
                dragging.set(true);
            }
            on:dragleave=move |_| dragging.set(false)
            on:drop=on_drop
        >
            // Before the files: the server reads the form as it arrives.
            <SelectField id="upload-kind" name="kind" label="Kind" none="Recognise by content" choices=kinds chosen="" />
            <div class="field grow">
                <label class="field-label" for="upload-files">
                    "Files"
                </label>
                <input class="input file-input" type="file" id="upload-files" name="file" multiple required node_ref=input on:change=move |_| count() />
            </div>
            <SubmitButton label icon=lu::LuUpload pending />
            <p class="drop-help">"Choose files, or drop them here. Header names decide the columns, content decides the kind; the name does not matter."</p>
        </form>
        <ul aria-label="Files sent from here">
            <For each=move || sent.get() key=|sent| sent.number let:file>
                <SentFile file changes />
            </For>
        </ul>
    }
}

fn begin(file: &File, kind: &str, list: RwSignal<Vec<Sent>>, changes: RwSignal<u32>) {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a file's size is a whole number below 2^53")]
    let bytes = file.size() as u64;
    let stage = RwSignal::new(Stage::Sending(0));
    list.update(|list| {
        let number = list.first().map_or(0, |sent: &Sent| sent.number + 1);
        list.insert(0, Sent { number, name: file.name(), bytes, stage });
    });
    let progress = move |percent| {
        stage.try_set(Stage::Sending(percent));
    };
    send(file, kind, progress, move |answer| {
        spawn_local(async move {
            let next = match answer {
                Ok(id) => get_run(Operation::Import, id.as_str().to_owned())
                    .await
                    .map_or_else(Stage::Refused, |detail| Stage::Running(Box::new(detail))),
                Err(error) => Stage::Refused(error),
            };
            stage.try_set(next);
            changes.try_update(|changes| *changes += 1);
        });
    });
}

#[component]
fn SentFile(file: Sent, changes: RwSignal<u32>) -> impl IntoView {
    let Sent { name, bytes, stage, .. } = file;
    let content = move || match stage.get() {
        Stage::Sending(percent) => {
            let words = if percent < 100 { format!("Sending · {percent} %") } else { "Sent; the server looks at it".to_owned() };
            view! {
                <div class="progress">
                    <div class="progress-words">
                        <span aria-live="polite">{words.clone()}</span>
                    </div>
                    <Bar label=words percent=(percent < 100).then_some(percent) />
                </div>
            }
            .into_any()
        }
        Stage::Refused(error) => view! { <Banner tone=Tone::Bad>{error.to_string()}</Banner> }.into_any(),
        Stage::Running(detail) => view! { <Working detail=*detail changes /> }.into_any(),
    };
    view! {
        <li class="sent-file">
            <div class="sent-name">
                <Icon icon=lu::LuFileUp class="text-muted" />
                <span class="font-semibold break-all">{name}</span>
                <span class="text-muted whitespace-nowrap">{format::bytes(bytes)}</span>
            </div>
            {content}
        </li>
    }
}

#[component]
fn Working(detail: RunDetail, changes: RwSignal<u32>) -> impl IntoView {
    let address = address(&detail.run);
    let live = follow(detail, move |_| changes.update(|changes| *changes += 1));
    let result = move || {
        let run = live.detail.with(|detail| detail.run.clone());
        let badge = run.state.is_final().then(|| view! { <RunBadge state=run.state /> });
        let rows = (!run.published.is_empty()).then(|| {
            let rows = format::counted(run.rows_published(), "row", "rows");
            let rejected = format::counted(run.rows_rejected, "row", "rows");
            view! { <span>{format!("{rows} published, {rejected} rejected")}</span> }
        });
        let failure = run.failure.map(|failure| view! { <span>{failure}</span> });
        view! {
            {badge}
            {rows}
            {failure}
        }
    };
    view! {
        <RunProgress live />
        <div class="sent-result">
            {result}
            {address
                .map(|href| {
                    view! {
                        <a class="link" href=href>
                            "The whole run"
                        </a>
                    }
                })}
        </div>
    }
}
