//! What tests may rely on.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use database_connection::Pool;
use database_testing::{PgBouncer, TestDatabase};

async fn holds(pool: &Pool, condition: &str) -> bool {
    let mut transaction = pool.begin_read_only().await.unwrap();
    sqlx::query_scalar(sqlx::AssertSqlSafe(format!("SELECT {condition}"))).fetch_one(&mut transaction).await.unwrap()
}

#[tokio::test]
async fn each_test_has_a_database_of_its_own() {
    let (one, two) = tokio::join!(TestDatabase::create("The same purpose!"), TestDatabase::create("The same purpose!"));
    assert_ne!(one.name(), two.name());
    for (pool, user) in [(one.pool(), None), (one.owner_pool(), Some("handled_owner")), (one.app_pool(), Some("handled_app"))] {
        assert!(holds(&pool, &format!("current_database() = '{}'", one.name())).await);
        if let Some(user) = user {
            assert!(holds(&pool, &format!("current_user = '{user}'")).await);
        }
    }
}

#[tokio::test]
async fn the_owner_may_act_as_the_application_and_never_the_other_way_round() {
    let database = TestDatabase::create("roles").await;
    let pool = database.owner_pool();
    assert!(holds(&pool, "pg_has_role('handled_owner', 'handled_app', 'MEMBER')").await);
    assert!(!holds(&pool, "pg_has_role('handled_app', 'handled_owner', 'MEMBER')").await);
    assert!(holds(&pool, "pg_get_userbyid(datdba) = 'handled_owner' FROM pg_database WHERE datname = current_database()").await);
    assert!(!holds(&pool, "has_database_privilege('handled_app', current_database(), 'CREATE')").await);
}

#[tokio::test]
async fn a_database_is_gone_with_its_value() {
    let other = TestDatabase::create("observer").await;
    let database = TestDatabase::create("gone").await;
    let name = database.name().to_owned();
    let pool = database.pool();
    let _in_use = pool.begin().await.unwrap();
    let there = format!("EXISTS (SELECT FROM pg_database WHERE datname = '{name}')");
    assert!(holds(&other.pool(), &there).await);
    drop(database);
    assert!(!holds(&other.pool(), &there).await);
}

#[tokio::test]
async fn pgbouncer_has_two_connections_and_its_default_configuration() {
    let database = TestDatabase::create("bouncer").await;
    let bouncer = PgBouncer::start(&database).await;
    for url in [bouncer.url(), bouncer.app_url()] {
        let pool = Pool::new(&url.parse().unwrap(), database_connection::PoolSettings::default());
        assert!(holds(&pool, &format!("current_database() = '{}'", database.name())).await);
    }
}
