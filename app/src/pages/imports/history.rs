//! What has been imported: filtered, sorted and a page at a time, all of it in the address.

use std::rc::Rc;

use icondata_lu as lu;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::integration::CONTRACTS;
use model::list::Page;
use model::run::{Run, RunQuery, RunSort, RunState};

use super::address;
use crate::api::list_runs;
use crate::components::badge::state_title;
use crate::components::empty::Empty;
use crate::components::field::SelectField;
use crate::components::file_links::file_links;
use crate::components::filter_form::filter_form;
use crate::components::icon::Icon;
use crate::components::live::poll_while;
use crate::components::loaded::{failed_part, loaded};
use crate::components::page::Section;
use crate::components::pagination::{Place, pagination};
use crate::components::run_table::run_table;
use crate::components::table::{Direction, NUM_CLASS, sort_head};

/// The history of imports. `changes` grows whenever a run begins or ends on this page.
pub fn history(changes: RwSignal<u32>) -> AnyView {
    let parameters = use_query_map();
    let query = Memo::new(move |_| parameters.with(address::read));
    let list = Resource::new(move || (query.get(), changes.get()), |(query, _)| list_runs(query));
    let working = RwSignal::new(false);
    poll_while(
        working.into(),
        Rc::new(move || {
            list.refetch();
            Box::pin(async {})
        }),
    );
    let rows = loaded(list, failed_part, move |page: Page<Run>| {
        working.set(page.rows.iter().any(|run| run.state.is_moving()));
        rows(page, &query.get_untracked())
    });
    view! {
        <Section id="history" title="History">
            {filters(query)}
            {move || query.with(chips)}
            {rows}
            {move || query.with(exports)}
        </Section>
    }
    .into_any()
}

/// The whole of what is shown as a file.
fn exports(query: &RunQuery) -> AnyView {
    let parameters = address::parameters(&RunQuery { page: 1, ..query.clone() });
    file_links(|ending| format!("/api/runs.{ending}{parameters}"))
}

/// A form that works without scripts.
fn filters(query: Memo<RunQuery>) -> AnyView {
    let kinds = CONTRACTS.iter().map(|contract| (contract.name, contract.title)).collect();
    let states = RunState::ALL.iter().map(|state| (state.name(), state_title(*state))).collect();
    let sort = move || query.with(|query| (query.sort != RunSort::default()).then(|| query.sort.name()));
    let kind = Signal::derive(move || query.with(|query| query.subject.clone().unwrap_or_default()));
    let state = Signal::derive(move || query.with(|query| query.state.map_or_else(String::new, |state| state.name().to_owned())));
    let content = view! {
        <SelectField id="filter-kind" name="kind" label="Kind" none="All kinds" choices=kinds chosen=kind />
        <SelectField id="filter-state" name="state" label="State" none="All states" choices=states chosen=state />
        {move || sort().map(|sort| view! { <input type="hidden" name="sort" value=sort /> })}
        <button type="submit" class="btn">
            "Filter"
        </button>
    };
    filter_form("/imports".to_owned(), "Filter the history", |fields| address::write(&address::read(fields)), content.into_any())
}

/// What is filtered by as a sentence, each with a link that takes it away.
fn chips(query: &RunQuery) -> Option<AnyView> {
    let without = |query: RunQuery| address::write(&RunQuery { page: 1, ..query });
    let kind = query.subject.as_ref().map(|kind| (format!("of {kind}"), without(RunQuery { subject: None, ..query.clone() })));
    let state = query.state.map(|state| (format!("that {}", state_clause(state)), without(RunQuery { state: None, ..query.clone() })));
    let chips: Vec<_> = kind.into_iter().chain(state).map(|(text, href)| chip("imports", text, href)).collect();
    (!chips.is_empty()).then(|| view! { <p class="chips">"Showing imports " {chips}</p> }.into_any())
}

/// A filter that is set, with a link to the list without it.
pub fn chip(what: &'static str, text: String, href: String) -> AnyView {
    let label = format!("Remove the filter: {what} {text}");
    view! {
        <a class="chip" href=href aria-label=label>
            {text}
            <Icon icon=lu::LuX />
        </a>
    }
    .into_any()
}

fn state_clause(state: RunState) -> &'static str {
    match state {
        RunState::Queued => "are queued",
        RunState::Running => "are running",
        RunState::Waiting => "wait for you",
        RunState::Succeeded => "succeeded",
        RunState::Failed => "failed",
        RunState::Cancelled => "were cancelled",
        RunState::Undone => "were undone",
    }
}

fn rows(page: Page<Run>, query: &RunQuery) -> AnyView {
    let pages = page.pages();
    let Page { rows, total, page } = page;
    if rows.is_empty() {
        return nothing(query);
    }
    let place = Place { page, pages, total, shown: rows.len() };
    let heads = [
        sorted_by("Started", "", query, RunSort::StartedAscending, RunSort::StartedDescending),
        sorted_by("Rows", NUM_CLASS, query, RunSort::RowsAscending, RunSort::RowsDescending),
    ];
    view! {
        {run_table("History of imports", rows, Some(heads))}
        {pagination(place, ("import", "imports"), &|page| address::write(&RunQuery { page, ..query.clone() }))}
    }
    .into_any()
}

fn nothing(query: &RunQuery) -> AnyView {
    if query.subject.is_none() && query.state.is_none() && query.page == 1 {
        view! { <Empty title="Nothing has been imported yet">"Choose a file above. Its run appears here with every row that was rejected."</Empty> }
            .into_any()
    } else {
        view! {
            <Empty title="No import fits">
                <a class="link" href="/imports">
                    "Show all imports"
                </a>
            </Empty>
        }
        .into_any()
    }
}

/// A head that sorts: the greatest first, and turned round where it is so already.
fn sorted_by(name: &str, class: &'static str, query: &RunQuery, ascending: RunSort, descending: RunSort) -> AnyView {
    let sorted = match query.sort {
        sort if sort == ascending => Some(Direction::Ascending),
        sort if sort == descending => Some(Direction::Descending),
        _ => None,
    };
    let sort = if query.sort == descending { ascending } else { descending };
    let address = address::write(&RunQuery { sort, page: 1, ..query.clone() });
    sort_head(name.to_owned(), String::new(), class, address, sorted)
}
