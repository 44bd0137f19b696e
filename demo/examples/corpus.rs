//! Writes the bad and odd files, to look at them: `cargo run -p demo --example corpus -- DIR`.

use std::path::Path;

fn main() -> std::io::Result<()> {
    let Some(folder) = std::env::args().nth(1) else {
        return Err(std::io::Error::other("usage: corpus DIR"));
    };
    std::fs::create_dir_all(&folder)?;
    for case in demo::corpus::bad_and_odd() {
        std::fs::write(Path::new(&folder).join(case.name), &case.bytes)?;
        println!("{:<55} {:>8}  {}", case.name, case.bytes.len(), case.what);
    }
    Ok(())
}
