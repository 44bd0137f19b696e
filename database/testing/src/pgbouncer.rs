//! A real PgBouncer in front of a test's database.

use std::fs;
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use url::Url;

use crate::TestDatabase;
use crate::address::{APP, OWNER, Role};
use crate::database::parsed;

/// How long PgBouncer may take until it accepts connections.
const PATIENCE: Duration = Duration::from_secs(10);

/// A running PgBouncer in transaction mode with two connections to the server. Killed when dropped.
///
/// Its configuration is Debian's default besides the pool's mode and size: above all `ignore_startup_parameters` stays
/// unset, so that `extra_float_digits` (which sqlx sends unless told not to) is refused here as it is by a provider's.
#[derive(Debug)]
pub struct PgBouncer {
    child: Child,
    port: u16,
    database: Url,
    _folder: TempDir,
}

impl PgBouncer {
    /// Starts one and waits until it accepts connections.
    ///
    /// # Panics
    /// When the program is missing or does not start.
    pub async fn start(database: &TestDatabase) -> Self {
        let database = database.url_for(&OWNER);
        tokio::task::spawn_blocking(move || start(database)).await.expect("PgBouncer should start")
    }

    /// The address for `handled_owner`, with `pgbouncer=true`.
    pub fn url(&self) -> String {
        self.url_for(&OWNER)
    }

    /// The address for `handled_app`, with `pgbouncer=true`.
    pub fn app_url(&self) -> String {
        self.url_for(&APP)
    }

    fn url_for(&self, role: &Role) -> String {
        let mut url = Url::parse(&format!("postgres://127.0.0.1:{}{}", self.port, self.database.path())).expect("the address is one");
        url.set_username(role.name).expect("an address with a host can name a user");
        url.set_password(Some(role.password)).expect("an address with a host can hold a password");
        url.set_query(Some("pgbouncer=true"));
        url.to_string()
    }
}

impl Drop for PgBouncer {
    fn drop(&mut self) {
        // An error means that it is gone already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn start(database: Url) -> PgBouncer {
    let folder = TempDir::with_prefix("pgbouncer-").expect("a temporary folder should be made");
    // PgBouncer gives root up, so another user must be able to read what root wrote; there is no secret in it.
    fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).expect("the temporary folder's mode should be set");
    // Another process may take the port between the question and the use; then the next one.
    for _ in 0..3 {
        let port = free_port();
        let configuration = write_configuration(folder.path(), &database, port);
        let log = folder.path().join("log");
        let mut child = command()
            .arg(&configuration)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(fs::File::create(&log).expect("the log should be made"))
            .spawn()
            .unwrap_or_else(|error| panic!("PgBouncer does not start ({error}); install Debian's package pgbouncer"));
        let started = Instant::now();
        while started.elapsed() < PATIENCE {
            if TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return PgBouncer { child, port, database, _folder: folder };
            }
            if child.try_wait().expect("the process should be there").is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        let said = fs::read_to_string(&log).unwrap_or_default();
        let _ = child.kill();
        let _ = child.wait();
        assert!(said.contains("in use"), "PgBouncer did not start:\n{said}");
    }
    panic!("PgBouncer found three ports taken, one after the other");
}

fn command() -> Command {
    let debian = PathBuf::from("/usr/sbin/pgbouncer");
    let mut command = Command::new(if debian.exists() { debian } else { PathBuf::from("pgbouncer") });
    if nix::unistd::geteuid().is_root() {
        let postgres_exists = matches!(nix::unistd::User::from_name("postgres"), Ok(Some(_)));
        command.arg("-u").arg(if postgres_exists { "postgres" } else { "nobody" });
    }
    command
}

fn write_configuration(folder: &Path, database: &Url, port: u16) -> PathBuf {
    let options = parsed(database).connect_options();
    let host = options.get_socket().map_or_else(|| options.get_host().to_owned(), |socket| socket.display().to_string());
    let users = folder.join("users");
    fs::write(&users, [&OWNER, &APP].map(|role| format!("\"{}\" \"{}\"\n", role.name, role.password)).concat())
        .expect("the users' file should be written");
    let configuration = folder.join("pgbouncer.ini");
    let text = format!(
        "[databases]\n* = host={host} port={server_port}\n\n\
         [pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n\
         auth_type = scram-sha-256\nauth_file = {users}\n\
         pool_mode = transaction\ndefault_pool_size = 2\nmax_db_connections = 2\n",
        server_port = options.get_port(),
        users = users.display(),
    );
    fs::write(&configuration, text).expect("the configuration should be written");
    configuration
}

fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port should be free");
    listener.local_addr().expect("a listener has an address").port()
}
