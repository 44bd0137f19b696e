//! Transformations: what there is, running them, and what people decide for them.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use model::RunId;
use model::matrix::ZoneDaysState;
use model::transformation::{Lineage, Requested, TransformationState};
use serde::{Deserialize, Serialize};

use crate::error::AppError;
use crate::json::Json;

/// Every transformation with what it reads, what it has published and its latest run.
///
/// # Errors
/// [`model::Error`]: not signed in, without `transformations:read`, a database out of reach.
#[server(prefix = "/api", endpoint = "transformations/list", input = GetUrl, output = Json)]
pub async fn list_transformations() -> Result<Vec<TransformationState>, AppError> {
    use crate::request::{Asked, answer};
    use platform::permit::TransformationsRead;

    let result = async { Asked::current()?.authorize::<TransformationsRead>().await?.transformations().await };
    answer(result.await)
}

/// How files become answers: every table, transformation and export, what is made from what, and how each stands.
///
/// # Errors
/// As [`list_transformations`].
#[server(prefix = "/api", endpoint = "transformations/lineage", input = GetUrl, output = Json)]
pub async fn get_lineage() -> Result<Lineage, AppError> {
    use crate::request::{Asked, answer};
    use platform::permit::TransformationsRead;

    let result = async { Asked::current()?.authorize::<TransformationsRead>().await?.lineage().await };
    answer(result.await)
}

/// The lineage as a picture, and every transformation: what the page of transformations shows.
///
/// # Errors
/// As [`list_transformations`].
#[server(prefix = "/api", endpoint = "transformations/page", input = GetUrl, output = Json)]
pub async fn get_transformations() -> Result<DrawnTransformations, AppError> {
    use crate::components::lineage::picture;
    use crate::request::{Asked, answer};
    use platform::permit::TransformationsRead;

    let result = async {
        let state = Asked::current()?.authorize::<TransformationsRead>().await?.lineage_and_transformations().await?;
        Ok(DrawnTransformations { picture: picture(&state.lineage), list: state.list })
    };
    answer(result.await)
}

/// What the page of transformations shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DrawnTransformations {
    /// The lineage as HTML.
    pub picture: String,
    /// Every transformation, each after those whose tables it reads.
    pub list: Vec<TransformationState>,
}

/// Has transformations run in the background: the one of this name, or, for `stale` and `all`, those. Answers their runs; what was queued
/// or at work already is answered as it is. A form that was sent without scripts goes to the run's page, or back to the list.
///
/// # Errors
/// [`model::Error`]: not signed in, without `transformations:run`, no such transformation, a database out of reach.
#[server(prefix = "/api", endpoint = "transformations/start", output = Json)]
pub async fn start_transformation(name: String) -> Result<Requested, AppError> {
    use crate::plain_form::settle;
    use crate::request::Asked;
    use model::transformation::Wanted;
    use platform::permit::TransformationsRun;

    let wanted = match name.as_str() {
        "stale" => Wanted::Stale,
        "all" => Wanted::All,
        _ => Wanted::One(name),
    };
    let result = async { Asked::current()?.authorize::<TransformationsRun>().await?.request(&wanted).await };
    settle(result.await, server_side::PAGE, |requested| match requested.runs.as_slice() {
        [(_, id)] => server_side::run_page(id),
        _ => server_side::PAGE.to_owned(),
    })
}

/// Ends a run of a transformation that is queued or at work; nothing of it is published.
///
/// # Errors
/// [`model::Error`]: not signed in, without `transformations:run`, no such run, one that has ended, a database out of reach.
#[server(prefix = "/api", endpoint = "transformations/cancel", output = Json)]
pub async fn cancel_transformation(id: RunId) -> Result<(), AppError> {
    use crate::plain_form::settle;
    use crate::request::Asked;
    use platform::permit::TransformationsRun;

    let result = async { Asked::current()?.authorize::<TransformationsRun>().await?.cancel(&id).await };
    let page = server_side::run_page(&id);
    settle(result.await, &page, |()| page.clone())
}

/// The days that zones are taken to mean, and what was made from older ones.
///
/// # Errors
/// [`model::Error`]: not signed in, without `transformations:read`, PRIMARY out of reach.
#[server(prefix = "/api", endpoint = "zone-days/list", input = GetUrl, output = Json)]
pub async fn list_zone_days() -> Result<ZoneDaysState, AppError> {
    use crate::request::{Asked, answer};
    use platform::permit::TransformationsRead;

    let result = async { Asked::current()?.authorize::<TransformationsRead>().await?.zone_days_state().await };
    answer(result.await)
}

/// Sets the business days that a zone is taken to mean, where they are `expected` now; both empty for no estimate. Answers the run that
/// copies them to where they are needed. A form that was sent without scripts goes back to its page, which says what came of it and keeps
/// what was typed.
///
/// # Errors
/// [`model::Error`]: not signed in, without `transformations:edit`, days that are not plausible, somebody else was quicker, PRIMARY out of
/// reach.
#[server(prefix = "/api", endpoint = "zone-days/set", output = Json)]
pub async fn set_zone_days(
    carrier: String,
    service: String,
    zone: String,
    #[server(default)] expected: String,
    #[server(default)] days: String,
) -> Result<Requested, AppError> {
    use crate::components::lineage::ZONE_DAYS_PAGE;
    use crate::plain_form::settle;
    use crate::request::Asked;
    use leptos_router::location::Url;
    use platform::ZoneDaysChange;
    use platform::permit::TransformationsEdit;

    let of = format!("{carrier} {service} {zone}");
    let typed = format!("{ZONE_DAYS_PAGE}?zone={}&days={}", Url::escape(&of), Url::escape(&days));
    let result = async {
        let editor = Asked::current()?.authorize::<TransformationsEdit>().await?;
        let (expected, days) = (server_side::days("expected", &expected)?, server_side::days("days", &days)?);
        editor.set_zone_days(&ZoneDaysChange { carrier, service, zone, expected, days }).await
    };
    settle(result.await, &typed, |_| format!("{ZONE_DAYS_PAGE}?saved={}", Url::escape(&of)))
}

/// Gives a zone of a UPS service that has no days yet some, or says of it that nobody dares to; the rest is as with [`set_zone_days`].
///
/// # Errors
/// As [`set_zone_days`]; also where the zone has days already.
#[server(prefix = "/api", endpoint = "zone-days/add", output = Json)]
pub async fn add_zone(service: String, zone: String, #[server(default)] days: String) -> Result<Requested, AppError> {
    use crate::components::lineage::ZONE_DAYS_PAGE;
    use crate::plain_form::settle;
    use crate::request::Asked;
    use leptos_router::location::Url;
    use model::Error;
    use model::matrix::UPS;
    use platform::ZoneDaysChange;
    use platform::permit::TransformationsEdit;

    let of = format!("{UPS} {service} {}", zone.trim());
    let typed = format!("{ZONE_DAYS_PAGE}?add={}&service={}&days={}", Url::escape(&zone), Url::escape(&service), Url::escape(&days));
    let result = async {
        let editor = Asked::current()?.authorize::<TransformationsEdit>().await?;
        let (zone, days) = (zone.trim().to_owned(), server_side::days("days", &days)?);
        let change = ZoneDaysChange { carrier: UPS.to_owned(), service, zone, expected: None, days };
        editor.set_zone_days(&change).await.map_err(|error| match error {
            // Whoever adds a zone has not seen what it means.
            Error::Conflict { .. } => Error::conflict(format!("{of} has days already. Change them in its row.")),
            error => error,
        })
    };
    settle(result.await, &typed, |_| format!("{ZONE_DAYS_PAGE}?saved={}", Url::escape(&of)))
}

#[cfg(feature = "ssr")]
mod server_side {
    use model::{Error, RunId};

    use crate::plain_form::page_of;

    /// The page of all transformations.
    pub const PAGE: &str = "/transformations";

    /// The page of a run.
    pub fn run_page(id: &RunId) -> String {
        page_of("/transformations/runs", id.as_str())
    }

    /// Days as a form has them: empty where there is no estimate.
    ///
    /// # Errors
    /// [`Error::Invalid`] for anything but a number.
    pub fn days(field: &str, text: &str) -> Result<Option<u8>, Error> {
        match text.trim() {
            "" => Ok(None),
            text => text.parse().map(Some).map_err(|_| {
                Error::invalid(field, format!("{text:?} is no number of days. Type a whole number, or nothing for no estimate."))
            }),
        }
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::server_side::days;

    #[test]
    fn days_are_a_number_or_nothing() {
        assert_eq!(days("days", " 4 "), Ok(Some(4)));
        assert_eq!(days("days", ""), Ok(None));
        let refused = days("days", "four").expect_err("no number");
        assert_eq!(refused.of_field("days"), Some("\"four\" is no number of days. Type a whole number, or nothing for no estimate."));
        assert!(days("days", "4.5").is_err() && days("days", "-1").is_err() && days("days", "256").is_err());
    }
}
