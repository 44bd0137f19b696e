//! Icons, drawn in the colour and about the size of the text beside them.

use icondata_core::IconData;
use leptos::prelude::*;

/// A decorative icon: whatever it means stands beside it in words.
#[component]
pub fn Icon(
    /// Which, from `icondata_lu`.
    icon: &'static IconData,
    /// More classes, for its colour or size.
    #[prop(default = "")]
    class: &'static str,
) -> impl IntoView {
    view! {
        <svg
            class=format!("icon {class}")
            viewBox=icon.view_box
            fill=icon.fill
            stroke=icon.stroke
            stroke-width=icon.stroke_width
            stroke-linecap=icon.stroke_linecap
            stroke-linejoin=icon.stroke_linejoin
            aria-hidden="true"
            focusable="false"
            inner_html=icon.data
        ></svg>
    }
}
