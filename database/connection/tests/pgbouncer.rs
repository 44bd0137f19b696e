//! The same through a real PgBouncer in transaction mode, in its default configuration.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::HashSet;
use std::time::Duration;

use database_connection::{DatabaseUrl, Pool, PoolSettings};
use database_testing::{PgBouncer, TestDatabase};
use futures::future::try_join_all;
use sqlx::{ConnectOptions, Row};

const TASKS: i64 = 8;
const QUERIES_PER_TASK: i64 = 125;

fn pool(url: &str) -> Pool {
    let url: DatabaseUrl = url.parse().unwrap();
    assert!(url.pgbouncer());
    Pool::new(&url, PoolSettings { max_connections: 8, acquire_timeout: Duration::from_secs(30), ..PoolSettings::default() })
}

/// One of several different statements, with parameters of its own; fails when the answer is another statement's.
async fn ask(pool: &Pool, task: i64, number: i64) -> Result<(), sqlx::Error> {
    let mut transaction = pool.begin().await?;
    match number % 5 {
        0 => {
            let sum: i64 = sqlx::query_scalar("SELECT $1::bigint + $2::bigint").bind(task).bind(number).fetch_one(&mut transaction).await?;
            assert_eq!(sum, task + number);
        }
        1 => {
            let row = sqlx::query("SELECT $1::text AS text, $2::float8 AS float")
                .bind(format!("{task}/{number}"))
                .bind(0.1 + number as f64)
                .fetch_one(&mut transaction)
                .await?;
            assert_eq!(row.get::<String, _>("text"), format!("{task}/{number}"));
            assert_eq!(row.get::<f64, _>("float"), 0.1 + number as f64);
        }
        2 => {
            let rows: Vec<i64> = sqlx::query_scalar("SELECT generate_series(1, $1::bigint) * $2")
                .bind(number % 7)
                .bind(task)
                .fetch_all(&mut transaction)
                .await?;
            assert_eq!(rows, (1..=number % 7).map(|row| row * task).collect::<Vec<_>>());
        }
        3 => {
            // A text that no other query has.
            let sql = sqlx::AssertSqlSafe(format!("SELECT $1::text::mood::text, {task} * 1000 + {number}"));
            let row = sqlx::query(sql).bind("calm").fetch_one(&mut transaction).await?;
            assert_eq!(row.get::<i32, _>(1) as i64, task * 1000 + number);
        }
        _ => {
            sqlx::query("INSERT INTO answer (task, number) VALUES ($1, $2)").bind(task).bind(number).execute(&mut transaction).await?;
            let found: Option<i64> = sqlx::query_scalar("SELECT number FROM answer WHERE task = $1 AND number = $2")
                .bind(task)
                .bind(number)
                .fetch_optional(&mut transaction)
                .await?;
            assert_eq!(found, Some(number));
        }
    }
    transaction.commit().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_thousand_queries_at_once_are_all_right() -> Result<(), sqlx::Error> {
    let database = TestDatabase::create("pgbouncer").await;
    let bouncer = PgBouncer::start(&database).await;
    let pool = pool(&bouncer.url());
    let mut transaction = pool.begin().await?;
    transaction.run_script("CREATE TYPE mood AS ENUM ('calm'); CREATE TABLE answer (task bigint, number bigint)").await?;
    transaction.commit().await?;

    let tasks = (0..TASKS).map(|task| {
        let pool = pool.clone();
        tokio::spawn(async move {
            for number in 0..QUERIES_PER_TASK {
                ask(&pool, task, number).await?;
            }
            Ok::<_, sqlx::Error>(())
        })
    });
    for result in try_join_all(tasks).await.unwrap() {
        result?;
    }

    // Two open transactions hold both of PgBouncer's server connections: neither has a statement left over.
    let mut servers = HashSet::new();
    let mut open = Vec::new();
    for _ in 0..2 {
        let mut transaction = pool.begin().await?;
        let row = sqlx::query("SELECT pg_backend_pid(), (SELECT count(*) FROM pg_prepared_statements WHERE name <> '')")
            .fetch_one(&mut transaction)
            .await?;
        servers.insert(row.get::<i32, _>(0));
        assert_eq!(row.get::<i64, _>(1), 0, "a named statement was left on the server connection");
        open.push(transaction);
    }
    assert_eq!(servers.len(), 2);
    let stored: i64 = sqlx::query_scalar("SELECT count(*) FROM answer").fetch_one(&mut open[0]).await?;
    assert_eq!(stored, TASKS * QUERIES_PER_TASK / 5);
    Ok(())
}

/// Guards the test above: this PgBouncer is one that refuses what sqlx sends by default.
#[tokio::test]
async fn sqlx_alone_is_refused() {
    let database = TestDatabase::create("sqlx_alone").await;
    let bouncer = PgBouncer::start(&database).await;
    let url: DatabaseUrl = bouncer.app_url().parse().unwrap();
    let error = url.connect_options().extra_float_digits(2).connect().await.unwrap_err();
    assert!(error.to_string().contains("extra_float_digits"), "{error}");
    assert!(url.connect_options().connect().await.is_ok());
}

#[tokio::test]
async fn pings_and_copies_and_comes_back_after_a_restart() -> Result<(), sqlx::Error> {
    let database = TestDatabase::create("bounced").await;
    let bouncer = PgBouncer::start(&database).await;
    let pool = pool(&bouncer.url());
    pool.ping(Duration::from_secs(5)).await?;
    let mut transaction = pool.begin().await?;
    transaction.run_script("CREATE TABLE thing (id int)").await?;
    let mut sink = transaction.copy_in("COPY thing FROM STDIN").await?;
    sink.send(&b"1\n2\n"[..]).await?;
    assert_eq!(sink.finish().await?, 2);
    transaction.commit().await?;
    // The server's side of the pool goes away; PgBouncer tells whoever asks next.
    let admin = database.pool();
    let mut transaction = admin.begin().await?;
    sqlx::query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        .execute(&mut transaction)
        .await?;
    transaction.commit().await?;
    let mut transaction = pool.begin().await?;
    assert_eq!(sqlx::query_scalar::<_, i64>("SELECT count(*) FROM thing").fetch_one(&mut transaction).await?, 2);
    Ok(())
}
