//! Transit: from one place to another in how many days, by every service of every carrier. The address holds what is asked for.

mod answer;
mod form;
mod standing;

use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use leptos_router::location::Url;
use leptos_router::params::ParamsMap;
use model::transit::{MatrixState, Transit as Answer, TransitQuery};
use model::{Error, Permission};

use crate::api::{get_transit_matrix, look_up_transit};
use crate::components::failure::Failure;
use crate::components::loaded::{failed_part, loaded};
use crate::components::page::PageHead;
use crate::error::AppError;
use crate::layout::may;
use answer::answered;
use form::form;
use standing::ready;

/// What the server was asked, with its answer.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
enum Looked {
    /// Nothing yet: only how the matrix stands.
    Ready(MatrixState),
    /// Codes that are none: the fields say so.
    Refused,
    Answered(Box<Answer>),
}

async fn look(query: TransitQuery) -> Result<Looked, AppError> {
    if query.is_empty() {
        return get_transit_matrix().await.map(Looked::Ready);
    }
    match query.codes() {
        Ok(_) => look_up_transit(query.from, query.to).await.map(|answer| Looked::Answered(Box::new(answer))),
        Err(_) => Ok(Looked::Refused),
    }
}

fn read(parameters: &ParamsMap) -> TransitQuery {
    let text = |name| parameters.get_str(name).unwrap_or_default().trim().to_owned();
    TransitQuery { from: text("from"), to: text("to") }
}

fn address(query: &TransitQuery) -> String {
    if query.is_empty() {
        return "/transit".to_owned();
    }
    format!("/transit?from={}&to={}", Url::escape(&query.from), Url::escape(&query.to))
}

/// The transit page.
#[component]
pub fn Transit() -> impl IntoView {
    if !may(Permission::TransitRead) {
        return view! { <Failure error=AppError::Refused(Error::Forbidden { permission: Permission::TransitRead }) /> }.into_any();
    }
    let parameters = use_query_map();
    let query = Memo::new(move |_| parameters.with(read));
    let wrong = Memo::new(move |_| query.with(|query| if query.is_empty() { None } else { query.codes().err() }));
    #[cfg(feature = "ssr")]
    if let Some(error) = wrong.get_untracked() {
        crate::request::refuse(error);
    }
    let looked = Resource::new(move || query.get(), look);
    let answer = loaded(looked, failed_part, |looked| match looked {
        Looked::Ready(matrix) => ready(&matrix),
        Looked::Refused => ().into_any(),
        Looked::Answered(answer) => answered(*answer),
    });
    view! {
        <PageHead title="Transit" purpose="Business days from one place to another, by every service of every carrier, and where each figure comes from." />
        {form(query, wrong)}
        {answer}
    }
    .into_any()
}
