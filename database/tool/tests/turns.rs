//! Migrators at the same time, locks in the way, and holders that die: directly and through a real PgBouncer.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use database_connection::{DatabaseUrl, Pool, PoolSettings};
use database_testing::{PgBouncer, TestDatabase};
use database_tool::{Migrations, Migrator};
use futures::future::join_all;
use sqlx::{AssertSqlSafe, ConnectOptions, Executor, PgConnection};

/// The lock that migrators of this schema take, taken by somebody else.
const LOCK: &str = "SELECT pg_advisory_xact_lock(hashtextextended('migrations of schema workspace', 0))";
/// Those of this database; the view shows the whole cluster's.
const ADVISORY_LOCKS: &str = "SELECT count(*) FROM pg_locks JOIN pg_database ON pg_database.oid = database
    WHERE locktype = 'advisory' AND datname = current_database()";
const COUNT: i64 = 5;

fn migrator() -> Migrator {
    // Each migration would fail, or count twice, when applied twice. The pause gives the others time to get in between.
    let files = (1..=COUNT).flat_map(|version| {
        let up = format!("CREATE TABLE workspace.t{version} (); SELECT pg_sleep(0.02);");
        [(format!("{version:04}_t.up.sql"), up), (format!("{version:04}_t.down.sql"), format!("DROP TABLE workspace.t{version}"))]
    });
    Migrator::new("data", "workspace", Migrations::from_files(files).unwrap())
}

fn pool(url: &str) -> Pool {
    let url: DatabaseUrl = url.parse().unwrap();
    Pool::new(&url, PoolSettings { acquire_timeout: Duration::from_secs(30), ..PoolSettings::default() })
}

async fn connect(url: &str) -> PgConnection {
    url.parse::<DatabaseUrl>().unwrap().connect_options().connect().await.unwrap()
}

async fn each_migration_is_applied_once(url: &str) {
    let runs = (0..4).map(|_| {
        // A pool each, as two servers have.
        let pool = pool(url);
        tokio::spawn(async move { migrator().migrate(&pool).await })
    });
    let mut versions: Vec<i32> = Vec::new();
    for run in join_all(runs).await {
        versions.extend(run.unwrap().unwrap().iter().map(|applied| applied.version));
    }
    versions.sort_unstable();
    assert_eq!(versions, (1..=COUNT as i32).collect::<Vec<_>>());
    let pool = pool(url);
    assert!(migrator().status(&pool).await.unwrap().is_clean());
    let mut transaction = pool.begin().await.unwrap();
    let left: i64 = sqlx::query_scalar(AssertSqlSafe(format!("{ADVISORY_LOCKS} AND granted"))).fetch_one(&mut transaction).await.unwrap();
    assert_eq!(left, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn migrators_at_once_apply_each_migration_once() {
    let database = TestDatabase::create("at_once").await;
    each_migration_is_applied_once(&database.owner_url()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn migrators_at_once_behind_pgbouncer_apply_each_migration_once() {
    let database = TestDatabase::create("at_once_bounced").await;
    let bouncer = PgBouncer::start(&database).await;
    each_migration_is_applied_once(&bouncer.url()).await;
}

/// Somebody takes the lock and dies, without a word, while a migrator waits.
async fn the_lock_goes_with_its_holder(url: &str) {
    let mut holder = connect(url).await;
    holder.execute("BEGIN").await.unwrap();
    holder.execute(LOCK).await.unwrap();
    let waiting = {
        let pool = pool(url);
        tokio::spawn(async move { migrator().migrate(&pool).await })
    };
    // The migrator is known to wait once the server says so.
    let started = Instant::now();
    let waits = format!("{ADVISORY_LOCKS} AND NOT granted");
    while sqlx::query_scalar::<_, i64>(AssertSqlSafe(waits.as_str())).persistent(false).fetch_one(&mut holder).await.unwrap() == 0 {
        assert!(started.elapsed() < Duration::from_secs(10), "the migrator does not wait");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert!(!waiting.is_finished());
    // Closes the socket and nothing else.
    drop(holder);
    assert_eq!(waiting.await.unwrap().unwrap().len(), COUNT as usize);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_lock_is_gone_when_the_holders_connection_dies() {
    let database = TestDatabase::create("holder").await;
    the_lock_goes_with_its_holder(&database.owner_url()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_lock_is_gone_when_the_holders_connection_to_pgbouncer_dies() {
    let database = TestDatabase::create("holder_bounced").await;
    let bouncer = PgBouncer::start(&database).await;
    the_lock_goes_with_its_holder(&bouncer.url()).await;
}

/// A long reader is in the way for longer than one attempt waits: readers behind the migration are let through in between.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_lock_in_the_way_delays_the_migration_and_nobody_else_for_long() {
    let database = TestDatabase::create("in_the_way").await;
    let pool = database.owner_pool();
    let mut transaction = pool.begin().await.unwrap();
    transaction.run_script("CREATE SCHEMA workspace; CREATE TABLE workspace.t0 ()").await.unwrap();
    transaction.commit().await.unwrap();
    let files = [("0001_a.up.sql", "ALTER TABLE workspace.t0 ADD x int"), ("0001_a.down.sql", "ALTER TABLE workspace.t0 DROP x")];
    let migrations = Migrations::from_files(files.map(|(name, sql)| (name.to_owned(), sql.to_owned()))).unwrap();
    let migrator = Migrator::new("data", "workspace", migrations);

    let mut reader = pool.begin().await.unwrap();
    sqlx::query("SELECT FROM workspace.t0").execute(&mut reader).await.unwrap();
    let migrating = {
        let pool = pool.clone();
        tokio::spawn(async move { migrator.migrate(&pool).await })
    };
    let waits = "SELECT count(*) FROM pg_locks WHERE relation = 'workspace.t0'::regclass AND NOT granted";
    while sqlx::query_scalar::<_, i64>(waits).fetch_one(&mut reader).await.unwrap() == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    // This one queues behind the migration, which gives way after three seconds.
    let started = Instant::now();
    let mut second = pool.begin().await.unwrap();
    sqlx::query("SELECT FROM workspace.t0").execute(&mut second).await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(6), "{:?}", started.elapsed());
    second.commit().await.unwrap();
    assert!(!migrating.is_finished());
    reader.commit().await.unwrap();
    assert_eq!(migrating.await.unwrap().unwrap().len(), 1);
}
