//! Starting and stopping the server by `pg_ctl`, which detaches it from the terminal and waits until it answers.

use std::io::{Read, Seek, SeekFrom};
use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::time::{Duration, Instant};

use super::account::Account;
use super::binaries::Binaries;
use super::cluster_file;
use super::configuration::{configure, run};
use super::error::PostgresError;
use super::postmaster::{Postmaster, remove_stale};
use super::runtime;
use crate::data_folder::{DataFolder, FileError};

/// How often a start is tried on other ports, where each is taken between choosing and listening.
const PORTS_TRIED: u32 = 5;
/// How long a dead server's processes may take to go, and a port of one's own to become free.
const LEFTOVERS_PATIENCE: Duration = Duration::from_secs(15);
/// How long recovery after a crash may take, in seconds.
const START_SECONDS: &str = "300";
/// How long connections get to end before they are cut, in seconds.
const STOP_SECONDS: &str = "60";
/// The log is set aside at a start when it is longer.
const LOG_MAX_BYTES: u64 = 10 * 1024 * 1024;

/// Everything that starting and stopping needs to know.
#[derive(Debug, Clone)]
pub struct Server {
    /// The data folder.
    pub folder: DataFolder,
    /// As whom it runs.
    pub account: Account,
    /// By which programs.
    pub binaries: Binaries,
}

/// Why a start did not succeed, as its log tells.
enum Refusal {
    PortTaken,
    Leftovers,
    Other(String),
}

impl Server {
    /// The server that runs, if one does.
    ///
    /// # Errors
    /// Its note cannot be read.
    pub fn running(&self) -> Result<Option<Postmaster>, PostgresError> {
        Ok(Postmaster::running(&self.folder.cluster())?)
    }

    /// Starts the server on the port given, or on the last one where it is free, or on any.
    ///
    /// # Errors
    /// It does not start; the reason is the essence of its log.
    pub fn start(&self, fixed_port: Option<u16>) -> Result<Postmaster, PostgresError> {
        let socket_folder = runtime::prepare(&self.folder, &self.account)?;
        remove_stale(&self.folder.cluster())?;
        let started = self.start_patiently(&socket_folder, fixed_port);
        if started.is_err() {
            runtime::remove(&self.folder, &self.account);
        }
        started
    }

    fn start_patiently(&self, socket_folder: &Path, fixed_port: Option<u16>) -> Result<Postmaster, PostgresError> {
        let begun = Instant::now();
        let mut ports = 0;
        loop {
            let port = match fixed_port {
                Some(port) => port,
                None => free_port(if ports == 0 { last_port(&self.folder.cluster()) } else { None })?,
            };
            configure(&self.folder, &self.account, port, socket_folder)?;
            let log_begin = self.open_log()?;
            let patient = begun.elapsed() < LEFTOVERS_PATIENCE;
            match self.start_once(log_begin)? {
                Ok(()) => break,
                Err(Refusal::PortTaken) if fixed_port.is_none() && ports < PORTS_TRIED => ports += 1,
                // What is left of a killed server notices within moments; until then the next start waits here.
                Err(Refusal::PortTaken | Refusal::Leftovers) if patient => std::thread::sleep(Duration::from_millis(200)),
                Err(Refusal::PortTaken) => return Err(self.not_started(format!("its port {port} is taken by another program"))),
                Err(Refusal::Leftovers) => return Err(self.not_started("processes of an earlier start are still there".to_owned())),
                Err(Refusal::Other(reason)) => return Err(self.not_started(reason)),
            }
        }
        self.running()?.ok_or_else(|| self.not_started("it ended right after starting".to_owned()))
    }

    /// Stops the server: sessions are cut, their transactions rolled back, everything is written out.
    ///
    /// # Errors
    /// It does not stop.
    pub fn stop(&self) -> Result<(), PostgresError> {
        if self.running()?.is_none() {
            return Ok(());
        }
        let program = self.binaries.program("pg_ctl");
        let mut command = self.account.command(&program);
        command.arg("stop").arg("--pgdata").arg(self.folder.cluster()).args([
            "--mode=fast",
            "--wait",
            "--silent",
            "--timeout",
            STOP_SECONDS,
        ]);
        match run(&mut command, &program)? {
            // It may have ended by itself in between.
            Err(reason) if self.running()?.is_some() => Err(PostgresError::Stop { reason, log: self.folder.postgres_log() }),
            _ => {
                runtime::remove(&self.folder, &self.account);
                Ok(())
            }
        }
    }

    fn start_once(&self, log_begin: u64) -> Result<Result<(), Refusal>, PostgresError> {
        let program = self.binaries.program("pg_ctl");
        let mut command = self.account.command(&program);
        command.arg("start").arg("--pgdata").arg(self.folder.cluster()).arg("--log").arg(self.folder.postgres_log());
        command.args(["--wait", "--silent", "--timeout", START_SECONDS]);
        let Err(said) = run(&mut command, &program)? else { return Ok(Ok(())) };
        let logged = self.logged_since(log_begin)?;
        Ok(Err(if logged.contains("could not bind") || logged.contains("could not create any TCP/IP sockets") {
            Refusal::PortTaken
        } else if logged.contains("pre-existing shared memory block") || logged.contains("lock file \"postmaster.pid\" already exists") {
            Refusal::Leftovers
        } else {
            Refusal::Other(essence(&logged).unwrap_or(said))
        }))
    }

    fn not_started(&self, reason: String) -> PostgresError {
        PostgresError::Start { reason, log: self.folder.postgres_log() }
    }

    /// Makes sure that PostgreSQL's user can write the log, and returns its length.
    fn open_log(&self) -> Result<u64, FileError> {
        let path = self.folder.postgres_log();
        if path.metadata().is_ok_and(|metadata| metadata.len() > LOG_MAX_BYTES) {
            std::fs::rename(&path, path.with_extension("log.1")).map_err(FileError::of("Renaming", &path))?;
        }
        let open = || -> std::io::Result<u64> {
            let file = cluster_file::options().append(true).create(true).mode(0o600).open(&path)?;
            file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
            self.account.give_file(&file)?;
            Ok(file.metadata()?.len())
        };
        open().map_err(FileError::of("Opening", &path))
    }

    fn logged_since(&self, begin: u64) -> Result<String, FileError> {
        let path = self.folder.postgres_log();
        let read = || -> std::io::Result<String> {
            let mut file = cluster_file::options().read(true).open(&path)?;
            file.seek(SeekFrom::Start(begin))?;
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes)?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        };
        read().map_err(FileError::of("Reading", &path))
    }
}

/// The last thing that was grave, without the time and the process before it.
fn essence(logged: &str) -> Option<String> {
    let grave = ["PANIC:", "FATAL:", "ERROR:", "error:"];
    logged.lines().rev().find_map(|line| {
        let (_, rest) = grave.iter().find_map(|word| line.split_once(word))?;
        Some(rest.trim().trim_end_matches('.').to_owned())
    })
}

/// The port of the last start: people may have noted it.
fn last_port(cluster: &Path) -> Option<u16> {
    let settings = cluster_file::read(&cluster.join("handled.conf")).ok()?;
    settings.lines().find_map(|line| line.strip_prefix("port = "))?.parse().ok()
}

/// The port wished for where it is free, or else any.
fn free_port(wished: Option<u16>) -> Result<u16, PostgresError> {
    let bind = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port)).and_then(|listener| listener.local_addr());
    let address = match wished.map(bind) {
        Some(Ok(address)) => Ok(address),
        _ => bind(0),
    };
    Ok(address.map_err(FileError::of("Finding a free port of", "127.0.0.1"))?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_essence_of_a_log_is_its_last_grave_line() {
        let log = "2026-01-01 00:00:00 UTC [7] LOG:  starting\n2026-01-01 00:00:00 UTC [7] FATAL:  could not create lock file: No space left on device\n\
                   2026-01-01 00:00:00 UTC [7] LOG:  database system is shut down\n";
        assert_eq!(essence(log).as_deref(), Some("could not create lock file: No space left on device"));
        assert_eq!(essence("LOG:  all is well\n"), None);
    }

    #[test]
    fn a_taken_port_is_not_chosen() {
        let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
        let port = taken.local_addr().expect("an address").port();
        assert_ne!(free_port(Some(port)).expect("another"), port);
        drop(taken);
        assert_eq!(free_port(Some(port)).expect("the one wished for"), port);
    }
}
