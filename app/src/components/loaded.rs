//! What comes from the server: something grey until it is there, then the content or why there is none.

use std::sync::Arc;

use leptos::prelude::*;

use super::badge::Tone;
use super::banner::Banner;
use super::failure::{Failure, SignInFirst};
use super::loading::Loading;
use crate::error::AppError;

/// Shows what a resource brings; `failed` says why it brings nothing. Loading anew leaves the old content in place.
pub fn loaded<T>(
    resource: Resource<Result<T, AppError>>,
    failed: fn(AppError) -> AnyView,
    show: impl Fn(T) -> AnyView + Send + Sync + 'static,
) -> AnyView
where
    T: Clone + Send + Sync + 'static,
{
    // Not generic over the function: whatever shows the same kind of answer shares the code around it.
    fn make<T>(
        resource: Resource<Result<T, AppError>>,
        failed: fn(AppError) -> AnyView,
        show: Arc<dyn Fn(T) -> AnyView + Send + Sync>,
    ) -> AnyView
    where
        T: Clone + Send + Sync + 'static,
    {
        view! {
            <Transition fallback=Loading>
                {move || {
                    let show = Arc::clone(&show);
                    Suspend::new(async move {
                        match resource.await {
                            Ok(value) => show(value),
                            Err(error) => failed(error),
                        }
                    })
                }}
            </Transition>
        }
        .into_any()
    }
    make(resource, failed, Arc::new(show))
}

/// For a resource that is the whole page.
pub fn failed_page(error: AppError) -> AnyView {
    view! { <Failure error /> }.into_any()
}

/// For a resource that is a part of a page.
pub fn failed_part(error: AppError) -> AnyView {
    if error.is_unauthenticated() {
        view! { <SignInFirst /> }.into_any()
    } else {
        view! { <Banner tone=Tone::Bad>{error.to_string()}</Banner> }.into_any()
    }
}
