//! The forms about the second factor. Whatever changes it asks for the password, and for a code where there is one already.

use leptos::prelude::*;

use super::SecondFactor;
use crate::components::command::{Answered, PLAIN_CLASS, PRIMARY_CLASS, sent_form};
use crate::components::field::TextField;
use crate::components::password_field::{Password, password_field};

/// Beginning: the password.
pub fn begin_form(second_factor: SecondFactor) -> AnyView {
    let content = view! {
        {password(second_factor, "second-factor-password")}
        <div class="form-end">
            <button type="submit" class=PRIMARY_CLASS>
                "Set up the second factor"
            </button>
        </div>
    };
    sent_form("/api/account/second-factor/begin", None, "form form-page", second_factor.begun(), content.into_any())
}

/// Proving that the app has it: the first code.
pub fn confirm_form(second_factor: SecondFactor) -> AnyView {
    let content = view! {
        <TextField
            name="code"
            id="first-code"
            label="Code from the app"
            autocomplete="one-time-code"
            help="Six digits, which change every 30 seconds"
            error=second_factor.editing.outcome.beside("code")
        />
        <div class="form-end">
            <button type="submit" class=PRIMARY_CLASS>
                "Confirm the code"
            </button>
            <a class="btn" href="/account" rel="external">
                "Cancel"
            </a>
        </div>
    };
    sent_form("/api/account/second-factor/confirm", None, "form form-page", second_factor.with_codes("second-factor"), content.into_any())
}

/// New recovery codes.
pub fn codes_form(second_factor: SecondFactor) -> AnyView {
    let proof = Proof { password: "codes-password", code: "codes-code", button: "Make new recovery codes" };
    let answered = second_factor.with_codes("codes");
    proven(
        second_factor,
        "New recovery codes",
        "The codes that you have now stop working.",
        "/api/account/second-factor/codes",
        proof,
        answered,
    )
}

/// Another app in the place of this one.
pub fn replace_form(second_factor: SecondFactor) -> AnyView {
    let proof = Proof { password: "other-password", code: "other-code", button: "Set up another app" };
    let words = "The app that you have now goes on working until the other one is confirmed.";
    proven(second_factor, "Another app", words, "/api/account/second-factor/begin", proof, second_factor.begun())
}

/// Taking it away.
pub fn removal_form(second_factor: SecondFactor) -> AnyView {
    let proof = Proof { password: "removal-password", code: "removal-code", button: "Remove the second factor" };
    let words = "From then on the password alone is enough to sign in.";
    proven(second_factor, "Remove", words, "/api/account/second-factor/remove", proof, second_factor.removed())
}

/// How the fields of a form are told from those of the others on the page, and its button.
struct Proof {
    password: &'static str,
    code: &'static str,
    button: &'static str,
}

/// A form behind a first button, with the password and a code.
fn proven(
    second_factor: SecondFactor,
    title: &'static str,
    words: &'static str,
    address: &'static str,
    proof: Proof,
    answered: Answered,
) -> AnyView {
    let content = view! {
        {password(second_factor, proof.password)}
        <TextField
            name="code"
            id=proof.code
            label="Code from the app, or a recovery code"
            autocomplete="one-time-code"
            error=second_factor.editing.outcome.beside("code")
        />
        <div class="form-end">
            <button type="submit" class=PLAIN_CLASS>
                {proof.button}
            </button>
        </div>
    };
    view! {
        <details class="confirm">
            <summary class="btn">{title}</summary>
            <p>{words}</p>
            {sent_form(address, None, "form form-page", answered, content.into_any())}
        </details>
    }
    .into_any()
}

fn password(second_factor: SecondFactor, id: &'static str) -> AnyView {
    let field = Password { id, name: "password", label: "Your password", autocomplete: "current-password", help: "" };
    password_field(field, second_factor.editing.outcome.beside("password"))
}
