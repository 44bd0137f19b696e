//! `handled db status` and `repair` on the platform's own databases, split and single: everything that can be wrong between files and a
//! database is told apart, and mended.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use database_testing::TestDatabase;
use serde_json::Value;

use crate::place::text;

/// The platform's workspace, copied to where its files may be changed, with databases of its own.
struct Subject {
    folder: tempfile::TempDir,
    primary: TestDatabase,
    second: Option<TestDatabase>,
}

impl Subject {
    async fn new(split: bool) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        for part in ["databases.toml", "migrations", "seeds"] {
            copy(&root.join(part), &folder.path().join(part));
        }
        let primary = TestDatabase::create("repair_primary").await;
        let second = if split { Some(TestDatabase::create("repair_data").await) } else { None };
        let subject = Self { folder, primary, second };
        assert_eq!(code(&subject.db(&["migrate"])), 0);
        subject.is_clean();
        subject
    }

    fn data(&self) -> &TestDatabase {
        self.second.as_ref().unwrap_or(&self.primary)
    }

    fn db(&self, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_handled"))
            .args(["db", "--workspace"])
            .arg(self.folder.path())
            .args(arguments)
            .env_clear()
            .env("PRIMARY_DATABASE_URL", self.primary.app_url())
            .env("PRIMARY_OWNER_URL", self.primary.owner_url())
            .env("DATA_DATABASE_URL", self.data().app_url())
            .env("DATA_OWNER_URL", self.data().owner_url())
            .stdin(Stdio::null())
            .output()
            .expect("run")
    }

    /// The file whose name begins and ends so.
    fn file(&self, database: &str, start: &str, end: &str) -> PathBuf {
        let folder = self.folder.path().join("migrations").join(database);
        let mut files = std::fs::read_dir(&folder).expect("a folder").map(|entry| entry.expect("an entry").path());
        let found = files.find(|path| {
            let name = path.file_name().expect("a name").to_string_lossy().into_owned();
            name.starts_with(start) && name.ends_with(end)
        });
        found.unwrap_or_else(|| panic!("{start}…{end} in {}", folder.display()))
    }

    /// The number of the last migration.
    fn last(&self, database: &str) -> u32 {
        let folder = self.folder.path().join("migrations").join(database);
        let files = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").file_name());
        files.filter_map(|name| name.to_string_lossy().split('_').next()?.parse().ok()).max().expect("a migration")
    }

    fn write(&self, database: &str, file: &str, content: &str) {
        std::fs::write(self.folder.path().join("migrations").join(database).join(file), content).expect("a file");
    }

    async fn run(&self, database: &TestDatabase, sql: &str) {
        let pool = database.owner_pool();
        let mut transaction = pool.begin().await.expect("a transaction");
        transaction.run_script(sql).await.expect(sql);
        transaction.commit().await.expect("commits");
    }

    /// What is not applied, as `database version state`.
    fn found(&self) -> Vec<String> {
        let output = self.db(&["status", "--json"]);
        assert_eq!(code(&output), 3, "{}", text(&output.stdout));
        let all: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        let of = |database: &Value| {
            let name = database["database"].as_str().expect("a name").to_owned();
            let migrations = database["migrations"].as_array().expect("migrations").clone();
            migrations.into_iter().filter(|one| one["state"] != "applied").map(move |one| {
                let change = one["change"].as_str().map_or_else(String::new, |change| format!(" {change}"));
                format!("{name} {} {}{change}", one["version"], one["state"].as_str().expect("a state"))
            })
        };
        all.as_array().expect("databases").iter().flat_map(of).collect()
    }

    /// What a repair that changes nothing says; it has to say that something does not agree.
    fn said(&self) -> String {
        let output = self.db(&["repair"]);
        assert_eq!(code(&output), 3, "{}", text(&output.stderr));
        let again = self.db(&["repair"]);
        assert_eq!(output.stdout, again.stdout, "without --yes nothing changes");
        text(&output.stdout)
    }

    fn repair(&self) {
        let output = self.db(&["repair", "--yes"]);
        assert_eq!(code(&output), 0, "{}{}", text(&output.stdout), text(&output.stderr));
        self.is_clean();
    }

    fn is_clean(&self) {
        let output = self.db(&["status"]);
        assert_eq!(code(&output), 0, "{}{}", text(&output.stdout), text(&output.stderr));
    }
}

fn code(output: &Output) -> i32 {
    output.status.code().expect("an exit code")
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        std::fs::create_dir_all(to).expect("a folder");
        for entry in std::fs::read_dir(from).expect("a folder") {
            let entry = entry.expect("an entry");
            copy(&entry.path(), &to.join(entry.file_name()));
        }
    } else {
        std::fs::copy(from, to).expect("a copy");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_file_that_was_edited_or_deleted_is_told_apart_and_mended() {
    for split in [true, false] {
        let subject = Subject::new(split).await;

        let file = subject.file("primary", "0003", ".up.sql");
        let applied = std::fs::read_to_string(&file).expect("the file");
        std::fs::write(&file, format!("-- What each run did.\n{applied}")).expect("the file");
        assert_eq!(subject.found(), ["primary 3 modified comments"]);
        assert!(subject.said().contains("in comments and white space only"), "{}", subject.said());
        subject.repair();

        let file = subject.file("data", "0006", ".up.sql");
        let applied = std::fs::read_to_string(&file).expect("the file");
        std::fs::write(&file, applied.replacen("smallint", "integer", 1)).expect("the file");
        assert_eq!(subject.found(), ["data 6 modified tokens"]);
        assert!(subject.said().contains("the change is in the SQL's tokens"), "{}", subject.said());
        assert_eq!(code(&subject.db(&["migrate"])), 1, "nothing is applied on top of it");
        subject.repair();
        assert_eq!(std::fs::read_to_string(&file).expect("the file"), applied, "it is again what was applied");

        let (up, down) = (subject.file("data", "0004", ".up.sql"), subject.file("data", "0004", ".down.sql"));
        let kept = std::fs::read_to_string(&down).expect("the file");
        std::fs::remove_file(&up).expect("deleted");
        std::fs::remove_file(&down).expect("deleted");
        assert_eq!(subject.found(), ["data 4 missing"]);
        assert!(subject.said().contains("was applied, and the file is gone"), "{}", subject.said());
        subject.repair();
        assert_eq!(std::fs::read_to_string(&down).expect("the file"), kept);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_migration_that_came_late_or_failed_is_told_apart_and_mended() {
    for split in [true, false] {
        let subject = Subject::new(split).await;

        // Two branches had a migration of this number, and the other one's came in first.
        let (last, next) = (subject.last("primary"), subject.last("primary") + 1);
        for end in [".up.sql", ".down.sql"] {
            let file = subject.file("primary", &format!("{last:04}"), end);
            let name = file.file_name().expect("a name").to_string_lossy().into_owned();
            let renamed = file.with_file_name(name.replacen(&format!("{last:04}"), &format!("{next:04}"), 1));
            std::fs::rename(&file, renamed).expect("renamed");
        }
        subject.write("primary", &format!("{last:04}_notes.up.sql"), "CREATE TABLE config.notes (id text PRIMARY KEY);");
        subject.write("primary", &format!("{last:04}_notes.down.sql"), "DROP TABLE config.notes;");
        assert_eq!(subject.found(), [format!("primary {last} out_of_order"), format!("primary {next} renumbered")]);
        let late = format!("{last:04}_notes.up.sql was never applied, although later ones were");
        assert!(subject.said().contains(&late), "{}", subject.said());
        subject.repair();

        // Half-way: the second of three statements needs what somebody is yet to make.
        let half = next + 1;
        let up = "-- no-transaction\nCREATE TABLE config.one ();\nINSERT INTO config.two VALUES (1);\nCREATE TABLE config.three ();";
        subject.write("primary", &format!("{half:04}_half.up.sql"), up);
        subject.write("primary", &format!("{half:04}_half.down.sql"), "DROP TABLE config.one; DROP TABLE config.three;");
        let failed = subject.db(&["migrate"]);
        assert_eq!(code(&failed), 1);
        let sentence = text(&failed.stderr);
        assert!(sentence.contains("failed in line 3") && sentence.contains("1 of its 3 statements took effect"), "{sentence}");
        assert_eq!(subject.found(), [format!("primary {half} failed")]);
        let stopped = format!("{half:04}_half.up.sql did not come to its end (1 of its statements took effect)");
        assert!(subject.said().contains(&stopped), "{}", subject.said());
        subject.run(&subject.primary, "CREATE TABLE config.two (id int)").await;
        subject.repair();

        // An index that cannot be unique.
        subject.run(subject.data(), "CREATE TABLE workspace.codes (code text); INSERT INTO workspace.codes VALUES ('a'), ('a')").await;
        let codes = subject.last("data") + 1;
        let up = "-- no-transaction\nCREATE UNIQUE INDEX CONCURRENTLY codes_once ON workspace.codes (code);";
        subject.write("data", &format!("{codes:04}_codes.up.sql"), up);
        let down = "-- no-transaction\nDROP INDEX CONCURRENTLY IF EXISTS workspace.codes_once;";
        subject.write("data", &format!("{codes:04}_codes.down.sql"), down);
        assert_eq!(code(&subject.db(&["migrate"])), 1);
        assert_eq!(subject.found(), [format!("data {codes} failed")]);
        assert!(subject.said().contains("Key (code)=(a) is duplicated"), "{}", subject.said());
        subject.run(subject.data(), "DELETE FROM workspace.codes").await;
        subject.repair();
        let pool = subject.data().owner_pool();
        let mut transaction = pool.begin_read_only().await.expect("a transaction");
        let valid = "SELECT indisvalid FROM pg_index WHERE indexrelid = 'workspace.codes_once'::regclass";
        assert!(sqlx::query_scalar::<_, bool>(valid).fetch_one(&mut transaction).await.expect("an index"));
        let logged = "SELECT count(*) FROM config.schema_log WHERE action = 'repair' AND actor LIKE 'system:%'";
        drop(transaction);
        let primary = subject.primary.owner_pool();
        let mut transaction = primary.begin_read_only().await.expect("a transaction");
        assert_eq!(sqlx::query_scalar::<_, i64>(logged).fetch_one(&mut transaction).await.expect("a log"), 3);
    }
}
