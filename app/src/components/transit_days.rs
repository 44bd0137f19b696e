//! Days in transit on the scale of five that is the same everywhere: one day is the darkest, no service is hatched.

use leptos::prelude::*;

/// Days as a marked number.
pub fn days(days: Option<u8>, has_service: bool) -> AnyView {
    let (class, words) = match days {
        Some(days) => (step_class(days), if days == 1 { "1 day".to_owned() } else { format!("{days} days") }),
        None if has_service => ("days days-unknown", "Days unknown".to_owned()),
        None => ("days days-none", "No service".to_owned()),
    };
    view! { <span class=class>{words}</span> }.into_any()
}

/// The step of the scale: the fifth is for five days and more.
fn step_class(days: u8) -> &'static str {
    match days {
        0 | 1 => "days days-1",
        2 => "days days-2",
        3 => "days days-3",
        4 => "days days-4",
        _ => "days days-5",
    }
}

/// What the steps mean.
pub fn legend() -> AnyView {
    let steps = [("days-1", "1"), ("days-2", "2"), ("days-3", "3"), ("days-4", "4"), ("days-5", "5 and more")];
    let step = |class: &'static str, words: &'static str| {
        view! {
            <li>
                <span class=format!("days-swatch {class}")></span>
                {words}
            </li>
        }
        .into_any()
    };
    let steps = steps.into_iter().chain([("days-none", "no service")]).map(|(class, words)| step(class, words)).collect::<Vec<_>>();
    view! {
        <div class="days-legend">
            <span id="days-legend">"Business days in transit"</span>
            <ul aria-labelledby="days-legend">{steps}</ul>
        </div>
    }
    .into_any()
}
