//! Every page is rendered by one task, with all that its rendering spawns.
//!
//! The framework spawns what loads a page's data and what waits for it as tasks of their own, and lets them meet in signals whose
//! locks are only *tried*: two tasks that meet in the same moment on two threads lose a change, and the page then waits forever for
//! data that has long been there. One page in some twenty thousand did. Tasks that never run at the same time cannot meet.

use std::future::poll_fn;
use std::pin::pin;
use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

use any_spawner::{CustomExecutor, Executor, PinnedFuture, PinnedLocalFuture};
use app::App;
use axum::body::{Body, to_bytes};
use axum::response::Response;
use futures::stream::{FuturesUnordered, StreamExt};
use leptos_axum::{AxumRouteListing, generate_route_list};

use super::failure;
use crate::fault::fault;

tokio::task_local! {
    static PAGE: Arc<Spawned>;
}

/// What a page's rendering has spawned and nobody has polled yet.
#[derive(Default)]
struct Spawned(Mutex<Vec<PinnedFuture<()>>>);

impl Spawned {
    fn tasks(&self) -> MutexGuard<'_, Vec<PinnedFuture<()>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Gives what is spawned while a page is rendered to that page, and everything else to the runtime.
struct PageExecutor;

impl CustomExecutor for PageExecutor {
    fn spawn(&self, task: PinnedFuture<()>) {
        match PAGE.try_with(Arc::clone) {
            Ok(page) => page.tasks().push(task),
            Err(_) => drop(tokio::spawn(task)),
        }
    }

    fn spawn_local(&self, task: PinnedLocalFuture<()>) {
        drop(tokio::task::spawn_local(task));
    }

    fn poll_local(&self) {}
}

/// The pages there are.
///
/// Listing them renders the application without data, and whatever another thread would render meanwhile would stay without data as
/// well: so it is done once, before anything can be rendered.
pub fn pages() -> Vec<AxumRouteListing> {
    static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| {
        if Executor::init_custom_executor(PageExecutor).is_err() {
            tracing::error!("something else runs the tasks of pages already; some pages may never end");
        }
        generate_route_list(App)
    });
    PAGES.clone()
}

/// The answer with a page that is rendered to its end, or why there is none.
pub async fn whole(answer: impl Future<Output = Response>) -> Response {
    let whole = async {
        let (parts, body) = answer.await.into_parts();
        match to_bytes(body, usize::MAX).await {
            Ok(bytes) => Response::from_parts(parts, Body::from(bytes)),
            Err(error) => failure::answer(&fault("rendering a page", &error)),
        }
    };
    together(whole).await
}

/// Does the work and whatever it spawns in one task. What is still at it when the work is done is dropped.
async fn together<T>(work: impl Future<Output = T>) -> T {
    let spawned = Arc::new(Spawned::default());
    let page = Arc::clone(&spawned);
    let both = async move {
        let mut work = pin!(work);
        let mut running = FuturesUnordered::new();
        poll_fn(move |context| {
            loop {
                if let Poll::Ready(result) = work.as_mut().poll(context) {
                    return Poll::Ready(result);
                }
                running.extend(spawned.tasks().drain(..));
                // What wakes the work here wakes this task, which then comes back to it.
                while let Poll::Ready(Some(())) = running.poll_next_unpin(context) {}
                if spawned.tasks().is_empty() {
                    return Poll::Pending;
                }
            }
        })
        .await
    };
    PAGE.scope(page, both).await
}

#[cfg(test)]
mod tests {
    use futures::channel::oneshot;

    use super::*;

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn what_work_spawns_runs_in_its_task_and_ends_with_it() {
        pages();
        let dropped = Arc::new(());
        let held = Arc::clone(&dropped);
        let work = async move {
            let own = tokio::task::id();
            let (first, hears) = oneshot::channel();
            Executor::spawn(async move {
                let (second, inner) = oneshot::channel();
                // Spawned by what was spawned, and waiting for something that another thread does.
                Executor::spawn(async move {
                    tokio::task::spawn_blocking(|| ()).await.expect("ended");
                    second.send(tokio::task::id()).expect("heard");
                });
                first.send((tokio::task::id(), inner.await.expect("said"))).expect("heard");
            });
            Executor::spawn(async move {
                std::future::pending::<()>().await;
                drop(held);
            });
            Executor::tick().await;
            (own, hears.await.expect("said"))
        };
        let (own, (first, second)) = tokio::spawn(together(work)).await.expect("done");
        assert_eq!((own, own), (first, second), "all in the one task");
        assert_eq!(Arc::strong_count(&dropped), 1, "nothing is left behind");

        let (said, hears) = oneshot::channel();
        Executor::spawn(async move { said.send(()).expect("heard") });
        hears.await.expect("runs outside of a page as well");
    }
}
