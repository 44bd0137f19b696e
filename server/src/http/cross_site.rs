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

/// Browsers send both headers with every change; programs that are no browsers send neither, and have no cookies to abuse.
fn is_own(parts: &Parts) -> bool {
    let text = |name: &HeaderName| parts.headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let from_here = text(&SEC_FETCH_SITE).is_none_or(|site| matches!(site, "same-origin" | "none"));
    let host = text(&HOST).or_else(|| parts.uri.authority().map(|authority| authority.as_str()));
    let same_host = text(&ORIGIN).is_none_or(|origin| {
        let origin = origin.parse::<Uri>().ok();
        let authority = origin.as_ref().and_then(|origin| origin.authority()).map(|authority| authority.as_str());
        authority.is_some() && authority.map(str::to_ascii_lowercase) == host.map(str::to_ascii_lowercase)
    });
    from_here && same_host
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
}
