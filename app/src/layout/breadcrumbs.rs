//! Where the page stands among the others.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::format;

/// The pages above this one and this one, from its address.
fn crumbs(path: &str) -> Vec<(String, String)> {
    let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
    let page = |name: &str| match name {
        "imports" => Some("Imports"),
        "transformations" => Some("Transformations"),
        "exports" => Some("Exports"),
        "transit" => Some("Transit"),
        "tables" => Some("Tables"),
        "roles" => Some("Roles"),
        "databases" => Some("Databases"),
        "users" => Some("Users"),
        "account" => Some("My account"),
        _ => None,
    };
    let crumb = |name: &str, title: &str| (title.to_owned(), format!("/{name}"));
    match segments.as_slice() {
        [] => vec![("Overview".to_owned(), "/".to_owned())],
        [name] => page(name).map(|title| crumb(name, title)).into_iter().collect(),
        [name, "runs", id] => {
            let list = page(name).map(|title| crumb(name, title));
            list.into_iter().chain([(format!("Run {}", format::short(id)), path.to_owned())]).collect()
        }
        ["transformations", "zone-days"] => {
            vec![crumb("transformations", "Transformations"), ("Zone days".to_owned(), path.to_owned())]
        }
        ["roles", id] => vec![crumb("roles", "Roles"), (if *id == "new" { "New role" } else { "Role" }.to_owned(), path.to_owned())],
        ["users", "new"] => vec![crumb("users", "Users"), ("Add a user".to_owned(), path.to_owned())],
        ["users", id] => vec![crumb("users", "Users"), (format!("User {}", format::short(id)), path.to_owned())],
        ["tables", table] => vec![crumb("tables", "Tables"), ((*table).to_owned(), path.to_owned())],
        _ => Vec::new(),
    }
}

/// Links to the pages above; the last is this page.
#[component]
pub fn Breadcrumbs() -> impl IntoView {
    let path = use_location().pathname;
    let links = move || {
        let crumbs = crumbs(&path.get());
        let last = crumbs.len().saturating_sub(1);
        crumbs
            .into_iter()
            .enumerate()
            .map(|(index, (title, address))| {
                view! {
                    <li>
                        <a href=address aria-current=(index == last).then_some("page")>
                            {title}
                        </a>
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <nav class="crumbs" aria-label="Breadcrumbs">
            <ol>{links}</ol>
        </nav>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_stands_below_its_list() {
        let titles = |path| crumbs(path).into_iter().map(|(title, _)| title).collect::<Vec<_>>();
        assert_eq!(titles("/"), ["Overview"]);
        assert_eq!(titles("/imports"), ["Imports"]);
        assert_eq!(titles("/imports/runs/0197-deadbeef"), ["Imports", "Run deadbeef"]);
        assert_eq!(titles("/transformations/zone-days"), ["Transformations", "Zone days"]);
        assert_eq!(titles("/tables/us_zips"), ["Tables", "us_zips"]);
        assert!(titles("/nowhere").is_empty());
    }
}
