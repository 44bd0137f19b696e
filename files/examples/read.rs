//! Reads files as an import does, without a database: `cargo run --release -p files --example read -- FILE...` prints what each
//! is, its rows, and the seconds that recognising and reading took.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use files::{Control, ReadOptions, Rejected, Sink, Value, read, recognize};

/// Counts what it is given, and touches every value.
#[derive(Default)]
struct Count {
    rows: u64,
    values: u64,
    shown: u64,
}

impl Sink for Count {
    fn row(&mut self, values: &[Value<'_>]) -> Control {
        self.rows += 1;
        self.values += values.iter().filter(|value| **value != Value::Null).count() as u64;
        Control::Continue
    }

    fn reject(&mut self, rejected: &Rejected<'_>) -> Control {
        self.shown += 1;
        if self.shown <= 5 {
            println!("  line {}: {} {} ({})", rejected.line, rejected.column.unwrap_or("the row"), rejected.reason, rejected.value);
        }
        Control::Continue
    }
}

fn show(path: &Path) -> Result<(), String> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let began = Instant::now();
    let recognized = recognize(path, &name, None).map_err(|error| error.to_string())?.map_err(|refusal| refusal.message)?;
    let recognizing = began.elapsed();
    let mut sink = Count::default();
    let began = Instant::now();
    let options = ReadOptions { repair_leading_zeros: false };
    let report = read(path, &name, &recognized, &options, &|_, _, _| (), &mut sink).map_err(|damage| format!("{name} {damage}"))?;
    let reading = began.elapsed();
    println!(
        "{name}: {}, {} rows ({} rejected, {} repeated), {} values, recognized in {:.3} s, read in {:.3} s",
        recognized.kind,
        sink.rows,
        report.rejected,
        report.repeated,
        sink.values,
        recognizing.as_secs_f64(),
        reading.as_secs_f64()
    );
    for note in &recognized.notes {
        println!("  {note}");
    }
    Ok(())
}

fn main() -> ExitCode {
    let mut failed = false;
    for path in std::env::args_os().skip(1) {
        if let Err(message) = show(Path::new(&path)) {
            eprintln!("{message}");
            failed = true;
        }
    }
    if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS }
}
