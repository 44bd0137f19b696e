//! What would hurt, weighed by the rows of a real database.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::path::Path;

use database_connection::DatabaseUrl;
use database_testing::TestDatabase;
use database_tool::{Addresses, Database, Lint, LintScope, Operator, Severity, Workspace};

const WORKSPACE: &str = "[[database]]\nname = \"shop\"\nurl = \"SHOP_URL\"\nmigrations = \"migrations\"\nschemas = [\"shop\"]\n";

const FIRST: &str = "CREATE TABLE shop.large (id int PRIMARY KEY, name text);
INSERT INTO shop.large SELECT i, i::text FROM generate_series(1, 20000) AS i;
CREATE TABLE shop.fresh (id int);
INSERT INTO shop.fresh SELECT i FROM generate_series(1, 20000) AS i;
CREATE TABLE shop.small (id int);
INSERT INTO shop.small VALUES (1), (2);
CREATE TABLE shop.\"Empty\" (id int);
CREATE TABLE shop.parted (id int) PARTITION BY RANGE (id);
CREATE TABLE shop.parted_1 PARTITION OF shop.parted FOR VALUES FROM (0) TO (10000);
CREATE TABLE shop.parted_2 PARTITION OF shop.parted FOR VALUES FROM (10000) TO (20000);
INSERT INTO shop.parted SELECT i FROM generate_series(0, 19999) AS i;
CREATE INDEX large_name ON shop.large (name);";

const SECOND: &str = "CREATE INDEX a ON shop.large (id);
CREATE INDEX b ON shop.fresh (id);
CREATE INDEX c ON shop.small (id);
ALTER TABLE shop.\"Empty\" ADD needed int NOT NULL;
ALTER TABLE shop.small ADD needed int NOT NULL;
CREATE INDEX d ON shop.parted (id);
DROP INDEX shop.large_name;
CREATE TABLE shop.new (id int);
CREATE INDEX f ON shop.gone (id);
ALTER TABLE shop.large RENAME TO big;";

const THIRD: &str = "ALTER TABLE shop.new ADD needed int NOT NULL;\nALTER TABLE shop.big ALTER name TYPE varchar(9);";

fn write(folder: &Path, files: &[(&str, &str)]) {
    std::fs::create_dir_all(folder.join("migrations")).unwrap();
    std::fs::write(folder.join("databases.toml"), WORKSPACE).unwrap();
    for (stem, up) in files {
        std::fs::write(folder.join(format!("migrations/{stem}.up.sql")), up).unwrap();
        std::fs::write(folder.join(format!("migrations/{stem}.down.sql")), "SELECT 1").unwrap();
    }
}

fn database(folder: &Path, url: &str) -> Database {
    let workspace = Workspace::read(folder).unwrap();
    let app: DatabaseUrl = url.parse().unwrap();
    Database::new(workspace.databases[0].clone(), Addresses { app, owner: None, reader: None }, Operator::default()).unwrap()
}

fn said(lint: &Lint) -> Vec<String> {
    let line = |finding: &database_tool::LintFinding| {
        let sentence = finding.sentence.split(": ").next().unwrap();
        format!("{}:{} {} {}", finding.file.split('_').next().unwrap(), finding.line, finding.severity, sentence)
    };
    lint.findings.iter().map(line).collect()
}

#[tokio::test]
async fn findings_are_weighed_by_the_rows_that_are_there() {
    let (test, folder) = (TestDatabase::create("lint").await, tempfile::tempdir().unwrap());
    write(folder.path(), &[("0001_first", FIRST)]);
    let pool = test.owner_pool();
    database(folder.path(), &test.owner_url()).migrator.migrate(&pool).await.unwrap();
    let mut transaction = pool.begin().await.unwrap();
    transaction.run_script("ANALYZE shop.large; GRANT USAGE ON SCHEMA shop TO handled_app; GRANT SELECT ON shop.schema_migrations, shop.schema_progress TO handled_app").await.unwrap();
    transaction.commit().await.unwrap();

    write(folder.path(), &[("0002_second", SECOND), ("0003_third", THIRD)]);
    let owner = database(folder.path(), &test.owner_url());
    let lint = owner.lint(&pool, LintScope::Pending).await.unwrap();
    assert_eq!(
        said(&lint),
        [
            "0002:1 warning shop.large (20,000 rows)",
            "0002:2 warning shop.fresh (10,000 rows or more)",
            "0002:3 note shop.small (2 rows)",
            "0002:4 note shop.Empty (empty)",
            "0002:5 error shop.small (2 rows)",
            "0002:6 warning shop.parted (20,000 rows or more)",
            "0002:7 warning shop.large_name (20,000 rows)",
            "0002:9 warning shop.gone (it is not in the database)",
            "0002:10 warning shop.large (20,000 rows)",
            "0003:1 note shop.new (a pending migration makes it)",
            "0003:2 error shop.large (20,000 rows)",
        ]
    );
    assert!(lint.weighed && !lint.is_clean() && lint.files == 2);
    assert_eq!((lint.count(Severity::Error), lint.count(Severity::Note)), (2, 3));
    assert_eq!(owner.lint(&pool, LintScope::All).await.unwrap().files, 3);

    // A role that may not read the rows is told by the statistics, or by the kind alone.
    let app = test.app_pool();
    let lint = database(folder.path(), &test.app_url()).lint(&app, LintScope::Pending).await.unwrap();
    assert_eq!(
        said(&lint)[..3],
        [
            "0002:1 warning shop.large (20,000 rows)",
            "0002:2 warning shop.fresh (how many rows it has cannot be seen)",
            "0002:3 warning shop.small (how many rows it has cannot be seen)",
        ]
    );

    // Somebody who has a table locked is not waited for.
    let mut holder = pool.begin().await.unwrap();
    holder.run_script("LOCK TABLE shop.small").await.unwrap();
    let lint = owner.lint(&pool, LintScope::Pending).await.unwrap();
    assert_eq!(said(&lint)[2], "0002:3 warning shop.small (how many rows it has cannot be seen)");
    holder.rollback().await.unwrap();
}

#[tokio::test]
async fn the_folder_is_looked_at_without_a_database() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("0001_first", "CREATE TABLE shop.a ();"), ("0003_third", "DROP TABLE shop.a;\nthis is no SQL;")]);
    let declaration = Workspace::read(folder.path()).unwrap().databases[0].clone();
    let lint = declaration.lint().unwrap();
    let sentences: Vec<&str> = lint.findings.iter().map(|finding| finding.sentence.as_str()).collect();
    assert_eq!(sentences.len(), 3, "{sentences:?}");
    assert!(sentences[0].starts_with("there is no migration 0002, but 0003_third.up.sql exists"), "{sentences:?}");
    assert!(sentences[1].starts_with("shop.a: its rows are lost"), "{sentences:?}");
    assert!(sentences[2].starts_with("the parser does not understand this"), "{sentences:?}");
    assert!(!lint.weighed);

    std::fs::remove_file(folder.path().join("migrations/0001_first.down.sql")).unwrap();
    let lint = declaration.lint().unwrap();
    let first = &lint.findings[0];
    assert_eq!((first.file.as_str(), first.rule, first.severity), ("0001_first.down.sql", "refused", Severity::Error));
}
