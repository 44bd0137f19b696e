//! A platform for the duration of a command: the databases are opened before and closed after it, however it ends.

use std::pin::pin;
use std::time::Duration;

use model::audit::Origin;
use nix::unistd::geteuid;
use platform::{Caller, Identity, Platform};
use tokio_util::sync::CancellationToken;

use crate::configuration::configuration;
use crate::databases::Databases;
use crate::failure::Failure;
use crate::postgres::name_of;
use crate::settings::Settings;

/// Connections of a command to each database at most.
const CONNECTIONS: u32 = 4;
/// How long interrupted work may take to be undone and recorded.
const PATIENCE: Duration = Duration::from_secs(10);

/// Whoever runs this process.
pub fn system_caller() -> Caller {
    Caller { identity: Identity::System(name_of(geteuid())), origin: Origin::default() }
}

/// The name under which what a command does is recorded.
pub fn system_name() -> String {
    format!("system:{}", name_of(geteuid()))
}

/// Opens the databases, does the work, and closes them. Ctrl-C has runs undo what they began and the work come to its end: what it
/// then answers counts. Work of several parts looks at `stop` before it begins another.
///
/// # Errors
/// The databases cannot be had, or the work fails.
pub async fn with_platform<T>(
    settings: &Settings,
    name: &str,
    stop: CancellationToken,
    work: impl AsyncFnOnce(&Platform, &Caller) -> Result<T, Failure>,
) -> Result<T, Failure> {
    let databases = open(settings, &stop).await?;
    let result = Box::pin(on_databases(settings, name, &databases, &stop, work)).await;
    let closed = databases.close().await;
    let value = result?;
    closed.map(|()| value)
}

/// Opens the databases, unless Ctrl-C comes first: what was begun is then taken back.
///
/// # Errors
/// The databases cannot be had.
pub async fn open(settings: &Settings, stop: &CancellationToken) -> Result<Databases, Failure> {
    let databases = tokio::select! {
        databases = Databases::open(settings) => databases?,
        () = stop.cancelled() => return Err(Failure::Interrupted),
    };
    if let Some(notice) = databases.notice() {
        tracing::warn!("{notice}");
    }
    Ok(databases)
}

async fn on_databases<T>(
    settings: &Settings,
    name: &str,
    databases: &Databases,
    stop: &CancellationToken,
    work: impl AsyncFnOnce(&Platform, &Caller) -> Result<T, Failure>,
) -> Result<T, Failure> {
    tokio::select! {
        ready = databases.ready(false) => ready?,
        () = stop.cancelled() => return Err(Failure::Interrupted),
    }
    let pools = databases.pools(name, CONNECTIONS, CONNECTIONS);
    let configuration = configuration(settings, databases.folder(), false)?;
    let platform = Platform::new(pools.primary.clone(), pools.data.clone(), configuration);
    let caller = system_caller();
    let mut working = pin!(async {
        platform.start().await?;
        work(&platform, &caller).await
    });
    let result = tokio::select! {
        result = &mut working => {
            platform.stop(PATIENCE).await;
            result
        }
        () = stop.cancelled() => {
            // Runs hear that they are to stop, undo what they began, and record that they failed; one that is past that point succeeds.
            let (ended, ()) = tokio::join!(tokio::time::timeout(PATIENCE, &mut working), platform.stop(PATIENCE));
            match ended {
                Ok(Err(failure)) => Err(Failure::InterruptedWith(failure.sentence())),
                Ok(result) => result,
                Err(_) => Err(Failure::Unsettled),
            }
        }
    };
    pools.close().await;
    result
}
