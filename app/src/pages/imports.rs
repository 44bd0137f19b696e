//! Imports: bringing files in, and what has been brought in.

mod address;
mod history;
mod kinds;
mod send;
mod sent;
mod upload;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{Error, Permission};

use crate::components::failure::Failure;
use crate::components::page::{PageHead, refused_in_address};
use crate::components::run_actions::may_import;
use crate::error::AppError;
use crate::layout::may;
pub use history::chip;
use history::history;
use kinds::kinds;
use upload::upload;

/// The imports page.
#[component]
pub fn Imports() -> impl IntoView {
    if !may(Permission::ImportsRead) {
        return view! { <Failure error=AppError::Refused(Error::Forbidden { permission: Permission::ImportsRead }) /> }.into_any();
    }
    let changes = RwSignal::new(0_u32);
    view! {
        <PageHead
            title="Imports"
            purpose="Carrier and census files for the workspace. A file takes the place of what was there as a whole, or changes nothing; every import can be undone."
        />
        {refused_in_address(use_query_map())}
        {may_import(None).then(|| upload(changes))}
        {kinds()}
        {history(changes)}
    }
    .into_any()
}
