//! `GET /api/exports/{name}`: an export's file.

use std::convert::Infallible;

use app::request::caller_of;
use axum::body::{Body, Bytes};
use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use futures::stream;
use http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, HeaderMap, IF_NONE_MATCH};
use http::{HeaderName, HeaderValue, StatusCode};
use model::Error;
use model::export::EXPORTS;
use platform::{Platform, permit};
use sha2::{Digest, Sha256};

use super::attachment::{self, CACHING};

/// Where people find exports.
const PAGE: &str = "/exports";

/// The file, or 304 where the asker has the very same bytes. That too is an export that somebody asked for and has in hand, and
/// it is recorded as one: only the bytes tell whether they are the same, so the file has been made by then.
pub async fn download(State(platform): State<Platform>, Path(name): Path<String>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let permit = match platform.authorize::<permit::ExportsRead>(&caller_of(&parts)).await {
        Ok(permit) => permit,
        Err(error) => return attachment::refuse(&parts.headers, &error, PAGE),
    };
    let file = match permit.export(&name).await {
        Ok(file) => file,
        Err(error) => return attachment::refuse(&parts.headers, &error, PAGE),
    };
    let tag = tag_of(&file.bytes);
    let caching = [(ETAG, tag.clone()), (CACHE_CONTROL, CACHING.to_owned())];
    if is_known(&parts.headers, &tag) {
        return (StatusCode::NOT_MODIFIED, caching).into_response();
    }
    (caching, about(file.name, file.media_type), file.bytes).into_response()
}

/// What a download would be like, without making the file: nothing is exported, so no run is recorded. Length and tag are left out,
/// because only the file would tell.
pub async fn describe(State(platform): State<Platform>, Path(name): Path<String>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    if let Err(error) = platform.authorize::<permit::ExportsRead>(&caller_of(&parts)).await {
        return attachment::refuse(&parts.headers, &error, PAGE);
    }
    match EXPORTS.iter().find(|contract| contract.name == name) {
        Some(contract) => {
            // A body of unknown length, so that no length is announced.
            let nothing = Body::from_stream(stream::empty::<Result<Bytes, Infallible>>());
            ([(CACHE_CONTROL, CACHING.to_owned())], about(contract.name, contract.media_type), nothing).into_response()
        }
        None => attachment::refuse(&parts.headers, &Error::not_found(format!("export {name}")), PAGE),
    }
}

fn about(name: &str, media_type: &'static str) -> [(HeaderName, HeaderValue); 2] {
    [(CONTENT_TYPE, HeaderValue::from_static(media_type)), (CONTENT_DISPOSITION, attachment::disposition(name))]
}

/// The same bytes have the same tag.
fn tag_of(bytes: &[u8]) -> String {
    let digest: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("\"{digest}\"")
}

/// Whether the asker has it. A proxy that compresses marks the tag as weak, which still means the same content.
fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let listed = headers.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    listed.map(str::trim).any(|candidate| candidate == "*" || candidate.trim_start_matches("W/") == tag)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_known_in_every_spelling() {
        let tag = tag_of(b"x");
        assert_eq!(tag.len(), 66);
        let known = |value: &str| is_known(&HeaderMap::from_iter([(IF_NONE_MATCH, value.parse().expect("a value"))]), &tag);
        assert!(known(&tag) && known(&format!("W/{tag}")) && known(&format!("\"a\", {tag}")) && known("*"));
        assert!(!known("\"a\"") && !is_known(&HeaderMap::new(), &tag));
    }
}
