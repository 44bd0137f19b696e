//! Remembers what a step made of which inputs, so that a second build does only what is needed.

use std::path::{Path, PathBuf};

use md5::{Digest, Md5};

use crate::error::Error;
use crate::files;

/// A fingerprint of a step's inputs in the making.
#[derive(Default)]
pub struct Inputs(Md5);

impl Inputs {
    /// The step also depends on this text: a flag, a version.
    pub fn text(&mut self, text: &str) {
        self.bytes(text.as_bytes());
    }

    /// The step also depends on this content.
    pub fn bytes(&mut self, bytes: &[u8]) {
        self.0.update(bytes.len().to_le_bytes());
        self.0.update(bytes);
    }

    /// The step also depends on the file, or on every file below the folder.
    ///
    /// # Errors
    /// A file that cannot be read.
    pub fn path(&mut self, path: &Path) -> Result<(), Error> {
        let inside = if path.is_dir() { files::below(path)? } else { vec![path.to_path_buf()] };
        for path in inside {
            self.text(&path.to_string_lossy());
            self.bytes(&files::read(&path)?);
        }
        Ok(())
    }
}

/// What a step made the last time.
pub struct Kept {
    record: PathBuf,
    fingerprint: String,
}

impl Kept {
    /// The step whose record is this file, with these inputs.
    pub fn new(record: PathBuf, inputs: Inputs) -> Self {
        let fingerprint = inputs.0.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Self { record, fingerprint }
    }

    /// The files of the last time, if the inputs were the same and all of them are still there.
    pub fn made(&self) -> Option<Vec<PathBuf>> {
        // A record that cannot be read only means that the step runs again.
        let record = files::read_text(&self.record).ok()?;
        let mut lines = record.lines();
        if lines.next() != Some(&self.fingerprint) {
            return None;
        }
        let made: Vec<PathBuf> = lines.map(PathBuf::from).collect();
        made.iter().all(|path| path.is_file()).then_some(made)
    }

    /// Remembers what was made.
    ///
    /// # Errors
    /// A record that cannot be written.
    pub fn remember(&self, made: &[PathBuf]) -> Result<(), Error> {
        let mut record = format!("{}\n", self.fingerprint);
        for path in made {
            record.push_str(&format!("{}\n", path.display()));
        }
        files::write(&self.record, record.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inputs(text: &str) -> Inputs {
        let mut inputs = Inputs::default();
        inputs.text(text);
        inputs
    }

    #[test]
    fn files_are_kept_while_inputs_and_files_are_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let (record, made) = (folder.path().join("record"), folder.path().join("made"));
        std::fs::write(&made, "x").unwrap();
        assert_eq!(Kept::new(record.clone(), inputs("a")).made(), None);
        Kept::new(record.clone(), inputs("a")).remember(std::slice::from_ref(&made)).unwrap();
        assert_eq!(Kept::new(record.clone(), inputs("a")).made(), Some(vec![made.clone()]));
        assert_eq!(Kept::new(record.clone(), inputs("b")).made(), None);
        std::fs::remove_file(made).unwrap();
        assert_eq!(Kept::new(record, inputs("a")).made(), None);
    }
}
