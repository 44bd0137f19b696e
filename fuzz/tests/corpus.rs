//! The committed corpus, replayed: what fuzzing once found, and one input for each way through the parsers.

use std::path::{Path, PathBuf};

use fuzz::TARGETS;

/// The corpus is committed: it stays small.
const MOST_FILES: usize = 300;
const MOST_BYTES: u64 = 1_500_000;

fn inputs(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut inputs: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    inputs.sort();
    inputs
}

#[test]
fn nothing_is_found() {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let (mut files, mut bytes) = (0, 0);
    for (name, target) in TARGETS {
        let inputs = inputs(&corpus.join(name));
        assert!(!inputs.is_empty(), "{name} has no corpus");
        for input in &inputs {
            let data = std::fs::read(input).expect("a file");
            bytes += data.len() as u64;
            println!("{}", input.display());
            target(&data);
        }
        files += inputs.len();
    }
    assert!(files <= MOST_FILES && bytes <= MOST_BYTES, "the corpus has {files} files and {bytes} bytes");
    let folders = inputs(&corpus).len();
    assert_eq!(folders, TARGETS.len(), "corpus/ has a folder for each target and nothing else");
}
