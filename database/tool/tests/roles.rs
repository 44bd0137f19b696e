//! Who owns what, and who may do what.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use database_connection::Pool;
use database_testing::TestDatabase;
use database_tool::{Migrations, Migrator};

const PRIVILEGES: &str = "GRANT USAGE ON SCHEMA config TO {app};
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA config TO {app};
REVOKE INSERT ON config.schema_migrations FROM {app};";

fn migrations(files: &[(&str, &str)]) -> Migrations {
    Migrations::from_files(files.iter().map(|(name, sql)| ((*name).to_owned(), (*sql).to_owned()))).unwrap()
}

async fn text(pool: &Pool, sql: &'static str) -> String {
    let mut transaction = pool.begin().await.unwrap();
    sqlx::query_scalar(sql).fetch_one(&mut transaction).await.unwrap()
}

async fn run(pool: &Pool, sql: &str) -> Result<(), sqlx::Error> {
    let mut transaction = pool.begin().await?;
    transaction.run_script(sql).await?;
    transaction.commit().await
}

/// DATA: the owner role connects, and the application's role owns what is made, because it will replace it.
#[tokio::test]
async fn another_role_owns_what_is_made() {
    let database = TestDatabase::create("owner").await;
    let files = [
        ("0001_a.up.sql", "CREATE TABLE workspace.a (id int); CREATE TABLE reference.a (id int)"),
        ("0001_a.down.sql", "DROP TABLE workspace.a; DROP TABLE reference.a"),
    ];
    let migrator =
        Migrator::new("data", "workspace", migrations(&files)).with_schemas(["reference"]).owned_by(Some("handled_app".to_owned()));
    let (owner, app) = (database.owner_pool(), database.app_pool());
    migrator.migrate(&owner).await.unwrap();
    let owners = "SELECT string_agg(DISTINCT pg_get_userbyid(owner), ',') FROM (
        SELECT nspowner AS owner FROM pg_namespace WHERE nspname IN ('workspace', 'reference')
        UNION ALL SELECT relowner FROM pg_class WHERE relnamespace IN ('workspace'::regnamespace, 'reference'::regnamespace)) AS owners";
    assert_eq!(text(&owner, owners).await, "handled_app");
    assert_eq!(text(&app, "SELECT applied_by FROM workspace.schema_migrations").await, "handled_owner");
    run(&app, "CREATE TABLE workspace.b (); DROP TABLE reference.a").await.unwrap();
    // The role that owns the objects may migrate too, once the schemas are there.
    assert!(migrator.migrate(&app).await.unwrap().is_empty());
    assert!(migrator.status(&app).await.unwrap().is_clean());
    run(&app, "CREATE TABLE reference.a ()").await.unwrap();
    assert_eq!(migrator.rollback(&owner, 1).await.unwrap().len(), 1);
}

/// PRIMARY: the application's role works with rows, and nothing with structure.
#[tokio::test]
async fn the_application_gets_its_privileges_and_no_more() {
    let database = TestDatabase::create("grant").await;
    let files = [("0001_a.up.sql", "CREATE TABLE config.a (id int)"), ("0001_a.down.sql", "DROP TABLE config.a")];
    let migrator = Migrator::new("primary", "config", migrations(&files));
    let (owner, app) = (database.owner_pool(), database.app_pool());
    migrator.migrate(&owner).await.unwrap();
    let error = migrator.status(&app).await.unwrap_err().to_string();
    assert_eq!(error, "primary: looking for the migration history failed: permission denied for schema config");
    for _ in 0..2 {
        assert!(migrator.grant(&owner, "handled_app", PRIVILEGES).await.unwrap());
    }
    run(&app, "INSERT INTO config.a VALUES (1)").await.unwrap();
    assert!(migrator.status(&app).await.unwrap().is_clean());
    for refused in
        ["DELETE FROM config.a", "CREATE TABLE config.b ()", "ALTER TABLE config.a ADD x int", "DELETE FROM config.schema_migrations"]
    {
        assert!(run(&app, refused).await.is_err(), "{refused}");
    }

    assert!(!migrator.grant(&owner, "handled_owner", PRIVILEGES).await.unwrap());
    let error = migrator.grant(&owner, "nobody \"here\"", PRIVILEGES).await.unwrap_err().to_string();
    assert!(error.contains(r#"role "nobody "here"" does not exist"#), "{error}");
    let error = migrator.grant(&owner, "handled_app", "GRANT SELECT\nON config.b TO {app}").await.unwrap_err().to_string();
    assert!(error.starts_with("primary: the privileges script failed"), "{error}");
    assert!(migrator.grant(&owner, "handled_app", "SELECT 1").await.is_err());
}

/// Two servers that start at once.
#[tokio::test]
async fn privileges_are_granted_at_once_by_two() {
    let database = TestDatabase::create("grant_twice").await;
    let files = [("0001_a.up.sql", "CREATE TABLE config.a (id int)"), ("0001_a.down.sql", "DROP TABLE config.a")];
    let migrator = Migrator::new("primary", "config", migrations(&files));
    let owner = database.owner_pool();
    migrator.migrate(&owner).await.unwrap();
    for _ in 0..10 {
        let (one, two) = tokio::join!(migrator.grant(&owner, "handled_app", PRIVILEGES), migrator.grant(&owner, "handled_app", PRIVILEGES));
        assert!(one.unwrap() && two.unwrap());
    }
}
