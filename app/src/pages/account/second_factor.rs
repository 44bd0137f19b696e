//! One's second factor: setting an authenticator app up, recovery codes, and taking it away again.

mod forms;

use std::sync::Arc;

use leptos::prelude::*;
use model::second_factor::{Enrolment, QrCode, RecoveryCodes, SecondFactorState};

use super::{Editing, done};
use crate::components::badge::{Badge, Tone};
use crate::components::command::Answered;
use crate::components::once::codes_panel;
use crate::components::page::{Fact, Facts, Section};
use crate::components::time::Age;
use crate::error::AppError;
use crate::handover::{Handed, handed_over};
use forms::{begin_form, codes_form, confirm_form, removal_form, replace_form};

/// What is shown once.
#[derive(Clone)]
enum Shown {
    /// What an authenticator app is to be told: the secret, and what scripts bring beside it.
    Secret(String, Option<(String, QrCode)>),
    /// It has been shown; the code that was typed was wrong.
    Asked,
    /// Recovery codes.
    Codes(Vec<String>),
}

/// How far the page is with the second factor.
#[derive(Clone, Copy)]
pub struct SecondFactor {
    editing: Editing,
    shown: RwSignal<Option<Shown>>,
}

impl SecondFactor {
    /// What a form that was sent without scripts has brought; `form` is the one that the address tells of.
    pub(super) fn new(editing: Editing, form: &str) -> Self {
        let shown = match handed_over() {
            Some(Handed::Secret(secret)) => Some(Shown::Secret(secret, None)),
            Some(Handed::Codes(codes)) => Some(Shown::Codes(codes)),
            _ => (form == "code").then_some(Shown::Asked),
        };
        Self { editing, shown: RwSignal::new(shown) }
    }

    /// Answers a form that brings the secret for an authenticator app.
    fn begun(self) -> Answered {
        Arc::new(move |answer: Result<String, AppError>| {
            match answer.and_then(|text| serde_json::from_str::<Enrolment>(&text).map_err(|_| AppError::Unreachable)) {
                Ok(Enrolment { secret, uri, qr }) => {
                    self.editing.outcome.clear();
                    self.shown.try_set(Some(Shown::Secret(secret, Some((uri, qr)))));
                }
                Err(error) => self.editing.told(Err(error)),
            }
        })
    }

    /// Answers a form that brings recovery codes.
    fn with_codes(self, what: &'static str) -> Answered {
        Arc::new(move |answer: Result<String, AppError>| {
            match answer.and_then(|text| serde_json::from_str::<RecoveryCodes>(&text).map_err(|_| AppError::Unreachable)) {
                Ok(RecoveryCodes { codes }) => {
                    self.editing.told(Ok(done(what).unwrap_or_default()));
                    self.shown.try_set(Some(Shown::Codes(codes)));
                }
                Err(error) => self.editing.told(Err(error)),
            }
        })
    }

    /// Answers the form that takes the second factor away.
    fn removed(self) -> Answered {
        Arc::new(move |answer: Result<String, AppError>| {
            let is_done = answer.is_ok();
            self.editing.told(answer.map(|_| done("second-factor-removed").unwrap_or_default()));
            if is_done {
                self.shown.try_set(None);
            }
        })
    }
}

/// The part of the page.
pub fn section(second_factor: SecondFactor, state: &SecondFactorState) -> AnyView {
    let state = state.clone();
    let content = move || match second_factor.shown.get() {
        Some(Shown::Codes(codes)) => view! {
            {codes_panel(&codes)}
            // Not by the router: what the session may do has changed, so everything is loaded anew.
            <p>
                <a class="btn btn-primary" href="/" rel="external">
                    "I have kept them: go on"
                </a>
            </p>
        }
        .into_any(),
        Some(Shown::Secret(secret, more)) => view! { {telling(&secret, more.as_ref())} {confirm_form(second_factor)} }.into_any(),
        Some(Shown::Asked) => view! {
            <p class="section-purpose">
                "Wait for the next code of your authenticator app and type that. If the app does not know this account yet, "
                <a class="link" href="/account#second-factor" rel="external">
                    "begin again"
                </a> "."
            </p>
            {confirm_form(second_factor)}
        }
        .into_any(),
        None => standing(second_factor, &state),
    };
    view! {
        <Section id="second-factor" title="Second factor">
            {content}
        </Section>
    }
    .into_any()
}

/// How it stands, and what can be done.
fn standing(second_factor: SecondFactor, state: &SecondFactorState) -> AnyView {
    let SecondFactorState { enrolled_at, recovery_codes_left, required } = state;
    let Some(at) = *enrolled_at else {
        let words = if *required {
            "One of your roles requires it: until it is set up, nothing but this page opens. You need an app on your telephone that makes codes, such as Aegis, Google Authenticator or 1Password."
        } else {
            "A code from an app on your telephone, beside the password: a password that somebody has found out is then not enough. You need an app that makes codes, such as Aegis, Google Authenticator or 1Password."
        };
        return view! { <p class="section-purpose">{words}</p> {begin_form(second_factor)} }.into_any();
    };
    let few = *recovery_codes_left < 3;
    let left = match recovery_codes_left {
        0 => "None left".to_owned(),
        left => format!("{left} left"),
    };
    let left = if few { view! { <Badge tone=Tone::Warning text=format!("{left}: make new ones") /> }.into_any() } else { left.into_any() };
    let removal = if *required {
        view! { <p class="text-muted">"One of your roles requires a second factor, so it cannot be removed."</p> }.into_any()
    } else {
        removal_form(second_factor)
    };
    view! {
        <Facts>
            <Fact name="State">
                <Badge tone=Tone::Good text="Set up" />
                " "
                <Age at />
            </Fact>
            <Fact name="Recovery codes">{left}</Fact>
        </Facts>
        <div class="own-actions">{codes_form(second_factor)} {replace_form(second_factor)} {removal}</div>
    }
    .into_any()
}

/// What the authenticator app is to be told: as a picture and as a link where scripts have brought them, and for typing.
fn telling(secret: &str, more: Option<&(String, QrCode)>) -> AnyView {
    let picture = more.map(|(uri, QrCode { side, path })| {
        view! {
            <svg class="qr" viewBox=format!("0 0 {side} {side}") role="img" aria-label="QR code for the authenticator app">
                <path d=path.clone()></path>
            </svg>
            <p>
                "Scan this with your authenticator app, or on this very telephone " <a class="link" href=uri.clone()>
                    "open it there"
                </a> ". If neither works, type the key:"
            </p>
        }
    });
    let alone = more.is_none().then(|| view! { <p>"Type this key into your authenticator app, as a key based on time:"</p> });
    view! {
        <div class="telling">
            {picture} {alone} <p>
                <code class="once-secret">{secret.to_owned()}</code>
            </p>
        </div>
    }
    .into_any()
}
