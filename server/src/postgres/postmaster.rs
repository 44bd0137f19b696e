//! The running server, as `postmaster.pid` in the cluster tells of it.

use std::path::{Path, PathBuf};

use nix::errno::Errno;
use nix::sys::signal::kill;
use nix::sys::wait::{WaitPidFlag, waitpid};
use nix::unistd::Pid;

use super::cluster_file;
use crate::data_folder::FileError;

/// A running server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Postmaster {
    pid: i32,
    /// The TCP port that it listens on.
    pub port: u16,
    /// The folder of its socket.
    pub socket_folder: PathBuf,
}

/// The file in which a server notes that it runs.
fn pid_file(cluster: &Path) -> PathBuf {
    cluster.join("postmaster.pid")
}

impl Postmaster {
    /// The server that runs on this cluster, if one does.
    ///
    /// # Errors
    /// `postmaster.pid` is there and cannot be read.
    pub fn running(cluster: &Path) -> Result<Option<Self>, FileError> {
        let Some(noted) = noted(cluster)? else { return Ok(None) };
        Ok(noted.is_alive(cluster).then_some(noted))
    }

    /// Whether it still runs.
    pub fn is_alive(&self, cluster: &Path) -> bool {
        is_running(self.pid) && belongs(self.pid, cluster)
    }
}

/// Removes a `postmaster.pid` whose number now belongs to a process that is no PostgreSQL of this cluster, which happens
/// after a restart of the machine or container. PostgreSQL itself only recognises numbers that nobody has.
///
/// # Errors
/// The file cannot be read or removed.
pub fn remove_stale(cluster: &Path) -> Result<(), FileError> {
    let Some(noted) = noted(cluster)? else { return Ok(()) };
    if is_running(noted.pid) && !belongs(noted.pid, cluster) {
        tracing::warn!(pid = noted.pid, "removing PostgreSQL's note of a process that is another by now");
        let path = pid_file(cluster);
        std::fs::remove_file(&path).map_err(FileError::of("Removing", path))?;
    }
    Ok(())
}

fn noted(cluster: &Path) -> Result<Option<Postmaster>, FileError> {
    let path = pid_file(cluster);
    match cluster_file::read(&path) {
        Ok(text) => Ok(parse(&text)),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(FileError::of("Reading", path)(source)),
    }
}

/// Line by line: process, data folder, start time, port, socket folder, address, shared memory, state. PostgreSQL writes the
/// last ones only when it has got that far.
fn parse(text: &str) -> Option<Postmaster> {
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    let pid = lines.first()?.parse().ok().filter(|pid: &i32| *pid > 1)?;
    let port = lines.get(3).and_then(|port| port.parse().ok()).unwrap_or(0);
    Some(Postmaster { pid, port, socket_folder: PathBuf::from(lines.get(4).copied().unwrap_or_default()) })
}

/// Whether the process runs. One that has ended and that nobody has asked about is laid to rest first: where the
/// platform is a container's first process, PostgreSQL's processes become its children.
fn is_running(pid: i32) -> bool {
    let pid = Pid::from_raw(pid);
    // An error means that it is not our child, which is the usual case.
    let _ = waitpid(pid, Some(WaitPidFlag::WNOHANG));
    match kill(pid, None) {
        Ok(()) | Err(Errno::EPERM) => !is_zombie(pid),
        Err(_) => false,
    }
}

#[cfg(target_os = "linux")]
fn is_zombie(pid: Pid) -> bool {
    // The state stands behind the program's name, which is in parentheses and may hold any character.
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(')').is_some_and(|(_, rest)| rest.trim_start().starts_with(['Z', 'X']))
}

#[cfg(not(target_os = "linux"))]
fn is_zombie(_pid: Pid) -> bool {
    false
}

/// Whether the process works in this cluster, as every PostgreSQL of it does.
#[cfg(target_os = "linux")]
fn belongs(pid: i32, cluster: &Path) -> bool {
    match std::fs::read_link(format!("/proc/{pid}/cwd")) {
        Ok(folder) => folder == cluster,
        // Somebody else's process is certainly not ours; one that has just ended neither.
        Err(_) => false,
    }
}

#[cfg(not(target_os = "linux"))]
fn belongs(_pid: i32, _cluster: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_note_is_read_as_far_as_it_is_written() {
        let text = "4711\n/data/postgres\n1700000000\n40123\n/tmp/handled-1\n127.0.0.1\n  5432001 32768\nready   \n";
        let expected = Postmaster { pid: 4711, port: 40123, socket_folder: PathBuf::from("/tmp/handled-1") };
        assert_eq!(parse(text), Some(expected));
        assert_eq!(parse("4711\n").map(|postmaster| postmaster.port), Some(0));
        assert_eq!(parse(""), None);
        assert_eq!(parse("-1\n"), None);
    }

    #[test]
    fn a_process_of_another_folder_is_not_the_server() {
        let folder = tempfile::tempdir().expect("a folder");
        let cluster = folder.path().canonicalize().expect("a path");
        let own = std::process::id();
        std::fs::write(pid_file(&cluster), format!("{own}\n{}\n1\n40123\n/tmp\n", cluster.display())).expect("a note");
        if cfg!(target_os = "linux") {
            assert_eq!(Postmaster::running(&cluster).expect("readable"), None);
            remove_stale(&cluster).expect("removable");
            assert!(!pid_file(&cluster).exists());
        }
    }
}
