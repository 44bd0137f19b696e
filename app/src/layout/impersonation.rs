//! While somebody looks as another user, every page says so; and while a second factor is due, every page but one's account.

use icondata_lu as lu;
use leptos::prelude::*;
use leptos_meta::Title;
use model::session::{Impersonator, SignedIn};

use crate::components::icon::Icon;
use crate::components::time::Coming;

/// As whom the reader looks, until when, and the way out of it.
pub fn impersonation(user: &SignedIn) -> Option<AnyView> {
    let Impersonator { until, .. } = user.impersonator.as_ref()?;
    let banner = view! {
        <div class="banner banner-warning impersonation" role="status">
            <Icon icon=lu::LuVenetianMask />
            <div class="grow min-w-0 break-words">
                {format!("You look as {} ({}) until ", user.name, user.email)} <Coming at=*until today=true />
                ". What you do is recorded under your own name."
            </div>
            // Not an action of the router's: everything on the page is somebody else's, so the browser loads a new one.
            <form method="post" action="/api/stop-impersonating">
                <button type="submit" class="btn">
                    "Stop"
                </button>
            </form>
        </div>
    };
    Some(banner.into_any())
}

/// What stands in the place of every page until a second factor is set up.
pub fn second_factor_first() -> AnyView {
    view! {
        <Title text="Set up a second factor first" />
        <div class="failure">
            <h1 class="page-title">"Set up a second factor first"</h1>
            <p>
                "One of your roles requires a second factor: a code from an app on your telephone beside your password. Until it is set up, nothing but your own account opens. It takes about two minutes."
            </p>
            <a class="btn btn-primary" href="/account#second-factor">
                "Set up the second factor"
            </a>
        </div>
    }
    .into_any()
}
