//! Imports: bringing files in, and what has been brought in.

mod address;
mod history;
mod kinds;
mod send;
mod upload;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{Error, Permission};

use crate::components::badge::Tone;
use crate::components::banner::Banner;
use crate::components::failure::Failure;
use crate::components::page::PageHead;
use crate::error::AppError;
use crate::layout::may;
use history::History;
use kinds::Kinds;
use upload::Upload;

/// The most characters of a message in the address that are shown.
const MESSAGE_MOST: usize = 600;

/// The imports page.
#[component]
pub fn Imports() -> impl IntoView {
    if !may(Permission::ImportsRead) {
        return view! { <Failure error=AppError::Refused(Error::Forbidden { permission: Permission::ImportsRead }) /> }.into_any();
    }
    let query = use_query_map();
    // Where a form was sent without scripts, the upload route leads back here with what was wrong.
    let refused = Memo::new(move |_| {
        query.with(|query| {
            query.get_str("error").filter(|text| !text.is_empty()).map(|text| text.chars().take(MESSAGE_MOST).collect::<String>())
        })
    });
    let changes = RwSignal::new(0_u32);
    view! {
        <PageHead title="Imports" purpose="Carrier and census files for the workspace. A file replaces its table as a whole, or changes nothing." />
        {move || refused.get().map(|text| view! { <Banner tone=Tone::Bad>{text}</Banner> })}
        {may(Permission::ImportsRun).then(|| view! { <Upload changes /> })}
        <Kinds />
        <History changes />
    }    .into_any()
}
