//! The private PostgreSQL's life on a real machine: made, shared, stopped by the last, recovered after kills.

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use server::data_folder::DataFolder;
use server::postgres::{PostgresError, PrivatePostgres, locate};
use sqlx::{Connection, PgConnection};
use tokio_util::sync::CancellationToken;

/// A data folder that an unprivileged user can reach.
struct Place {
    outer: tempfile::TempDir,
}

impl Place {
    fn new() -> Self {
        let outer = tempfile::Builder::new().prefix("handled-test-").tempdir_in("/tmp").expect("a folder");
        std::fs::set_permissions(outer.path(), std::fs::Permissions::from_mode(0o755)).expect("its mode");
        Self { outer }
    }

    fn path(&self) -> PathBuf {
        self.outer.path().join("data")
    }

    fn folder(&self) -> DataFolder {
        locate(Some(&self.path()), Path::new(".handled")).expect("a data folder").0
    }

    fn pid(&self) -> Option<i32> {
        let text = std::fs::read_to_string(self.path().join("postgres/postmaster.pid")).ok()?;
        text.lines().next()?.trim().parse().ok()
    }
}

fn is_alive(pid: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| !rest.trim_start().starts_with('Z'))
}

async fn until(what: &str, mut condition: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !condition().await {
        assert!(begun.elapsed() < Duration::from_secs(60), "{what} did not happen within a minute");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

async fn answers(postgres: &PrivatePostgres) -> bool {
    let Ok(addresses) = postgres.addresses(true) else { return false };
    PgConnection::connect_with(&addresses.primary.connect_options()).await.is_ok()
}

async fn text(connection: &mut PgConnection, query: &'static str) -> String {
    sqlx::query_scalar(query).fetch_one(connection).await.expect("an answer")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_is_made_durable_with_two_databases_and_their_roles() {
    let place = Place::new();
    let postgres = PrivatePostgres::take(place.folder()).await.expect("started");
    let addresses = postgres.addresses(true).expect("addresses");
    assert_eq!((addresses.primary.database(), addresses.data.database()), ("handled_primary", "handled_data"));
    assert_eq!(postgres.addresses(false).expect("addresses").data.database(), "handled_primary");

    let mut app = PgConnection::connect_with(&addresses.primary.connect_options()).await.expect("connected");
    assert_eq!(text(&mut app, "SHOW fsync").await, "on");
    assert_eq!(text(&mut app, "SHOW full_page_writes").await, "on");
    assert_eq!(text(&mut app, "SHOW server_encoding").await, "UTF8");
    assert_eq!(text(&mut app, "SHOW listen_addresses").await, "127.0.0.1");
    assert_eq!(text(&mut app, "SELECT datcollate FROM pg_database WHERE datname = current_database()").await.chars().next(), Some('C'));
    assert_eq!(
        text(&mut app, "SELECT pg_get_userbyid(datdba)::text FROM pg_database WHERE datname = 'handled_data'").await,
        "handled_owner"
    );
    let refused = ["CREATE TABLE public.t (a int)", "CREATE SCHEMA s", "CREATE TEMP TABLE t (a int)", "CREATE DATABASE d", "CREATE ROLE r"];
    for statement in refused {
        let error = sqlx::raw_sql(statement).execute(&mut app).await.expect_err(statement);
        assert!(error.to_string().contains("permission denied"), "{statement}: {error}");
    }
    let mut owner = PgConnection::connect_with(&addresses.data_owner.connect_options()).await.expect("connected");
    sqlx::raw_sql("CREATE SCHEMA w AUTHORIZATION handled_app; CREATE TABLE w.t (a int)").execute(&mut owner).await.expect("the owner may");
    let mut app = PgConnection::connect_with(&addresses.data.connect_options()).await.expect("connected");
    sqlx::raw_sql("CREATE TABLE w.u (a int)").execute(&mut app).await.expect("the application owns the schema");

    let mode = |path: &str| std::fs::metadata(place.path().join(path)).expect(path).permissions().mode() & 0o777;
    assert_eq!((mode("postgres"), mode("secrets"), mode("secrets/postgres_app")), (0o700, 0o700, 0o600));
    let socket = postgres.postmaster().socket_folder.clone();
    assert_eq!(std::fs::metadata(&socket).expect("the socket's folder").permissions().mode() & 0o777, 0o700);
    assert!(socket.join(format!(".s.PGSQL.{}", postgres.postmaster().port)).exists());
    postgres.release().await.expect("stopped");
    assert!(!socket.exists(), "the folder of its socket is gone with it");
}

#[tokio::test(flavor = "multi_thread")]
async fn several_share_it_and_the_last_one_stops_it() {
    let place = Place::new();
    let (first, second) = tokio::join!(PrivatePostgres::take(place.folder()), PrivatePostgres::take(place.folder()));
    let (first, second) = (first.expect("started"), second.expect("shared"));
    let pid = place.pid().expect("running");
    assert_eq!(first.postmaster().port, second.postmaster().port);
    first.release().await.expect("left");
    assert!(is_alive(pid) && answers(&second).await, "the second still uses it");
    let port = second.postmaster().port;
    drop(second);
    assert!(!is_alive(pid) && place.pid().is_none(), "dropping the last share stops it too");

    let again = PrivatePostgres::take(place.folder()).await.expect("started again");
    assert_eq!(again.postmaster().port, port, "the port is kept where it is free");
    again.release().await.expect("stopped");
    let blocked = std::net::TcpListener::bind(("127.0.0.1", port)).expect("the port");
    let elsewhere = PrivatePostgres::take(place.folder()).await.expect("started on another port");
    assert_ne!(elsewhere.postmaster().port, port);
    elsewhere.release().await.expect("stopped");
    drop(blocked);
}

/// Not a test by itself: the process that the next test kills.
#[tokio::test(flavor = "multi_thread")]
async fn child_that_is_killed() {
    let Some(path) = std::env::var_os("TEST_DATA_FOLDER") else { return };
    let folder = locate(Some(Path::new(&path)), Path::new(".handled")).expect("a data folder").0;
    let postgres = PrivatePostgres::take(folder).await.expect("started");
    let mut connection =
        PgConnection::connect_with(&postgres.addresses(true).expect("addresses").data_owner.connect_options()).await.expect("up");
    for statement in ["CREATE TABLE late (a int)", "BEGIN", "INSERT INTO late VALUES (1)"] {
        sqlx::raw_sql(statement).execute(&mut connection).await.expect(statement);
    }
    println!("ready");
    // Commits if its server process outlives the client.
    let _ = sqlx::raw_sql("SELECT pg_sleep(5); COMMIT").execute(&mut connection).await;
    std::future::pending::<()>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_killed_process_left_running_is_stopped_and_started_anew() {
    use std::io::{BufRead, BufReader};
    let place = Place::new();
    let mut child = Command::new(std::env::current_exe().expect("this program"))
        .args(["private_postgres::child_that_is_killed", "--exact", "--nocapture"])
        .env("TEST_DATA_FOLDER", place.path())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a child");
    let lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    assert!(lines.map_while(Result::ok).any(|line| line.ends_with("ready")), "the child got ready");
    child.kill().expect("killed");
    child.wait().expect("ended");
    let orphan = place.pid().expect("still noted");
    assert!(is_alive(orphan), "PostgreSQL outlives the killed process");

    let postgres = PrivatePostgres::take(place.folder()).await.expect("recovered");
    assert!(!is_alive(orphan));
    assert_ne!(place.pid(), Some(orphan));
    let addresses = postgres.addresses(true).expect("addresses");
    let mut connection = PgConnection::connect_with(&addresses.data_owner.connect_options()).await.expect("connected");
    let rows: i64 = sqlx::query_scalar("SELECT count(*) FROM late").fetch_one(&mut connection).await.expect("the table");
    assert_eq!(rows, 0, "nothing of the dead process was committed");
    postgres.release().await.expect("stopped");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_started_again_in_the_same_place_when_it_is_killed() {
    let place = Place::new();
    let postgres = PrivatePostgres::take(place.folder()).await.expect("started");
    let stop = CancellationToken::new();
    let supervision = postgres.supervise(stop.clone());
    for _ in 0..2 {
        let before = place.pid().expect("running");
        Command::new("kill").args(["-9", &before.to_string()]).status().expect("killed");
        until("the restart", async || place.pid().is_some_and(|now| now != before && is_alive(now)) && answers(&postgres).await).await;
    }
    stop.cancel();
    supervision.await.expect("ended");
    let pid = place.pid().expect("running");
    postgres.release().await.expect("stopped");
    assert!(!is_alive(pid));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stale_note_and_leftovers_of_a_killed_start_do_not_matter() {
    let place = Place::new();
    let folder = place.folder();
    PrivatePostgres::take(folder.clone()).await.expect("started").release().await.expect("stopped");
    let cluster = folder.cluster();
    // The number of a process that is no PostgreSQL: this one.
    let note = cluster.join("postmaster.pid");
    std::fs::write(&note, format!("{}\n{}\n1\n1\n/tmp\n", std::process::id(), cluster.display())).expect("a note");
    PrivatePostgres::take(folder.clone()).await.expect("started").release().await.expect("stopped");

    std::fs::write(cluster.join("PG_VERSION"), "14\n").expect("another version");
    let error = PrivatePostgres::take(folder.clone()).await.err().expect("refused");
    assert!(matches!(error, PostgresError::OtherVersion { .. }), "{error}");
    assert!(error.to_string().contains("was made by PostgreSQL 14"), "{error}");

    std::fs::write(cluster.join("PG_VERSION"), "15\n").expect("the version");
    std::fs::write(cluster.join("postgresql.auto.conf"), "shared_buffers = '9000GB'\n").expect("a bad setting");
    let error = PrivatePostgres::take(folder.clone()).await.err().expect("does not start").to_string();
    assert!(error.starts_with("PostgreSQL did not start: ") && error.contains("postgres.log"), "{error}");
    println!("{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_folder_of_somebody_elses_is_never_removed_and_an_empty_one_is_used() {
    let place = Place::new();
    let folder = place.folder();
    let theirs = folder.cluster();
    std::fs::create_dir(&theirs).expect("a folder");
    std::fs::write(theirs.join("README"), "sources").expect("a file");
    let refused = async || PrivatePostgres::take(folder.clone()).await.err().expect("refused").to_string();
    let sentence = format!(
        "The databases would go to {}, which holds something else and is left alone; set HANDLED_DATA_DIR to another folder.",
        theirs.display()
    );
    assert_eq!(refused().await, sentence);
    assert_eq!(std::fs::read_to_string(theirs.join("README")).expect("left alone"), "sources");
    assert!(!folder.postgres_log().exists() && !folder.path().join(".handled-unfinished-postgres").exists(), "nothing was begun");
    std::fs::remove_file(theirs.join("README")).expect("removed");
    std::fs::remove_dir(&theirs).expect("removed");
    std::os::unix::fs::symlink(place.outer.path(), &theirs).expect("a link");
    assert_eq!(refused().await, sentence);

    std::fs::remove_file(&theirs).expect("removed");
    std::fs::create_dir(&theirs).expect("an empty folder");
    // What a killed start leaves.
    std::fs::create_dir_all(folder.path().join(".handled-unfinished-postgres/base")).expect("an unfinished cluster");
    PrivatePostgres::take(folder.clone()).await.expect("made").release().await.expect("stopped");
    let mut left: Vec<String> = std::fs::read_dir(folder.path())
        .expect("a folder")
        .map(|entry| entry.expect("one").file_name().into_string().expect("text"))
        .collect();
    left.sort();
    assert_eq!(left, ["locks", "postgres", "postgres.log", "secrets", "uploads"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_postgres_user_lays_into_its_folder_leads_nobody_astray() {
    let place = Place::new();
    let folder = place.folder();
    PrivatePostgres::take(folder.clone()).await.expect("made").release().await.expect("stopped");
    let victim = place.outer.path().join("victim");
    std::fs::write(&victim, "root:x:0:0\n").expect("a file");
    std::fs::set_permissions(&victim, std::fs::Permissions::from_mode(0o644)).expect("its mode");
    let settings = folder.cluster().join("handled.conf");
    std::fs::remove_file(&settings).expect("removed");
    std::os::unix::fs::symlink(&victim, &settings).expect("a link");

    let postgres = PrivatePostgres::take(folder.clone()).await.expect("started");
    assert_eq!(std::fs::read_to_string(&victim).expect("left alone"), "root:x:0:0\n");
    assert_eq!(std::fs::metadata(&victim).expect("left alone").permissions().mode() & 0o777, 0o644);
    assert!(settings.symlink_metadata().expect("a file").is_file());
    // A note that names another folder for the socket.
    let other = place.outer.path().join("other");
    std::fs::create_dir(&other).expect("a folder");
    let socket = postgres.postmaster().socket_folder.display().to_string();
    let note = folder.cluster().join("postmaster.pid");
    let text = std::fs::read_to_string(&note).expect("the note").replace(&socket, &other.display().to_string());
    std::fs::write(&note, text).expect("another note");
    postgres.release().await.expect("stopped");
    assert!(other.exists() && !Path::new(&socket).exists(), "only its own folder is removed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_taken_name_for_the_sockets_folder_does_not_matter() {
    let place = Place::new();
    let folder = place.folder();
    let postgres = PrivatePostgres::take(folder.clone()).await.expect("started");
    let socket = postgres.postmaster().socket_folder.clone();
    postgres.release().await.expect("stopped");
    // As a stranger could in /tmp.
    std::os::unix::fs::symlink(place.outer.path(), &socket).expect("a link");
    let postgres = PrivatePostgres::take(folder.clone()).await;
    std::fs::remove_file(&socket).expect("still the link");
    let postgres = postgres.expect("started");
    let elsewhere = postgres.postmaster().socket_folder.clone();
    assert_eq!(elsewhere, PathBuf::from(format!("{}-2", socket.display())));
    postgres.release().await.expect("stopped");
    assert!(!elsewhere.exists());
}

#[test]
fn a_folder_that_postgres_cannot_reach_is_refused_by_name() {
    if !nix::unistd::geteuid().is_root() {
        println!("skipped: an ordinary user's PostgreSQL runs as that user");
        return;
    }
    let place = Place::new();
    let closed = place.outer.path().join("closed");
    std::fs::create_dir(&closed).expect("a folder");
    std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o700)).expect("its mode");
    let error = locate(Some(&closed.join("deep/data")), Path::new(".handled")).expect_err("refused").to_string();
    assert!(error.contains(&format!("the mode of {} is in the way", closed.display())), "{error}");
    assert!(!closed.join("deep").exists(), "nothing was made");
}
