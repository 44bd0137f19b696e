//! The private PostgreSQL as its users see it: taken, used, let go.

use database_connection::DatabaseUrl;
use tokio::runtime::Handle;
use tokio::task::spawn_blocking;

use super::account::Account;
use super::binaries::Binaries;
use super::configuration;
use super::error::PostgresError;
use super::locks::{Gate, Presence};
use super::postmaster::Postmaster;
use super::process::Server;
use super::roles::{self, Addresses, Passwords};
use crate::data_folder::DataFolder;

/// A share in the running private PostgreSQL. The last share that is let go stops it.
pub struct PrivatePostgres {
    server: Server,
    postmaster: Postmaster,
    passwords: Passwords,
    presence: Option<Presence>,
}

impl PrivatePostgres {
    /// Takes part in the running server, or starts it, making the cluster first where there is none.
    ///
    /// A server that runs without a user is left over from a process that was killed: it is stopped and started anew, so that
    /// nothing which that process had begun can still be committed.
    ///
    /// # Errors
    /// There is no PostgreSQL on this machine, its data does not fit it, or it does not start.
    pub async fn take(folder: DataFolder) -> Result<Self, PostgresError> {
        let runtime = Handle::current();
        // Runs to its end even if the caller goes away, and lets go again then.
        spawn_blocking(move || Self::take_blocking(folder, &runtime)).await.map_err(PostgresError::Interrupted)?
    }

    fn take_blocking(folder: DataFolder, runtime: &Handle) -> Result<Self, PostgresError> {
        let gate = Gate::enter(&folder)?;
        let cluster = folder.cluster();
        let account = Account::of(&cluster)?;
        let binaries = Binaries::find(&cluster)?;
        let passwords = Passwords::keep(&folder)?;
        let server = Server { folder: folder.clone(), account, binaries };
        let (presence, alone) = Presence::begin(&folder, &gate)?;
        let running = match server.running()? {
            Some(_) if alone => {
                tracing::warn!("a process that used the private PostgreSQL was killed; PostgreSQL is started anew");
                server.stop()?;
                None
            }
            running => running,
        };
        let postmaster = match running {
            Some(postmaster) => postmaster,
            None => {
                configuration::initialize(&folder, &server.account, &server.binaries, &passwords.superuser)?;
                let postmaster = server.start(None)?;
                if let Err(error) = runtime.block_on(roles::ensure(&postmaster, &passwords, &folder)) {
                    if alone && let Err(stop) = server.stop() {
                        tracing::error!(error = %stop, "the private PostgreSQL is left running");
                    }
                    return Err(error);
                }
                postmaster
            }
        };
        Ok(Self { server, postmaster, passwords, presence: Some(presence) })
    }

    /// Under which addresses the databases are reached.
    ///
    /// # Errors
    /// None in practice: the parts are made by this crate.
    pub fn addresses(&self, split: bool) -> Result<Addresses, PostgresError> {
        Addresses::new(&self.postmaster, &self.passwords, split)
    }

    /// The superuser's address, of the maintenance database.
    ///
    /// # Errors
    /// None in practice: the parts are made by this crate.
    pub fn superuser(&self) -> Result<DatabaseUrl, PostgresError> {
        roles::superuser(&self.postmaster, &self.passwords)
    }

    /// The server as it was when this share was taken.
    pub fn postmaster(&self) -> &Postmaster {
        &self.postmaster
    }

    /// What starts and stops it.
    pub(super) fn server(&self) -> &Server {
        &self.server
    }

    /// Lets go, and stops the server if nobody else uses it.
    ///
    /// # Errors
    /// It does not stop.
    pub async fn release(mut self) -> Result<(), PostgresError> {
        spawn_blocking(move || self.release_blocking()).await.map_err(PostgresError::Interrupted)?
    }

    fn release_blocking(&mut self) -> Result<(), PostgresError> {
        let Some(presence) = self.presence.take() else { return Ok(()) };
        let gate = Gate::enter(&self.server.folder)?;
        if presence.end(&gate)? { self.server.stop() } else { Ok(()) }
    }
}

/// On the ways that do not end in [`PrivatePostgres::release`]: errors and cancellation.
impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        if let Err(error) = self.release_blocking() {
            tracing::error!(%error, "the private PostgreSQL is left running");
        }
    }
}
