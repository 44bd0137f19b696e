//! `handled db migrate` by several processes at once, and by one that is killed, through a real PgBouncer in transaction mode.
//!
//! Three times each by default; `HANDLED_SOAK=1` does it twenty times.

use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use database_testing::{PgBouncer, TestDatabase};
use futures::stream::{self, StreamExt};
use rand::RngExt;

use crate::place::text;
use crate::wire::times;

/// After the death of whoever migrates, others are let in within this time.
const LOCKED_AT_MOST: Duration = Duration::from_secs(30);
/// How many turns are taken beside each other; each waits more than it works.
const AT_ONCE: usize = 4;
const COUNT: usize = 6;

/// A database behind PgBouncer and a workspace of migrations that take their time, one of them an index that is built concurrently.
struct Subject {
    database: TestDatabase,
    bouncer: PgBouncer,
    folder: tempfile::TempDir,
}

impl Subject {
    async fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        write(
            folder.path(),
            "databases.toml",
            "[[database]]\nname = \"one\"\nurl = \"ONE_URL\"\nmigrations = \"migrations\"\nhistory = \"kept\"\n",
        );
        for version in 1..=COUNT {
            let (up, down) = match version {
                2 => (
                    "CREATE FUNCTION kept.slow(i int) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.002); RETURN i; END $$;
                     CREATE TABLE kept.t2 AS SELECT generate_series(1, 200) AS id;"
                        .to_owned(),
                    "DROP TABLE kept.t2; DROP FUNCTION kept.slow;".to_owned(),
                ),
                3 => (
                    "-- no-transaction\nCREATE TABLE kept.t3 ();\nCREATE INDEX CONCURRENTLY t2_slow ON kept.t2 (kept.slow(id));".to_owned(),
                    "DROP INDEX kept.t2_slow; DROP TABLE kept.t3;".to_owned(),
                ),
                // Applied twice, it would fail.
                _ => (format!("CREATE TABLE kept.t{version} (); SELECT pg_sleep(0.15);"), format!("DROP TABLE kept.t{version};")),
            };
            write(folder.path(), &format!("migrations/{version:04}_t.up.sql"), &up);
            write(folder.path(), &format!("migrations/{version:04}_t.down.sql"), &down);
        }
        let database = TestDatabase::create("turns").await;
        let bouncer = PgBouncer::start(&database).await;
        Self { database, bouncer, folder }
    }

    fn db(&self, arguments: &[&str]) -> Child {
        Command::new(env!("CARGO_BIN_EXE_handled"))
            .args(["db", "--workspace"])
            .arg(self.folder.path())
            .args(arguments)
            .env_clear()
            .env("ONE_URL", self.bouncer.url())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("started")
    }

    async fn ask(&self, sql: &'static str) -> i64 {
        let pool = self.database.owner_pool();
        let mut transaction = pool.begin_read_only().await.expect("a transaction");
        sqlx::query_scalar(sql).fetch_one(&mut transaction).await.expect(sql)
    }

    /// Waits until the answer is not 0.
    async fn until(&self, sql: &'static str) {
        let started = Instant::now();
        while self.ask(sql).await == 0 {
            assert!(started.elapsed() < Duration::from_secs(30), "never: {sql}");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Every migration is there once, nothing is locked or left half built, and the tool says so.
    async fn is_whole(&self) {
        let status = ended(self.db(&["status"])).await;
        assert_eq!(status.status.code(), Some(0), "{}{}", text(&status.stdout), text(&status.stderr));
        assert_eq!(self.ask("SELECT count(*) FROM kept.schema_migrations").await, COUNT as i64);
        assert_eq!(self.ask("SELECT count(*) FROM pg_tables WHERE schemaname = 'kept' AND tablename ~ '^t[0-9]$'").await, COUNT as i64);
        assert_eq!(self.ask("SELECT count(*) FROM pg_index WHERE NOT indisvalid").await, 0);
        assert_eq!(
            self.ask("SELECT count(*) FROM kept.schema_lease").await + self.ask("SELECT count(*) FROM kept.schema_progress").await,
            0
        );
        let locks = "SELECT count(*) FROM pg_locks JOIN pg_database d ON d.oid = database WHERE locktype = 'advisory' AND datname = current_database()";
        assert_eq!(self.ask(locks).await, 0);
    }
}

fn write(folder: &Path, name: &str, content: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    std::fs::write(path, content).expect("a file");
}

async fn ended(child: Child) -> Output {
    tokio::task::spawn_blocking(|| child.wait_with_output()).await.expect("waited").expect("its output")
}

async fn one_of_two_applies() {
    let subject = Subject::new().await;
    let (one, other) = (subject.db(&["migrate"]), subject.db(&["migrate"]));
    let (one, other) = tokio::join!(ended(one), ended(other));
    let mut said = Vec::new();
    for output in [one, other] {
        assert!(output.status.success(), "{}", text(&output.stderr));
        said.push(text(&output.stdout));
    }
    said.sort_by_key(String::len);
    assert_eq!(said[0], "one: nothing to do\n", "{said:?}");
    assert_eq!(said[1].lines().filter(|line| line.starts_with("one: applied ")).count(), COUNT, "{said:?}");
    subject.is_whole().await;
}

async fn whoever_does_not_wait_is_told_who_is_at_work() {
    let subject = Subject::new().await;
    let first = subject.db(&["migrate"]);
    subject.until("SELECT count(*) FROM pg_tables WHERE schemaname = 'kept' AND tablename = 't1'").await;
    let second = ended(subject.db(&["migrate", "--wait", "0"])).await;
    let sentence = text(&second.stderr);
    assert_eq!(second.status.code(), Some(5), "{sentence}");
    assert!(sentence.starts_with("handled: one: system:") && sentence.contains(" has been at work on it (migrate) for "), "{sentence}");
    assert!(ended(first).await.status.success());
    subject.is_whole().await;
}

async fn a_killed_one_leaves_nothing_locked() {
    let subject = Subject::new().await;
    let mut first = subject.db(&["migrate"]);
    subject.until("SELECT count(*) FROM pg_tables WHERE schemaname = 'kept' AND tablename = 'schema_lease'").await;
    // From before the first statement to after the last.
    let moment = Duration::from_millis(rand::rng().random_range(0..1_600));
    tokio::time::sleep(moment).await;
    first.kill().expect("SIGKILL");
    ended(first).await;
    let killed = Instant::now();
    let second = ended(subject.db(&["migrate"])).await;
    assert!(second.status.success(), "killed after {moment:?}: {}", text(&second.stderr));
    let waited = killed.elapsed();
    assert!(waited < LOCKED_AT_MOST, "killed after {moment:?}: {waited:?}");
    eprintln!("killed after {moment:?}: the next was done {waited:?} later, having applied {}", text(&second.stdout).lines().count());
    subject.is_whole().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_two_that_migrate_through_pgbouncer_exactly_one_applies() {
    whoever_does_not_wait_is_told_who_is_at_work().await;
    for _ in 0..times(3, 20) {
        one_of_two_applies().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whoever_is_killed_while_migrating_through_pgbouncer_leaves_nothing_locked() {
    stream::iter(0..times(3, 20)).for_each_concurrent(AT_ONCE, |_| a_killed_one_leaves_nothing_locked()).await;
}
