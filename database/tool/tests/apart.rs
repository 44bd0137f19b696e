//! Migrations without a transaction: how far they came, going on from there, and the indexes that a failure leaves.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use database_connection::Pool;
use database_testing::{PgBouncer, TestDatabase};
use database_tool::{MigrationState, Migrations, Migrator, ToolError};

const TABLE: &str = "CREATE TABLE workspace.a (id int, name text);";

fn migrator(second: &str) -> Migrator {
    let files = [
        ("0001_a.up.sql", TABLE),
        ("0001_a.down.sql", "DROP TABLE workspace.a;"),
        ("0002_index.up.sql", second),
        ("0002_index.down.sql", "-- no-transaction\nDROP INDEX CONCURRENTLY IF EXISTS workspace.a_id;\nDROP TABLE IF EXISTS workspace.b;"),
    ];
    let files = files.map(|(name, sql)| (name.to_owned(), sql.to_owned()));
    Migrator::new("data", "workspace", Migrations::from_files(files).unwrap())
}

async fn run(pool: &Pool, sql: &str) {
    let mut transaction = pool.begin().await.unwrap();
    transaction.run_script(sql).await.unwrap();
    transaction.commit().await.unwrap();
}

async fn count(pool: &Pool, sql: &'static str) -> i64 {
    let mut transaction = pool.begin_read_only().await.unwrap();
    sqlx::query_scalar(sql).fetch_one(&mut transaction).await.unwrap()
}

const INVALID: &str = "SELECT count(*) FROM pg_index WHERE NOT indisvalid";
const VALID: &str = "SELECT count(*) FROM pg_index WHERE indisvalid AND indexrelid = to_regclass('workspace.a_id')";

/// An index that cannot be unique fails and stays invalid; with the cause mended the same migration goes on where it stopped.
async fn goes_on_where_it_stopped(pool: &Pool) {
    let second = "-- no-transaction\nCREATE TABLE workspace.b ();\n\nCREATE UNIQUE INDEX CONCURRENTLY a_id\n    ON workspace.a (id);\nVACUUM workspace.a;\n";
    let migrator = migrator(second);
    migrator.migrate_to(pool, Some(1)).await.unwrap();
    run(pool, "INSERT INTO workspace.a VALUES (1, 'one'), (1, 'another')").await;

    for _ in 0..2 {
        let error = migrator.migrate(pool).await.unwrap_err();
        assert!(matches!(error, ToolError::HalfWay { line: 4, done: 1, of: 3, .. }), "{error}");
        assert!(error.to_string().contains("Key (id)=(1) is duplicated"), "{error}");
        assert_eq!(count(pool, INVALID).await, 1);
        let status = migrator.status(pool).await.unwrap();
        assert_eq!(status.migrations[1].state, MigrationState::Failed);
        assert_eq!(status.migrations[1].failure.as_ref().unwrap().done, 1);
    }

    run(pool, "DELETE FROM workspace.a WHERE name = 'another'").await;
    assert_eq!(migrator.migrate(pool).await.unwrap().len(), 1, "CREATE TABLE is not run again");
    assert_eq!((count(pool, INVALID).await, count(pool, VALID).await), (0, 1));
    assert!(migrator.status(pool).await.unwrap().is_clean());

    assert_eq!(migrator.rollback(pool, 1).await.unwrap().len(), 1);
    assert_eq!(count(pool, VALID).await, 0);
    assert_eq!(migrator.migrate(pool).await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_migration_without_a_transaction_goes_on_where_it_stopped() {
    let database = TestDatabase::create("apart").await;
    goes_on_where_it_stopped(&database.owner_pool()).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_migration_without_a_transaction_goes_on_where_it_stopped_behind_pgbouncer() {
    let database = TestDatabase::create("apart_bounced").await;
    let bouncer = PgBouncer::start(&database).await;
    let pool = Pool::new(&bouncer.url().parse().unwrap(), database_connection::PoolSettings::default());
    goes_on_where_it_stopped(&pool).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_took_effect_may_not_be_changed_and_what_failed_may() {
    let database = TestDatabase::create("apart_edit").await;
    let pool = database.owner_pool();
    migrator("-- no-transaction\nCREATE TABLE workspace.b ();\nSELECT 1/0;").migrate(&pool).await.unwrap_err();
    let other = migrator("-- no-transaction\nCREATE TABLE workspace.c ();\nSELECT 1;").migrate(&pool).await.unwrap_err();
    assert!(matches!(other, ToolError::ChangedHalfWay { .. }), "{other}");
    let mended = migrator("-- no-transaction\n-- the same\nCREATE TABLE workspace.b ( );\nSELECT 1;");
    assert_eq!(mended.migrate(&pool).await.unwrap().len(), 1);
    assert!(mended.status(&pool).await.unwrap().is_clean());
}

/// Whoever is killed between a statement's effect and its note would run it again: there is no such moment.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_statement_and_the_note_that_it_took_effect_come_together() {
    let database = TestDatabase::create("apart_noted").await;
    let pool = database.owner_pool();
    let migrator = migrator("-- no-transaction\nCREATE TABLE workspace.b ();\nVACUUM workspace.a;\n");
    migrator.migrate_to(&pool, Some(1)).await.unwrap();
    let refuse = "CREATE FUNCTION workspace.refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no notes'; END $$;
                  CREATE TRIGGER refuse BEFORE INSERT OR UPDATE ON workspace.schema_progress FOR EACH ROW WHEN (NEW.done = 1)
                  EXECUTE FUNCTION workspace.refuse();";
    run(&pool, refuse).await;
    migrator.migrate(&pool).await.unwrap_err();
    assert_eq!(count(&pool, "SELECT count(*) FROM pg_class WHERE relname = 'b' AND relkind = 'r'").await, 0);
    run(&pool, "DROP TRIGGER refuse ON workspace.schema_progress").await;
    assert_eq!(migrator.migrate(&pool).await.unwrap().len(), 1);
    assert!(migrator.status(&pool).await.unwrap().is_clean());
}
