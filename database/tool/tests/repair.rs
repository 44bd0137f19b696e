//! What does not agree between files and a database: told apart, and mended.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;

use database_connection::Pool;
use database_testing::TestDatabase;
use database_tool::{Files, Finding, Migrations, Migrator, Mismatch, Remedy, Right, Verdict};

/// Three migrations in a folder, applied.
struct Adopted {
    database: TestDatabase,
    folder: tempfile::TempDir,
}

impl Adopted {
    async fn new(purpose: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (version, letter) in (1..).zip(["a", "b", "c"]) {
            write(folder.path(), version, letter, &format!("CREATE TABLE workspace.{letter} (id int);"));
        }
        let adopted = Self { database: TestDatabase::create(purpose).await, folder };
        adopted.migrator().migrate(&adopted.pool()).await.unwrap();
        adopted
    }

    fn files(&self) -> Files {
        Files::Folder(self.folder.path().to_owned())
    }

    fn migrator(&self) -> Migrator {
        Migrator::new("data", "workspace", Migrations::read(&self.files()).unwrap())
    }

    fn pool(&self) -> Pool {
        self.database.owner_pool()
    }

    fn path(&self, file: &str) -> std::path::PathBuf {
        self.folder.path().join(file)
    }

    async fn findings(&self) -> Vec<Finding> {
        self.migrator().findings(&self.pool(), &self.files(), Right::Applied).await.unwrap()
    }

    /// Repairs, and answers what was done; everything agrees afterwards.
    async fn repair(&self, right: Right) -> Vec<String> {
        let repaired = self.migrator().repair(&self.pool(), &self.files(), right).await.unwrap();
        let status = self.migrator().status(&self.pool()).await.unwrap();
        assert_eq!(status.verdict(), Verdict::Clean, "{status:?}");
        assert_eq!(self.count("SELECT count(*) FROM workspace.schema_log WHERE action = 'repair'").await, repaired.len() as i64);
        repaired.into_iter().map(|one| one.done).collect()
    }

    async fn count(&self, sql: &'static str) -> i64 {
        let mut transaction = self.pool().begin_read_only().await.unwrap();
        sqlx::query_scalar(sql).fetch_one(&mut transaction).await.unwrap()
    }

    async fn run(&self, sql: &str) {
        let mut transaction = self.pool().begin().await.unwrap();
        transaction.run_script(sql).await.unwrap();
        transaction.commit().await.unwrap();
    }
}

fn write(folder: &Path, version: i32, name: &str, up: &str) {
    fs::write(folder.join(format!("{version:04}_{name}.up.sql")), up).unwrap();
    fs::write(folder.join(format!("{version:04}_{name}.down.sql")), format!("DROP TABLE workspace.{name};")).unwrap();
}

fn kinds(findings: &[Finding]) -> Vec<(Option<i32>, Mismatch)> {
    findings.iter().map(|finding| (finding.version, finding.kind)).collect()
}

#[tokio::test]
async fn an_edited_comment_is_recorded() {
    let adopted = Adopted::new("repair_comment").await;
    assert!(adopted.findings().await.is_empty());
    fs::write(adopted.path("0002_b.up.sql"), "-- Bees.\ncreate table workspace.b\n    (id int);\n").unwrap();
    let found = adopted.findings().await;
    assert_eq!(kinds(&found), [(Some(2), Mismatch::Comments)]);
    assert!(found[0].sentence.contains("comments and white space only"), "{}", found[0].sentence);
    assert!(adopted.migrator().migrate(&adopted.pool()).await.is_err(), "until it is repaired");
    adopted.repair(Right::Applied).await;
    assert!(adopted.migrator().migrate(&adopted.pool()).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_edited_statement_is_put_back_unless_the_file_is_right() {
    let adopted = Adopted::new("repair_tokens").await;
    let edited = "CREATE TABLE workspace.b (id bigint);";
    fs::write(adopted.path("0002_b.up.sql"), edited).unwrap();
    let found = adopted.findings().await;
    assert_eq!(kinds(&found), [(Some(2), Mismatch::Tokens)]);
    assert!(found[0].sentence.contains("tokens"), "{}", found[0].sentence);
    adopted.repair(Right::Applied).await;
    assert_eq!(fs::read_to_string(adopted.path("0002_b.up.sql")).unwrap(), "CREATE TABLE workspace.b (id int);");
    assert_eq!(fs::read_to_string(adopted.path("0002_b.up.sql.edited")).unwrap(), edited, "nothing is lost");

    let other = Adopted::new("repair_files").await;
    fs::write(other.path("0002_b.up.sql"), edited).unwrap();
    other.repair(Right::Files).await;
    assert_eq!(fs::read_to_string(other.path("0002_b.up.sql")).unwrap(), edited);
    let integers = "SELECT count(*) FROM information_schema.columns WHERE table_name = 'b' AND data_type = 'integer'";
    assert_eq!(other.count(integers).await, 1, "the database is not touched");
}

#[tokio::test]
async fn a_deleted_file_comes_back_from_the_history() {
    let adopted = Adopted::new("repair_missing").await;
    for file in ["0002_b.up.sql", "0002_b.down.sql"] {
        fs::remove_file(adopted.path(file)).unwrap();
    }
    assert_eq!(kinds(&adopted.findings().await), [(Some(2), Mismatch::Missing)]);
    adopted.repair(Right::Applied).await;
    assert_eq!(fs::read_to_string(adopted.path("0002_b.down.sql")).unwrap(), "DROP TABLE workspace.b;");
    adopted.migrator().rollback(&adopted.pool(), 2).await.unwrap();

    let embedded = Adopted::new("repair_embedded").await;
    let shortened = Migrator::new("data", "workspace", Migrations::from_files([]).unwrap());
    static NOTHING: include_dir::Dir<'static> = include_dir::Dir::new("", &[]);
    let files = Files::Embedded(&NOTHING);
    let found = shortened.findings(&embedded.pool(), &files, Right::Applied).await.unwrap();
    assert!(found.len() == 3 && found.iter().all(|finding| finding.remedy.is_none()), "{found:?}");
    assert_eq!(shortened.repair(&embedded.pool(), &files, Right::Files).await.unwrap().len(), 3);
}

#[tokio::test]
async fn a_migration_inserted_before_others_is_applied_after_them() {
    let adopted = Adopted::new("repair_inserted").await;
    // Another branch had its 0002 first: ours became 0003 and 0004.
    for (version, letter) in [(3, "c"), (2, "b")] {
        for direction in ["up", "down"] {
            let from = adopted.path(&format!("{version:04}_{letter}.{direction}.sql"));
            fs::rename(from, adopted.path(&format!("{:04}_{letter}.{direction}.sql", version + 1))).unwrap();
        }
    }
    write(adopted.folder.path(), 2, "x", "CREATE TABLE workspace.x (id int);");
    let found = adopted.findings().await;
    assert_eq!(kinds(&found), [(Some(2), Mismatch::OutOfOrder), (Some(3), Mismatch::Renumbered), (Some(4), Mismatch::Renumbered)]);
    assert_eq!(found[2].sentence, "0004_c.up.sql was applied as 0003, and was renumbered since. A repair renumbers it in the history.");
    let done = adopted.repair(Right::Applied).await;
    assert_eq!(done[..2], ["The history has 0003 as 0004 now.", "The history has 0002 as 0003 now."]);
    assert!(done[2].starts_with("0002_x.up.sql was applied ("), "{done:?}");
    assert_eq!(adopted.migrator().rollback(&adopted.pool(), 4).await.unwrap().len(), 4);
}

#[tokio::test]
async fn what_failed_half_way_is_brought_to_its_end() {
    let adopted = Adopted::new("repair_half").await;
    adopted.run("INSERT INTO workspace.a VALUES (1), (1)").await;
    let up = "-- no-transaction\nCREATE TABLE workspace.d (id int);\nCREATE UNIQUE INDEX CONCURRENTLY a_id ON workspace.a (id);";
    write(adopted.folder.path(), 4, "d", up);
    adopted.migrator().migrate(&adopted.pool()).await.unwrap_err();
    let found = adopted.findings().await;
    assert_eq!((kinds(&found), found[0].remedy), (vec![(Some(4), Mismatch::Failed)], Some(Remedy::Apply)));
    assert!(found[0].sentence.contains("(1 of its statements took effect)") && found[0].sentence.contains("duplicated"), "{found:?}");
    adopted.run("TRUNCATE workspace.a").await;
    adopted.repair(Right::Applied).await;
    assert_eq!(adopted.count("SELECT count(*) FROM pg_index WHERE NOT indisvalid").await, 0);
}

#[tokio::test]
async fn a_schema_that_is_gone_is_said_and_made() {
    let adopted = Adopted::new("repair_schema").await;
    let migrator = adopted.migrator().with_schemas(["reference"]);
    let found = migrator.findings(&adopted.pool(), &adopted.files(), Right::Applied).await.unwrap();
    assert_eq!((kinds(&found), found[0].remedy), (vec![(None, Mismatch::Schema)], Some(Remedy::MakeSchema)));
    assert!(found[0].sentence.starts_with("The schema reference is gone"), "{}", found[0].sentence);
    migrator.repair(&adopted.pool(), &adopted.files(), Right::Applied).await.unwrap();
    assert!(migrator.status(&adopted.pool()).await.unwrap().is_clean());
}
