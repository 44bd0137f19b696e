//! What the product does: sign-in and sessions, imports, transformations, exports, runs, health.
//!
//! [`Platform::authorize`] turns a caller into an [`Authorized`] actor for one permission, and the
//! operations are that actor's methods. Pages and commands enter here alike.

mod audit;
mod authorization;
mod caller;
mod clock;
mod exports;
mod failure;
mod figures;
mod health;
mod history;
mod imports;
mod password;
mod queue;
mod rights;
mod roles;
mod runs;
mod schedule;
mod sealing;
mod second_factor;
mod session;
mod session_cache;
mod sign_in;
mod store;
mod structure;
mod supervision;
mod tables;
mod throttle;
mod transformations;
mod transit;
mod users;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use chrono::NaiveTime;
use database_connection::DatabaseUrl;
use database_data::DataPool;
use database_primary::PrimaryPool;
use model::RunId;
use tokio::sync::{Notify, Semaphore};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use authorization::{Authorized, Permit, permit};
pub use caller::{Caller, Identity};
pub use clock::Clock;
pub use exports::{Encoding, ExportVersion, ExportedFile, Stale, Taken, export_names};
pub use figures::{Figures, UnfinishedRuns};
pub use imports::{Download, Receiving, Submitted, Upload};
pub use sealing::AuthSecret;
pub use session::NewSession;
pub use session_cache::SessionCounts;
pub use store::{Store, StoreError};
pub use tables::{ExportedRow, TableExport};
pub use transformations::{ZONE_DAYS, ZoneDaysChange, transformation_names};
pub use users::{FirstAdministrator, generate_password};

/// Imports and transformations that this process works on at once; the others wait. Each holds a
/// connection to DATA and a thread, and two keep two cores busy.
const WORK_AT_ONCE: usize = 2;

/// Connections to PRIMARY that strangers and new sessions may take at once.
const ASKING_AT_ONCE: usize = 4;

/// What the platform is told by settings.
#[derive(Debug, Clone)]
pub struct Configuration {
    /// What secrets at rest are sealed with.
    pub auth_secret: AuthSecret,
    /// How long a session may be answered from memory.
    pub session_cache_ttl: Duration,
    /// How long a session goes on without being used.
    pub session_idle: Duration,
    /// How long a session lasts at most.
    pub session_length: Duration,
    /// How long what was done stays in the audit.
    pub audit_kept: Duration,
    /// PRIMARY past its pooler, where it has one: where news of changed rights are listened for.
    pub primary_direct: Option<DatabaseUrl>,
    /// Folder for files on their way in.
    pub uploads: PathBuf,
    /// Whether PRIMARY and DATA are two databases.
    pub split: bool,
    /// Whether this process works the queue of runs off and goes on looking for runs whose process has died.
    pub supervises_runs: bool,
    /// Where originals and lists of rejected rows are kept.
    pub store: Store,
    /// How long they are kept once they are not needed any more.
    pub originals_kept: Duration,
    /// When what is derived is brought up to date every day, UTC; never where not set.
    pub transform_daily: Option<NaiveTime>,
    /// When the exports are written to `exports` every day, UTC; never where not set.
    pub export_daily: Option<NaiveTime>,
    /// Where exports are written every day.
    pub exports: Store,
}

/// Everything that the product does. Cheap to clone.
#[derive(Clone)]
pub struct Platform(Arc<Inner>);

struct Inner {
    primary: PrimaryPool,
    /// For looking at the clock of rights: strangers who keep all other connections busy must not make memory worthless.
    watching: PrimaryPool,
    /// Lets only some requests at once ask PRIMARY who asks, and try to sign in: the other connections are for those who are known.
    asking: Semaphore,
    data: DataPool,
    configuration: Configuration,
    clock: Clock,
    sessions: session_cache::SessionCache,
    rights: rights::Rights,
    /// Passwords that were evaluated.
    password_evaluations: AtomicU64,
    /// The denials that were recorded a short while ago.
    denials: audit::Denials,
    /// The exports that were made last.
    exports: exports::Slots,
    /// The name under which this process holds leases.
    holder: String,
    tasks: TaskTracker,
    stopping: CancellationToken,
    work: Arc<Semaphore>,
    /// Somebody has queued a run, or a hand is free for one.
    queued: Notify,
    /// The runs that this process works on, each with what ends it.
    at_work: Mutex<HashMap<RunId, CancellationToken>>,
}

impl std::fmt::Debug for Platform {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Platform").field("holder", &self.0.holder).finish_non_exhaustive()
    }
}

impl Platform {
    /// A platform on two pools, which may lead to one database.
    pub fn new(primary: PrimaryPool, data: DataPool, configuration: Configuration) -> Self {
        Self::with_clock(primary, data, configuration, Clock::system())
    }

    /// A platform that takes the time from this clock.
    pub fn with_clock(primary: PrimaryPool, data: DataPool, configuration: Configuration, clock: Clock) -> Self {
        // Whoever was not there for longer than the idle limit is asked about again.
        let sessions = session_cache::SessionCache::new(configuration.session_cache_ttl.min(configuration.session_idle));
        Self(Arc::new(Inner {
            watching: primary.apart(),
            asking: Semaphore::new(ASKING_AT_ONCE),
            primary,
            data,
            sessions,
            rights: rights::Rights::default(),
            denials: audit::Denials::default(),
            exports: exports::Slots::default(),
            configuration,
            clock,
            password_evaluations: AtomicU64::new(0),
            // The number is the process's and its start's own, so that a later process with the same
            // number is never taken for this one.
            holder: format!("{}:{}", std::process::id(), hex::encode(rand::random::<[u8; 4]>())),
            tasks: TaskTracker::new(),
            stopping: CancellationToken::new(),
            work: Arc::new(Semaphore::new(WORK_AT_ONCE)),
            queued: Notify::new(),
            at_work: Mutex::default(),
        }))
    }

    /// Stops: runs at work end as failed with nothing changed, and background tasks end. Waits for that
    /// as long as `patience`; what is not done by then is settled by the next process.
    pub async fn stop(&self, patience: Duration) {
        self.0.stopping.cancel();
        self.0.tasks.close();
        if tokio::time::timeout(patience, self.0.tasks.wait()).await.is_err() {
            tracing::warn!("some runs did not stop in time; the next start settles them");
        }
    }

    pub(crate) fn primary(&self) -> &PrimaryPool {
        &self.0.primary
    }

    pub(crate) fn data(&self) -> &DataPool {
        &self.0.data
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.0.clock
    }

    pub(crate) fn configuration(&self) -> &Configuration {
        &self.0.configuration
    }

    pub(crate) fn rights(&self) -> &rights::Rights {
        &self.0.rights
    }

    pub(crate) fn session_cache(&self) -> &session_cache::SessionCache {
        &self.0.sessions
    }
}
