//! Users: who there is, filtered, sorted and a page at a time, all of it in the address.

mod address;
mod new;

use icondata_lu as lu;
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::list::Page;
use model::user_view::{UserQuery, UserRow, UserSort, UserState};
use model::{Error, Permission};

use super::imports::chip;
use crate::api::list_users;
use crate::components::badge::Tone;
use crate::components::banner::Banner;
use crate::components::empty::Empty;
use crate::components::failure::Failure;
use crate::components::field::SelectField;
use crate::components::filter_form::filter_form;
use crate::components::icon::Icon;
use crate::components::loaded::{failed_part, loaded};
use crate::components::page::{PageHead, refused_in_address};
use crate::components::pagination::{Place, pagination};
use crate::components::person::{role_names, second_factor_words, state_title, user_badge};
use crate::components::table::{Direction, Look, NAME_CLASS, WIDE_CLASS, cell, head, row, sort_head, table};
use crate::components::time::AgeOrNever;
use crate::error::AppError;
use crate::layout::may;
pub use new::NewUser;

/// The page of all users.
#[component]
pub fn Users() -> impl IntoView {
    if !may(Permission::UsersRead) {
        return view! { <Failure error=AppError::Refused(Error::Forbidden { permission: Permission::UsersRead }) /> }.into_any();
    }
    let parameters = use_query_map();
    let query = Memo::new(move |_| parameters.with(address::read));
    let list = Resource::new(move || query.get(), list_users);
    let deleted = move || parameters.with(|parameters| parameters.get_str("done") == Some("deleted"));
    let add = may(Permission::UsersCreate).then(|| {
        view! {
            <a class="btn btn-primary" href="/users/new">
                <Icon icon=lu::LuUserPlus />
                "Add a user"
            </a>
        }
    });
    // Roles that were seen on users. They are added once the page is live: what the browser takes over is what the server has shown.
    let seen = RwSignal::new(Vec::new());
    let rows = loaded(list, failed_part, move |page: Page<UserRow>| {
        let held = address::held(&page);
        Effect::new(move |_| seen.update(|seen: &mut Vec<(String, String)>| seen.extend(held.iter().cloned())));
        rows(page, &query.get_untracked())
    });
    view! {
        <PageHead title="Users" purpose="Everybody who may sign in or once could, with the roles that say what they may do.">
            {add}
        </PageHead>
        {refused_in_address(parameters)}
        {move || deleted().then(|| view! { <Banner tone=Tone::Good>"The user is deleted."</Banner> })}
        {filters(query, seen)}
        {move || query.with(|query| seen.with(|seen| chips(query, seen)))}
        {rows}
    }
    .into_any()
}

/// A form that works without scripts.
fn filters(query: Memo<UserQuery>, seen: RwSignal<Vec<(String, String)>>) -> AnyView {
    let states = UserState::ALL.iter().map(|state| (state.name(), state_title(*state))).collect();
    let state = Signal::derive(move || query.with(|query| query.state.map_or_else(String::new, |state| state.name().to_owned())));
    let text = move || query.with(|query| query.text.clone().unwrap_or_default());
    let sort = move || query.with(|query| (query.sort != UserSort::default()).then(|| query.sort.name()));
    let roles = move || {
        let (chosen, known) = query.with(|query| (query.role.clone(), seen.with(|seen| address::roles(query, seen))));
        let options = known.into_iter().map(|(id, name)| {
            let is_chosen = chosen.as_ref() == Some(&id);
            view! {
                <option value=id selected=is_chosen prop:selected=is_chosen>
                    {name}
                </option>
            }
            .into_any()
        });
        options.collect::<Vec<_>>()
    };
    let no_role = move || query.with(|query| query.role.is_none());
    let content = view! {
        <div class="field">
            <label class="field-label" for="filter-text">
                "Name or address"
            </label>
            <input class="input" type="search" id="filter-text" name="text" autocomplete="off" value=text prop:value=text />
        </div>
        <div class="field">
            <label class="field-label" for="filter-role">
                "Role"
            </label>
            <select class="input" id="filter-role" name="role">
                <option value="" selected=no_role prop:selected=no_role>
                    "All roles"
                </option>
                {roles}
            </select>
        </div>
        <SelectField id="filter-state" name="state" label="State" none="All states" choices=states chosen=state />
        {move || sort().map(|sort| view! { <input type="hidden" name="sort" value=sort /> })}
        <button type="submit" class="btn">
            "Filter"
        </button>
    };
    filter_form("/users".to_owned(), "Filter the users", |fields| address::write(&address::read(fields)), content.into_any())
}

/// What is filtered by as a sentence, each with a link that takes it away.
fn chips(query: &UserQuery, seen: &[(String, String)]) -> Option<AnyView> {
    let without = |query: UserQuery| address::write(&UserQuery { page: 1, ..query });
    let text = query.text.as_ref().map(|text| (format!("named like {text}"), without(UserQuery { text: None, ..query.clone() })));
    let role = query.role.as_ref().map(|role| {
        let known = address::roles(query, seen).into_iter().find(|(id, _)| id == role);
        let name = known.map_or_else(|| role.clone(), |(_, name)| name);
        (format!("with the role {name}"), without(UserQuery { role: None, ..query.clone() }))
    });
    let state = query.state.map(|state| {
        let clause = match state {
            UserState::Active => "who may sign in",
            UserState::Disabled => "who are disabled",
            UserState::Invited => "who have never signed in",
        };
        (clause.to_owned(), without(UserQuery { state: None, ..query.clone() }))
    });
    let chips: Vec<_> = text.into_iter().chain(role).chain(state).map(|(text, href)| chip("users", text, href)).collect();
    (!chips.is_empty()).then(|| view! { <p class="chips">"Showing users " {chips}</p> }.into_any())
}

fn rows(page: Page<UserRow>, query: &UserQuery) -> AnyView {
    let pages = page.pages();
    let Page { rows, total, page } = page;
    if rows.is_empty() {
        return nothing(query);
    }
    let place = Place { page, pages, total, shown: rows.len() };
    let heads = vec![
        sorted_by("Name", "", query, [UserSort::NameAscending, UserSort::NameDescending]),
        head("Roles".to_owned(), WIDE_CLASS),
        head("State".to_owned(), ""),
        head("Second factor".to_owned(), WIDE_CLASS),
        sorted_by("Last signed in", WIDE_CLASS, query, [UserSort::SeenDescending, UserSort::SeenAscending]),
    ];
    view! {
        {table("Users", Look::Wide, heads, rows.into_iter().map(user_row).collect())}
        {pagination(place, ("user", "users"), &|page| address::write(&UserQuery { page, ..query.clone() }))}
    }
    .into_any()
}

fn user_row(user: UserRow) -> AnyView {
    let state = user_badge(&user);
    let roles = role_names(&user.roles);
    let UserRow { id, email, name, last_signed_in_at, has_second_factor, .. } = user;
    row(vec![
        cell(
            NAME_CLASS,
            view! {
                <a class="link" href=format!("/users/{id}")>
                    {name}
                </a>
                <div class="text-muted">{email}</div>
                <div class="text-muted md:hidden">{roles.clone()}</div>
            },
        ),
        cell("cell-roles hidden md:table-cell", roles),
        cell("whitespace-nowrap", state),
        cell(WIDE_CLASS, second_factor_words(has_second_factor)),
        cell("whitespace-nowrap hidden md:table-cell", view! { <AgeOrNever at=last_signed_in_at /> }),
    ])
}

fn nothing(query: &UserQuery) -> AnyView {
    let any = *query == UserQuery { page: query.page, sort: query.sort, ..UserQuery::default() };
    let words = if any { "There is nobody on this page. " } else { "Nobody has all of what is filtered by. " };
    view! {
        <Empty title="No user fits">
            {words}
            <a class="link" href="/users">
                "Show all users"
            </a>
        </Empty>
    }
    .into_any()
}

/// A head that sorts: by the first order at first, and turned round where it is so already.
fn sorted_by(name: &str, class: &'static str, query: &UserQuery, orders: [UserSort; 2]) -> AnyView {
    let [first, other] = orders;
    let is_sorted = orders.contains(&query.sort);
    let sorted = is_sorted.then(|| if query.sort.name().starts_with('-') { Direction::Descending } else { Direction::Ascending });
    let sort = if query.sort == first { other } else { first };
    let address = address::write(&UserQuery { sort, page: 1, ..query.clone() });
    sort_head(name.to_owned(), String::new(), class, address, sorted)
}
