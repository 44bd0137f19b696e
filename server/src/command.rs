//! The command line: one file a command.

mod audit;
mod db;
mod demo;
mod export;
mod import;
mod output;
mod rebuild;
mod role;
mod run_text;
mod runs;
mod serve;
mod table;
mod transform;
mod transit;
mod user;
mod watched;
mod whole_file;
mod with_platform;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::failure::Failure;
use crate::logging;
use crate::settings::{LogFormat, LogSettings, Settings};
use crate::signals;

/// Workers of the asynchronous runtime at least: rendering pages on the server can hang with fewer.
const WORKERS_MIN: usize = 4;
/// Room for each worker's stack, in bytes: rendering a page nests deeply, and a stack that overflows takes the whole server with it.
const STACK: usize = 8 * 1024 * 1024;

/// The platform for reach, transit times and carrier services.
#[derive(Debug, Parser)]
#[command(
    name = "handled",
    version,
    after_help = "Example:\n  handled serve\n\nSettings come from the environment, or from handled.env in the working directory."
)]
pub struct Arguments {
    /// Read settings from this file instead of handled.env; the environment wins over it.
    #[arg(long, global = true, value_name = "FILE")]
    env_file: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the platform's pages.
    Serve(serve::Serve),
    /// Look after the databases' structure.
    Db(db::Db),
    /// Look after users.
    #[command(subcommand)]
    User(user::User),
    /// Look at roles.
    #[command(subcommand)]
    Role(role::Role),
    /// Look through who has done what, and check that it is as it was written.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Import files.
    Import(import::Import),
    /// Look at imports, confirm, cancel and undo them.
    #[command(subcommand)]
    Runs(runs::Runs),
    /// Make DATA anew from the kept originals.
    Rebuild(rebuild::Rebuild),
    /// Write tables of the workspace to files.
    #[command(subcommand)]
    Table(table::Table),
    /// Derive reference tables from the imported ones.
    #[command(subcommand)]
    Transform(transform::Transform),
    /// Say how many days every service takes from one ZIP to another, and where each figure comes from.
    Transit(transit::Transit),
    /// Write an export to a file.
    Export(export::Export),
    /// Make files to try the platform with.
    #[command(subcommand)]
    Demo(demo::Demo),
}

/// Runs the program with this process's arguments; the value is its exit code.
pub fn run() -> ExitCode {
    let arguments = Arguments::parse();
    match execute(&arguments) {
        Ok(code) => ExitCode::from(code),
        Err(failure) => {
            eprintln!("handled: {}", failure.sentence());
            let structure = matches!(arguments.command, Command::Db(_));
            ExitCode::from(if structure { failure.exit_code_of_structure() } else { failure.exit_code() })
        }
    }
}

fn execute(arguments: &Arguments) -> Result<u8, Failure> {
    if let Command::Db(command) = &arguments.command
        && command.is_elsewhere()
    {
        logging::start(&LogSettings { level: None, format: LogFormat::Text, queries: false }, "warn");
        let work = async || command.run(None, arguments.env_file.as_deref(), signals::watch()?).await;
        return runtime()?.block_on(work());
    }
    let settings = Settings::read(arguments.env_file.as_deref())?;
    let serving = matches!(arguments.command, Command::Serve(_));
    // Of a command only its result and what is wrong is of interest.
    logging::start(&settings.log, if serving { "info" } else { "warn" });
    runtime()?.block_on(async {
        let stop = signals::watch()?;
        match &arguments.command {
            Command::Serve(command) => Box::pin(command.run(&settings, stop)).await.map(|()| 0),
            Command::Db(command) => command.run(Some(&settings), None, stop).await,
            Command::User(command) => command.run(&settings, stop).await.map(|()| 0),
            Command::Role(command) => command.run(&settings, stop).await.map(|()| 0),
            Command::Audit(command) => command.run(&settings, stop).await,
            Command::Import(command) => command.run(&settings, stop).await.map(|()| 0),
            Command::Runs(command) => command.run(&settings, stop).await.map(|()| 0),
            Command::Rebuild(command) => command.run(&settings, stop).await.map(|()| 0),
            Command::Table(command) => command.run(&settings, stop).await.map(|()| 0),
            Command::Transform(command) => command.run(&settings, stop).await.map(|()| 0),
            Command::Transit(command) => command.run(&settings, stop).await,
            Command::Export(command) => command.run(&settings, stop).await.map(|()| 0),
            Command::Demo(command) => command.run().await.map(|()| 0),
        }
    })
}

fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    let workers = std::thread::available_parallelism().map_or(WORKERS_MIN, |cores| cores.get().max(WORKERS_MIN));
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(workers)
        .thread_stack_size(STACK)
        .enable_all()
        .build()
        .map_err(|source| Failure::Machine { doing: "Starting worker threads", source })
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn every_command_has_an_example_that_it_understands() {
        fn leaves(command: &clap::Command, found: &mut Vec<clap::Command>) {
            let mut below = command.get_subcommands().filter(|command| command.get_name() != "help").peekable();
            if below.peek().is_none() {
                found.push(command.clone());
            }
            below.for_each(|command| leaves(command, found));
        }
        let mut found = Vec::new();
        Arguments::command().debug_assert();
        leaves(&Arguments::command(), &mut found);
        assert_eq!(found.len(), 49, "{found:?}");
        for command in found {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let examples: Vec<&str> = help.lines().map(str::trim).filter(|line| line.starts_with("handled ")).collect();
            assert!(!examples.is_empty(), "{} has no example", command.get_name());
            for example in examples {
                let words = example.split(" < ").next().unwrap_or_default().split_whitespace().map(|word| word.trim_matches('\''));
                assert!(Arguments::try_parse_from(words).is_ok(), "{example}");
            }
        }
    }

    #[test]
    fn the_env_file_may_stand_anywhere() {
        for line in ["handled --env-file x serve", "handled serve --env-file x", "handled db status --env-file x"] {
            let arguments = Arguments::try_parse_from(line.split(' ')).expect(line);
            assert_eq!(arguments.env_file, Some(PathBuf::from("x")));
        }
    }
}
