//! What stands around every page of somebody who is signed in.

mod account;
mod breadcrumbs;
mod impersonation;
mod menus;
mod navigation;
mod theme_switch;
mod work;

use leptos::prelude::*;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_location;
use model::Permission;
use model::session::SignedIn;

use crate::api::current_user;
use crate::components::failure::{Failure, SignInFirst};
use crate::components::loading::Loading;
use account::AccountMenu;
use breadcrumbs::Breadcrumbs;
use impersonation::{impersonation, second_factor_first};
use menus::close_menus;
use navigation::{Drawer, Navigation};
pub use navigation::{Mark, first_page};
use theme_switch::ThemeSwitch;
pub use work::{Work, use_work};
use work::{provide_work, work_menu};

/// Who is signed in, for the pages inside the frame.
#[derive(Clone, Copy)]
struct Reader(RwSignal<Option<SignedIn>>);

/// Whether the person who looks at the page may do this. Pages use it to leave out what would be refused; the server decides.
pub fn may(permission: Permission) -> bool {
    let Reader(reader) = expect_context();
    reader.with_untracked(|reader| reader.as_ref().is_some_and(|reader| reader.may(permission)))
}

/// Sidebar and top bar around the page, for somebody who is signed in; anybody else is led to the sign-in page.
#[component]
pub fn Frame() -> impl IntoView {
    // Provided here and not where it is known: pages belong to the route, not to the place where they are shown.
    let reader = Reader(RwSignal::new(None));
    provide_context(reader);
    provide_work(reader);
    let user = Resource::new(|| (), |()| current_user());
    close_menus();
    view! {
        <Suspense fallback=Loading>
            {move || Suspend::new(async move {
                match user.await {
                    Ok(Some(user)) => {
                        reader.0.set(Some(user.clone()));
                        let due = user.second_factor_due;
                        view! { <Surroundings user>{pages(due)}</Surroundings> }.into_any()
                    }
                    Ok(None) => view! { <SignInFirst /> }.into_any(),
                    Err(error) => view! {
                        <main class="alone" id="content">
                            <Failure error />
                        </main>
                    }
                        .into_any(),
                }
            })}
        </Suspense>
    }
}

/// The page; while a second factor is due, nothing but one's account.
fn pages(second_factor_due: bool) -> AnyView {
    if !second_factor_due {
        return view! { <Outlet /> }.into_any();
    }
    let path = use_location().pathname;
    let is_account = Memo::new(move |_| path.with(|path| path == "/account"));
    (move || if is_account.get() { view! { <Outlet /> }.into_any() } else { second_factor_first() }).into_any()
}

/// The frame itself.
#[component]
pub fn Surroundings(
    /// Who is signed in.
    user: SignedIn,
    /// The page.
    children: Children,
) -> impl IntoView {
    let permissions = user.permissions.clone();
    let impersonation = impersonation(&user);
    view! {
        // External to the router, which would scroll there and leave the focus behind.
        <a class="skip-link" href="#content" rel="external">
            "Skip to the content"
        </a>
        <div class="frame">
            <div class="sidebar">
                <Navigation permissions=permissions.clone() label="Main" />
            </div>
            <header class="topbar">
                <Drawer permissions />
                <Breadcrumbs />
                {work_menu()}
                <ThemeSwitch />
                <AccountMenu user />
            </header>
            <main class="content" id="content" tabindex="-1">
                {impersonation}
                {children()}
            </main>
        </div>
    }
}
