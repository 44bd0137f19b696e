//! What databases are for, emptying them, and seeds.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use database_connection::Pool;
use database_testing::{PgBouncer, TestDatabase};
use database_tool::{Addresses, Database, DatabaseKind, Operator, Sown, Workspace};
use sqlx::AssertSqlSafe;

const WORKSPACE: &str = r#"
[[database]]
name = "pshop"
url = "A"
migrations = "migrations"
seeds = "seeds"
schemas = ["sales"]
tables = ["stock.levels"]
"#;

const UP: &str = "
CREATE TABLE sales.products (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, sku text NOT NULL UNIQUE, price numeric(8, 2), note text DEFAULT 'none');
CREATE TABLE sales.lines (product bigint NOT NULL REFERENCES sales.products, at date NOT NULL) PARTITION BY RANGE (at);
CREATE TABLE sales.lines_2026 PARTITION OF sales.lines FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
CREATE SEQUENCE sales.invoices;
CREATE MATERIALIZED VIEW sales.total AS SELECT count(*) AS products FROM sales.products;
CREATE TABLE stock.levels (product bigint, level int);
CREATE TABLE stock.others (id int PRIMARY KEY);
INSERT INTO stock.others VALUES (1);";

/// A database with its workspace's folder.
struct Shop {
    folder: tempfile::TempDir,
    server: TestDatabase,
    database: Database,
    pool: Pool,
}

impl Shop {
    async fn new(seeds: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let server = TestDatabase::create("emptying").await;
        for name in ["migrations", "seeds"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        write("databases.toml", WORKSPACE);
        write("migrations/0001_a.up.sql", UP);
        write("migrations/0001_a.down.sql", "DROP SCHEMA stock CASCADE");
        for (name, text) in seeds {
            write(&format!("seeds/{name}"), text);
        }
        let addresses = Addresses { app: server.owner_url().parse().unwrap(), owner: None, reader: None };
        let declaration = Workspace::read(folder.path()).unwrap().databases.remove(0);
        let database = Database::new(declaration, addresses, Operator::default()).unwrap();
        let pool = database.owner_pool();
        Self { folder, server, database, pool }
    }

    /// The same behind PgBouncer in transaction mode.
    async fn behind(mut self) -> (Self, PgBouncer) {
        let pgbouncer = PgBouncer::start(&self.server).await;
        self.database.addresses.app = pgbouncer.url().parse().unwrap();
        self.pool = self.database.owner_pool();
        (self, pgbouncer)
    }

    async fn migrated(seeds: &[(&str, &str)]) -> Self {
        let shop = Self::new(seeds).await;
        shop.database.migrate(&shop.pool, None).await.unwrap();
        shop
    }

    async fn run(&self, sql: &str) {
        let mut transaction = self.pool.begin().await.unwrap();
        transaction.run_script(sql).await.expect(sql);
        transaction.commit().await.unwrap();
    }

    async fn text(&self, sql: &str) -> String {
        let mut transaction = self.pool.begin().await.unwrap();
        let sql = format!("SELECT string_agg(answer::text, ' ') FROM ({sql}) AS asked (answer)");
        sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&mut transaction).await.unwrap()
    }

    async fn clean(&self) -> Result<Vec<String>, String> {
        self.database.clean(&self.pool, &[]).await.map(|cleaned| cleaned.tables).map_err(|error| error.to_string())
    }

    async fn seed(&self, production: bool) -> Result<Vec<(String, i64)>, String> {
        let seeded = self.database.seed(&self.pool, production).await.map_err(|error| error.to_string())?;
        Ok(seeded.sown.into_iter().map(|Sown { file, rows }| (file, rows)).collect())
    }
}

#[tokio::test]
async fn a_mark_is_kept_and_logged() {
    let shop = Shop::new(&[]).await;
    let migrator = &shop.database.migrator;
    assert_eq!(migrator.marker(&shop.pool).await.unwrap(), None);
    assert_eq!(migrator.mark(&shop.pool, DatabaseKind::Staging).await.unwrap(), None);
    assert_eq!(migrator.mark(&shop.pool, DatabaseKind::Production).await.unwrap(), Some(DatabaseKind::Staging));
    let marker = migrator.marker(&shop.pool).await.unwrap().unwrap();
    assert_eq!((marker.kind, marker.marked_by.as_str()), (DatabaseKind::Production, "system"));
    assert_eq!(shop.text("SELECT details ->> 'after' FROM sales.schema_log WHERE action = 'mark' ORDER BY id").await, "staging production");
    shop.run("UPDATE sales.schema_marker SET kind = 'precious'").await;
    let error = migrator.marker(&shop.pool).await.unwrap_err().to_string();
    assert_eq!(error, "pshop: its mark is not one: there is no kind `precious`; there are: production, staging, development, test");
}

#[tokio::test]
async fn every_own_table_is_emptied_and_nothing_else() {
    let shop = Shop::migrated(&[]).await;
    shop.run(
        "INSERT INTO sales.products (sku) VALUES ('A'), ('B'); INSERT INTO sales.lines VALUES (1, '2026-02-01');
         INSERT INTO stock.levels VALUES (1, 5); SELECT nextval('sales.invoices'); REFRESH MATERIALIZED VIEW sales.total",
    )
    .await;
    // Not marked and not empty: whatever the environment says.
    let refusal = shop.clean().await.unwrap_err();
    assert!(refusal.starts_with("pshop: it has rows (in sales.lines, for one) and is not marked; "), "{refusal}");
    shop.database.migrator.mark(&shop.pool, DatabaseKind::Production).await.unwrap();
    assert_eq!(shop.clean().await.unwrap_err(), "pshop: it is marked production, and nothing that is may be emptied or dropped");
    shop.database.migrator.mark(&shop.pool, DatabaseKind::Development).await.unwrap();

    // A stranger's foreign key is in the way, and is named.
    shop.run("CREATE TABLE stock.strangers (product bigint REFERENCES sales.products)").await;
    let refusal = shop.clean().await.unwrap_err();
    assert!(
        refusal.starts_with("pshop: stock.strangers, which is not one of its tables, has a foreign key to sales.products; "),
        "{refusal}"
    );
    assert_eq!(shop.text("SELECT count(*) FROM sales.products").await, "2");
    shop.run("DROP TABLE stock.strangers").await;

    assert_eq!(shop.clean().await.unwrap(), ["sales.lines", "sales.lines_2026", "sales.products", "stock.levels"]);
    let left = "SELECT count(*) FROM sales.products UNION ALL SELECT count(*) FROM sales.lines UNION ALL SELECT count(*) FROM stock.levels
                UNION ALL SELECT products FROM sales.total UNION ALL SELECT count(*) FROM stock.others UNION ALL SELECT nextval('sales.invoices')
                UNION ALL SELECT count(*) FROM sales.schema_migrations UNION ALL SELECT count(*) FROM sales.schema_log WHERE action = 'clean'";
    assert_eq!(shop.text(left).await, "0 0 0 0 1 1 1 1");
    assert!(shop.database.migrator.status(&shop.pool).await.unwrap().is_clean());
    shop.run("INSERT INTO sales.products (sku) VALUES ('C')").await;
    assert_eq!(shop.text("SELECT id FROM sales.products").await, "1");
    // Empty it may be emptied without a mark, and so may one that was never migrated.
    shop.run("TRUNCATE sales.products CASCADE; DELETE FROM sales.schema_marker").await;
    assert_eq!(shop.clean().await.unwrap().len(), 4);
}

#[tokio::test]
async fn seeds_add_their_rows_once() {
    let shop = Shop::migrated(&[
        ("010_more.sql", "-- production\nINSERT INTO sales.products (sku, price) VALUES ('Z', 1) ON CONFLICT (sku) DO NOTHING;"),
        ("020_sales.products.csv", "id,sku,price\n7,\"A, \"\"B\"\"\",2.50\n8,,\n"),
        ("README.md", "Not a seed."),
    ])
    .await;
    let error = shop.seed(false).await.unwrap_err();
    assert!(error.contains("020_sales.products.csv failed: ") && error.contains("null value in column \"sku\""), "{error}");
    assert_eq!(shop.text("SELECT count(*) FROM sales.products").await, "0");

    std::fs::write(shop.folder.path().join("seeds/020_sales.products.csv"), "id,sku,price\n7,\"A, \"\"B\"\"\",2.50\n8,\"\",\n").unwrap();
    let sown = |more: i64, rows: i64| vec![("010_more.sql".to_owned(), more), ("020_sales.products.csv".to_owned(), rows)];
    assert_eq!(shop.seed(false).await.unwrap(), sown(1, 2));
    assert_eq!(shop.seed(false).await.unwrap(), sown(0, 0));
    let rows = "SELECT sku || '/' || coalesce(price::text, '-') || '/' || note FROM sales.products ORDER BY sku COLLATE \"C\"";
    assert_eq!(shop.text(rows).await, "/-/none A, \"B\"/2.50/none Z/1.00/none");
    // The table goes on numbering after the rows that brought their numbers.
    shop.run("INSERT INTO sales.products (sku) VALUES ('N')").await;
    assert_eq!(shop.text("SELECT id > 8 FROM sales.products WHERE sku = 'N'").await, "true");
    assert_eq!(shop.text("SELECT count(*) FROM sales.schema_log WHERE action = 'seed'").await, "2");

    // In production only what says so.
    shop.run("DELETE FROM sales.products").await;
    let seeded = shop.database.seed(&shop.pool, true).await.unwrap();
    assert_eq!((seeded.sown.len(), seeded.left_out), (1, vec!["020_sales.products.csv".to_owned()]));
    std::fs::remove_file(shop.folder.path().join("seeds/010_more.sql")).unwrap();
    shop.database.migrator.mark(&shop.pool, DatabaseKind::Production).await.unwrap();
    let error = shop.seed(false).await.unwrap_err();
    assert!(error.starts_with("pshop: this is production, and none of its seeds says that it belongs there"), "{error}");
    std::fs::rename(
        shop.folder.path().join("seeds/020_sales.products.csv"),
        shop.folder.path().join("seeds/sales.products.production.csv"),
    )
    .unwrap();
    assert_eq!(shop.seed(true).await.unwrap(), [("sales.products.production.csv".to_owned(), 2)]);
}

#[tokio::test]
async fn a_seed_that_would_add_rows_each_time_is_refused() {
    let doubling = "INSERT INTO sales.products (sku) SELECT 'A' || count(*) FROM sales.products";
    let shop = Shop::migrated(&[("010_more.sql", doubling)]).await;
    let error = shop.seed(false).await.unwrap_err();
    assert!(error.starts_with("pshop: the seed 010_more.sql adds rows to sales.products each time it is run; "), "{error}");
    assert_eq!(shop.text("SELECT count(*) FROM sales.products").await, "0");
    for (file, text, sentence) in [
        ("stock.levels.csv", "product,level\n1,2\n", "names no key of stock.levels"),
        ("sales.products.csv", "price\n1\n", "names no key of sales.products"),
        ("sales.products.csv", "sku,colour\na,red\n", "names the column colour, which sales.products does not have"),
        ("stock.others.csv", "id\n1\n", "is for stock.others, which is not one of its tables"),
        ("sales.customers.csv", "id\n1\n", "is for sales.customers, which does not exist"),
    ] {
        let path = shop.folder.path().join("seeds").join(file);
        std::fs::remove_dir_all(path.parent().unwrap()).unwrap();
        std::fs::create_dir(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        let error = shop.seed(false).await.unwrap_err();
        assert!(error.starts_with(&format!("pshop: the seed {file} {sentence}")), "{error}");
    }
    let unmigrated = Shop::new(&[("010_more.sql", "SELECT 1")]).await;
    let error = unmigrated.seed(false).await.unwrap_err();
    assert!(error.starts_with("pshop: 1 of its migrations are pending; run `handled db migrate pshop` before the seeds"), "{error}");
}

#[tokio::test]
async fn all_of_it_works_behind_pgbouncer() {
    let seeds = [
        ("010_more.sql", "INSERT INTO sales.products (sku) VALUES ('Z') ON CONFLICT (sku) DO NOTHING;"),
        ("020_sales.products.csv", "sku,price\nA,1\nB,2\n"),
    ];
    let (shop, _pgbouncer) = Shop::migrated(&seeds).await.behind().await;
    shop.database.mark(&shop.pool, DatabaseKind::Test).await.unwrap();
    for _ in 0..3 {
        assert_eq!(shop.seed(false).await.unwrap().iter().map(|(_, rows)| rows).sum::<i64>(), 3);
        assert_eq!(shop.seed(false).await.unwrap().iter().map(|(_, rows)| rows).sum::<i64>(), 0);
        assert_eq!(shop.clean().await.unwrap().len(), 4);
    }
}
