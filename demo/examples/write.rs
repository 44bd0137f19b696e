//! Writes demo files: `cargo run --release -p demo --example write -- DIR [small|national]`.

use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (folder, scale) = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [folder] | [folder, "small"] => (folder, demo::Scale::Small),
        [folder, "national"] => (folder, demo::Scale::National),
        _ => {
            eprintln!("usage: write DIR [small|national]");
            return ExitCode::from(2);
        }
    };
    let start = Instant::now();
    match demo::write(Path::new(folder), scale) {
        Ok(made) => {
            let rows: u64 = made.iter().map(|made| made.rows).sum();
            println!("{} files with {rows} rows in {:.1} s", made.len(), start.elapsed().as_secs_f64());
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
