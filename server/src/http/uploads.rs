//! `POST /api/imports`: files on their way in, streamed to disk as they come.
//!
//! A plain route, because multipart bodies of server functions know no limit. Who asks, and whether there is room, is settled before
//! the body is read.

use std::time::Duration;

use app::request::caller_of;
use axum::Extension;
use axum::body::BodyDataStream;
use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::response::{IntoResponse, Redirect, Response};
use futures::StreamExt;
use http::StatusCode;
use http::header::{CACHE_CONTROL, HeaderMap};
use model::format::grouped;
use model::preview::ImportOptions;
use model::{Error, FileKind};
use platform::{Authorized, Caller, Platform, Submitted, Upload, permit};
use serde::Serialize;
use url::form_urlencoded;

use super::failure;
use super::limits::announced;

/// How much one request may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadLimits {
    /// Bytes altogether.
    pub bytes: usize,
    /// Files.
    pub files: usize,
}

impl Default for UploadLimits {
    /// 2 GiB, of which the largest known file, compressed by nothing, is a tenth; and far more files than there are kinds of them.
    fn default() -> Self {
        Self { bytes: 2 << 30, files: 1_000 }
    }
}

/// The most bytes of a refused request that are read and thrown away, so that a browser still sending gets to see the answer.
const DRAIN_MAX_BYTES: usize = 64 * 1024 * 1024;
/// How long that may take.
const DRAIN_PATIENCE: Duration = Duration::from_secs(10);
/// The most bytes of a field that is not a file.
const FIELD_MAX_BYTES: usize = 1024;

/// A run that waits for its turn.
#[derive(Debug, Serialize)]
struct Started {
    id: String,
    /// None for a file that was refused: its run says why.
    kind: Option<FileKind>,
    /// The first file's.
    file_name: String,
    files: u64,
}

impl From<Submitted> for Started {
    fn from(submitted: Submitted) -> Self {
        Self { id: submitted.run_id.to_string(), kind: submitted.kind, file_name: submitted.file, files: submitted.files }
    }
}

#[derive(Debug, Serialize)]
struct Accepted {
    runs: Vec<Started>,
    /// Why files of the request were left out, a sentence each. They are taken all or none, so there are none so far.
    errors: Vec<String>,
}

/// What a form asks for besides its files.
#[derive(Debug, Default)]
struct Wishes {
    kind: Option<FileKind>,
    options: ImportOptions,
}

/// Why a request was refused, with the status that says so.
struct Refused(StatusCode, Error);

impl From<Error> for Refused {
    fn from(error: Error) -> Self {
        Self(StatusCode::from_u16(error.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), error)
    }
}

/// Takes files in and has them imported: a run for each kind or file.
pub async fn upload(State(platform): State<Platform>, Extension(limits): Extension<UploadLimits>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let headers = parts.headers.clone();
    let caller = caller_of(&parts);
    let permit = match platform.authorize::<permit::ImportsRun>(&caller).await {
        Ok(permit) => permit,
        Err(error) => {
            drain(body.into_data_stream()).await;
            return refuse(&headers, &error.into());
        }
    };
    if announced(&headers).is_some_and(|bytes| bytes > limits.bytes as u64) {
        return refuse(&headers, &limits.too_large());
    }
    if let Err(error) = permit.room_for(announced(&headers).unwrap_or_default()).await {
        return refuse(&headers, &no_room(error));
    }
    let taken = match Multipart::from_request(Request::from_parts(parts, body), &()).await {
        Ok(mut form) => {
            let taken = take((&platform, &caller), &permit, &mut form, limits).await;
            if taken.is_err() {
                discard(form).await;
            }
            taken
        }
        Err(rejection) => {
            tracing::debug!(%rejection, "an upload is no form");
            Err(Refused(StatusCode::BAD_REQUEST, Error::invalid("file", "The request is not a form with files (multipart/form-data).")))
        }
    };
    match taken {
        Ok(accepted) => accept(&headers, accepted),
        Err(refused) => refuse(&headers, &refused),
    }
}

/// Receives every file, then submits them together, so that a form that breaks off half-way imports nothing.
async fn take(
    (platform, caller): (&Platform, &Caller),
    permit: &Authorized<permit::ImportsRun>,
    form: &mut Multipart,
    limits: UploadLimits,
) -> Result<Accepted, Refused> {
    let mut wishes = Wishes::default();
    let mut uploads = Vec::new();
    let mut files = 0;
    while let Some(field) = form.next_field().await.map_err(|error| limits.broken(&error))? {
        match field.name() {
            Some("kind") => {
                wishes.kind = kind_of(&text(field, limits).await?)?;
                // The field stands before the files: nobody sends gigabytes to be refused.
                wishes.kind.map_or(Ok(()), |kind| permit.allow(kind))?;
            }
            Some("preview") => wishes.options.preview = text(field, limits).await? == "on",
            Some("same_bytes") => wishes.options.consent.same_bytes = text(field, limits).await? == "on",
            Some("file") if files == limits.files => return Err(limits.too_many()),
            Some("file") => {
                files += 1;
                uploads.extend(receive(permit, field, limits).await?);
            }
            _ => {}
        }
    }
    if uploads.is_empty() {
        return Err(Error::invalid("file", "Choose at least one file.").into());
    }
    // An upload may take an hour, and nobody imports in it who was disabled meanwhile.
    let permit = platform.authorize::<permit::ImportsRun>(caller).await?;
    let submitted = permit.submit(uploads, wishes.kind, wishes.options).await.map_err(no_room)?;
    Ok(Accepted { runs: submitted.into_iter().map(Started::from).collect(), errors: Vec::new() })
}

/// While files are taken in, nothing else stands in the way than the disk.
fn no_room(error: Error) -> Refused {
    match error {
        Error::Conflict { .. } => Refused(StatusCode::INSUFFICIENT_STORAGE, error),
        other => other.into(),
    }
}

/// Streams a file to disk. A form field in which nothing was chosen comes without name and content.
async fn receive(permit: &Authorized<permit::ImportsRun>, mut field: Field<'_>, limits: UploadLimits) -> Result<Option<Upload>, Refused> {
    let name = field.file_name().unwrap_or_default().to_owned();
    let mut chunk = field.chunk().await.map_err(|error| limits.broken(&error))?;
    if name.is_empty() && chunk.as_ref().is_none_or(|bytes| bytes.is_empty()) {
        return Ok(None);
    }
    let mut receiving = permit.receive(&name).await.map_err(no_room)?;
    while let Some(bytes) = chunk {
        receiving.write(&bytes).await.map_err(no_room)?;
        chunk = field.chunk().await.map_err(|error| limits.broken(&error))?;
    }
    Ok(Some(receiving.finish().await.map_err(no_room)?))
}

async fn text(mut field: Field<'_>, limits: UploadLimits) -> Result<String, Refused> {
    let mut bytes = Vec::new();
    while let Some(chunk) = field.chunk().await.map_err(|error| limits.broken(&error))? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > FIELD_MAX_BYTES {
            return Err(
                Error::invalid("arguments", "A field of the form that is no file is too long; reload the page and try again.").into()
            );
        }
    }
    Ok(String::from_utf8_lossy(&bytes).trim().to_owned())
}

fn kind_of(name: &str) -> Result<Option<FileKind>, Refused> {
    if name.is_empty() {
        return Ok(None);
    }
    name.parse().map(Some).map_err(|problem| Error::invalid("kind", format!("The kind cannot be used: {problem}.")).into())
}

impl UploadLimits {
    fn too_large(self) -> Refused {
        let size = if self.bytes < 1 << 30 { format!("{} bytes", grouped(self.bytes as u64)) } else { format!("{} GiB", self.bytes >> 30) };
        let sentence = format!("The files have more than {size} together; send fewer at a time.");
        Refused(StatusCode::PAYLOAD_TOO_LARGE, Error::invalid("file", sentence))
    }

    fn too_many(self) -> Refused {
        let sentence = format!("There are more than {} files; send fewer at a time.", grouped(self.files as u64));
        Refused(StatusCode::PAYLOAD_TOO_LARGE, Error::invalid("file", sentence))
    }

    /// What is wrong with the body: too large, cut short, or not a form.
    fn broken(self, error: &MultipartError) -> Refused {
        tracing::debug!(error = error.body_text(), "an upload broke off");
        match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => self.too_large(),
            _ => Refused(StatusCode::BAD_REQUEST, Error::invalid("file", "The files did not arrive whole; send them again.")),
        }
    }
}

fn accept(headers: &HeaderMap, accepted: Accepted) -> Response {
    if !failure::wants_page(headers) {
        return (StatusCode::ACCEPTED, [(CACHE_CONTROL, "no-store")], axum::Json(accepted)).into_response();
    }
    match (accepted.runs.as_slice(), accepted.errors.as_slice()) {
        ([only], []) => Redirect::to(&format!("/imports/runs/{}", only.id)).into_response(),
        (_, []) => Redirect::to("/imports").into_response(),
        (_, errors) => back_with(&errors.join(" ")),
    }
}

/// JSON for programs; a page that says it for forms without scripts.
fn refuse(headers: &HeaderMap, Refused(status, error): &Refused) -> Response {
    if !failure::wants_page(headers) {
        return failure::answer_with(*status, error);
    }
    match error {
        Error::Unauthenticated => failure::to_sign_in("/imports"),
        other => back_with(&other.to_string()),
    }
}

fn back_with(sentence: &str) -> Response {
    let query: String = form_urlencoded::Serializer::new(String::new()).append_pair("error", sentence).finish();
    Redirect::to(&format!("/imports?{query}")).into_response()
}

/// Reads the rest of a form that is refused.
async fn discard(mut form: Multipart) {
    let reading = async {
        let mut bytes = 0;
        while let Ok(Some(mut field)) = form.next_field().await {
            while let Ok(Some(chunk)) = field.chunk().await {
                bytes += chunk.len();
                if bytes > DRAIN_MAX_BYTES {
                    return;
                }
            }
        }
    };
    // Whether it was read to its end does not matter: the answer is the same.
    let _ = tokio::time::timeout(DRAIN_PATIENCE, reading).await;
}

async fn drain(mut body: BodyDataStream) {
    let reading = async {
        let mut bytes = 0;
        while let Some(Ok(chunk)) = body.next().await {
            bytes += chunk.len();
            if bytes > DRAIN_MAX_BYTES {
                return;
            }
        }
    };
    let _ = tokio::time::timeout(DRAIN_PATIENCE, reading).await;
}
