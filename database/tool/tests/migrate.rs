//! Migrating a real database: history, status, refusals, failures and the way back.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use database_connection::Pool;
use database_testing::TestDatabase;
use database_tool::{Back, MigrationState, Migrations, Migrator, ToolError};
use sqlx::Row;

const FIRST: &str = "CREATE TABLE workspace.a (id int PRIMARY KEY);\nINSERT INTO workspace.a VALUES (1);";
const SECOND: &str = "CREATE TABLE workspace.b (id int);";

/// A migrator whose files have these ups, and downs that drop `workspace.a`, `workspace.b` and so on.
fn migrator(ups: &[&str]) -> Migrator {
    let files = ups.iter().zip(b'a'..).zip(1..).flat_map(|((up, letter), version)| {
        let letter = letter as char;
        [
            (format!("{version:04}_{letter}.up.sql"), (*up).to_owned()),
            (format!("{version:04}_{letter}.down.sql"), format!("DROP TABLE workspace.{letter};")),
        ]
    });
    Migrator::new("data", "workspace", Migrations::from_files(files).unwrap())
}

async fn states(migrator: &Migrator, pool: &Pool) -> Vec<MigrationState> {
    migrator.status(pool).await.unwrap().migrations.iter().map(|migration| migration.state).collect()
}

async fn exists(pool: &Pool, relation: &str) -> bool {
    let mut transaction = pool.begin_read_only().await.unwrap();
    sqlx::query_scalar("SELECT to_regclass($1) IS NOT NULL").bind(relation).fetch_one(&mut transaction).await.unwrap()
}

#[tokio::test]
async fn applies_what_is_pending_and_remembers_it() {
    let database = TestDatabase::create("migrate").await;
    let pool = database.owner_pool();
    let migrator = migrator(&[FIRST, SECOND]);
    assert_eq!(states(&migrator, &pool).await, [MigrationState::Pending; 2]);
    assert!(!exists(&pool, "workspace.schema_migrations").await, "asking for the status must not write");

    let applied = migrator.migrate(&pool).await.unwrap();
    assert_eq!(applied.iter().map(|one| (one.version, one.name.as_str())).collect::<Vec<_>>(), [(1, "a"), (2, "b")]);
    assert!(migrator.migrate(&pool).await.unwrap().is_empty());

    let status = migrator.status(&pool).await.unwrap();
    assert!(status.is_clean());
    assert_eq!(status.count(MigrationState::Applied), 2);
    let json = serde_json::to_value(&status).unwrap();
    assert_eq!(json["migrations"][0]["state"], "applied");
    assert_eq!(json["migrations"][0]["applied_by"], "handled_owner");

    let mut transaction = pool.begin().await.unwrap();
    let row = sqlx::query(
        "SELECT sql, sha256 = encode(sha256(convert_to(sql, 'UTF8')), 'hex') FROM workspace.schema_migrations WHERE version = 1",
    )
    .fetch_one(&mut transaction)
    .await
    .unwrap();
    assert_eq!(row.get::<String, _>(0), FIRST);
    assert!(row.get::<bool, _>(1));
}

#[tokio::test]
async fn refuses_a_file_that_was_changed_or_taken_away() {
    let database = TestDatabase::create("refuse").await;
    let pool = database.owner_pool();
    migrator(&[FIRST, SECOND]).migrate(&pool).await.unwrap();

    let changed = migrator(&[FIRST, "CREATE TABLE workspace.b (id text);", "CREATE TABLE workspace.c (id int);"]);
    assert_eq!(states(&changed, &pool).await, [MigrationState::Applied, MigrationState::Modified, MigrationState::Pending]);
    assert!(!changed.status(&pool).await.unwrap().is_clean());
    let error = changed.migrate(&pool).await.unwrap_err().to_string();
    assert_eq!(
        error,
        "data: 0002_b.up.sql was changed after it had been applied; restore the file and put the change into a new migration"
    );
    assert!(!exists(&pool, "workspace.c").await);

    let shortened = migrator(&[FIRST]);
    assert_eq!(states(&shortened, &pool).await, [MigrationState::Applied, MigrationState::Missing]);
    let error = shortened.migrate(&pool).await.unwrap_err();
    assert!(matches!(&error, ToolError::Missing { file, .. } if file == "0002_b.up.sql"), "{error}");
    assert!(shortened.rollback(&pool, 1).await.is_err());

    // A number that came in from another branch after a later one had been applied.
    let mut transaction = pool.begin().await.unwrap();
    transaction.run_script("DELETE FROM workspace.schema_migrations WHERE version = 1").await.unwrap();
    transaction.commit().await.unwrap();
    let error = migrator(&[FIRST, SECOND]).migrate(&pool).await.unwrap_err();
    assert!(matches!(error, ToolError::OutOfOrder { .. }), "{error}");
}

#[tokio::test]
async fn nothing_of_a_failing_migration_stays() {
    let database = TestDatabase::create("failing").await;
    let pool = database.owner_pool();
    let broken = migrator(&[
        FIRST,
        "CREATE TABLE workspace.b (id int);\n\n-- ü\nINSERT INTO workspace.b VALUES (1);\nINSERT INTO workspace.nowhere VALUES (1);",
    ]);
    let error = broken.migrate(&pool).await.unwrap_err().to_string();
    assert_eq!(error, "data: 0002_b.up.sql failed in line 5: relation \"workspace.nowhere\" does not exist; nothing of it was applied");
    assert!(exists(&pool, "workspace.a").await && !exists(&pool, "workspace.b").await);
    assert_eq!(states(&broken, &pool).await, [MigrationState::Applied, MigrationState::Failed], "people are told that it was tried");
    let failure = broken.status(&pool).await.unwrap().migrations[1].failure.clone().unwrap();
    assert!(failure.done == 0 && failure.error.unwrap().contains("failed in line 5"));

    // An error that PostgreSQL gives no position for says what it adds instead.
    let twice = migrator(&[FIRST, "DO $$ BEGIN\n  INSERT INTO workspace.a VALUES (1);\nEND $$;"]);
    let error = twice.migrate(&pool).await.unwrap_err().to_string();
    assert!(error.contains("duplicate key") && error.contains("Key (id)=(1) already exists") && error.contains("line 2"), "{error}");

    let mended = migrator(&[FIRST, SECOND]);
    mended.migrate(&pool).await.unwrap();
    assert!(exists(&pool, "workspace.b").await);
    assert!(mended.status(&pool).await.unwrap().is_clean(), "what came to its end did not fail");
}

#[tokio::test]
async fn stops_at_a_version_and_says_beforehand_what_it_would_do() {
    let database = TestDatabase::create("to").await;
    let pool = database.owner_pool();
    let migrator = migrator(&[FIRST, SECOND, "CREATE TABLE workspace.c (id int);"]);
    let planned = migrator.plan(&pool, Some(2)).await.unwrap();
    assert_eq!(planned.iter().map(|one| one.up.as_str()).collect::<Vec<_>>(), [FIRST, SECOND]);
    let schemas = "SELECT count(*) FROM pg_namespace WHERE nspname = 'workspace'";
    let mut transaction = pool.begin_read_only().await.unwrap();
    assert_eq!(sqlx::query_scalar::<_, i64>(schemas).fetch_one(&mut transaction).await.unwrap(), 0, "a plan writes nothing");
    drop(transaction);

    assert_eq!(migrator.migrate_to(&pool, Some(2)).await.unwrap().len(), 2);
    assert_eq!(migrator.plan(&pool, None).await.unwrap().len(), 1);
    assert!(migrator.plan(&pool, Some(2)).await.unwrap().is_empty());
    assert_eq!(migrator.migrate_to(&pool, Some(9)).await.unwrap_err().to_string(), "data: there is no migration 0009");
    migrator.migrate(&pool).await.unwrap();
    assert_eq!(migrator.roll_back(&pool, Back::To(1)).await.unwrap().iter().map(|one| one.version).collect::<Vec<_>>(), [3, 2]);
    assert_eq!(migrator.roll_back(&pool, Back::To(0)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_database_that_was_made_by_hand_is_adopted() {
    let database = TestDatabase::create("baseline").await;
    let pool = database.owner_pool();
    let mut transaction = pool.begin().await.unwrap();
    transaction.run_script(&format!("CREATE SCHEMA workspace; {FIRST}")).await.unwrap();
    transaction.commit().await.unwrap();
    let migrator = migrator(&[FIRST, SECOND]);
    assert_eq!(migrator.baseline(&pool, 1).await.unwrap(), 1);
    assert_eq!(states(&migrator, &pool).await, [MigrationState::Applied, MigrationState::Pending]);
    assert_eq!(migrator.migrate(&pool).await.unwrap().len(), 1);
    let error = migrator.baseline(&pool, 2).await.unwrap_err().to_string();
    assert_eq!(error, "data: its history has 0002_b.up.sql already; a baseline is for a database without one");
}

#[tokio::test]
async fn goes_back_and_forth() {
    let database = TestDatabase::create("back").await;
    let pool = database.owner_pool();
    let migrator = migrator(&[FIRST, SECOND]);
    assert!(migrator.rollback(&pool, 1).await.unwrap().is_empty());
    migrator.migrate(&pool).await.unwrap();
    let back = migrator.rollback(&pool, 1).await.unwrap();
    assert_eq!(back.iter().map(|one| one.version).collect::<Vec<_>>(), [2]);
    assert_eq!(states(&migrator, &pool).await, [MigrationState::Applied, MigrationState::Pending]);
    assert!(!exists(&pool, "workspace.b").await);
    assert_eq!(migrator.rollback(&pool, usize::MAX).await.unwrap().len(), 1);
    assert!(!exists(&pool, "workspace.a").await);
    assert_eq!(migrator.migrate(&pool).await.unwrap().len(), 2);
    assert!(migrator.status(&pool).await.unwrap().is_clean());
}

/// Single mode: two histories, one database.
#[tokio::test]
async fn two_histories_get_along_in_one_database() {
    let database = TestDatabase::create("single").await;
    let pool = database.owner_pool();
    let data = migrator(&[FIRST, SECOND]);
    let files = [("0001_users.up.sql", "CREATE TABLE config.users ()"), ("0001_users.down.sql", "DROP TABLE config.users")];
    let migrations = Migrations::from_files(files.map(|(name, sql)| (name.to_owned(), sql.to_owned()))).unwrap();
    let primary = Migrator::new("primary", "config", migrations);
    let (one, two) = tokio::join!(data.migrate(&pool), primary.migrate(&pool));
    assert_eq!((one.unwrap().len(), two.unwrap().len()), (2, 1));
    assert!(data.status(&pool).await.unwrap().is_clean() && primary.status(&pool).await.unwrap().is_clean());
}

#[tokio::test]
async fn says_when_nobody_answers() {
    let url = "postgres://me:secret@127.0.0.1:1/x".parse().unwrap();
    let settings = database_connection::PoolSettings { acquire_timeout: std::time::Duration::from_millis(100), ..Default::default() };
    let error = migrator(&[FIRST]).status(&Pool::new(&url, settings)).await.unwrap_err();
    assert!(error.is_unreachable());
    assert!(error.to_string().starts_with("data: connecting failed: ") && error.to_string().contains("refused"), "{error}");
}
