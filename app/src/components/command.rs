//! Forms with which the reader has the server do something: a button each. Without scripts the browser sends them and is led to
//! a page that shows what came of it; with them this page stays.

use std::sync::Arc;

use leptos::ev;
use leptos::prelude::*;
use leptos_router::NavigateOptions;
use leptos_router::hooks::use_navigate;
use model::RunId;
use wasm_bindgen::JsCast;
use web_sys::HtmlFormElement;

use super::badge::Tone;
use super::banner::Banner;
use crate::error::AppError;
use crate::post::{fields, post};

/// What a page learns of its commands.
#[derive(Clone, Copy)]
pub struct Reply {
    /// Why the last one was refused, if it was.
    pub refused: RwSignal<Option<AppError>>,
    /// Called once one was answered. Also where it was refused: somebody was quicker, say, and what is shown is not so any more.
    pub answered: Callback<()>,
}

impl Reply {
    /// Calls `answered` after each command.
    pub fn new(answered: impl Fn() + Send + Sync + 'static) -> Self {
        Self { refused: RwSignal::new(None), answered: Callback::new(move |()| answered()) }
    }

    /// Whether the last one was obeyed.
    pub fn is_obeyed(self) -> bool {
        self.refused.with_untracked(Option::is_none)
    }

    /// Sends a command without a form on the page.
    pub fn send(self, action: &str, fields: &str) {
        let refused = self.refused;
        let answered = self.answered;
        post(
            action,
            fields,
            Box::new(move |answer| {
                refused.try_set(answer.as_ref().err().cloned());
                // `try_`: the page may have been left meanwhile.
                answered.try_run(());
            }),
        );
    }

    /// Where it is said that a command was refused, and why.
    pub fn banner(self) -> AnyView {
        let refused = self.refused;
        (move || refused.get().map(|error| view! { <Banner tone=Tone::Bad>{error.to_string()}</Banner> })).into_any()
    }
}

/// A command.
pub struct Command {
    /// Where the form is sent.
    pub action: &'static str,
    /// The run that it concerns.
    pub run: RunId,
    /// What happens, as a verb and its object.
    pub label: String,
    /// The button's classes.
    pub class: &'static str,
    /// Hidden fields, names with their values.
    pub hidden: &'static [(&'static str, &'static str)],
    /// Whether the answer is another run, which is shown then.
    pub leads_on: bool,
}

/// The button's classes of what a page is for.
pub const PRIMARY_CLASS: &str = "btn btn-primary";
/// The button's classes of everything else.
pub const PLAIN_CLASS: &str = "btn";

/// A command as a form with one button.
pub fn command(reply: Reply, command: Command) -> AnyView {
    let Command { action, run, label, class, hidden, leads_on } = command;
    let hidden =
        hidden.iter().map(|(name, value)| view! { <input type="hidden" name=*name value=*value /> }.into_any()).collect::<Vec<_>>();
    let content = view! {
        <input type="hidden" name="id" value=run.to_string() />
        {hidden}
        <button type="submit" class=class>
            {label}
        </button>
    };
    command_form(reply, action, None, leads_on, content.into_any())
}

/// The form of a command. With an identifier on the page its button may stand elsewhere.
pub fn command_form(reply: Reply, action: &'static str, id: Option<&'static str>, leads_on: bool, content: AnyView) -> AnyView {
    let navigate = use_navigate();
    let answered = Arc::new(move |answer: Result<String, AppError>| {
        // `try_`: the page may have been left meanwhile.
        if reply.refused.try_set(answer.as_ref().err().cloned()).is_some() {
            return;
        }
        match answer.ok().and_then(|text| serde_json::from_str::<Option<RunId>>(&text).ok().flatten()) {
            Some(run) if leads_on => navigate(&format!("/imports/runs/{run}"), NavigateOptions::default()),
            _ => {
                reply.answered.try_run(());
            }
        }
    });
    sent_form(action, id, "command", answered, content)
}

/// What is called with an answer's text, or with why there is none. Not a callback of the page's: the part of it that has sent the form may
/// have been shown anew meanwhile.
pub type Answered = Arc<dyn Fn(Result<String, AppError>) + Send + Sync>;

/// A form that is sent without leaving the page; `answered` is called with the answer's text, or why there is none.
pub fn sent_form(action: &'static str, id: Option<&'static str>, class: &'static str, answered: Answered, content: AnyView) -> AnyView {
    let on_submit = move |event: ev::SubmitEvent| {
        event.prevent_default();
        let Some(form) = event.target().and_then(|target| target.dyn_into::<HtmlFormElement>().ok()) else { return };
        // Pressed twice: it is on its way.
        if form.has_attribute("aria-busy") {
            return;
        }
        _ = form.set_attribute("aria-busy", "true");
        let sent = fields(&form);
        let answered = Arc::clone(&answered);
        post(
            action,
            &sent,
            Box::new(move |answer| {
                _ = form.remove_attribute("aria-busy");
                answered(answer);
            }),
        );
    };
    view! {
        <form class=class id=id method="post" action=action on:submit=on_submit>
            {content}
        </form>
    }
    .into_any()
}
