//! The form that takes files in, up to a thousand of any kind at once. Without scripts it is a plain form; with them files can be
//! dropped anywhere on the page, and the way to the server is shown.

use std::cell::RefCell;
use std::rc::Rc;

use icondata_lu as lu;
use leptos::ev;
use leptos::html::Input;
use leptos::prelude::*;
use model::integration::CONTRACTS;
use wasm_bindgen::JsCast;
use web_sys::{File, FormData, HtmlFormElement, XmlHttpRequest};

use super::send::{Accepted, send};
use super::sent::{Sent, sent_list};
use crate::clock::milliseconds;
use crate::components::badge::Tone;
use crate::components::banner::Banner;
use crate::components::button::SubmitButton;
use crate::components::field::SelectField;
use crate::components::progress::{Sample, measured, pace, progress};
use crate::components::run_actions::may_import;
use crate::error::AppError;
use crate::format;

/// The most files of one request.
const FILES_MOST: u32 = 1_000;

/// Files on their way to the server.
#[derive(Clone)]
struct Sending {
    files: u64,
    bytes: u64,
    first: Sample,
    now: Sample,
}

/// The form, and below it what was made of the files that were sent from it. `changes` grows whenever a run begins or ends.
pub fn upload(changes: RwSignal<u32>) -> AnyView {
    let input = NodeRef::<Input>::new();
    // How many files are chosen, and their bytes.
    let chosen = RwSignal::new((0_u32, 0_u64));
    let dragging = RwSignal::new(false);
    let problem = RwSignal::new(None::<String>);
    let sending = RwSignal::new(None::<Sending>);
    // In no signal: the server may drop those on another thread than it made them on, and this belongs to one.
    let request = Rc::new(RefCell::new(None::<XmlHttpRequest>));
    let sent = Sent::new(changes);

    let files = move || {
        let files = input.get_untracked().and_then(|input| input.files());
        files.iter().flat_map(|files| (0..files.length()).filter_map(|index| files.get(index))).collect::<Vec<File>>()
    };
    let count = move || {
        let files = files();
        chosen.set((u32::try_from(files.len()).unwrap_or(u32::MAX), files.iter().map(size).sum()));
        problem.set(None);
    };
    accept_drops(dragging, move |event| {
        let dropped = event.data_transfer().and_then(|transfer| transfer.files()).filter(|files| files.length() > 0);
        match (dropped, input.get_untracked()) {
            (Some(files), Some(input)) => {
                input.set_files(Some(&files));
                count();
            }
            _ => problem.set(Some("What was dropped holds no file. Drop files from a folder of this computer.".to_owned())),
        }
    });
    let done = move |answer: Result<Accepted, AppError>| {
        let stopped = sending.try_update(Option::take).flatten().is_none();
        match answer {
            Ok(accepted) => sent.add(accepted),
            Err(_) if stopped => {
                problem.try_set(Some("Sending was stopped; nothing was imported.".to_owned()));
            }
            Err(error) => {
                problem.try_set(Some(error.to_string()));
            }
        }
    };
    let under_way = Rc::clone(&request);
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(form) = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else { return };
        let (files, bytes) = chosen.get_untracked();
        if let Some(refusal) = refusal(files, sending.with_untracked(Option::is_some)) {
            problem.set(Some(refusal));
            return;
        }
        let Ok(data) = FormData::new_with_form(&form) else { return };
        problem.set(None);
        let first = Sample { at: milliseconds(), bytes: 0, rows: 0 };
        sending.set(Some(Sending { files: files.into(), bytes, first, now: first }));
        let progress = move |loaded| {
            sending.try_update(|sending| {
                if let Some(sending) = sending {
                    sending.now = Sample { at: milliseconds(), bytes: loaded, rows: 0 };
                }
            });
        };
        under_way.replace(send(&data, progress, done));
        form.reset();
        chosen.set((0, 0));
    };
    let stop = move |_| {
        sending.set(None);
        if let Some(request) = request.take() {
            // What cannot be stopped has arrived.
            _ = request.abort();
        }
    };
    let label = Signal::derive(move || match chosen.get().0 {
        0 | 1 => "Import the file".to_owned(),
        many => format!("Import {} files", format::grouped(many.into())),
    });
    let pending = Signal::derive(move || sending.with(Option::is_some));
    let kinds = CONTRACTS.iter().filter(|contract| may_import(Some(contract.name))).map(|contract| (contract.name, contract.title));
    let kinds = kinds.collect::<Vec<_>>();
    let of_others = (kinds.len() < CONTRACTS.len()).then(|| {
        let titles = kinds.iter().map(|(_, title)| *title).collect::<Vec<_>>().join(", ");
        view! { <p class="drop-help">{format!("You may import {titles}. Files of other kinds are refused.")}</p> }
    });

    view! {
        <form
            class="drop"
            class:drop-over=dragging
            method="post"
            action="/api/imports"
            enctype="multipart/form-data"
            aria-label="Import files"
            novalidate
            on:submit=on_submit
        >
            // What concerns the files stands before them: the server reads the form as it arrives.
            <SelectField id="upload-kind" name="kind" label="Kind" none="Recognise by content" choices=kinds chosen="" />
            <label class="check">
                <input type="checkbox" name="preview" checked />
                <span>"Show what would change before importing"</span>
            </label>
            <details class="more">
                <summary class="link">"More options"</summary>
                <label class="check">
                    <input type="checkbox" name="same_bytes" />
                    <span>"Import even if the same bytes are live"</span>
                </label>
            </details>
            <div class="drop-files">
                <div class="field grow">
                    <label class="field-label" for="upload-files">
                        "Files"
                    </label>
                    <input class="input file-input" type="file" id="upload-files" name="file" multiple node_ref=input on:change=move |_| count() />
                </div>
                <SubmitButton label icon=lu::LuUpload pending />
            </div>
            <p class="drop-help">
                {move || match chosen.get() {
                    (0, _) => {
                        "Choose files, or drop them anywhere on this page: up to 1,000 of any kind at once, also in .zip and .gz. Content decides the kind; the name does not matter."
                            .to_owned()
                    }
                    (files, bytes) => {
                        format!("{} chosen, {}.", format::counted(files.into(), "file", "files"), format::bytes(bytes))
                    }
                }}
            </p>
            {of_others}
        </form>
        {move || problem.get().map(|problem| view! { <Banner tone=Tone::Bad>{problem}</Banner> })}
        <div class="sending" hidden=move || sending.with(Option::is_none)>
            {move || sending.get().map(how_far)}
            <button type="button" class="btn" on:click=stop>
                "Stop sending"
            </button>
        </div>
        {sent_list(sent)}
    }
    .into_any()
}

/// How far files are on their way.
fn how_far(sending: Sending) -> AnyView {
    let Sending { files, bytes, first, now } = sending;
    let words = format!("Sending {}", format::counted(files, "file", "files"));
    let percent = now.bytes.saturating_mul(100).checked_div(bytes).map(|percent| percent.min(100));
    progress(words, measured(now, bytes, pace(first, now, bytes)), percent)
}

/// Why files cannot be sent now, if they cannot.
fn refusal(files: u32, sending: bool) -> Option<String> {
    match files {
        0 => Some("Choose at least one file.".to_owned()),
        _ if files > FILES_MOST => Some(format!(
            "{} files are too many at once: choose at most {}.",
            format::grouped(files.into()),
            format::grouped(FILES_MOST.into())
        )),
        _ if sending => Some("Other files are on their way; wait until they have arrived, or stop sending them.".to_owned()),
        _ => None,
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a file's size is a whole number below 2^53")]
fn size(file: &File) -> u64 {
    file.size() as u64
}

/// Lets files be dropped anywhere on the page; without this the browser would open them instead.
fn accept_drops(dragging: RwSignal<bool>, dropped: impl Fn(ev::DragEvent) + Clone + 'static) {
    Effect::new(move |_| {
        let dropped = dropped.clone();
        let over = window_event_listener(ev::dragover, move |event| {
            event.prevent_default();
            dragging.set(true);
        });
        // Left for outside the window: nothing is related there.
        let leave = window_event_listener(ev::dragleave, move |event| {
            if event.related_target().is_none() {
                dragging.set(false);
            }
        });
        let drop = window_event_listener(ev::drop, move |event| {
            event.prevent_default();
            dragging.set(false);
            dropped(event);
        });
        on_cleanup(move || {
            over.remove();
            leave.remove();
            drop.remove();
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn too_many_files_and_none_are_refused_in_a_sentence() {
        assert_eq!(refusal(0, false).as_deref(), Some("Choose at least one file."));
        assert_eq!(refusal(1_001, false).as_deref(), Some("1,001 files are too many at once: choose at most 1,000."));
        assert_eq!(refusal(1_000, false), None);
        assert!(refusal(1, true).is_some());
    }
}
