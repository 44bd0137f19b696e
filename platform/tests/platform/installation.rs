//! An installation for one test: databases of its own, migrated, with the roles of production.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use chrono::NaiveTime;
use database_connection::{Pool, PoolSettings};
use database_data::DataPool;
use database_primary::PrimaryPool;
use database_testing::{PgBouncer, TestDatabase};
use model::audit::Origin;
use model::preview::ImportOptions;
use model::role::RoleDraft;
use model::run::RunDetail;
use model::transformation::Wanted;
use model::user::NewUser;
use model::{FileKind, Permission, Role, RoleId, RunId, UserId};
use platform::{AuthSecret, Authorized, Caller, Clock, Configuration, Identity, Permit, Platform, Stale, Store, permit};
use tempfile::TempDir;

/// Where the two pools lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Two databases.
    Split,
    /// One database with all four schemas.
    Single,
    /// One database behind PgBouncer in transaction mode.
    SingleBehindPgBouncer,
}

pub struct Installation {
    pub platform: Platform,
    pub primary: TestDatabase,
    /// None in single mode, where it is PRIMARY.
    second: Option<TestDatabase>,
    pgbouncer: Option<PgBouncer>,
    folder: TempDir,
    configuration: Configuration,
    clock: Clock,
    server: Mutex<Option<Platform>>,
}

pub const PASSWORD: &str = "correct horse battery";

impl Installation {
    pub async fn new(mode: Mode) -> Self {
        Self::with_clock(mode, Clock::system()).await
    }

    pub async fn with_clock(mode: Mode, clock: Clock) -> Self {
        let primary = TestDatabase::create("primary").await;
        let second = if mode == Mode::Split { Some(TestDatabase::create("data").await) } else { None };
        let data = second.as_ref().unwrap_or(&primary);
        let migrator = database_primary::migrator().expect("migrations in order");
        migrator.migrate(&primary.owner_pool()).await.expect("PRIMARY migrates");
        migrator.grant(&primary.owner_pool(), "handled_app", database_primary::PRIVILEGES).await.expect("PRIMARY grants");
        let migrator = database_data::migrator(Some("handled_app".to_owned())).expect("migrations in order");
        migrator.migrate(&data.owner_pool()).await.expect("DATA migrates");

        let pgbouncer = if mode == Mode::SingleBehindPgBouncer { Some(PgBouncer::start(&primary).await) } else { None };
        let pool = |database: &TestDatabase| match &pgbouncer {
            Some(pgbouncer) => Pool::new(&pgbouncer.app_url().parse().expect("an address"), PoolSettings::default()),
            None => database.app_pool(),
        };
        let folder = TempDir::new().expect("a folder");
        let configuration = Configuration {
            auth_secret: AuthSecret::new("a secret of tests, thirty-two bytes and more").expect("long enough"),
            session_cache_ttl: Duration::from_secs(30),
            session_idle: Duration::from_secs(2 * 3600),
            session_length: Duration::from_secs(12 * 3600),
            audit_kept: Duration::from_secs(400 * 24 * 3600),
            primary_direct: None,
            uploads: folder.path().join("uploads"),
            split: mode == Mode::Split,
            supervises_runs: false,
            store: Store::folder(&folder.path().join("store")).expect("a store"),
            originals_kept: Duration::from_secs(90 * 24 * 3600),
            transform_daily: None,
            export_daily: None,
            exports: Store::folder(&folder.path().join("exports")).expect("a store"),
        };
        let platform =
            Platform::with_clock(PrimaryPool::new(pool(&primary)), DataPool::new(pool(data)), configuration.clone(), clock.clone());
        Self { platform, primary, second, pgbouncer, folder, configuration, clock, server: Mutex::default() }
    }

    pub fn data(&self) -> &TestDatabase {
        self.second.as_ref().unwrap_or(&self.primary)
    }

    pub async fn system<P: Permit>(&self) -> Authorized<P> {
        self.platform.authorize(&system()).await.expect("a command may do everything")
    }

    /// Creates a user with a role and signs in.
    pub async fn signed_in(&self, email: &str, role: Role) -> Caller {
        self.user(email, &[role.id()]).await;
        self.sign_in(email).await
    }

    /// Creates a user with these roles and [`PASSWORD`].
    pub async fn user(&self, email: &str, roles: &[&str]) -> UserId {
        let roles = roles.iter().map(|role| (*role).to_owned()).collect();
        let user = NewUser { email: email.to_owned(), name: "Test".to_owned(), roles };
        let creator = self.system::<permit::UsersCreate>().await;
        creator.create_user_with_password(user, PASSWORD.to_owned()).await.expect("a new user")
    }

    /// Another session of a user, as from another browser.
    pub async fn sign_in(&self, email: &str) -> Caller {
        let session = self.platform.sign_in(&Caller::default(), email, PASSWORD, "").await.expect("signs in");
        with_token(&session.token)
    }

    /// Creates a role that allows this.
    pub async fn role(&self, name: &str, permissions: &[Permission]) -> RoleId {
        let permissions = permissions.iter().map(ToString::to_string).collect();
        let draft = RoleDraft { name: name.to_owned(), permissions, ..RoleDraft::default() };
        self.system::<permit::RolesEdit>().await.save_role(&draft).await.expect("a new role")
    }

    /// Another process on the same PRIMARY, which it reaches in the same way.
    pub fn beside(&self, change: impl FnOnce(&mut Configuration)) -> Platform {
        let url = self.pgbouncer.as_ref().map_or_else(|| self.primary.app_url(), PgBouncer::app_url);
        self.beside_at(&url, change)
    }

    /// Another process, which reaches PRIMARY at this address.
    pub fn beside_at(&self, url: &str, change: impl FnOnce(&mut Configuration)) -> Platform {
        let mut configuration = self.configuration.clone();
        change(&mut configuration);
        let primary = Pool::new(&url.parse().expect("an address"), PoolSettings::default());
        let data = self.data().app_pool();
        Platform::with_clock(PrimaryPool::new(primary), DataPool::new(data), configuration, self.clock.clone())
    }

    pub fn file(&self, name: &str, content: &[u8]) -> PathBuf {
        let path = self.folder.path().join(name);
        std::fs::write(&path, content).expect("writes a file");
        path
    }

    pub async fn import(&self, name: &str, content: &[u8], kind: Option<FileKind>) -> RunDetail {
        self.import_with(name, content, kind, ImportOptions::default()).await
    }

    pub async fn import_with(&self, name: &str, content: &[u8], kind: Option<FileKind>, options: ImportOptions) -> RunDetail {
        let runs = Box::pin(self.import_all(&[(name, content.to_vec())], kind, options)).await;
        runs.into_iter().next().expect("a run")
    }

    /// Imports files that are sent together.
    pub async fn import_all(&self, files: &[(&str, Vec<u8>)], kind: Option<FileKind>, options: ImportOptions) -> Vec<RunDetail> {
        let actor = self.system::<permit::ImportsRun>().await;
        let mut uploads = Vec::new();
        for (name, content) in files {
            uploads.push(actor.local_file(&self.file(name, content)).await.expect("a file"));
        }
        // Boxed: every test's future holds this one.
        Box::pin(actor.import(uploads, kind, options)).await.expect("runs")
    }

    /// Works on a queued run in this process until it has ended or waits.
    pub async fn work_off(&self, id: &RunId) {
        self.platform.work_off(id).await.expect("works");
    }

    /// Lets a second process supervise runs and work the queue off, as a server does.
    pub async fn supervise(&self) {
        let server = self.server(None);
        server.start().await.expect("starts");
        *self.server.lock().expect("a server") = Some(server);
    }

    /// A server that has not started yet, with the time of day at which it brings everything up to date.
    pub fn server(&self, transform_daily: Option<NaiveTime>) -> Platform {
        let configuration = Configuration { supervises_runs: true, transform_daily, ..self.configuration.clone() };
        let data = self.data().app_pool();
        Platform::with_clock(PrimaryPool::new(self.primary.app_pool()), DataPool::new(data), configuration, self.clock.clone())
    }

    /// A server that has not started yet, with the time of day at which it writes the exports to [`Installation::exports`].
    pub fn exporting_server(&self, export_daily: NaiveTime) -> Platform {
        let configuration = Configuration { supervises_runs: true, export_daily: Some(export_daily), ..self.configuration.clone() };
        let data = self.data().app_pool();
        Platform::with_clock(PrimaryPool::new(self.primary.app_pool()), DataPool::new(data), configuration, self.clock.clone())
    }

    /// Where servers write exports every day.
    pub fn exports(&self) -> PathBuf {
        self.folder.path().join("exports")
    }

    /// The run once it has ended.
    pub async fn ended(&self, id: &RunId) -> RunDetail {
        let reader = self.system::<permit::ImportsRead>().await;
        self.until(async || reader.run(id).await.expect("a run").run.state.is_final()).await;
        reader.run(id).await.expect("a run")
    }

    /// Waits for a condition.
    pub async fn until(&self, condition: impl AsyncFn() -> bool) {
        let waiting = async {
            while !condition().await {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(60), waiting).await.expect("it comes true");
    }

    pub async fn zip3(&self) -> RunDetail {
        self.transform("zip3").await
    }

    /// Runs a transformation and what it needs first; answers its own run.
    pub async fn transform(&self, name: &str) -> RunDetail {
        let runner = self.system::<permit::TransformationsRun>().await;
        let runs = runner.request_and_wait(&Wanted::One(name.to_owned())).await.expect("runs");
        runs.into_iter().last().expect("a run")
    }

    pub async fn export(&self) -> Vec<u8> {
        self.system::<permit::ExportsRead>().await.export("zip3-reference.json", Stale::Refused).await.expect("an export").bytes().to_vec()
    }
}

/// Whoever shows this token.
pub fn with_token(token: &str) -> Caller {
    Caller { identity: Identity::Session(token.to_owned()), origin: Origin::default() }
}

/// How often, by default and in a soak.
pub fn times(default: usize, soak: usize) -> usize {
    if std::env::var_os("HANDLED_SOAK").is_some() { soak } else { default }
}

pub fn system() -> Caller {
    Caller { identity: Identity::System("tester".to_owned()), origin: Origin::default() }
}

/// One value from a database, asked as its superuser.
pub async fn ask<T>(database: &TestDatabase, sql: &'static str) -> T
where
    T: Send + Unpin + for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres>,
{
    let mut transaction = database.pool().begin().await.expect("a transaction");
    sqlx::query_scalar(sql).fetch_one(&mut transaction).await.expect(sql)
}

/// A statement that changes rows, as the database's superuser.
pub async fn run(database: &TestDatabase, sql: &'static str) {
    let mut transaction = database.pool().begin().await.expect("a transaction");
    sqlx::query(sql).execute(&mut transaction).await.expect(sql);
    transaction.commit().await.expect("committed");
}
