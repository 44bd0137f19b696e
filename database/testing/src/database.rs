//! A database of its own for each test.

use std::sync::atomic::{AtomicU32, Ordering};
use std::time::SystemTime;

use database_connection::{DatabaseUrl, Pool, PoolSettings};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection};
use url::Url;

use crate::address::{self, APP, OWNER, Role};

/// Makes both roles where they are missing. The lock is the transaction's, so several test processes may do this at once.
const MAKE_ROLES: &str = "
    BEGIN;
    SELECT pg_advisory_xact_lock(hashtext('database-testing: roles'));
    DO $$ BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{app}') THEN
            CREATE ROLE {app} LOGIN PASSWORD '{app_password}';
        END IF;
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{owner}') THEN
            CREATE ROLE {owner} LOGIN PASSWORD '{owner_password}' IN ROLE {app};
        END IF;
    END $$;
    COMMIT";

/// A database that one test has for itself. Dropped with the value, together with whatever is still connected to it.
#[derive(Debug)]
pub struct TestDatabase {
    cluster: Url,
    url: Url,
    name: String,
}

impl TestDatabase {
    /// Makes an empty database, owned by the role `handled_owner`, which is a member of `handled_app`; never the other way round.
    /// `purpose` becomes a part of its name.
    ///
    /// # Panics
    /// When `TEST_POSTGRES_URL` is not set or its server does not do what it should.
    pub async fn create(purpose: &str) -> Self {
        let cluster = address::of_cluster();
        let name = unique_name(purpose);
        let mut connection = connect(&cluster).await;
        let roles = MAKE_ROLES
            .replace("{owner}", OWNER.name)
            .replace("{app}", APP.name)
            .replace("{owner_password}", &doubled_quotes(OWNER.password))
            .replace("{app_password}", &doubled_quotes(APP.password));
        run(&mut connection, roles).await.expect("the test roles should be made");
        run(&mut connection, format!("CREATE DATABASE {name} OWNER {} TEMPLATE template0", OWNER.name))
            .await
            .expect("the test database should be made");
        connection.close().await.expect("the connection should close");
        let url = address::of_database(&cluster, &name);
        Self { cluster, url, name }
    }

    /// The database's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The address for the superuser.
    pub fn url(&self) -> String {
        self.url.to_string()
    }

    /// The address for `handled_owner`, who owns the database.
    pub fn owner_url(&self) -> String {
        self.url_for(&OWNER).to_string()
    }

    /// The address for `handled_app`, as which the application connects.
    pub fn app_url(&self) -> String {
        self.url_for(&APP).to_string()
    }

    /// A pool for the superuser.
    pub fn pool(&self) -> Pool {
        pool(&self.url)
    }

    /// A pool for `handled_owner`.
    pub fn owner_pool(&self) -> Pool {
        pool(&self.url_for(&OWNER))
    }

    /// A pool for `handled_app`.
    pub fn app_pool(&self) -> Pool {
        pool(&self.url_for(&APP))
    }

    pub(crate) fn url_for(&self, role: &Role) -> Url {
        address::for_role(&self.url, role)
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let cluster = self.cluster.clone();
        let statement = format!("DROP DATABASE IF EXISTS {} WITH (FORCE)", self.name);
        // A thread with a runtime of its own, because the test's may be the one that is ending. When this
        // fails, nothing is lost: the whole cluster is thrown away.
        let dropped = std::thread::spawn(move || -> Result<(), String> {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| error.to_string())?;
            runtime.block_on(async {
                let mut connection = options(&cluster).connect().await.map_err(|error| error.to_string())?;
                run(&mut connection, statement).await.map_err(|error| error.to_string())
            })
        });
        if let Ok(Err(error)) = dropped.join() {
            eprintln!("the test database {} is left over: {error}", self.name);
        }
    }
}

fn pool(url: &Url) -> Pool {
    Pool::new(&parsed(url), PoolSettings::default())
}

pub(crate) fn parsed(url: &Url) -> DatabaseUrl {
    url.as_str().parse().unwrap_or_else(|error| panic!("the test database's address is not accepted: {error}"))
}

fn options(url: &Url) -> sqlx::postgres::PgConnectOptions {
    parsed(url).connect_options()
}

async fn connect(url: &Url) -> PgConnection {
    options(url).connect().await.unwrap_or_else(|error| panic!("the tests' PostgreSQL cannot be reached: {error}"))
}

async fn run(connection: &mut PgConnection, sql: String) -> Result<(), sqlx::Error> {
    connection.execute(sqlx::raw_sql(AssertSqlSafe(sql))).await.map(drop)
}

fn doubled_quotes(text: &str) -> String {
    text.replace('\'', "''")
}

/// A name that no other test of this machine has, short enough for PostgreSQL's 63 bytes.
fn unique_name(purpose: &str) -> String {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let purpose: String = purpose
        .chars()
        .map(|character| if character.is_ascii_alphanumeric() { character.to_ascii_lowercase() } else { '_' })
        .take(24)
        .collect();
    let nanoseconds = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |elapsed| elapsed.as_nanos() as u64);
    format!("test_{purpose}_{}_{}_{nanoseconds:x}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed))
}
