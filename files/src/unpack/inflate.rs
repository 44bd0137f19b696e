//! Writing what comes out of an archive, within its limits.

use std::io::{self, Read, Write};
use std::path::Path;

use tempfile::TempPath;

use super::UnpackLimits;

/// Bytes that may come out of any archive, however small: a few lines compress a thousandfold.
const FREE: u64 = 1024 * 1024;

/// What has come out of an archive so far, against what may.
pub(super) struct Budget<'a> {
    limits: &'a UnpackLimits,
    /// The archive's own size.
    archive: u64,
    written: u64,
    files: usize,
}

/// Why a file of an archive did not come out: a sentence's end.
pub(super) type Stopped = String;

impl<'a> Budget<'a> {
    pub(super) fn new(limits: &'a UnpackLimits, archive: u64) -> Self {
        Self { limits, archive, written: 0, files: 0 }
    }

    /// Counts one file more.
    pub(super) fn count(&mut self) -> Result<(), Stopped> {
        self.files += 1;
        if self.files > self.limits.files {
            return Err(format!("holds more than {} files. Split it into several archives.", self.limits.files));
        }
        Ok(())
    }

    /// Streams what `reader` gives into a new file in a folder.
    ///
    /// # Errors
    /// If the archive cannot be read or the file cannot be written; what is wrong with the archive is told apart from that.
    pub(super) fn inflate(&mut self, reader: &mut dyn Read, into: &Path, member: &str) -> io::Result<Result<TempPath, Stopped>> {
        let mut file = tempfile::NamedTempFile::new_in(into)?;
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                // Without a number of the operating system's it is what was read that is wrong.
                Err(error) if error.raw_os_error().is_none() => {
                    return Ok(Err(format!("is a damaged archive: {member} does not come out whole ({error}). Get the archive again.")));
                }
                Err(error) => return Err(error),
            };
            self.written += read as u64;
            if let Err(stopped) = self.check(member) {
                return Ok(Err(stopped));
            }
            file.write_all(&buffer[..read])?;
        }
        file.flush()?;
        Ok(Ok(file.into_temp_path()))
    }

    fn check(&self, member: &str) -> Result<(), Stopped> {
        let UnpackLimits { bytes, ratio, .. } = *self.limits;
        if self.written > bytes {
            return Err(format!(
                "holds more than {}: unpacking stopped in {member}. Unpack it yourself and import its files one by one.",
                size(bytes)
            ));
        }
        if self.written > self.archive.saturating_mul(ratio).saturating_add(FREE) {
            return Err(format!(
                "unpacks to more than {ratio} times its size, which no table does: unpacking stopped in {member}. If it is what it should be, unpack it yourself and import its files."
            ));
        }
        Ok(())
    }
}

/// So many bytes, for people.
fn size(bytes: u64) -> String {
    match bytes {
        _ if bytes >= 1 << 30 && bytes.is_multiple_of(1 << 30) => format!("{} GiB", bytes >> 30),
        _ if bytes >= 1 << 20 && bytes.is_multiple_of(1 << 20) => format!("{} MiB", bytes >> 20),
        _ => format!("{bytes} bytes"),
    }
}
