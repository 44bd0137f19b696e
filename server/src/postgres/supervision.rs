//! Keeping the private PostgreSQL alive while the server serves.

use std::time::Duration;

use tokio::task::{JoinHandle, spawn_blocking};
use tokio_util::sync::CancellationToken;

use super::cluster::PrivatePostgres;
use super::error::PostgresError;
use super::locks::Gate;
use super::postmaster::Postmaster;
use super::process::Server;

/// How often it is looked at. The server is no child of this process, so nobody tells when it dies.
const LOOK_EVERY: Duration = Duration::from_millis(500);

impl PrivatePostgres {
    /// Starts the server again, on the same port and socket, whenever it dies; until told to stop.
    pub fn supervise(&self, stop: CancellationToken) -> JoinHandle<()> {
        let server = self.server().clone();
        let first = self.postmaster().clone();
        tokio::spawn(async move {
            let mut known = first;
            let mut ticks = tokio::time::interval(LOOK_EVERY);
            ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
            let mut complained = false;
            loop {
                tokio::select! {
                    () = stop.cancelled() => return,
                    _ = ticks.tick() => {}
                }
                if known.is_alive(&server.folder.cluster()) {
                    continue;
                }
                let (server, port) = (server.clone(), known.port);
                match spawn_blocking(move || revive(&server, port)).await {
                    Ok(Ok(postmaster)) => {
                        tracing::warn!(port, "the private PostgreSQL had died and was started again");
                        known = postmaster;
                        complained = false;
                    }
                    // Said once, not twice a second.
                    Ok(Err(error)) if !complained => {
                        tracing::error!(%error, "the private PostgreSQL has died and does not start again; trying on");
                        complained = true;
                    }
                    Ok(Err(_)) => {}
                    Err(error) => tracing::error!(%error, "starting the private PostgreSQL again was cut short"),
                }
            }
        })
    }
}

fn revive(server: &Server, port: u16) -> Result<Postmaster, PostgresError> {
    let _gate = Gate::enter(&server.folder)?;
    // Another user of it may have been quicker.
    match server.running()? {
        Some(postmaster) => Ok(postmaster),
        None => server.start(Some(port)),
    }
}
