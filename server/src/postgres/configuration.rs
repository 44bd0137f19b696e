//! Making the cluster, and the settings that it runs with.

use std::path::Path;
use std::process::Command;

use super::account::Account;
use super::binaries::Binaries;
use super::cluster_file;
use super::error::PostgresError;
use crate::data_folder::{DataFolder, FileError, make_folder};

/// The superuser's name.
pub const SUPERUSER: &str = "postgres";

/// Where a cluster is made. Whatever is there is removed first, so nobody else may come to use the name.
const UNFINISHED: &str = ".handled-unfinished-postgres";

/// Makes the cluster, unless it exists. It is made under another name and renamed when it is whole, so that a
/// process that is killed meanwhile leaves nothing that looks like a cluster.
///
/// # Errors
/// Something else has the cluster's name, initdb fails, or the file system refuses something.
pub fn initialize(folder: &DataFolder, account: &Account, binaries: &Binaries, password: &str) -> Result<(), PostgresError> {
    let cluster = folder.cluster();
    if cluster.join("PG_VERSION").exists() {
        return Ok(());
    }
    if !is_free(&cluster)? {
        return Err(PostgresError::Occupied { cluster });
    }
    let unfinished = folder.path().join(UNFINISHED);
    let password_file = cluster_file::temporary(account, folder.path(), password)?;
    let mut last = String::new();
    for locale in locales(binaries.version) {
        remove_folder(&unfinished)?;
        make_folder(&unfinished, 0o700).map_err(FileError::of("Creating the folder", &unfinished))?;
        account.give(&unfinished)?;
        let program = binaries.program("initdb");
        let mut command = account.command(&program);
        command.arg("--pgdata").arg(&unfinished).arg("--pwfile").arg(&password_file).args(locale);
        command.args(["--username", SUPERUSER, "--encoding=UTF8", "--auth-local=scram-sha-256", "--auth-host=scram-sha-256"]);
        command.args(["--data-checksums", "--no-instructions"]);
        match run(&mut command, &program)? {
            Ok(()) => {
                include_settings(account, &unfinished)?;
                // Takes the place of an empty folder, and fails on any other: nothing is ever removed here.
                std::fs::rename(&unfinished, &cluster).map_err(FileError::of("Renaming", &unfinished))?;
                return Ok(());
            }
            Err(reason) => last = reason,
        }
    }
    remove_folder(&unfinished)?;
    Err(PostgresError::Initialize { cluster, reason: last })
}

/// Whether the cluster can be put there: nothing has the name, or an empty folder.
fn is_free(cluster: &Path) -> Result<bool, FileError> {
    match cluster.symlink_metadata() {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(source) => Err(FileError::of("Looking at", cluster)(source)),
        Ok(metadata) if !metadata.is_dir() => Ok(false),
        Ok(_) => Ok(std::fs::read_dir(cluster).map_err(FileError::of("Looking into", cluster))?.next().is_none()),
    }
}

/// Locales to try in turn: sorting by code point with UTF-8, which gives the same order on every machine.
fn locales(version: u32) -> Vec<&'static [&'static str]> {
    if version >= 17 {
        vec![&["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]]
    } else {
        // The operating system may not have C.UTF-8.
        vec![&["--locale=C.UTF-8"], &["--locale=C"]]
    }
}

/// Has the cluster read the settings that [`configure`] writes.
fn include_settings(account: &Account, cluster: &Path) -> Result<(), FileError> {
    let path = cluster.join("postgresql.conf");
    let settings = cluster_file::read(&path).map_err(FileError::of("Reading", &path))?;
    cluster_file::replace(account, &path, &format!("{settings}\ninclude_if_exists = 'handled.conf'\n"))
}

/// Writes the settings that the next start uses: durable whatever happens, this machine only.
///
/// # Errors
/// The file cannot be written.
pub fn configure(folder: &DataFolder, account: &Account, port: u16, socket_folder: &Path) -> Result<(), PostgresError> {
    let socket_folder = socket_folder.display().to_string().replace('\'', "''");
    let settings = format!(
        "# Written at every start; own settings go into postgresql.conf, below the line that includes this file.\n\
         listen_addresses = '127.0.0.1'\n\
         port = {port}\n\
         unix_socket_directories = '{socket_folder}'\n\
         unix_socket_permissions = 0700\n\
         max_connections = 100\n\
         password_encryption = 'scram-sha-256'\n\
         fsync = on\n\
         synchronous_commit = on\n\
         full_page_writes = on\n\
         max_wal_size = '2GB'\n\
         timezone = 'UTC'\n\
         log_timezone = 'UTC'\n\
         log_line_prefix = '%m [%p] %q%u@%d '\n\
         logging_collector = off\n\
         log_destination = 'stderr'\n"
    );
    Ok(cluster_file::replace(account, &folder.cluster().join("handled.conf"), &settings)?)
}

fn remove_folder(path: &Path) -> Result<(), FileError> {
    match std::fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(FileError::of("Removing", path)(error)),
        _ => Ok(()),
    }
}

/// Runs the program to its end: `Err` of the last line that it wrote when it fails.
pub fn run(command: &mut Command, program: &Path) -> Result<Result<(), String>, PostgresError> {
    let output = command.output().map_err(|source| PostgresError::Program { program: program.to_owned(), source })?;
    if output.status.success() {
        return Ok(Ok(()));
    }
    let text = format!("{}\n{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let said: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let essence = said.iter().rev().find(|line| line.contains("error:") || line.contains("FATAL:")).or(said.last());
    Ok(Err(essence.map_or_else(|| output.status.to_string(), |line| (*line).trim_end_matches('.').to_owned())))
}
