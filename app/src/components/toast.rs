//! Short messages about work that ended elsewhere, at the corner of the page.

use std::time::Duration;

use icondata_lu as lu;
use leptos::prelude::*;

use super::badge::Tone;
use super::icon::Icon;

#[derive(Debug, Clone)]
struct Toast {
    number: u32,
    tone: Tone,
    text: String,
    /// Where the result is.
    address: String,
}

/// The messages that are shown now.
#[derive(Clone, Copy)]
pub struct Messages {
    shown: RwSignal<Vec<Toast>>,
    /// The number of the next one: none is used twice, or a late timer would close another message than its own.
    next: RwSignal<u32>,
}

/// Makes room for messages, once, at the root of the application.
pub fn provide_toasts() {
    provide_context(Messages { shown: RwSignal::new(Vec::new()), next: RwSignal::new(0) });
}

/// The messages of the application.
pub fn use_messages() -> Messages {
    expect_context()
}

/// How many messages are shown at once.
const MOST: usize = 4;
/// How long good news stays. Everything else stays until somebody closes it.
const GOOD_NEWS: Duration = Duration::from_secs(8);

impl Messages {
    /// Shows a message that leads to `address`, in the place of an earlier one that leads there.
    pub fn show(self, tone: Tone, text: String, address: String) {
        let number = self.next.get_untracked();
        self.next.set(number + 1);
        self.shown.update(|toasts| {
            toasts.retain(|toast| toast.address != address);
            toasts.push(Toast { number, tone, text, address });
            let surplus = toasts.len().saturating_sub(MOST);
            toasts.drain(..surplus);
        });
        if tone == Tone::Good {
            set_timeout(move || self.close(number), GOOD_NEWS);
        }
    }

    /// Closes the message that leads to `address`: what it says is no longer so.
    pub fn close_of(self, address: &str) {
        self.shown.update(|toasts| toasts.retain(|toast| toast.address != address));
    }

    fn close(self, number: u32) {
        self.shown.update(|toasts| toasts.retain(|toast| toast.number != number));
    }
}

/// The corner where messages appear; read out when they do.
#[component]
pub fn Toasts() -> impl IntoView {
    let messages = use_messages();
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || messages.shown.get() key=|toast| toast.number let:toast>
                <div class="toast">
                    <Icon icon=toast.tone.icon() class=tone_class(toast.tone) />
                    <a class="link" href=toast.address.clone()>{toast.text.clone()}</a>
                    <button type="button" class="btn btn-quiet btn-icon" aria-label="Close this message" on:click=move |_| messages.close(toast.number)>
                        <Icon icon=lu::LuX />
                    </button>
                </div>
            </For>
        </div>
    }
}

fn tone_class(tone: Tone) -> &'static str {
    match tone {
        Tone::Good => "text-good",
        Tone::Warning => "text-warning",
        Tone::Bad => "text-bad",
        Tone::Info => "text-muted",
    }
}
