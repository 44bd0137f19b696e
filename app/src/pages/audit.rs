//! The audit: who has done what, filtered and a page at a time, all of it in the address.

pub mod address;

use icondata_lu as lu;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::audit::{AuditChoices, AuditPage, AuditQuery};
use model::list::Page;
use model::{Error, Permission};

use super::imports::chip;
use crate::api::list_audit;
use crate::components::audit_rows::audit_table;
use crate::components::empty::Empty;
use crate::components::failure::Failure;
use crate::components::filter_form::filter_form;
use crate::components::icon::Icon;
use crate::components::loaded::{failed_part, loaded};
use crate::components::page::PageHead;
use crate::components::pagination::{Place, pagination};
use crate::error::AppError;
use crate::format;
use crate::layout::may;

/// The page of the audit.
#[component]
pub fn Audit() -> impl IntoView {
    if !may(Permission::AuditRead) {
        return view! { <Failure error=AppError::Refused(Error::Forbidden { permission: Permission::AuditRead }) /> }.into_any();
    }
    let parameters = use_query_map();
    let query = Memo::new(move |_| parameters.with(address::read));
    let list = Resource::new(move || query.get(), list_audit);
    let may_export = may(Permission::AuditExport);
    let rows = loaded(list, failed_part, move |found: AuditPage| rows(found, &query.get_untracked()));
    view! {
        <PageHead title="Audit" purpose="Who has done what, when and from where. Rows are sealed within a minute and cannot be changed.">
            {move || may_export.then(|| query.with(download))}
        </PageHead>
        <div class="audit-filters">
            {filters(query)}
            {move || query.with(chips)}
        </div>
        {rows}
    }
    .into_any()
}

/// The whole of what is shown as a file.
fn download(query: &AuditQuery) -> AnyView {
    let href = format!("/api/audit.csv{}", address::parameters(&AuditQuery { page: 1, ..query.clone() }));
    view! {
        <a class="btn" href=href download="" rel="external">
            <Icon icon=lu::LuDownload />
            "Download as CSV"
        </a>
    }
    .into_any()
}

/// A form that works without scripts. What there is to choose from comes with the rows, as lists that the fields name.
fn filters(query: Memo<AuditQuery>) -> AnyView {
    let text = |read: fn(&AuditQuery) -> Option<String>| Signal::derive(move || query.with(read).unwrap_or_default());
    let fields = [
        ("person", "Person", "search", None, text(|query| query.person.clone())),
        ("resource", "Thing", "search", Some("audit-resources"), text(|query| query.resource.clone())),
        ("id", "Its identifier", "search", None, text(|query| query.resource_id.clone())),
        ("action", "Action", "search", Some("audit-actions"), text(|query| query.action.clone())),
        ("since", "From (UTC)", "date", None, text(|query| query.since.map(address::since_text))),
        ("until", "To (UTC)", "date", None, text(|query| query.until.map(address::until_text))),
    ];
    let fields: Vec<AnyView> = fields.into_iter().map(|(name, label, kind, list, value)| field(name, label, kind, list, value)).collect();
    let content = view! {
        {fields}
        <button type="submit" class="btn">
            "Filter"
        </button>
    };
    filter_form("/audit".to_owned(), "Filter the audit", |fields| address::write(&address::read(fields)), content.into_any())
}

fn field(name: &'static str, label: &'static str, kind: &'static str, list: Option<&'static str>, value: Signal<String>) -> AnyView {
    let id = format!("filter-{name}");
    view! {
        <div class="field">
            <label class="field-label" for=id.clone()>
                {label}
            </label>
            <input
                class="input"
                type=kind
                id=id
                name=name
                list=list
                autocomplete="off"
                value=move || value.get()
                prop:value=move || value.get()
            />
        </div>
    }
    .into_any()
}

/// What is filtered by as a sentence, each with a link that takes it away.
fn chips(query: &AuditQuery) -> Option<AnyView> {
    let without = |query: AuditQuery| address::write(&AuditQuery { page: 1, ..query });
    let chips = [
        query.person.as_ref().map(|who| (format!("by {who}"), without(AuditQuery { person: None, ..query.clone() }))),
        query.action.as_ref().map(|what| (format!("of the action {what}"), without(AuditQuery { action: None, ..query.clone() }))),
        query.resource.as_ref().map(|what| (format!("about a {what}"), without(AuditQuery { resource: None, ..query.clone() }))),
        query
            .resource_id
            .as_ref()
            .map(|id| (format!("with the identifier {id}"), without(AuditQuery { resource_id: None, ..query.clone() }))),
        query.since.map(|at| (format!("from {}", address::since_text(at)), without(AuditQuery { since: None, ..query.clone() }))),
        query.until.map(|at| (format!("to {}", address::until_text(at)), without(AuditQuery { until: None, ..query.clone() }))),
    ];
    let chips: Vec<_> = chips.into_iter().flatten().map(|(text, href)| chip("rows", text, href)).collect();
    (!chips.is_empty()).then(|| view! { <p class="chips">"Showing rows " {chips}</p> }.into_any())
}

fn rows(found: AuditPage, query: &AuditQuery) -> AnyView {
    let AuditPage { page, more, choices } = found;
    let pages = page.pages();
    let Page { rows, total, page } = page;
    let choices = lists(choices);
    if rows.is_empty() {
        return view! {
            {choices}
            <Empty title="No row fits">
                "Nothing of the kind was done in this time, or it has been longer ago than rows are kept. "
                <a class="link" href="/audit">
                    "Show the whole audit"
                </a>
            </Empty>
        }
        .into_any();
    }
    let place = Place { page, pages, total, shown: rows.len() };
    let more = more.then(|| {
        let words = format!(
            "These are the latest {}. Earlier ones are found by their time, and all of them are in the file.",
            format::counted(total, "row", "rows")
        );
        view! { <p class="text-muted">{words}</p> }
    });
    view! {
        {choices}
        {audit_table("The audit", rows)}
        {pagination(place, ("row", "rows"), &|page| address::write(&AuditQuery { page, ..query.clone() }))}
        {more}
    }
    .into_any()
}

/// What there is to choose from, where browsers look for it.
fn lists(choices: AuditChoices) -> AnyView {
    fn list(id: &'static str, names: Vec<String>) -> AnyView {
        let options: Vec<AnyView> = names.into_iter().map(|name| view! { <option value=name></option> }.into_any()).collect();
        view! { <datalist id=id>{options}</datalist> }.into_any()
    }
    view! {
        {list("audit-resources", choices.resources)}
        {list("audit-actions", choices.actions)}
    }
    .into_any()
}
