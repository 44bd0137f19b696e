//! What is shown once: a link with which a password is set, recovery codes.

use icondata_lu as lu;
use leptos::html::Div;
use leptos::prelude::*;
use model::user_view::PasswordLink;
use wasm_bindgen::JsValue;
use wasm_bindgen::closure::Closure;

use super::icon::Icon;
use super::time::Coming;

/// A link for a user, what to do with it and until when it works.
pub fn link_panel(link: &PasswordLink, whom: &str) -> AnyView {
    let PasswordLink { path, expires_at, .. } = link;
    let title = format!("A link for {whom}");
    let content = view! {
        <p>
            {format!("Hand it over to {whom} in a way that nobody else reads: whoever opens it sets the password. ")}
            "It works once, until " <Coming at=*expires_at /> "."
        </p>
        <div class="once-line">
            <code class="once-secret" tabindex="0" role="textbox" aria-readonly="true" aria-label="The link">
                {path.clone()}
            </code>
            {copy_button(path.clone(), "Copy the link")}
        </div>
        <p class="text-muted">"It is shown this once. If it gets lost, make another one: that puts an end to this one."</p>
    };
    panel(title, content.into_any())
}

/// Recovery codes and what to do with them.
pub fn codes_panel(codes: &[String]) -> AnyView {
    let all = codes.join("\n");
    let list = codes.iter().map(|code| view! { <li><code>{code.clone()}</code></li> }.into_any()).collect::<Vec<_>>();
    let content = view! {
        <p>
            "Each signs you in once in the place of a code from your authenticator app, for the day on which that is lost. Print this page or copy them to where you keep your passwords. They are shown this once."
        </p>
        <ol class="once-codes">{list}</ol>
        <div class="once-line">{copy_button(all, "Copy the codes")}</div>
    };
    panel("Your recovery codes".to_owned(), content.into_any())
}

/// The frame around what is shown once. Where it appears on a page that is live, it takes the focus.
fn panel(title: String, content: AnyView) -> AnyView {
    let place = NodeRef::<Div>::new();
    let hydrating = Owner::current_shared_context().is_some_and(|shared| shared.during_hydration());
    Effect::new(move |_| {
        if let Some(place) = place.get().filter(|_| !hydrating) {
            _ = place.focus();
        }
    });
    view! {
        <div class="once" role="group" aria-label=title.clone() tabindex="-1" node_ref=place>
            <h2 class="section-title">
                <Icon icon=lu::LuKeyRound />
                {title.clone()}
            </h2>
            {content}
        </div>
    }
    .into_any()
}

/// A button that copies a text. Only scripts can, so only they show it.
fn copy_button(text: String, label: &'static str) -> AnyView {
    let (live, copied) = (RwSignal::new(false), RwSignal::new(false));
    Effect::new(move |_| live.set(true));
    let copy = move || {
        let done = Closure::once(move |_: JsValue| _ = copied.try_set(true));
        _ = window().navigator().clipboard().write_text(&text).then(&done);
        // The browser calls it, or never does.
        done.forget();
    };
    let button = move || {
        let copy = copy.clone();
        live.get().then(|| {
            view! {
                <button type="button" class="btn" on:click=move |_| copy()>
                    <Icon icon=lu::LuCopy />
                    {label}
                </button>
            }
        })
    };
    view! {
        {button}
        <span role="status" class="text-muted">
            {move || copied.get().then_some("Copied")}
        </span>
    }
    .into_any()
}
