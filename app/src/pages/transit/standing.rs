//! How the delivery matrix stands: there is none, or it is from before something changed.

use leptos::prelude::*;
use model::Permission;
use model::integration::KindContract;
use model::transformation::{Cause, Freshness};
use model::transit::MatrixState;

use crate::components::badge::Tone;
use crate::components::banner::Banner;
use crate::components::empty::Empty;
use crate::components::relations::run_address;
use crate::format;
use crate::layout::may;

/// Nothing has been asked for yet.
pub fn ready(matrix: &MatrixState) -> AnyView {
    if matches!(matrix.freshness, Freshness::Waiting | Freshness::New) {
        return never_made(matrix.freshness);
    }
    view! {
        {stale(matrix)}
        <Empty title="Type where a parcel comes from and where it goes to">
            "A ZIP has five digits, a ZIP3 its first three: " <code>"94105"</code> " to " <code>"10001"</code> ", or " <code>"941"</code> " to "
            <code>"968"</code> "."
        </Empty>
    }
    .into_any()
}

/// There is no matrix yet: what to do first, for whoever may.
pub fn never_made(freshness: Freshness) -> AnyView {
    let link = |permission: Permission, address: &'static str, words: &'static str| {
        if may(permission) { view! { <a class="link" href=address>{words}</a> }.into_any() } else { words.into_any() }
    };
    let transform = || link(Permission::TransformationsRead, "/transformations", "run the transformation delivery-matrix");
    let what = match freshness {
        Freshness::Waiting => {
            let import = link(Permission::ImportsRead, "/imports", "Import USPS standards or UPS zone charts");
            view! { {import} ", then " {transform()} "." }.into_any()
        }
        _ => view! { "The files are here. Now " {transform()} "." }.into_any(),
    };
    view! { <Empty title="The delivery matrix has never been made">{what}</Empty> }.into_any()
}

/// Says that the figures are from before something changed, and by which run.
pub fn stale(matrix: &MatrixState) -> Option<AnyView> {
    let causes = matrix.stale_by.iter().map(cause).collect::<Vec<_>>();
    let run = may(Permission::TransformationsRead).then(|| {
        view! {
            <a class="link" href="/transformations">
                "Bring the delivery matrix up to date"
            </a>
            "."
        }
    });
    (!causes.is_empty()).then(|| {
        view! {
            <Banner tone=Tone::Warning>"These figures are from before " {causes} " changed. " {run}</Banner>
        }
        .into_any()
    })
}

fn cause(cause: &Cause) -> AnyView {
    let Cause { relation, run_id } = cause;
    let is_imported = KindContract::of_relation(relation).is_some();
    let permission = if is_imported { Permission::ImportsRead } else { Permission::TransformationsRead };
    let run = run_id.as_ref().filter(|_| may(permission)).map(|run| {
        view! {
            " ("
            <a class="link" href=run_address(relation, run)>
                {format!("run {}", format::short(run.as_str()))}
            </a>
            ")"
        }
    });
    view! {
        <span class="cause">
            <code>{relation.clone()}</code>
            {run}
        </span>
    }
    .into_any()
}
