//! ZIP: any number of files. Its directory is walked entry by entry, so that one of a million entries takes no memory.

use std::fs::File;
use std::io::{self, BufReader};
use std::path::Path;

use zip::read::{Config, ZipFileEntry};
use zip::result::ZipError;
use zip::unstable::read::ZipIterable;
use zip::{CompressionMethod, ZipReadOptions};

use super::inflate::{Budget, Stopped};
use super::{Member, UnpackLimits, last_part, nested};

/// Entries of any sort for each file that may come out: folders, and a second one that macOS adds to each file.
const ENTRIES_PER_FILE: usize = 4;
/// Entries looked at to tell whether it is a workbook. Offices write theirs first.
const LOOKED_AT: usize = 64;

/// Unpacks it; nothing if it is a workbook or another office's document. `Err` inside is why it is refused: a sentence's end.
pub(super) fn unpack(
    path: &Path,
    name: &str,
    head: &[u8],
    into: &Path,
    limits: &UnpackLimits,
) -> io::Result<Result<Option<Vec<Member>>, Stopped>> {
    if is_package(path, head)? {
        return Ok(Ok(None));
    }
    let mut archive = match open(path)? {
        Ok(archive) => archive,
        // A workbook that is damaged, or was cut off: that is to be said of it, and nothing of archives.
        Err(_) if is_workbook_name(name) => return Ok(Ok(None)),
        Err(stopped) => return Ok(Err(stopped)),
    };
    if archive.len() > limits.files.saturating_mul(ENTRIES_PER_FILE) {
        return Ok(Err(format!(
            "holds {} entries, too many for the {} files that are unpacked at once. Split it into several archives.",
            archive.len(),
            limits.files
        )));
    }
    let mut budget = Budget::new(limits, std::fs::metadata(path)?.len());
    let mut body = BufReader::new(File::open(path)?);
    let mut members = Vec::new();
    let entries = match archive.files() {
        Ok(entries) => entries,
        Err(error) => return failed(error, "its directory").map(Err),
    };
    for entry in entries {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => return failed(error, "its directory").map(Err),
        };
        match take(entry, &mut body, into, &mut budget)? {
            Ok(member) => members.extend(member),
            Err(stopped) => return Ok(Err(stopped)),
        }
    }
    if members.is_empty() {
        return Ok(Err("is an archive that holds no files. Choose the one that holds the tables.".to_owned()));
    }
    Ok(Ok(Some(members)))
}

/// Unpacks one entry; nothing for what is passed over.
fn take(
    entry: ZipFileEntry<'_>,
    body: &mut BufReader<File>,
    into: &Path,
    budget: &mut Budget<'_>,
) -> io::Result<Result<Option<Member>, Stopped>> {
    let path = match entry.name() {
        Ok(path) => path.into_owned(),
        Err(_) => String::from_utf8_lossy(entry.name_raw()).into_owned(),
    };
    let name = last_part(&path);
    let is_added = path.split(['/', '\\']).any(|part| part == "__MACOSX") || name.starts_with('.') && name != ".." && name != ".";
    if entry.is_dir() || name.is_empty() || is_added {
        return Ok(Ok(None));
    }
    if name == ".." || name == "." || entry.is_symlink() || name.len() > 255 {
        return Ok(Err(format!(
            "holds an entry that is no plain file: {:?}. Pack the files themselves.",
            path.chars().take(100).collect::<String>()
        )));
    }
    if entry.encrypted() {
        return Ok(Err(format!("is protected by a password: {name} cannot be read. Unpack it, and import the files that it holds.")));
    }
    if !matches!(entry.compression(), CompressionMethod::Stored | CompressionMethod::Deflated) {
        return failed(ZipError::UnsupportedArchive("its compression is none of those that ZIPs are made with as a rule"), &name).map(Err);
    }
    if let Err(stopped) = budget.count() {
        return Ok(Err(stopped));
    }
    let mut reader = match entry.with_reader(body, ZipReadOptions::new()) {
        Ok(reader) => reader,
        Err(error) => return failed(error, &name).map(Err),
    };
    let file = match budget.inflate(&mut reader, into, &name)? {
        Ok(file) => file,
        Err(stopped) => return Ok(Err(stopped)),
    };
    let member = Member { name, file };
    Ok(match nested(&member)? {
        Some(what) => Err(what),
        None => Ok(Some(member)),
    })
}

fn is_workbook_name(name: &str) -> bool {
    let ending = name.rsplit('.').next().unwrap_or_default();
    ["xls", "xlsx", "xlsm"].iter().any(|workbook| ending.eq_ignore_ascii_case(workbook))
}

fn open(path: &Path) -> io::Result<Result<ZipIterable<BufReader<File>>, Stopped>> {
    let file = BufReader::new(File::open(path)?);
    match ZipIterable::try_new(file, Config::default()) {
        Ok(archive) => Ok(Ok(archive)),
        Err(error) => failed(error, "its directory").map(Err),
    }
}

/// Whether it is an office's document, which is packed as a ZIP: a workbook, most likely. A damaged one counts by how it begins.
pub(super) fn is_package(path: &Path, head: &[u8]) -> io::Result<bool> {
    let is_part = |name: &[u8]| name == b"[Content_Types].xml" || name == b"mimetype";
    // The first entry's name stands behind 30 bytes.
    let begins_so = head.get(30..).is_some_and(|rest| {
        [b"[Content_Types].xml".as_slice(), b"mimetype", b"_rels/.rels", b"xl/", b"docProps/"].iter().any(|part| rest.starts_with(part))
    });
    if begins_so {
        return Ok(true);
    }
    let Ok(mut archive) = open(path)? else { return Ok(false) };
    let Ok(entries) = archive.files() else { return Ok(false) };
    Ok(entries.take(LOOKED_AT).map_while(Result::ok).any(|entry| is_part(entry.name_raw())))
}

/// What an error of the ZIP's means: what is wrong with the archive, as a sentence's end, or that it could not be read.
fn failed(error: ZipError, what: &str) -> io::Result<Stopped> {
    match error {
        ZipError::Io(error) if error.raw_os_error().is_some() => Err(error),
        ZipError::UnsupportedArchive(reason) if reason == ZipError::PASSWORD_REQUIRED => {
            Ok(format!("is protected by a password: {what} cannot be read. Unpack it, and import the files that it holds."))
        }
        ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
            Ok(format!("is packed in a way that is not known here: {what} cannot be read ({error}). Pack it again as a plain ZIP."))
        }
        error => Ok(format!("is a damaged archive: {what} cannot be read ({error}). Get the archive again.")),
    }
}
