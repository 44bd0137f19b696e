//! Unpacking: the files in a `.zip` or `.gz`, streamed into a folder, with limits on what comes out.

mod gzip;
mod inflate;
#[cfg(test)]
mod tests;
mod zipped;

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use tempfile::TempPath;

use crate::refusal::{Reason, Refusal};

/// What may come out of one archive. All of it is measured while inflating: what archives say of themselves is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnpackLimits {
    /// Bytes of all files together.
    pub bytes: u64,
    /// Bytes for each byte of the archive; the first mebibyte is free.
    pub ratio: u64,
    /// Files.
    pub files: usize,
}

impl Default for UnpackLimits {
    fn default() -> Self {
        Self { bytes: 4 * 1024 * 1024 * 1024, ratio: 200, files: 1_000 }
    }
}

/// A file that came out of an archive.
#[derive(Debug)]
pub struct Member {
    /// Its name, without the folders in which it stood.
    pub name: String,
    /// Where it is now. It goes when this goes.
    pub file: TempPath,
}

/// Bytes by which an archive inside another is told.
const HEAD: u64 = 4096;
/// Endings of what is an archive, as `infer` has them.
const ARCHIVES: [&str; 14] = ["zip", "gz", "bz2", "bz3", "7z", "xz", "rar", "tar", "zst", "lz", "lz4", "Z", "cab", "cpio"];

/// Unpacks the archive at `path`, which people know as `name`, into files in the folder `into`. Answers nothing if the file is
/// neither a ZIP nor a GZIP archive by its content, or is a workbook (which is a ZIP); and why, if the archive is refused. Folders
/// and what macOS and Windows add are passed over; nothing is left in the folder when it is refused or fails.
///
/// # Errors
/// If the archive cannot be read or a file cannot be written.
pub fn unpack(path: &Path, name: &str, into: &Path, limits: &UnpackLimits) -> io::Result<Result<Option<Vec<Member>>, Refusal>> {
    let head = head(path)?;
    let unpacked = if is_zip(&head) {
        zipped::unpack(path, name, &head, into, limits)?
    } else if head.starts_with(&[0x1f, 0x8b]) {
        gzip::unpack(path, name, into, limits)?.map(Some)
    } else {
        return Ok(Ok(None));
    };
    Ok(unpacked.map_err(|what| Refusal { reason: Reason::Archive, message: format!("{name} {what}"), kind: None }.told()))
}

fn head(path: &Path) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    File::open(path)?.take(HEAD).read_to_end(&mut head)?;
    Ok(head)
}

fn is_zip(head: &[u8]) -> bool {
    [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"].iter().any(|signature| head.starts_with(*signature))
}

/// Why a file that came out of an archive is refused with it, if it is an archive itself.
fn nested(member: &Member) -> io::Result<Option<String>> {
    let head = head(&member.file)?;
    let is_archive = infer::get(&head).is_some_and(|kind| ARCHIVES.contains(&kind.extension()));
    let is_archive = if is_zip(&head) { !zipped::is_package(&member.file, &head)? } else { is_archive };
    Ok(is_archive
        .then(|| format!("is an archive that holds another archive, {}. Unpack that one and import the files that it holds.", member.name)))
}

/// The last part of a path as archives write them, of which nothing but the name is believed; empty for a folder.
fn last_part(path: &str) -> String {
    let name = path.rsplit(['/', '\\']).next().unwrap_or_default();
    name.chars().filter(|character| !character.is_control()).collect::<String>().trim().to_owned()
}
