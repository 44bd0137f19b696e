//! The button that sends a form.

use icondata_core::IconData;
use icondata_lu as lu;
use leptos::prelude::*;

use super::icon::Icon;

/// Sends the form that it stands in. It stays enabled while the form is on its way and says that it is.
#[component]
pub fn SubmitButton(
    /// What happens, as a verb and its object.
    #[prop(into)]
    label: Signal<String>,
    /// An icon before the label.
    #[prop(optional)]
    icon: Option<&'static IconData>,
    /// Whether the form is on its way.
    #[prop(into)]
    pending: Signal<bool>,
) -> impl IntoView {
    view! {
        <button type="submit" class="btn btn-primary" aria-busy=move || pending.get().then_some("true")>
            {move || {
                if pending.get() {
                    Some(view! { <Icon icon=lu::LuLoaderCircle class="spin" /> }.into_any())
                } else {
                    icon.map(|icon| view! { <Icon icon /> }.into_any())
                }
            }}
            <span>{label}</span>
        </button>
    }
}
