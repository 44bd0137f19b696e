//! Refuses changes that another site's page asks this site for in a signed-in user's name.

use axum::extract::Request;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{HOST, ORIGIN};
use http::request::Parts;
use http::{HeaderName, StatusCode, Uri};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

const SENTENCE: &str = "This request came from another site's page and was refused. Open the platform itself and try there.\n";

/// Lets a request pass unless a browser says that another site is behind it.
pub async fn refuse(request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    if parts.method.is_safe() || is_own(&parts) {
        next.run(Request::from_parts(parts, body)).await
    } else {
        (StatusCode::FORBIDDEN, SENTENCE).into_response()
    }
}

/// A browser says by `Sec-Fetch-Site` what it saw itself, and is then taken at its word: the `Host` of a request that comes through a
/// proxy may be another than the one in the browser's address. Browsers that do not know the header send `Origin`, which is
/// compared with the host. Programs that are no browsers send neither, and have no cookies to abuse.
fn is_own(parts: &Parts) -> bool {
    let text = |name: &HeaderName| parts.headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if let Some(site) = text(&SEC_FETCH_SITE) {
        return matches!(site, "same-origin" | "none");
    }
    let host = text(&HOST).or_else(|| parts.uri.authority().map(|authority| authority.as_str()));
    text(&ORIGIN).is_none_or(|origin| {
        let origin = origin.parse::<Uri>().ok();
        let authority = origin.as_ref().and_then(|origin| origin.authority()).map(|authority| authority.as_str());
        authority.is_some() && authority.map(str::to_ascii_lowercase) == host.map(str::to_ascii_lowercase)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn own(headers: &[(&str, &str)]) -> bool {
        let mut request = http::Request::post("/api/x");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        is_own(&request.body(()).expect("a request").into_parts().0)
    }

    #[test]
    fn only_this_sites_pages_and_programs_pass() {
        let host = ("host", "127.0.0.1:3000");
        assert!(own(&[host]));
        assert!(own(&[host, ("sec-fetch-site", "same-origin"), ("origin", "http://127.0.0.1:3000")]));
        assert!(own(&[("host", "Handled.Example"), ("origin", "https://handled.example")]));
        assert!(own(&[host, ("sec-fetch-site", "none")]));
        for site in ["cross-site", "same-site", "", "\u{e9}"] {
            assert!(!own(&[host, ("sec-fetch-site", site)]), "{site}");
        }
        for origin in
            ["null", "", "http://127.0.0.1:3001", "https://evil.example", "http://127.0.0.1:3000.evil.example", "127.0.0.1:3000/x"]
        {
            assert!(!own(&[host, ("origin", origin)]), "{origin}");
        }
        assert!(!own(&[("origin", "http://127.0.0.1:3000")]), "no host to compare with");
    }

    #[test]
    fn what_the_browser_saw_counts_more_than_the_host_that_a_proxy_passes_on() {
        let proxied = [("host", "127.0.0.1:3000"), ("origin", "https://handled.example")];
        let table = [
            (None, false),
            (Some("same-origin"), true),
            (Some("none"), true),
            (Some("same-site"), false),
            (Some("cross-site"), false),
            (Some("anything"), false),
        ];
        for (site, passes) in table {
            let headers: Vec<_> = proxied.into_iter().chain(site.map(|site| ("sec-fetch-site", site))).collect();
            assert_eq!(own(&headers), passes, "{site:?}");
        }
        // And the other way round: the right host does not make another site's request one's own.
        let same_host = [("host", "handled.example"), ("origin", "https://handled.example"), ("sec-fetch-site", "cross-site")];
        assert!(!own(&same_host));
    }
}
