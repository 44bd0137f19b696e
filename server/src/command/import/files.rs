//! What the words of the command line mean: a kind, files, and folders, whose files are meant.

use std::io;
use std::path::{Path, PathBuf};

use model::FileKind;

use crate::failure::Failure;

/// The words of a command line, understood.
#[derive(Debug, PartialEq, Eq)]
pub struct Chosen {
    /// What all files are, where that was said.
    pub kind: Option<FileKind>,
    /// The files, in the order of the words; those of a folder by name.
    pub files: Vec<PathBuf>,
}

impl Chosen {
    /// Understands the words. The first may name a kind, unless a file has that name.
    ///
    /// # Errors
    /// There is no file among them, or a folder cannot be read.
    pub fn from_words(words: &[PathBuf]) -> Result<Self, Failure> {
        let kind = words.first().filter(|word| !word.exists()).and_then(|word| word.to_str()?.parse::<FileKind>().ok());
        let mut files = Vec::new();
        for word in &words[usize::from(kind.is_some())..] {
            if word.is_dir() {
                let found =
                    of_folder(word).map_err(|error| Failure::Said(format!("The folder {} cannot be read: {error}.", word.display())))?;
                if found.is_empty() {
                    return Err(Failure::Said(format!(
                        "The folder {} holds no files; those of folders in it are not looked at.",
                        word.display()
                    )));
                }
                files.extend(found);
            } else {
                files.push(word.clone());
            }
        }
        if files.is_empty() {
            return Err(Failure::Said("Name the files too, or the folder that they are in.".to_owned()));
        }
        Ok(Self { kind, files })
    }
}

/// The files right in a folder, by name, without those that file managers hide.
fn of_folder(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if path.is_file() && !hidden {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_comes_first_and_a_folder_stands_for_its_files() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        for name in ["b.csv", "a.csv", ".DS_Store"] {
            std::fs::write(at(name), "x").expect("a file");
        }
        std::fs::create_dir(at("below")).expect("a folder");
        std::fs::write(at("below/c.csv"), "x").expect("a file");
        let chosen = |words: &[&str]| Chosen::from_words(&words.iter().map(PathBuf::from).collect::<Vec<_>>());
        let path = folder.path().display().to_string();
        let both = vec![at("a.csv"), at("b.csv")];
        assert_eq!(chosen(&[&path]).expect("files"), Chosen { kind: None, files: both.clone() });
        assert_eq!(chosen(&["us-zips", &path]).expect("files"), Chosen { kind: Some(FileKind::UsZips), files: both });
        let missing = chosen(&["missing.csv"]).expect("its import says that it is missing");
        assert_eq!(missing.files, [PathBuf::from("missing.csv")]);
        assert!(chosen(&["us-zips"]).is_err());
        let below = at("below").display().to_string();
        std::fs::remove_file(at("below/c.csv")).expect("removed");
        assert!(chosen(&[&below]).expect_err("empty").sentence().contains("holds no files"));
    }
}
