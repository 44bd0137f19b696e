//! Writes the two largest files that anybody has thought of, for measuring memory: a CSV of a gigabyte and a workbook of a million
//! rows. `cargo run --release -p demo --example large -- FOLDER`.

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use rust_xlsxwriter::Workbook;

const HEADER: [&str; 10] = ["zip", "lat", "lng", "city", "state_id", "state_name", "population", "density", "county_name", "timezone"];
/// ZIPs that there can be: further rows repeat them, with the same values, and are taken once.
const ZIPS: u32 = 100_000;

fn row(number: u32) -> [String; 10] {
    let zip = number % ZIPS;
    [
        format!("{zip:05}"),
        format!("{}.5", 20 + zip % 40),
        format!("-{}.25", 70 + zip % 50),
        format!("City {zip}"),
        "IL".to_owned(),
        "Illinois".to_owned(),
        (zip * 3).to_string(),
        format!("{}.5", zip % 900),
        format!("County {}", zip % 3_000),
        "America/Chicago".to_owned(),
    ]
}

/// 40,000 rows with 25 KB each, nearly all of it in a column that is not used.
fn csv(path: &Path) -> Result<(), Box<dyn Error>> {
    let mut file = BufWriter::new(File::create(path)?);
    let weights = "{\"\"17031\"\": 98.74, \"\"17043\"\": 1.26}, ".repeat(650);
    writeln!(file, "{},county_weights", HEADER.join(","))?;
    for number in 0..40_000 {
        writeln!(file, "{},\"{weights}\"", row(number).join(","))?;
    }
    Ok(file.flush()?)
}

fn workbook(path: &Path) -> Result<(), Box<dyn Error>> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet_with_constant_memory()?;
    for (column, name) in (0_u16..).zip(HEADER) {
        sheet.write_string(0, column, name)?;
    }
    for number in 0..1_000_000 {
        for (column, value) in (0_u16..).zip(row(number)) {
            match value.parse::<f64>() {
                Ok(parsed) if column > 0 => sheet.write_number(number + 1, column, parsed)?,
                _ => sheet.write_string(number + 1, column, &value)?,
            };
        }
    }
    Ok(workbook.save(path)?)
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).ok_or("usage: large FOLDER")?;
    std::fs::create_dir_all(&folder)?;
    csv(&Path::new(&folder).join("gigabyte.csv"))?;
    workbook(&Path::new(&folder).join("million.xlsx"))
}
