//! The address of the history holds its whole view: `/imports?kind=us-zips&state=failed&sort=-rows&page=2`.

use leptos_router::params::ParamsMap;
use model::FileKind;
use model::run::{RunQuery, RunSort, RunState};

/// The query that an address asks for. What it does not understand it takes for absent.
pub fn read(parameters: &ParamsMap) -> RunQuery {
    let text = |name| parameters.get_str(name).unwrap_or_default();
    RunQuery {
        operation: None,
        subject: text("kind").parse::<FileKind>().ok().map(|kind| kind.name().to_owned()),
        state: text("state").parse::<RunState>().ok(),
        sort: RunSort::from_name(text("sort")),
        page: text("page").parse().unwrap_or(1).max(1),
    }
}

/// The address of a query, without what is so anyway.
pub fn write(query: &RunQuery) -> String {
    format!("/imports{}", parameters(query))
}

/// What of a query stands behind the page's address.
pub fn parameters(query: &RunQuery) -> String {
    let mut parts = Vec::new();
    if let Some(kind) = &query.subject {
        parts.push(format!("kind={kind}"));
    }
    if let Some(state) = query.state {
        parts.push(format!("state={state}"));
    }
    if query.sort != RunSort::default() {
        parts.push(format!("sort={}", query.sort.name()));
    }
    if query.page > 1 {
        parts.push(format!("page={}", query.page));
    }
    if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parameters(pairs: &[(&'static str, &str)]) -> ParamsMap {
        pairs.iter().map(|(name, value)| (*name, (*value).to_owned())).collect()
    }

    #[test]
    fn an_address_leads_to_its_query_and_back() {
        let query = read(&parameters(&[("kind", "us-zips"), ("state", "failed"), ("sort", "-rows"), ("page", "2")]));
        assert_eq!(query.subject.as_deref(), Some("us-zips"));
        assert_eq!(query.state, Some(RunState::Failed));
        assert_eq!(write(&query), "/imports?kind=us-zips&state=failed&sort=-rows&page=2");
    }

    #[test]
    fn what_makes_no_sense_is_absent() {
        let query = read(&parameters(&[("kind", "<script>"), ("state", ""), ("sort", "colour"), ("page", "-7")]));
        assert_eq!(write(&query), "/imports");
        assert_eq!(query.page, 1);
    }
}
