//! Changing one's password.

use std::sync::Arc;

use leptos::prelude::*;

use super::{Editing, done};
use crate::components::command::{Answered, PLAIN_CLASS, sent_form};
use crate::components::page::Section;
use crate::components::password_field::{NEW_PASSWORD_HELP, Password, password_field};
use crate::error::AppError;

/// The form.
pub fn section(editing: Editing, email: &str) -> AnyView {
    let outcome = editing.outcome;
    let present = Password { id: "present", name: "present", label: "Present password", autocomplete: "current-password", help: "" };
    let new =
        Password { id: "new-password", name: "password", label: "New password", autocomplete: "new-password", help: NEW_PASSWORD_HELP };
    let answered: Answered = Arc::new(move |answer: Result<String, AppError>| {
        editing.told(answer.map(|_| done("password").unwrap_or_default()));
    });
    let content = view! {
        // For password managers, which keep the password under this name.
        <input type="text" name="username" autocomplete="username" value=email.to_owned() class="hidden" readonly aria-hidden="true" tabindex="-1" />
        {password_field(present, outcome.beside("present"))}
        {password_field(new, outcome.beside("password"))}
        <div class="form-end">
            <button type="submit" class=PLAIN_CLASS>
                "Change the password"
            </button>
        </div>
    };
    view! {
        <Section id="password" title="Password">
            <p class="section-purpose">"Changing it signs you out everywhere but here."</p>
            {sent_form("/api/account/password", None, "form form-page", answered, content.into_any())}
        </Section>
    }
    .into_any()
}
