//! The address of a table holds its whole view: `/tables/us_zips?search=new&filter.state_id=NY&sort=-population&page=2`.

use leptos_router::location::Url;
use leptos_router::params::ParamsMap;
use model::table::{RowsQuery, TableContract};

/// What stands before a column's name in the address.
const FILTER: &str = "filter.";

/// The query that an address asks for. What it does not understand it takes for absent. A form adds a filter by a column and a value.
pub fn read(contract: TableContract, parameters: &ParamsMap) -> RowsQuery {
    let text = |name| parameters.get_str(name).unwrap_or_default();
    let known = |name: &str| contract.columns.iter().find(|column| column.name == name).map(|column| column.name);
    let mut query = RowsQuery { table: contract.table().to_owned(), search: text("search").trim().to_owned(), ..RowsQuery::default() };
    let set = parameters.latest_values().filter_map(|(name, value)| Some((name.strip_prefix(FILTER)?, value)));
    for (column, value) in set.chain([(text("column"), text("value"))]) {
        if let Some(column) = known(column)
            && !value.trim().is_empty()
        {
            query.filters.insert(column.to_owned(), value.trim().to_owned());
        }
    }
    let sort = text("sort");
    if known(sort.strip_prefix('-').unwrap_or(sort)).is_some() {
        sort.clone_into(&mut query.sort);
    }
    query.page = text("page").parse().unwrap_or(1).max(1);
    query
}

/// The address of a query, without what is so anyway.
pub fn write(query: &RowsQuery) -> String {
    format!("/tables/{}{}", query.table, parameters(query))
}

/// What of a query stands behind the table's name.
pub fn parameters(query: &RowsQuery) -> String {
    let mut parts = Vec::new();
    if !query.search.is_empty() {
        parts.push(format!("search={}", Url::escape(&query.search)));
    }
    for (column, value) in &query.filters {
        parts.push(format!("{FILTER}{column}={}", Url::escape(value)));
    }
    if !query.sort.is_empty() {
        parts.push(format!("sort={}", query.sort));
    }
    if query.page > 1 {
        parts.push(format!("page={}", query.page));
    }
    if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
}

// Without the feature the router escapes by the browser's functions.
#[cfg(all(test, feature = "ssr"))]
mod tests {
    use model::FileKind;

    use super::*;

    fn query(pairs: &[(&'static str, &str)]) -> RowsQuery {
        read(FileKind::UsZips.contract().table_contract(), &pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect())
    }

    #[test]
    fn an_address_leads_to_its_query_and_back() {
        let query = query(&[("search", "new y"), ("filter.state_id", "NY"), ("sort", "-population"), ("page", "2")]);
        assert_eq!((query.table.as_str(), query.search.as_str(), query.page), ("us_zips", "new y", 2));
        assert_eq!(query.filters.get("state_id").map(String::as_str), Some("NY"));
        assert_eq!(write(&query), "/tables/us_zips?search=new%20y&filter.state_id=NY&sort=-population&page=2");
    }

    #[test]
    fn a_form_adds_a_filter_to_those_that_are_set() {
        let query = query(&[("filter.state_id", "PR"), ("column", "city"), ("value", " Añasco ")]);
        assert_eq!(write(&query), "/tables/us_zips?filter.city=A%C3%B1asco&filter.state_id=PR");
    }

    #[test]
    fn what_makes_no_sense_is_absent() {
        let pairs = [("filter.nothing", "1"), ("filter.city", " "), ("column", ""), ("value", "x"), ("sort", "-colour"), ("page", "-7")];
        assert_eq!(write(&query(&pairs)), "/tables/us_zips");
    }
}
