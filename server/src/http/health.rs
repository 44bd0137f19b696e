//! `GET /api/health`, for monitors: anybody may ask.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::CACHE_CONTROL;
use model::health::Status;
use platform::Platform;

/// 200 while people can work, 503 while they cannot.
pub async fn health(State(platform): State<Platform>) -> Response {
    let health = platform.health().await;
    let status = match health.status {
        Status::Healthy | Status::Degraded => StatusCode::OK,
        Status::Unhealthy => StatusCode::SERVICE_UNAVAILABLE,
    };
    (status, [(CACHE_CONTROL, "no-store")], Json(health)).into_response()
}
