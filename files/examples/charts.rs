//! Reads zone charts as an import does, without a database: `cargo run --release -p files --example charts -- FOLDER` prints how
//! many files and rows there are in the folder, and the seconds that recognising and reading took, one file after the other.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

use files::{Control, ReadOptions, Rejected, Sink, Value, read, recognize};

/// Counts what it is given.
#[derive(Default)]
struct Count {
    rows: u64,
    rejected: u64,
}

impl Sink for Count {
    fn row(&mut self, _: &[Value<'_>]) -> Control {
        self.rows += 1;
        Control::Continue
    }

    fn reject(&mut self, _: &Rejected<'_>) -> Control {
        self.rejected += 1;
        Control::Continue
    }
}

fn run(folder: PathBuf) -> Result<(), String> {
    let entries = std::fs::read_dir(&folder).map_err(|error| format!("{} cannot be read: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.filter_map(|entry| entry.ok().map(|entry| entry.path())).filter(|path| path.is_file()).collect();
    paths.sort();
    let (mut sink, mut recognizing, mut reading) = (Count::default(), Duration::ZERO, Duration::ZERO);
    for path in &paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let began = Instant::now();
        let recognized = recognize(path, &name, None).map_err(|error| format!("{name}: {error}"))?.map_err(|refusal| refusal.message)?;
        recognizing += began.elapsed();
        let began = Instant::now();
        read(path, &name, &recognized, &ReadOptions::default(), &|_, _, _| (), &mut sink).map_err(|damage| format!("{name} {damage}"))?;
        reading += began.elapsed();
    }
    println!(
        "{} files, {} rows, {} rejected; recognized in {:.3} s, read in {:.3} s, together {:.3} s",
        paths.len(),
        sink.rows,
        sink.rejected,
        recognizing.as_secs_f64(),
        reading.as_secs_f64(),
        (recognizing + reading).as_secs_f64()
    );
    Ok(())
}

fn main() -> ExitCode {
    let Some(folder) = std::env::args_os().nth(1) else {
        eprintln!("Name the folder that holds the charts: charts FOLDER");
        return ExitCode::FAILURE;
    };
    match run(folder.into()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("{message}");
            ExitCode::FAILURE
        }
    }
}
