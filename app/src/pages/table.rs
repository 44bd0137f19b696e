//! A table of the workspace, row by row: searched, filtered, sorted and a page at a time, all of it in the address.

mod address;

use icondata_lu as lu;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use leptos_router::params::ParamsMap;
use model::integration::{Column, ColumnType};
use model::list::Page;
use model::table::{BroughtBy, RowsQuery, TableContract, TableRow, TableRows};
use model::{Error, FileKind, Permission};

use super::imports::chip;
use crate::api::browse_table;
use crate::components::empty::Empty;
use crate::components::failure::Failure;
use crate::components::field::SelectField;
use crate::components::file_links::file_links;
use crate::components::filter_form::filter_form;
use crate::components::icon::Icon;
use crate::components::loaded::{failed_page, failed_part, loaded};
use crate::components::page::PageHead;
use crate::components::pagination::{Place, pagination};
use crate::components::table::{CODE_CLASS, Direction, Look, NUM_CLASS, cell, head, row, sort_head, table};
use crate::error::AppError;
use crate::format;
use crate::layout::may;

/// The page of the table that the address names.
#[component]
pub fn Table() -> impl IntoView {
    if !may(Permission::ImportsRead) {
        return view! { <Failure error=AppError::Refused(Error::Forbidden { permission: Permission::ImportsRead }) /> }.into_any();
    }
    let parameters = use_params_map();
    let name = Memo::new(move |_| parameters.with(|parameters| parameters.get_str("table").unwrap_or_default().to_owned()));
    let in_address = use_query_map();
    (move || match name.with(|name| TableContract::of(name).filter(|contract| contract.table() == name)) {
        Some(contract) => {
            let query = Memo::new(move |_| in_address.with(|parameters| address::read(contract, parameters)));
            content(contract, query)
        }
        None => failed_page(AppError::Refused(Error::not_found(format!("table with the name {}", name.get())))),
    })
    .into_any()
}

fn content(contract: TableContract, query: Memo<RowsQuery>) -> AnyView {
    let list = Resource::new(move || query.get(), browse_table);
    let rows = loaded(list, failed_part, move |rows| rows_of(contract, rows, &query.get_untracked()));
    view! {
        <PageHead title=contract.relation purpose=contract.source>
            {move || query.with(exports)}
        </PageHead>
        {form(contract, query)}
        {move || query.with(chips)}
        {rows}
    }
    .into_any()
}

/// The whole view as a file.
fn exports(query: &RowsQuery) -> AnyView {
    let parameters = address::parameters(&RowsQuery { page: 1, ..query.clone() });
    file_links(|ending| format!("/api/tables/{}.{ending}{parameters}", query.table))
}

/// Search and one more filter; those that are set already go with it.
fn form(contract: TableContract, query: Memo<RowsQuery>) -> AnyView {
    let columns = contract.columns.iter().map(|column| (column.name, column.name)).collect();
    let search = move || query.with(|query| query.search.clone());
    let kept = move || {
        query.with(|query| {
            let filters = query.filters.iter().map(|(column, value)| (format!("filter.{column}"), value.clone()));
            let sort = (!query.sort.is_empty()).then(|| ("sort".to_owned(), query.sort.clone()));
            filters.chain(sort).map(|(name, value)| view! { <input type="hidden" name=name value=value /> }.into_any()).collect::<Vec<_>>()
        })
    };
    let content = view! {
        <div class="field grow">
            <label class="field-label" for="search">
                "Begins with"
            </label>
            <input class="input" type="search" id="search" name="search" value=search prop:value=search />
        </div>
        <SelectField id="filter-column" name="column" label="Column" none="No filter" choices=columns chosen="" />
        <div class="field">
            <label class="field-label" for="filter-value">
                "Value"
            </label>
            <input class="input" type="text" id="filter-value" name="value" autocomplete="off" />
        </div>
        {kept}
        <button type="submit" class="btn">
            <Icon icon=lu::LuSearch />
            "Search"
        </button>
    };
    let address = move |fields: &ParamsMap| address::write(&address::read(contract, fields));
    filter_form(format!("/tables/{}", contract.table()), "Search the table", address, content.into_any())
}

/// What is searched and filtered by as a sentence, each with a link that takes it away.
fn chips(query: &RowsQuery) -> Option<AnyView> {
    let first = |query: RowsQuery| address::write(&RowsQuery { page: 1, ..query });
    let search = (!query.search.is_empty())
        .then(|| chip("rows", format!("that begin with {}", query.search), first(RowsQuery { search: String::new(), ..query.clone() })));
    let filters = query.filters.iter().map(|(column, value)| {
        let mut without = query.clone();
        without.filters.remove(column);
        chip("rows", format!("with {column} {value}"), first(without))
    });
    let chips = search.into_iter().chain(filters).collect::<Vec<_>>();
    (!chips.is_empty()).then(|| view! { <p class="chips">"Showing rows " {chips}</p> }.into_any())
}

/// The class of a column's cells.
fn column_class(column: &Column) -> &'static str {
    match column.kind {
        kind if kind.is_numeric() => NUM_CLASS,
        ColumnType::Text { .. } => "cell-text",
        _ => CODE_CLASS,
    }
}

/// A value as people read it: of a count, its digits by three.
fn shown(column: &Column, value: Option<String>) -> Option<String> {
    match (column.kind, value.as_ref().and_then(|value| value.parse().ok())) {
        (ColumnType::Count, Some(count)) => Some(format::grouped(count)),
        _ => value,
    }
}

fn rows_of(contract: TableContract, rows: TableRows, query: &RowsQuery) -> AnyView {
    let TableRows { page, runs } = rows;
    let pages = page.pages();
    let Page { rows, total, page } = page;
    if rows.is_empty() {
        return nothing(contract, query);
    }
    let place = Place { page, pages, total, shown: rows.len() };
    let mut heads = contract.columns.iter().map(|column| column_head(column, query)).collect::<Vec<_>>();
    let has_runs = contract.brought_by != BroughtBy::Nobody;
    if has_runs {
        heads.push(head("Run".to_owned(), ""));
    }
    let runs_page = if contract.kind.is_some() { "/imports" } else { "/transformations" };
    let rows = rows
        .into_iter()
        .map(|TableRow { cells, run }| {
            let mut cells = contract
                .columns
                .iter()
                .zip(cells)
                .map(|(column, value)| cell(column_class(column), shown(column, value)))
                .collect::<Vec<_>>();
            let run = usize::try_from(run).ok().and_then(|place| runs.get(place)).map(|run| {
                view! {
                    <a class="link" href=format!("{runs_page}/runs/{run}")>
                        {format::short(run.as_str()).to_owned()}
                    </a>
                }
            });
            if has_runs {
                cells.push(cell(CODE_CLASS, run));
            }
            row(cells)
        })
        .collect();
    view! {
        {table(format!("Rows of {}", contract.relation), Look::Window, heads, rows)}
        {pagination(place, ("row", "rows"), &|page| address::write(&RowsQuery { page, ..query.clone() }))}
    }
    .into_any()
}

/// A head that sorts: the least first, and turned round where it is so already. What the column means shows on hover.
fn column_head(column: &Column, query: &RowsQuery) -> AnyView {
    let descending = query.sort.strip_prefix('-');
    let (sorted, sort) = if query.sort == column.name {
        (Some(Direction::Ascending), format!("-{}", column.name))
    } else {
        ((descending == Some(column.name)).then_some(Direction::Descending), column.name.to_owned())
    };
    let detail = if column.unit.is_empty() { column.meaning.to_owned() } else { format!("{}, in {}", column.meaning, column.unit) };
    let class = if column.kind.is_numeric() { NUM_CLASS } else { "" };
    sort_head(column.name.to_owned(), detail, class, address::write(&RowsQuery { sort, page: 1, ..query.clone() }), sorted)
}

fn nothing(contract: TableContract, query: &RowsQuery) -> AnyView {
    let is_whole = query.search.is_empty() && query.filters.is_empty() && query.page == 1;
    match contract.kind.map(FileKind::contract) {
        Some(kind) if is_whole => view! {
            <Empty title="Nothing has been imported into this table yet">
                {format!("It is filled by {} ({}). ", kind.title, kind.file_names)} <a class="link" href="/imports">
                    "Import a file"
                </a> "."
            </Empty>
        }
        .into_any(),
        None if is_whole => view! {
            <Empty title="Nothing has been derived into this table yet">
                <a class="link" href="/transformations">
                    "Run its transformation"
                </a>
            </Empty>
        }
        .into_any(),
        _ => view! {
            <Empty title="No row fits">
                <a class="link" href=format!("/tables/{}", contract.table())>
                    "Show all rows"
                </a>
            </Empty>
        }
        .into_any(),
    }
}
