//! What happened to one thing, on its own page.

use leptos::prelude::*;
use model::Permission;
use model::audit::{AuditQuery, AuditRecord};

use super::audit_rows::timeline_table;
use super::loaded::{failed_part, loaded};
use super::page::Section;
use crate::api::list_timeline;
use crate::layout::may;
use crate::pages::audit::address;

/// The latest of what happened to a thing, for who may read the audit; nobody else is asked for anything.
#[component]
pub fn Timeline(
    /// The kind of thing, as the audit calls it: `user`, `run`.
    resource: &'static str,
    /// Which.
    #[prop(into)]
    id: Signal<String>,
    /// Grows when something has just happened to it.
    #[prop(optional)]
    changes: Option<RwSignal<u32>>,
) -> impl IntoView {
    may(Permission::AuditRead).then(|| {
        let rows =
            Resource::new(move || (id.get(), changes.map(|changes| changes.get())), move |(id, _)| list_timeline(resource.to_owned(), id));
        loaded(rows, failed_part, move |records| show(resource, &id.get_untracked(), records))
    })
}

/// Nothing where the audit tells of nothing: the thing has just been made, or is older than rows are kept, or there is none.
fn show(resource: &str, id: &str, records: Vec<AuditRecord>) -> AnyView {
    if records.is_empty() {
        return ().into_any();
    }
    let query = AuditQuery { resource: Some(resource.to_owned()), resource_id: Some(id.to_owned()), ..AuditQuery::default() };
    let all = address::write(&query);
    view! {
        <Section id="timeline" title="What happened to it">
            <p class="section-purpose">
                "The latest first. "
                <a class="link" href=all>
                    "Look at it in the audit"
                </a>
            </p>
            {timeline_table("What happened to it", records)}
        </Section>
    }
    .into_any()
}
