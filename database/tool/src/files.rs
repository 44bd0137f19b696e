//! A folder of files: on disk, or part of the program.

use std::io;
use std::path::PathBuf;

use include_dir::Dir;

/// Where migrations or seeds are.
#[derive(Clone, Debug)]
pub enum Files {
    /// A folder on disk; one that is not there is empty.
    Folder(PathBuf),
    /// A folder inside the program, which nobody can change.
    Embedded(&'static Dir<'static>),
}

impl Files {
    /// The names of its files, folders left out, in order.
    ///
    /// # Errors
    /// The folder cannot be read.
    pub fn names(&self) -> io::Result<Vec<String>> {
        let mut names = match self {
            Self::Embedded(folder) => {
                folder.files().filter_map(|file| file.path().file_name().map(|name| name.to_string_lossy().into_owned())).collect()
            }
            Self::Folder(path) => match std::fs::read_dir(path) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
                entries => entries?
                    .filter_map(|entry| match entry {
                        Ok(entry) if entry.path().is_file() => Some(Ok(entry.file_name().to_string_lossy().into_owned())),
                        Ok(_) => None,
                        Err(error) => Some(Err(error)),
                    })
                    .collect::<io::Result<Vec<_>>>()?,
            },
        };
        names.sort_unstable();
        Ok(names)
    }

    /// The text of one of them.
    ///
    /// # Errors
    /// There is no such file, or it is not UTF-8.
    pub fn read(&self, name: &str) -> io::Result<String> {
        match self {
            Self::Folder(path) => std::fs::read_to_string(path.join(name)),
            Self::Embedded(folder) => {
                let file = folder.files().find(|file| file.path().file_name().is_some_and(|known| known == name));
                let file = file.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
                file.contents_utf8().map(str::to_owned).ok_or_else(|| io::Error::from(io::ErrorKind::InvalidData))
            }
        }
    }

    /// The folder on disk, where it is one: only there can files be made.
    pub fn folder(&self) -> Option<&PathBuf> {
        match self {
            Self::Folder(path) => Some(path),
            Self::Embedded(_) => None,
        }
    }
}
