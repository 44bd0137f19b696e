//! What came of the last command of a page: said at its top, which then has the focus, and beside the fields that it is about.

use leptos::html::Div;
use leptos::prelude::*;
use leptos_router::params::ParamsMap;

use super::badge::Tone;
use super::banner::Banner;
use crate::error::AppError;

/// What came of the last command of a page, or of one of its forms.
#[derive(Clone, Copy)]
pub struct Outcome {
    /// Why it was refused, if it was.
    refused: RwSignal<Option<AppError>>,
    /// What was done, in a sentence.
    said: RwSignal<Option<&'static str>>,
    /// Where it is said.
    place: NodeRef<Div>,
}

impl Outcome {
    /// Nothing yet.
    pub fn new() -> Self {
        Self { refused: RwSignal::new(None), said: RwSignal::new(None), place: NodeRef::new() }
    }

    /// What the address says of a form that was sent without scripts: `error` why it was refused, `for` which form of the page that was,
    /// `done` what was done, which `words` puts into a sentence.
    pub fn from_address(query: Memo<ParamsMap>, form: &str, words: fn(&str) -> Option<&'static str>) -> Self {
        let outcome = Self::new();
        query.with_untracked(|query| {
            if query.get_str("for").unwrap_or_default() == form {
                outcome.refused.set(query.get_str("error").and_then(|error| serde_json::from_str(error).ok()));
                outcome.said.set(query.get_str("done").and_then(words));
            }
        });
        outcome
    }

    /// Says what came of a command.
    pub fn tell(self, outcome: Result<&'static str, AppError>) {
        let (said, refused) = match outcome {
            Ok(words) => (Some(words), None),
            Err(error) => (None, Some(error)),
        };
        // `try_`: the page may have been left meanwhile.
        if self.said.try_set(said).is_none() && self.refused.try_set(refused).is_none() {
            request_animation_frame(move || {
                if let Some(place) = self.place.try_get_untracked().flatten() {
                    _ = place.focus();
                }
            });
        }
    }

    /// Says nothing any more: something else on the page says what came of the command.
    pub fn clear(self) {
        self.said.try_set(None);
        self.refused.try_set(None);
    }

    /// Where it is said.
    pub fn banner(self) -> AnyView {
        let Self { refused, said, place } = self;
        view! {
            <div class="outcome" tabindex="-1" node_ref=place>
                {move || refused.get().map(|error| view! { <Banner tone=Tone::Bad>{error.to_string()}</Banner> })}
                {move || said.get().map(|words| view! { <Banner tone=Tone::Good>{words}</Banner> })}
            </div>
        }
        .into_any()
    }

    /// What is wrong with a field: marked without words where those at the top say nothing else.
    pub fn beside(self, field: &'static str) -> Signal<Option<String>> {
        let refused = self.refused;
        Signal::derive(move || {
            refused.with(|refused| {
                let error = refused.as_ref()?;
                let words = error.of_field(field)?;
                Some(if words == error.to_string() { String::new() } else { words.to_owned() })
            })
        })
    }
}
