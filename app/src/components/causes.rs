//! By what something is stale: what has changed since, and the run that changed it.

use leptos::prelude::*;
use model::Permission;
use model::transformation::Cause;

use super::lineage::ZONE_DAYS_PAGE;
use super::relations::{relation_name, run_address, to_see_runs};
use crate::format;
use crate::layout::may;

/// What has changed since, a line each, with a link to the run that changed it for those who may see it.
pub fn causes(stale_by: &[Cause]) -> AnyView {
    let lines = stale_by
        .iter()
        .map(|cause| {
            let by = match &cause.run_id {
                Some(run) => {
                    let words = format!("run {}", format::short(run.as_str()));
                    let run = if may(to_see_runs(&cause.relation)) {
                        view! {
                            <a class="link" href=run_address(&cause.relation, run)>
                                {words}
                            </a>
                        }
                        .into_any()
                    } else {
                        words.into_any()
                    };
                    view! { " was changed by " {run} }.into_any()
                }
                None if cause.relation.starts_with("config.") && !may(Permission::TransformationsRead) => {
                    " was changed by people".into_any()
                }
                None if cause.relation.starts_with("config.") => view! {
                    " was changed by people ("
                    <a class="link" href=ZONE_DAYS_PAGE>
                        "zone days"
                    </a>
                    ")"
                }
                .into_any(),
                None => " has changed".into_any(),
            };
            view! { <li>{relation_name(cause.relation.clone())} {by}</li> }.into_any()
        })
        .collect::<Vec<_>>();
    view! { <ul class="sentences">{lines}</ul> }.into_any()
}
