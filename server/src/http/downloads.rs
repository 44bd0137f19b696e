//! `GET /api/exports/{name}`: an export's file, and `GET /api/exports/{name}/sources`: where it comes from.

use app::request::caller_of;
use axum::Json;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderMap,
    IF_MODIFIED_SINCE, IF_NONE_MATCH, LAST_MODIFIED, VARY,
};
use http::{HeaderName, HeaderValue, Method, StatusCode};
use model::Error;
use model::export::{ExportSource, SOURCES_ENDING};
use model::transformation::Cause;
use platform::{Encoding, ExportVersion, ExportedFile, Platform, Stale, Taken, permit};
use url::form_urlencoded;

use super::attachment::{self, CACHING};

/// Where people find exports.
const PAGE: &str = "/exports";
/// Where the file comes from: `reference.delivery_matrix;run="...";imports="... ..."`, a table each (RFC 8941).
const SOURCES: HeaderName = HeaderName::from_static("x-handled-sources");
/// What has changed since, of a file that holds older rows than there are: `workspace.usps_3d;run="..."`.
const STALE: HeaderName = HeaderName::from_static("x-handled-stale");
/// Imports that a header names at most: proxies take some kilobytes. The file beside the export's names all.
const IMPORTS_NAMED: usize = 40;
const HTTP_DATE: &str = "%a, %d %b %Y %H:%M:%S GMT";

/// The file, or 304 where the asker has the very same bytes, which are then not made. That too is an export that somebody asked for and
/// has in hand, and it is recorded as one. `HEAD` answers the same headers and is recorded as nothing.
pub async fn download(State(platform): State<Platform>, Path(name): Path<String>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let result = async {
        let permit = platform.authorize::<permit::ExportsRead>(&caller_of(&parts)).await?;
        let stale = stale(parts.uri.query());
        let encoding = accepted(&parts.headers);
        let has = |version: &ExportVersion| is_known(&parts.headers, version);
        if parts.method == Method::HEAD {
            let file = permit.describe_export(&name, stale).await?;
            return if has(&file.version) { Ok(unchanged(&file.version)) } else { whole(&file, encoding).await };
        }
        match permit.take_export(&name, stale, has).await? {
            Taken::Unchanged(version) => Ok(unchanged(&version)),
            Taken::File(file) => whole(&file, encoding).await,
        }
    };
    result.await.unwrap_or_else(|error| attachment::refuse(&parts.headers, &error, PAGE))
}

/// Where the file comes from, as it lies beside the file where one is written to a store. Nothing is recorded.
pub async fn sources(State(platform): State<Platform>, Path(name): Path<String>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let result = async {
        let permit = platform.authorize::<permit::ExportsRead>(&caller_of(&parts)).await?;
        // What is stale is said in it.
        let file = permit.describe_export(&name, Stale::Accepted).await?;
        let disposition = attachment::disposition(&format!("{}{SOURCES_ENDING}", file.version.name));
        Ok::<_, Error>(
            ([(CACHE_CONTROL, HeaderValue::from_static(CACHING)), (CONTENT_DISPOSITION, disposition)], Json(file.sources()))
                .into_response(),
        )
    };
    result.await.unwrap_or_else(|error| attachment::refuse(&parts.headers, &error, PAGE))
}

/// Whether the address says that older rows are welcome.
fn stale(query: Option<&str>) -> Stale {
    let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    if pairs.any(|(name, value)| name == "stale" && value == "accept") { Stale::Accepted } else { Stale::Refused }
}

fn unchanged(version: &ExportVersion) -> Response {
    (StatusCode::NOT_MODIFIED, about(version, Encoding::Identity)).into_response()
}

async fn whole(file: &ExportedFile, encoding: Encoding) -> Result<Response, Error> {
    let bytes = file.encoded(encoding).await?;
    let version = &file.version;
    let mut headers = about(version, encoding);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(version.media_type));
    headers.insert(CONTENT_DISPOSITION, attachment::disposition(version.name));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    // Where it is said, the router's own compression leaves the bytes alone.
    match encoding {
        Encoding::Identity => None,
        Encoding::Gzip => headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip")),
        Encoding::Brotli => headers.insert(CONTENT_ENCODING, HeaderValue::from_static("br")),
    };
    // To a HEAD, axum sends the headers alone.
    Ok((headers, Body::from(bytes)).into_response())
}

/// The headers that the file and the answer that it is unchanged have in common.
fn about(version: &ExportVersion, encoding: Encoding) -> HeaderMap {
    let mut headers = HeaderMap::new();
    let mut add = |name, text: String| {
        if let Ok(value) = HeaderValue::from_str(&text) {
            headers.insert(name, value);
        }
    };
    add(ETAG, format!("\"{}{}\"", version.etag, ending(encoding)));
    add(LAST_MODIFIED, version.last_modified.format(HTTP_DATE).to_string());
    add(CACHE_CONTROL, CACHING.to_owned());
    add(VARY, ACCEPT_ENCODING.as_str().to_owned());
    add(SOURCES, version.sources.iter().map(source_text).collect::<Vec<_>>().join(", "));
    if version.is_stale() {
        add(STALE, version.stale_by.iter().map(cause_text).collect::<Vec<_>>().join(", "));
    }
    headers
}

/// Compressed, the bytes are others, and the tag says so.
const fn ending(encoding: Encoding) -> &'static str {
    match encoding {
        Encoding::Identity => "",
        Encoding::Gzip => "-gz",
        Encoding::Brotli => "-br",
    }
}

fn source_text(source: &ExportSource) -> String {
    let mut text = source.relation.clone();
    if let Some(run) = &source.run_id {
        text += &format!(";run=\"{run}\"");
    }
    let mut imports: Vec<&str> = source.imports.iter().map(|import| import.run_id.as_str()).collect();
    imports.sort_unstable();
    imports.dedup();
    let more = imports.len().saturating_sub(IMPORTS_NAMED);
    imports.truncate(IMPORTS_NAMED);
    text += &format!(";imports=\"{}\"", imports.join(" "));
    if more > 0 {
        text += &format!(";more={more}");
    }
    text
}

fn cause_text(cause: &Cause) -> String {
    match &cause.run_id {
        Some(run) => format!("{};run=\"{run}\"", cause.relation),
        None => cause.relation.clone(),
    }
}

/// The encoding that the asker takes and that makes the file smallest.
fn accepted(headers: &HeaderMap) -> Encoding {
    let listed = headers.get_all(ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    let mut best = Encoding::Identity;
    for listed in listed {
        let (name, weight) = listed.split_once(';').unwrap_or((listed, ""));
        // Weight nought: not this one.
        let is_refused =
            weight.trim().strip_prefix("q=").is_some_and(|weight| weight.trim().parse::<f32>().is_ok_and(|weight| weight <= 0.0));
        match (is_refused, name.trim().to_ascii_lowercase().as_str()) {
            (false, "br" | "*") => best = Encoding::Brotli,
            (false, "gzip" | "x-gzip") if best == Encoding::Identity => best = Encoding::Gzip,
            _ => {}
        }
    }
    best
}

/// Whether the asker has it, however it was sent to them. A proxy that compresses marks the tag as weak, which still means the same
/// content.
fn is_known(headers: &HeaderMap, version: &ExportVersion) -> bool {
    knows(headers, &version.etag, version.last_modified)
}

fn knows(headers: &HeaderMap, etag: &str, last_modified: DateTime<Utc>) -> bool {
    let mut listed =
        headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(',')).peekable();
    if listed.peek().is_none() {
        // The moment counts only where no tag is given (RFC 9110). Its fractions of a second were not sent.
        let since = headers.get(IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
        let since = since.and_then(|text| DateTime::parse_from_rfc2822(text).ok());
        return since.is_some_and(|since| last_modified.timestamp() <= since.timestamp());
    }
    listed.map(str::trim).any(|candidate| {
        let tag = candidate.trim_start_matches("W/").trim_matches('"');
        let known = [Encoding::Identity, Encoding::Gzip, Encoding::Brotli].map(ending);
        candidate == "*" || known.iter().any(|ending| tag.strip_suffix(ending) == Some(etag))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_known_by_its_tag_in_every_spelling_and_else_by_its_moment() {
        let at = DateTime::parse_from_rfc3339("2026-11-20T16:00:00.7Z").expect("a time").to_utc();
        let with = |name: HeaderName, value: &str| {
            let headers = HeaderMap::from_iter([(name, value.parse().expect("a value"))]);
            knows(&headers, "abc", at)
        };
        for tag in ["\"abc\"", "W/\"abc\"", "\"x\", \"abc\"", "\"abc-br\"", "\"abc-gz\"", "*"] {
            assert!(with(IF_NONE_MATCH, tag), "{tag}");
        }
        assert!(!with(IF_NONE_MATCH, "\"ab\"") && !with(IF_NONE_MATCH, "\"abc-x\"") && !knows(&HeaderMap::new(), "abc", at));
        assert!(with(IF_MODIFIED_SINCE, &at.format(HTTP_DATE).to_string()));
        assert!(!with(IF_MODIFIED_SINCE, "Fri, 20 Nov 2026 15:59:59 GMT") && !with(IF_MODIFIED_SINCE, "yesterday"));
        let both = HeaderMap::from_iter([
            (IF_NONE_MATCH, HeaderValue::from_static("\"other\"")),
            (IF_MODIFIED_SINCE, HeaderValue::from_static("Sat, 21 Nov 2026 00:00:00 GMT")),
        ]);
        assert!(!knows(&both, "abc", at), "the tag wins");
    }

    #[test]
    fn the_smallest_accepted_encoding_is_chosen() {
        for (value, encoding) in [
            ("", Encoding::Identity),
            ("identity", Encoding::Identity),
            ("gzip, deflate, br", Encoding::Brotli),
            ("deflate, gzip;q=0.8", Encoding::Gzip),
            ("br;q=0, gzip", Encoding::Gzip),
            ("gzip;q=0.0", Encoding::Identity),
        ] {
            assert_eq!(accepted(&HeaderMap::from_iter([(ACCEPT_ENCODING, value.parse().expect("a value"))])), encoding, "{value}");
        }
    }

    #[test]
    fn only_the_very_words_accept_what_is_stale() {
        assert_eq!(
            (stale(None), stale(Some("stale=1")), stale(Some("x=1&stale=accept"))),
            (Stale::Refused, Stale::Refused, Stale::Accepted)
        );
    }
}
