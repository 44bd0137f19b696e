//! The real program in a folder of its own: run as a command, served, asked and killed.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

/// A folder to run the program in, with a site that is none.
pub struct Place {
    pub outer: tempfile::TempDir,
}

impl Place {
    pub fn new() -> Self {
        let outer = tempfile::Builder::new().prefix("handled-test-").tempdir_in("/tmp").expect("a folder");
        std::fs::set_permissions(outer.path(), std::fs::Permissions::from_mode(0o755)).expect("its mode");
        std::fs::create_dir_all(outer.path().join("site/pkg")).expect("a folder");
        for name in ["js", "wasm", "css"] {
            std::fs::write(outer.path().join("site/pkg/handled").with_extension(name), "x").expect("a file");
        }
        Self { outer }
    }

    pub fn file(&self, name: &str, content: &str) -> String {
        let path = self.outer.path().join(name);
        std::fs::write(&path, content).expect("a file");
        path.display().to_string()
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        // Tests may themselves be run by something that ignores SIGHUP, as nohup does, and the server would then rightly do so too.
        let mut command = Command::new("env");
        command
            .args(["--default-signal=HUP", env!("CARGO_BIN_EXE_handled")])
            .args(arguments)
            .current_dir(self.outer.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default());
        command.env("PORT", "0").env("LEPTOS_SITE_ROOT", "site").env("LEPTOS_HASH_FILES", "false");
        command
    }

    pub fn run(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Output {
        self.command(arguments).envs(environment.iter().copied()).stdin(Stdio::null()).output().expect("run")
    }

    /// The command's output, which must have gone well.
    pub fn well(&self, arguments: &[&str]) -> String {
        self.well_with(arguments, &[])
    }

    pub fn well_with(&self, arguments: &[&str], environment: &[(&str, &str)]) -> String {
        let output = self.run(arguments, environment);
        assert!(output.status.success(), "{arguments:?}: {}", text(&output.stderr));
        assert_eq!(text(&output.stderr), "", "{arguments:?}");
        text(&output.stdout)
    }

    /// The sentence that the command failed with: one, alone.
    pub fn refused(&self, arguments: &[&str], environment: &[(&str, &str)], code: i32) -> String {
        let output = self.run(arguments, environment);
        let sentence = text(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{arguments:?}: {sentence}");
        assert!(sentence.starts_with("handled: ") && sentence.trim_end().lines().count() == 1, "{arguments:?}: {sentence}");
        sentence
    }

    /// The address of a database of the running private PostgreSQL.
    pub fn url(&self, role: &str, database: &str) -> String {
        let read = |file: &str| std::fs::read_to_string(self.outer.path().join(".handled").join(file)).expect("a file of the data folder");
        let password = read(&format!("secrets/postgres_{}", role.trim_start_matches("handled_").replace("postgres", "superuser")));
        let note = read("postgres/postmaster.pid");
        let port = note.lines().nth(3).expect("a port");
        format!("postgres://{role}:{password}@127.0.0.1:{port}/{database}?sslmode=disable")
    }

    /// One row from DATA of the running private PostgreSQL.
    pub fn ask_data<R>(&self, sql: &'static str) -> R
    where
        R: Send + Unpin + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>,
    {
        self.ask_when_there("handled_data", sql)
    }

    /// The same from PRIMARY.
    pub fn ask_primary<R>(&self, sql: &'static str) -> R
    where
        R: Send + Unpin + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>,
    {
        self.ask_when_there("handled_primary", sql)
    }

    /// Asks until the private PostgreSQL answers: one that was killed lets nobody in for a moment, while the server still hears from
    /// the processes that it has left.
    fn ask_when_there<R>(&self, database: &str, sql: &'static str) -> R
    where
        R: Send + Unpin + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>,
    {
        let begun = Instant::now();
        loop {
            match ask(&self.url("handled_app", database), sql) {
                Err(error) if database_connection::is_unreachable(&error) && begun.elapsed() < Duration::from_secs(60) => {
                    std::thread::sleep(Duration::from_millis(100));
                }
                answer => return answer.expect(sql),
            }
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.outer.path().join(name)
    }

    pub fn runs_postgres(&self) -> bool {
        self.outer.path().join(".handled/postgres/postmaster.pid").exists()
    }
}

/// One row from the database with this address.
pub fn ask<R>(url: &str, sql: &'static str) -> Result<R, sqlx::Error>
where
    R: Send + Unpin + for<'r> sqlx::FromRow<'r, sqlx::postgres::PgRow>,
{
    let url: database_connection::DatabaseUrl = url.parse().expect("a URL");
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        use sqlx::Connection;
        let mut connection = sqlx::PgConnection::connect_with(&url.connect_options()).await?;
        sqlx::query_as(sql).persistent(false).fetch_one(&mut connection).await
    })
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A running server.
pub struct Server {
    child: Child,
    pub address: String,
    /// What it printed before it served.
    pub welcome: String,
}

impl Server {
    pub fn start(place: &Place) -> Self {
        let mut child = place.command(&["serve"]).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("started");
        let mut welcome = String::new();
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        while let Some(Ok(line)) = lines.next() {
            welcome.push_str(&line);
            welcome.push('\n');
            if line == "Ctrl-C stops it." {
                break;
            }
        }
        let address = welcome.split("http://").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("an address").to_owned();
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, address, welcome }
    }

    pub fn get(&self, path: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address)?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(text(&answer))
    }

    /// What a form is answered that a browser without scripts sends.
    pub fn post(&self, path: &str, form: &str) -> std::io::Result<String> {
        let mut stream = TcpStream::connect(&self.address)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        let (host, length) = (&self.address, form.len());
        let head = format!("POST {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nAccept: text/html\r\n");
        let kind = "Content-Type: application/x-www-form-urlencoded";
        write!(stream, "{head}{kind}\r\nContent-Length: {length}\r\n\r\n{form}")?;
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer)?;
        Ok(text(&answer))
    }

    /// The process's number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    pub fn signal(&self, name: &str) {
        assert!(Command::new("kill").args([name, &self.child.id().to_string()]).status().expect("kill").success());
    }

    pub fn ended(&mut self) -> Option<i32> {
        let begun = Instant::now();
        while begun.elapsed() < Duration::from_secs(30) {
            if let Some(status) = self.child.try_wait().expect("waiting") {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the server did not end within 30 seconds");
    }
}

/// A test that fails leaves nothing running either.
impl Drop for Server {
    fn drop(&mut self) {
        if let Ok(None) = self.child.try_wait() {
            self.signal("-TERM");
            self.child.wait().expect("ended");
        }
    }
}
