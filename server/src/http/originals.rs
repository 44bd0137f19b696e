//! `GET /api/imports/{run}/files/{ordinal}`: a file as it came in. `GET /api/imports/{run}/rejects.csv`: the rows of it that were rejected.

use app::request::caller_of;
use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::response::Response;
use http::request::Parts;
use model::{Error, RunId};
use platform::{Download, Platform, permit};

use super::attachment;

/// Bytes of which nothing is said, so that a browser never shows a web page that somebody has uploaded as a file.
const BYTES: &str = "application/octet-stream";

/// The original file, while it is kept.
pub async fn original(State(platform): State<Platform>, Path((run, ordinal)): Path<(String, String)>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let found = async {
        let permit = platform.authorize::<permit::ImportsRead>(&caller_of(&parts)).await?;
        let ordinal = ordinal.parse().map_err(|_| Error::not_found(format!("file {} of this run", ordinal.escape_default())))?;
        permit.original(&RunId::new(run), ordinal).await
    };
    answer(&parts, found.await.map(|download| Download { media_type: BYTES, ..download }))
}

/// The list of rejected rows, which can be corrected and sent again.
pub async fn rejects(State(platform): State<Platform>, Path(run): Path<String>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let found = async {
        let permit = platform.authorize::<permit::ImportsRead>(&caller_of(&parts)).await?;
        permit.rejects(&RunId::new(run)).await
    };
    answer(&parts, found.await)
}

fn answer(parts: &Parts, found: Result<Download, Error>) -> Response {
    match found {
        Ok(Download { name, media_type, bytes, content }) => attachment::answer(&name, media_type, bytes, Body::from_stream(content)),
        Err(error) => attachment::refuse(&parts.headers, &error, "/imports"),
    }
}
