//! Making the cluster, and the settings that it runs with.

use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;
use std::process::Command;

use super::account::Account;
use super::binaries::Binaries;
use super::error::PostgresError;
use crate::data_folder::{DataFolder, FileError, make_folder};

/// The superuser's name.
pub const SUPERUSER: &str = "postgres";

/// Makes the cluster, unless it exists. It is made under another name and renamed when it is whole, so that a
/// process that is killed meanwhile leaves nothing that looks like a cluster.
///
/// # Errors
/// initdb fails, or the file system refuses something.
pub fn initialize(folder: &DataFolder, account: &Account, binaries: &Binaries, password: &str) -> Result<(), PostgresError> {
    let cluster = folder.cluster();
    if cluster.join("PG_VERSION").exists() {
        return Ok(());
    }
    let unfinished = folder.path().join("postgres.new");
    let password_file = folder.path().join("postgres.password");
    write_for(account, &password_file, password)?;
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
                std::fs::remove_file(&password_file).map_err(FileError::of("Removing", &password_file))?;
                include_settings(&unfinished)?;
                remove_folder(&cluster)?;
                std::fs::rename(&unfinished, &cluster).map_err(FileError::of("Renaming", &unfinished))?;
                return Ok(());
            }
            Err(reason) => last = reason,
        }
    }
    std::fs::remove_file(&password_file).map_err(FileError::of("Removing", &password_file))?;
    remove_folder(&unfinished)?;
    Err(PostgresError::Initialize { cluster, reason: last })
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
fn include_settings(cluster: &Path) -> Result<(), FileError> {
    use std::io::Write;
    let path = cluster.join("postgresql.conf");
    let append = |path: &Path| std::fs::OpenOptions::new().append(true).open(path)?.write_all(b"\ninclude_if_exists = 'handled.conf'\n");
    append(&path).map_err(FileError::of("Writing", path))
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
    Ok(write_for(account, &folder.cluster().join("handled.conf"), &settings)?)
}

/// Writes a file that only PostgreSQL's user reads.
fn write_for(account: &Account, path: &Path, text: &str) -> Result<(), FileError> {
    use std::io::Write;
    let write = || -> std::io::Result<()> {
        let mut file = std::fs::OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
        file.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        file.write_all(text.as_bytes())
    };
    write().map_err(FileError::of("Writing", path))?;
    account.give(path)
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
