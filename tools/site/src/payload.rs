//! What a browser loads before the page is alive.

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use crate::compressed;
use crate::error::{Error, file};

/// The most that WASM, JavaScript and style sheet may take together after brotli, in bytes.
pub const LIMIT: u64 = 550_000;

/// Bytes of one kind of file.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// As written.
    pub raw: u64,
    /// After brotli; nothing where no copy was made.
    pub brotli: u64,
}

impl std::ops::AddAssign for Size {
    fn add_assign(&mut self, other: Self) {
        self.raw += other.raw;
        self.brotli += other.brotli;
    }
}

/// Sizes by kind.
#[derive(Debug, Default)]
pub struct Payload {
    wasm: Size,
    javascript: Size,
    css: Size,
}

impl Payload {
    /// Measures the files made.
    ///
    /// # Errors
    /// A file that is gone.
    pub fn measure(made: &[PathBuf]) -> Result<Self, Error> {
        let mut payload = Self::default();
        for path in made {
            let kind = match path.extension().and_then(|extension| extension.to_str()) {
                Some("wasm") => &mut payload.wasm,
                Some("js") => &mut payload.javascript,
                Some("css") => &mut payload.css,
                _ => continue,
            };
            let copy = compressed::beside(path);
            *kind += Size { raw: length(path)?, brotli: if copy.is_file() { length(&copy)? } else { 0 } };
        }
        Ok(payload)
    }

    /// All kinds together.
    pub fn total(&self) -> Size {
        let mut total = self.wasm;
        total += self.javascript;
        total += self.css;
        total
    }

    /// A table for people.
    pub fn table(&self) -> String {
        let mut table = format!("{:<12}{:>12}{:>12}\n", "browser", "raw bytes", "brotli");
        for (name, size) in [("WASM", self.wasm), ("JavaScript", self.javascript), ("CSS", self.css), ("total", self.total())] {
            let brotli = if size.brotli == 0 { "-".to_owned() } else { grouped(size.brotli) };
            // Writing to a string does not fail.
            let _ = writeln!(table, "{name:<12}{:>12}{brotli:>12}", grouped(size.raw));
        }
        table
    }
}

fn length(path: &Path) -> Result<u64, Error> {
    fs::metadata(path).map(|metadata| metadata.len()).map_err(file("measure", path))
}

/// 1234567 as 1,234,567.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_adds_up() {
        let payload = Payload {
            wasm: Size { raw: 1_234_567, brotli: 300_000 },
            javascript: Size { raw: 20_000, brotli: 5_000 },
            css: Size { raw: 999, brotli: 100 },
        };
        let expected = "\
browser        raw bytes      brotli
WASM           1,234,567     300,000
JavaScript        20,000       5,000
CSS                  999         100
total          1,255,566     305,100
";
        assert_eq!(payload.table(), expected);
    }
}
