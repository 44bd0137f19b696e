//! Room and connections.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use database_connection::{DatabaseUrl, Pool, PoolSettings};
use database_testing::TestDatabase;
use database_tool::{Declaration, ToolError, Workspace};

const WORKSPACE: &str = "[[database]]\nname = \"shop\"\nurl = \"SHOP_URL\"\nmigrations = \"m\"\nschemas = [\"shop\"]\n\
    tables = [\"public.mine\"]\nconnection_alert = 2\n";

fn declaration() -> Declaration {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("databases.toml"), WORKSPACE).unwrap();
    Workspace::read(folder.path()).unwrap().databases[0].clone()
}

async fn run(pool: &Pool, sql: &str) {
    let mut transaction = pool.begin().await.unwrap();
    transaction.run_script(sql).await.unwrap();
    transaction.commit().await.unwrap();
}

fn named(url: &str, application_name: &str) -> Pool {
    let url: DatabaseUrl = url.parse().unwrap();
    Pool::new(&url, PoolSettings { application_name: application_name.to_owned(), ..PoolSettings::default() })
}

#[tokio::test]
async fn what_is_its_own_is_measured() {
    let test = TestDatabase::create("sizes").await;
    let pool = test.owner_pool();
    let shop = declaration().own();
    let size = shop.size(&pool, 3).await.unwrap();
    assert_eq!((size.own_bytes, size.own_tables, size.largest.len()), (0, 0, 0));
    assert!(size.total_bytes > 1_000_000 && size.server_name == test.name());

    run(
        &pool,
        "CREATE SCHEMA shop; CREATE TABLE shop.large (id int PRIMARY KEY, long text); ALTER TABLE shop.large ALTER long SET STORAGE EXTERNAL;
         INSERT INTO shop.large SELECT i, repeat('x', 3000) FROM generate_series(1, 500) AS i;
         CREATE TABLE shop.small (id int); CREATE TABLE public.mine (id int); INSERT INTO mine VALUES (1); CREATE TABLE public.other (id int);
         INSERT INTO other SELECT generate_series(1, 10000); ANALYZE shop.large",
    )
    .await;
    let size = shop.size(&pool, 2).await.unwrap();
    assert_eq!(size.own_tables, 3);
    let names: Vec<String> = size.largest.iter().map(|table| format!("{}.{}", table.schema, table.table)).collect();
    assert_eq!(names, ["shop.large", "public.mine"]);
    let large = &size.largest[0];
    assert_eq!(large.rows, Some(500));
    assert!(large.toast_bytes > 1_500_000 && large.index_bytes >= 16_384 && large.table_bytes > 0, "{large:?}");
    // The rest are the maps of free space and of what is visible.
    assert!((0..200_000).contains(&(large.total_bytes - large.table_bytes - large.index_bytes - large.toast_bytes)), "{large:?}");
    assert_eq!(size.largest[1].rows, None);
    assert_eq!(size.own_bytes, large.total_bytes + size.largest[1].total_bytes);
    // Any role may ask.
    assert_eq!(shop.size(&test.app_pool(), 2).await.unwrap(), size);

    let mut holder = pool.begin().await.unwrap();
    holder.run_script("LOCK TABLE shop.small").await.unwrap();
    let error = shop.size(&pool, 1).await.unwrap_err();
    assert!(matches!(error, ToolError::Locked { seconds: 2, .. }) && error.is_busy(), "{error}");
    holder.rollback().await.unwrap();
}

#[tokio::test]
async fn connections_are_counted_by_who_they_are() {
    let test = TestDatabase::create("connections").await;
    let shop = declaration().own();
    let (owner, app) = (named(&test.owner_url(), "nightly"), named(&test.app_url(), "web"));
    let connections = shop.connections(&owner).await.unwrap();
    assert_eq!((connections.open, connections.over_alert, connections.alert), (1, false, 2));
    assert!(connections.server_max >= 100 && connections.server_open >= 1);

    let waiting = app.begin().await.unwrap();
    let mut second = app.begin().await.unwrap();
    sqlx::query("SELECT 1").execute(&mut second).await.unwrap();
    second.commit().await.unwrap();
    // A superuser sees all.
    let watcher = named(&test.url(), "watcher");
    let seen = shop.connections(&watcher).await.unwrap();
    assert_eq!((seen.open, seen.over_alert), (4, true));
    assert_eq!(seen.by_state.get("idle in transaction"), Some(&1));
    assert_eq!((seen.by_state.get("idle"), seen.by_state.get("active")), (Some(&2), Some(&1)));
    let web = &seen.groups[0];
    assert_eq!((web.application.as_str(), web.role.as_str(), web.open, web.idle_in_transaction), ("web", "handled_app", 2, Some(1)));

    // The application sees its own doings, and of the others that they are there.
    watcher.close().await;
    // The server notices a moment later that somebody has left.
    let started = std::time::Instant::now();
    let mut seen = shop.connections(&app).await.unwrap();
    while seen.open > 3 && started.elapsed() < std::time::Duration::from_secs(10) {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        seen = shop.connections(&app).await.unwrap();
    }
    assert_eq!((seen.open, seen.by_state.get("not visible")), (3, Some(&1)));
    let owner = seen.groups.iter().find(|group| group.role == "handled_owner").unwrap();
    assert_eq!((owner.application.as_str(), owner.open, owner.idle_in_transaction), ("nightly", 1, None));
    drop(waiting);
}
