//! The address of the list of users holds its whole view: `/users?text=ana&role=viewer&state=disabled&sort=-seen&page=2`.

use leptos_router::location::Url;
use leptos_router::params::ParamsMap;
use model::Role;
use model::list::Page;
use model::user_view::{UserQuery, UserRow, UserSort, UserState};

/// The most characters of a filter that are looked at.
const MOST: usize = 120;

/// The query that an address asks for. What it does not understand it takes for absent.
pub fn read(parameters: &ParamsMap) -> UserQuery {
    let text = |name| parameters.get_str(name).unwrap_or_default().trim();
    let filled = |name| Some(text(name)).filter(|text| !text.is_empty()).map(|text| text.chars().take(MOST).collect::<String>());
    UserQuery {
        text: filled("text"),
        role: filled("role"),
        state: UserState::of_name(text("state")),
        sort: UserSort::of_name(text("sort")),
        page: text("page").parse().unwrap_or(1).max(1),
    }
}

/// The address of a query, without what is so anyway.
pub fn write(query: &UserQuery) -> String {
    let mut parts = Vec::new();
    if let Some(text) = &query.text {
        parts.push(format!("text={}", Url::escape(text)));
    }
    if let Some(role) = &query.role {
        parts.push(format!("role={}", Url::escape(role)));
    }
    if let Some(state) = query.state {
        parts.push(format!("state={}", state.name()));
    }
    if query.sort != UserSort::default() {
        parts.push(format!("sort={}", query.sort.name()));
    }
    if query.page > 1 {
        parts.push(format!("page={}", query.page));
    }
    if parts.is_empty() { "/users".to_owned() } else { format!("/users?{}", parts.join("&")) }
}

/// The roles of the users that are shown: identifiers with names.
pub fn held(page: &Page<UserRow>) -> Vec<(String, String)> {
    page.rows.iter().flat_map(|user| &user.roles).map(|role| (role.id.to_string(), role.name.clone())).collect()
}

/// Roles to filter by: those that every installation has, those that were seen, and the one that is filtered by.
pub fn roles(query: &UserQuery, seen: &[(String, String)]) -> Vec<(String, String)> {
    let mut roles = seen.to_vec();
    for id in Role::ALL.iter().map(|role| role.id().to_owned()).chain(query.role.clone()) {
        if !roles.iter().any(|(known, _)| *known == id) {
            let name = in_words(&id);
            roles.push((id, name));
        }
    }
    roles.sort_by(|one, other| one.1.cmp(&other.1));
    roles.dedup();
    roles
}

/// The name of a role that nobody is seen with, from its identifier: `Warehouse staff`.
fn in_words(id: &str) -> String {
    let words = id.replace('_', " ");
    let mut characters = words.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(pairs: &[(&'static str, &str)]) -> ParamsMap {
        pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
    }

    #[test]
    fn an_address_is_read_and_written_back() {
        let query = read(&parameters(&[("text", " ana"), ("role", "viewer"), ("state", "disabled"), ("sort", "-seen"), ("page", "2")]));
        assert_eq!(query.text.as_deref(), Some("ana"));
        assert_eq!(write(&query), "/users?text=ana&role=viewer&state=disabled&sort=-seen&page=2");
    }

    #[test]
    fn what_makes_no_sense_is_absent() {
        let query = read(&parameters(&[("text", "  "), ("state", "gone"), ("sort", "colour"), ("page", "-7")]));
        assert_eq!(write(&query), "/users");
        assert_eq!(query.page, 1);
    }

    #[test]
    fn roles_to_filter_by_are_named_once_and_in_order() {
        let query = UserQuery { role: Some("night_shift".to_owned()), ..UserQuery::default() };
        let seen = [("viewer".to_owned(), "Viewer".to_owned()), ("viewer".to_owned(), "Viewer".to_owned())];
        let names: Vec<_> = roles(&query, &seen).into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, ["Administrator", "Data analyst", "Night shift", "Operations manager", "Viewer", "Warehouse staff"]);
    }
}
