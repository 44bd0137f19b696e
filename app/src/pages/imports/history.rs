//! What has been imported: filtered, sorted and a page at a time, all of it in the address.

use std::sync::Arc;

use icondata_lu as lu;
use leptos::prelude::*;
use leptos_router::components::Form;
use leptos_router::hooks::use_query_map;
use model::integration::CONTRACTS;
use model::list::Page;
use model::run::{Run, RunQuery, RunSort, RunState};
use web_sys::FormData;

use super::address;
use crate::api::list_runs;
use crate::components::badge::Tone;
use crate::components::banner::Banner;
use crate::components::empty::Empty;
use crate::components::failure::SignInFirst;
use crate::components::field::SelectField;
use crate::components::icon::Icon;
use crate::components::live::poll_while;
use crate::components::loading::Loading;
use crate::components::page::Section;
use crate::components::pagination::Pagination;
use crate::components::run_table::RunTable;
use crate::components::table::{Direction, SortHead};

/// The history of imports.
#[component]
pub fn History(
    /// Grows whenever a run begins or ends on this page.
    changes: RwSignal<u32>,
) -> impl IntoView {
    let parameters = use_query_map();
    let query = Memo::new(move |_| parameters.with(address::read));
    let list = Resource::new(move || (query.get(), changes.get()), |(query, _)| list_runs(query));
    let working = RwSignal::new(false);
    poll_while(working.into(), move || async move { list.refetch() });
    view! {
        <Section id="history" title="History">
            <Filters query />
            <Transition fallback=Loading>
                {move || Suspend::new(async move {
                    match list.await {
                        Ok(page) => {
                            working.set(page.rows.iter().any(|run| !run.state.is_final()));
                            view! { <Rows page query /> }.into_any()
                        }
                        Err(error) if error.is_unauthenticated() => view! { <SignInFirst /> }.into_any(),
                        Err(error) => view! { <Banner tone=Tone::Bad>{error.to_string()}</Banner> }.into_any(),
                    }
                })}
            </Transition>
        </Section>
    }
}

/// A form that works without scripts, and what it has chosen as a sentence.
#[component]
fn Filters(query: Memo<RunQuery>) -> impl IntoView {
    let kinds = CONTRACTS.iter().map(|contract| (contract.name, contract.title)).collect();
    let states = RunState::ALL.iter().map(|state| (state.name(), state_title(*state))).collect();
    let sort = move || query.with(|query| (query.sort != RunSort::default()).then(|| query.sort.name()));
    let kind = Signal::derive(move || query.with(|query| query.subject.clone().unwrap_or_default()));
    let state = Signal::derive(move || query.with(|query| query.state.map_or_else(String::new, |state| state.name().to_owned())));
    view! {
        <Form
            method="get"
            action="/imports"
            // The button has no name, and its empty one would stand in the address.
            on_form_data=Arc::new(|data: &FormData| data.delete(""))
            attr:class="filters"
            attr:aria-label="Filter the history"
        >
            <SelectField id="filter-kind" name="kind" label="Kind" none="All kinds" choices=kinds chosen=kind />
            <SelectField id="filter-state" name="state" label="State" none="All states" choices=states chosen=state />
            {move || sort().map(|sort| view! { <input type="hidden" name="sort" value=sort /> })}
            <button type="submit" class="btn">
                "Filter"
            </button>
        </Form>
        {move || query.with(chips)}
    }
}

/// What is filtered by, each with a link that takes it away.
fn chips(query: &RunQuery) -> Option<impl IntoView + use<>> {
    let without = |query: RunQuery| address::write(&RunQuery { page: 1, ..query });
    let kind = query.subject.as_ref().map(|kind| (format!("of {kind}"), without(RunQuery { subject: None, ..query.clone() })));
    let state = query.state.map(|state| (format!("that {}", state_clause(state)), without(RunQuery { state: None, ..query.clone() })));
    let chips: Vec<_> = kind.into_iter().chain(state).collect();
    (!chips.is_empty()).then(|| {
        let chips = chips
            .into_iter()
            .map(|(text, href)| {
                let label = format!("Remove the filter: imports {text}");
                view! {
                    <a class="chip" href=href aria-label=label>
                        {text}
                        <Icon icon=lu::LuX />
                    </a>
                }
            })
            .collect_view();
        view! { <p class="chips">"Showing imports " {chips}</p> }
    })
}

fn state_title(state: RunState) -> &'static str {
    match state {
        RunState::Running => "Running",
        RunState::Succeeded => "Succeeded",
        RunState::Failed => "Failed",
    }
}

fn state_clause(state: RunState) -> &'static str {
    match state {
        RunState::Running => "are running",
        RunState::Succeeded => "succeeded",
        RunState::Failed => "failed",
    }
}

#[component]
fn Rows(page: Page<Run>, query: Memo<RunQuery>) -> impl IntoView {
    let pages = page.pages();
    let Page { rows, total, page } = page;
    if rows.is_empty() {
        return nothing(&query.get_untracked()).into_any();
    }
    let shown = rows.len();
    let address = move |page| address::write(&RunQuery { page, ..query.get_untracked() });
    view! {
        <RunTable caption="History of imports" only_imports=true runs=rows heads=move || view! { <SortHeads query /> } />
        <Pagination page pages total shown noun=("import", "imports") address />
    }
    .into_any()
}

fn nothing(query: &RunQuery) -> impl IntoView + use<> {
    if query.subject.is_none() && query.state.is_none() && query.page == 1 {
        view! { <Empty title="Nothing has been imported yet">"Choose a file above. Its run appears here with every row that was rejected."</Empty> }
    } else {
        view! {
            <Empty title="No import fits">
                <a class="link" href="/imports">
                    "Show all imports"
                </a>
            </Empty>
        }
    }
}

#[component]
fn SortHeads(query: Memo<RunQuery>) -> impl IntoView {
    let sorted = move |ascending: RunSort, descending: RunSort| {
        Signal::derive(move || {
            query.with(|query| match query.sort {
                sort if sort == ascending => Some(Direction::Ascending),
                sort if sort == descending => Some(Direction::Descending),
                _ => None,
            })
        })
    };
    // The greatest first, and turned round where it is so already.
    let other = move |ascending: RunSort, descending: RunSort| {
        Signal::derive(move || {
            let query = query.get();
            let sort = if query.sort == descending { ascending } else { descending };
            address::write(&RunQuery { sort, page: 1, ..query })
        })
    };
    let (started_up, started_down) = (RunSort::StartedAscending, RunSort::StartedDescending);
    let (rows_up, rows_down) = (RunSort::RowsAscending, RunSort::RowsDescending);
    view! {
        <SortHead label="Started" href=other(started_up, started_down) sorted=sorted(started_up, started_down) />
        <SortHead label="Rows" href=other(rows_up, rows_down) sorted=sorted(rows_up, rows_down) numeric=true />
    }
}
