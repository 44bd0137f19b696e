//! Pools and transactions against a real PostgreSQL.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::{Duration, Instant};

use database_connection::{DatabaseUrl, Pool, PoolSettings, is_lock_timeout, is_unique_violation, is_unreachable};
use database_testing::TestDatabase;
use sqlx::Row;

type Result = std::result::Result<(), sqlx::Error>;

fn small_pool(url: &str, max_connections: u32) -> Pool {
    let url: DatabaseUrl = url.parse().unwrap();
    Pool::new(&url, PoolSettings { max_connections, acquire_timeout: Duration::from_secs(5), ..PoolSettings::default() })
}

async fn count(pool: &Pool, table: &str) -> i64 {
    let mut transaction = pool.begin_read_only().await.unwrap();
    let sql = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
    sqlx::query_scalar(sql).fetch_one(&mut transaction).await.unwrap()
}

async fn make_table(pool: &Pool) -> Result {
    let mut transaction = pool.begin().await?;
    transaction.run_script("CREATE TABLE thing (id int PRIMARY KEY); INSERT INTO thing VALUES (1)").await?;
    transaction.commit().await
}

#[tokio::test]
async fn commits_and_rolls_back() -> Result {
    let database = TestDatabase::create("commit").await;
    let pool = small_pool(&database.owner_url(), 1);
    make_table(&pool).await?;
    let mut transaction = pool.begin().await?;
    sqlx::query("INSERT INTO thing VALUES ($1)").bind(2).execute(&mut transaction).await?;
    transaction.commit().await?;
    assert_eq!(count(&pool, "thing").await, 2);

    let mut transaction = pool.begin().await?;
    sqlx::query("INSERT INTO thing VALUES ($1)").bind(3).execute(&mut transaction).await?;
    transaction.rollback().await?;
    assert_eq!(count(&pool, "thing").await, 2);

    // Dropped; the pool's only connection must come back clean.
    let mut transaction = pool.begin().await?;
    sqlx::query("INSERT INTO thing VALUES ($1)").bind(4).execute(&mut transaction).await?;
    drop(transaction);
    assert_eq!(count(&pool, "thing").await, 2);
    Ok(())
}

/// PostgreSQL answers `COMMIT` after a failed statement with a rollback that sqlx takes for success.
#[tokio::test]
async fn a_failed_transaction_does_not_seem_to_commit() -> Result {
    let database = TestDatabase::create("failed").await;
    let pool = small_pool(&database.owner_url(), 1);
    make_table(&pool).await?;
    let mut transaction = pool.begin().await?;
    sqlx::query("INSERT INTO thing VALUES (5)").execute(&mut transaction).await?;
    let error = sqlx::query("INSERT INTO thing VALUES (1)").execute(&mut transaction).await.unwrap_err();
    assert!(is_unique_violation(&error) && !is_lock_timeout(&error) && !is_unreachable(&error));
    assert!(transaction.commit().await.is_err());
    assert_eq!(count(&pool, "thing").await, 1);
    Ok(())
}

#[tokio::test]
async fn a_savepoint_saves() -> Result {
    let database = TestDatabase::create("savepoint").await;
    let pool = small_pool(&database.owner_url(), 1);
    make_table(&pool).await?;
    let mut transaction = pool.begin().await?;
    sqlx::query("INSERT INTO thing VALUES (2)").execute(&mut transaction).await?;
    transaction.savepoint("here").await?;
    assert!(sqlx::query("INSERT INTO thing VALUES (1)").execute(&mut transaction).await.is_err());
    transaction.rollback_to("here").await?;
    sqlx::query("INSERT INTO thing VALUES (3)").execute(&mut transaction).await?;
    transaction.release("here").await?;
    transaction.commit().await?;
    assert_eq!(count(&pool, "thing").await, 3);
    Ok(())
}

#[tokio::test]
async fn copies_in_and_streams_out() -> Result {
    let database = TestDatabase::create("copy").await;
    let pool = small_pool(&database.owner_url(), 1);
    make_table(&pool).await?;
    let mut transaction = pool.begin().await?;
    let mut sink = transaction.copy_in("COPY thing FROM STDIN").await?;
    sink.send(&b"10\n11\n12\n"[..]).await?;
    assert_eq!(sink.finish().await?, 3);
    // A refused COPY leaves a transaction that can be rolled back, and a connection that can be used.
    transaction.savepoint("copy").await?;
    let mut sink = transaction.copy_in("COPY thing FROM STDIN").await?;
    sink.send(&b"not a number\n"[..]).await?;
    assert!(sink.finish().await.is_err());
    transaction.rollback_to("copy").await?;
    let rows = sqlx::query("SELECT id FROM thing ORDER BY id").fetch_all(&mut transaction).await?;
    assert_eq!(rows.iter().map(|row| row.get::<i32, _>(0)).collect::<Vec<_>>(), [1, 10, 11, 12]);
    // An abandoned COPY neither.
    drop(transaction.copy_in("COPY thing FROM STDIN").await?);
    drop(transaction);
    assert_eq!(count(&pool, "thing").await, 1);
    Ok(())
}

#[tokio::test]
async fn a_read_only_transaction_changes_nothing() -> Result {
    let database = TestDatabase::create("read_only").await;
    let pool = small_pool(&database.owner_url(), 1);
    make_table(&pool).await?;
    let mut transaction = pool.begin_read_only().await?;
    let error = sqlx::query("INSERT INTO thing VALUES (2)").execute(&mut transaction).await.unwrap_err();
    assert_eq!(error.as_database_error().and_then(|error| error.code()).as_deref(), Some("25006"));
    Ok(())
}

#[tokio::test]
async fn waits_for_locks_as_long_as_it_is_told() -> Result {
    let database = TestDatabase::create("locks").await;
    let pool = small_pool(&database.owner_url(), 3);
    make_table(&pool).await?;
    let mut holder = pool.begin().await?;
    sqlx::query("LOCK TABLE thing").execute(&mut holder).await?;
    let started = Instant::now();
    let mut waiter = pool.begin_with_lock_timeout(Duration::from_millis(100)).await?;
    let error = sqlx::query("SELECT FROM thing").execute(&mut waiter).await.unwrap_err();
    assert!(is_lock_timeout(&error), "{error}");
    assert!(started.elapsed() < Duration::from_secs(3));
    drop(waiter);
    // The setting is the transaction's, not the connection's.
    for _ in 0..2 {
        let mut next = pool.begin().await?;
        assert_eq!(sqlx::query_scalar::<_, String>("SHOW lock_timeout").fetch_one(&mut next).await?, "0");
    }
    Ok(())
}

/// A restart of the server kills every idle connection: nobody may notice.
#[tokio::test]
async fn takes_another_connection_when_idle_ones_are_gone() -> Result {
    let database = TestDatabase::create("gone").await;
    let pool = small_pool(&database.owner_url(), 4);
    let mut open = Vec::new();
    for _ in 0..4 {
        open.push(pool.begin().await?);
    }
    for transaction in open {
        transaction.rollback().await?;
    }
    let admin = database.pool();
    for attempt in 0..2 {
        let mut transaction = admin.begin().await?;
        let killed: i64 = sqlx::query_scalar(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        .fetch_one(&mut transaction)
        .await?;
        transaction.commit().await?;
        assert!(killed > 0, "nothing was connected");
        if attempt == 0 {
            pool.begin().await?.commit().await?;
        } else {
            pool.ping(Duration::from_secs(5)).await?;
        }
    }
    Ok(())
}

/// A statement whose caller has gone away must neither hold the connection for ever nor hand it on half-used.
#[tokio::test]
async fn an_interrupted_statement_does_not_spoil_the_connection() -> Result {
    let database = TestDatabase::create("interrupted").await;
    let pool = small_pool(&database.owner_url(), 1);
    for _ in 0..3 {
        let interrupted = tokio::time::timeout(Duration::from_millis(50), async {
            let mut transaction = pool.begin().await?;
            sqlx::query("SELECT pg_sleep($1)").bind(0.4).execute(&mut transaction).await
        });
        assert!(interrupted.await.is_err());
        let mut transaction = pool.begin().await?;
        let answer: i32 = sqlx::query_scalar("SELECT $1::int").bind(42).fetch_one(&mut transaction).await?;
        assert_eq!(answer, 42);
        transaction.commit().await?;
    }
    Ok(())
}

#[tokio::test]
async fn says_that_nobody_answers() {
    // Nothing listens on port 1.
    let url: DatabaseUrl = "postgres://me:secret@127.0.0.1:1/x?sslmode=disable".parse().unwrap();
    let pool = Pool::new(&url, PoolSettings { acquire_timeout: Duration::from_millis(200), ..PoolSettings::default() });
    let error = pool.begin().await.unwrap_err();
    assert!(is_unreachable(&error) && error.to_string().contains("refused"), "{error}");
    // A server that accepts and then says nothing.
    let silent = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("postgres://me@127.0.0.1:{}/x?sslmode=disable", silent.local_addr().unwrap().port());
    let pool = small_pool(&url, 1);
    let started = Instant::now();
    let error = pool.ping(Duration::from_millis(200)).await.unwrap_err();
    assert!(is_unreachable(&error), "{error}");
    assert!(started.elapsed() < Duration::from_secs(2));
    assert!(!format!("{pool:?}").contains("secret"));
    pool.close().await;
    assert!(is_unreachable(&pool.begin().await.unwrap_err()));
}

/// Connections are few in production: the address's limit is kept.
#[tokio::test]
async fn keeps_to_the_connection_limit() -> Result {
    let database = TestDatabase::create("limit").await;
    let url: DatabaseUrl = format!("{}?connection_limit=2", database.app_url()).parse().unwrap();
    let settings = PoolSettings { max_connections: 10, acquire_timeout: Duration::from_millis(300), ..PoolSettings::default() };
    let pool = Pool::new(&url, settings);
    let _one = pool.begin().await?;
    let _two = pool.begin().await?;
    assert!(matches!(pool.begin().await, Err(sqlx::Error::PoolTimedOut)));
    Ok(())
}

/// sqlx 0.9 cannot run these without naming a statement: the error has to say what to write instead.
#[tokio::test]
async fn types_of_the_schema_are_cast() -> Result {
    let database = TestDatabase::create("types").await;
    let pool = small_pool(&database.owner_url(), 1);
    let mut transaction = pool.begin().await?;
    transaction.run_script("CREATE TYPE mood AS ENUM ('calm'); CREATE TABLE day (mood mood); INSERT INTO day VALUES ('calm')").await?;
    transaction.savepoint("before").await?;
    let error = sqlx::query("SELECT mood FROM day").fetch_one(&mut transaction).await.unwrap_err();
    assert!(error.to_string().contains("$1::text::mood"), "{error}");
    transaction.rollback_to("before").await?;
    let mood: String =
        sqlx::query_scalar("SELECT mood::text FROM day WHERE mood = $1::text::mood").bind("calm").fetch_one(&mut transaction).await?;
    assert_eq!(mood, "calm");
    Ok(())
}
