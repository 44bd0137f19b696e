//! References from one database to another, which no foreign key holds.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::ops::ControlFlow;

use database_connection::{Pool, PoolSettings};
use database_testing::{PgBouncer, TestDatabase};
use database_tool::{ColumnName, NotChecked, Orphan, Orphans, Reference, ReferenceCheck, check_reference};

async fn run(pool: &Pool, sql: &str) {
    let mut transaction = pool.begin().await.unwrap();
    transaction.run_script(sql).await.unwrap();
    transaction.commit().await.unwrap();
}

fn reference(from: (&str, &str), to: (&str, &str)) -> Reference {
    let name = |database: &str, (table, column): (&str, &str)| ColumnName {
        database: database.to_owned(),
        schema: "public".to_owned(),
        table: table.to_owned(),
        column: column.to_owned(),
    };
    Reference { from: name("shop", from), to: name("shared", to) }
}

async fn check(reference: &Reference, from: &Pool, to: &Pool) -> (ReferenceCheck, Vec<Orphan>) {
    let mut told = Vec::new();
    let tell = |orphan| {
        told.push(orphan);
        ControlFlow::Continue(())
    };
    (check_reference(reference, from, to, tell).await.unwrap(), told)
}

#[tokio::test]
async fn orphans_are_found_in_every_batch() {
    let (shop, shared) = (TestDatabase::create("refs_shop").await, TestDatabase::create("refs_shared").await);
    let (from, to) = (shop.owner_pool(), shared.owner_pool());
    run(
        &to,
        "CREATE TABLE users (id bigint PRIMARY KEY, code uuid UNIQUE);
         INSERT INTO users SELECT i, md5(i::text)::uuid FROM generate_series(1, 50000) AS i",
    )
    .await;
    run(
        &from,
        "CREATE TABLE orders (shop text, number int, user_id integer, user_code uuid, user_text text, PRIMARY KEY (shop, number));
         INSERT INTO orders SELECT 'a', i, i, md5(i::text)::uuid, md5(i::text)::uuid FROM generate_series(1, 50000) AS i;
         INSERT INTO orders SELECT 'b', i, i, NULL, NULL FROM generate_series(1, 1000) AS i;
         INSERT INTO orders VALUES ('c', 1, NULL, NULL, NULL), ('c', 2, 50001, 'ffffffff-ffff-ffff-ffff-ffffffffffff', NULL),
             ('c', 3, 50001, NULL, 'nobody'), ('c', 4, -7, NULL, NULL)",
    )
    .await;
    let key = |shop: &str, number: &str| vec![("shop".to_owned(), shop.to_owned()), ("number".to_owned(), number.to_owned())];

    let (result, told) = check(&reference(("orders", "user_id"), ("users", "id")), &from, &to).await;
    assert_eq!(result.orphans, Some(Orphans { checked: 50_002, values: 2, rows: 3 }));
    assert!(!result.is_clean() && result.types_differ.is_none());
    assert_eq!(
        told,
        [
            Orphan { value: "-7".to_owned(), key: key("c", "4") },
            Orphan { value: "50001".to_owned(), key: key("c", "2") },
            Orphan { value: "50001".to_owned(), key: key("c", "3") },
        ]
    );

    // The same behind a pooler, where each batch may run on another connection.
    let (before_shop, before_shared) = (PgBouncer::start(&shop).await, PgBouncer::start(&shared).await);
    let pooled = |url: String| Pool::new(&url.parse().unwrap(), PoolSettings::default());
    let (from_pooled, to_pooled) = (pooled(before_shop.url()), pooled(before_shared.url()));
    assert_eq!(check(&reference(("orders", "user_id"), ("users", "id")), &from_pooled, &to_pooled).await, (result, told));

    let (result, told) = check(&reference(("orders", "user_code"), ("users", "code")), &from, &to).await;
    assert_eq!(result.orphans, Some(Orphans { checked: 50_001, values: 1, rows: 1 }));
    assert_eq!(told, [Orphan { value: "ffffffff-ffff-ffff-ffff-ffffffffffff".to_owned(), key: key("c", "2") }]);

    let (result, told) = check(&reference(("orders", "user_text"), ("users", "code")), &from, &to).await;
    assert_eq!(result.types_differ, Some(("text".to_owned(), "uuid".to_owned())));
    assert_eq!((result.orphans.unwrap().values, told[0].value.as_str()), (1, "nobody"));

    // Broken off, the rest is counted all the same.
    let mut told = 0;
    let tell = |_| {
        told += 1;
        ControlFlow::Break(())
    };
    let result = check_reference(&reference(("orders", "user_id"), ("users", "id")), &from, &to, tell).await.unwrap();
    assert_eq!((result.orphans.unwrap().rows, told), (3, 1));

    run(&from, "DELETE FROM orders WHERE shop = 'c'").await;
    let (result, told) = check(&reference(("orders", "user_id"), ("users", "id")), &from, &to).await;
    assert!(result.is_clean() && told.is_empty());
}

#[tokio::test]
async fn odd_tables_are_checked_or_named() {
    let (shop, shared) = (TestDatabase::create("refs_odd").await, TestDatabase::create("refs_odd_shared").await);
    let (from, to) = (shop.owner_pool(), shared.owner_pool());
    run(&to, "CREATE TABLE users (id text); INSERT INTO users VALUES ('a'), ('a'), ('it''s')").await;
    run(
        &from,
        "CREATE DOMAIN code AS varchar(5); CREATE TABLE \"The \"\"Orders\"\"\" (\"User\" code, padded char(4));
         INSERT INTO \"The \"\"Orders\"\"\" VALUES ('a', 'a'), ('it''s', 'it''s'), ('B', NULL); CREATE TABLE empty (id int)",
    )
    .await;
    let (result, told) = check(&reference(("The \"Orders\"", "User"), ("users", "id")), &from, &to).await;
    assert_eq!((result.orphans, result.types_differ), (Some(Orphans { checked: 3, values: 1, rows: 1 }), None));
    assert_eq!(told, [Orphan { value: "B".to_owned(), key: Vec::new() }]);
    let (result, _) = check(&reference(("The \"Orders\"", "padded"), ("users", "id")), &from, &to).await;
    assert_eq!(result.orphans, Some(Orphans { checked: 2, values: 0, rows: 0 }));
    let (result, _) = check(&reference(("empty", "id"), ("users", "id")), &from, &to).await;
    assert!(result.is_clean());

    for (from_column, to_column, sentence) in [
        (("nothing", "id"), ("users", "id"), "the database shop has no table public.nothing"),
        (("empty", "user_id"), ("users", "id"), "the table public.empty of the database shop has no column user_id"),
        (("empty", "id"), ("user", "id"), "the database shared has no table public.user"),
    ] {
        let (result, _) = check(&reference(from_column, to_column), &from, &to).await;
        let why: NotChecked = result.not_checked.clone().unwrap();
        assert!(why.sentence().starts_with(sentence) && !result.is_clean(), "{why:?}");
    }
}
