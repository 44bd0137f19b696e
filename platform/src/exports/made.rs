//! Files as they were made: once for a version, however many ask for it at once, and kept until the next.

use std::io::{self, Write};
use std::sync::Arc;

use bytes::Bytes;
use model::export::ExportSources;
use model::{Error, RunId};
use sha2::{Digest, Sha256};
use tokio::sync::{Mutex, OnceCell};
use tokio::task::spawn_blocking;

use super::version::{ExportVersion, version_in};
use super::{ALL, Export, Stale};
use crate::Platform;
use crate::failure::unavailable;

/// How hard brotli tries, from 0 to 11. A file is compressed once and sent often, but somebody waits for the first: of a national
/// matrix, 5 takes a twentieth of a second and 11 several.
const BROTLI_QUALITY: u32 = 5;
/// The window that brotli looks back, as a power of two: a megabyte is as good as four here, and takes less memory.
const BROTLI_WINDOW: u32 = 20;
const GZIP_LEVEL: u32 = 6;

/// How a file's bytes are sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Encoding {
    /// As they are.
    Identity,
    /// `gzip`.
    Gzip,
    /// `br`.
    Brotli,
}

/// A file's bytes, and these compressed once somebody has asked for that.
#[derive(Debug)]
struct Content {
    etag: String,
    bytes: Bytes,
    rows: u64,
    sha256: String,
    gzip: OnceCell<Bytes>,
    brotli: OnceCell<Bytes>,
}

/// The latest file of each export that this process has made, in the order of [`ALL`]. Whoever makes one holds its lock, so that others who
/// want the same wait for it.
#[derive(Debug)]
pub(crate) struct Slots(Vec<Mutex<Option<Arc<Content>>>>);

impl Default for Slots {
    fn default() -> Self {
        Self(ALL.iter().map(|_| Mutex::default()).collect())
    }
}

impl Slots {
    fn of(&self, export: &Export) -> Option<&Mutex<Option<Arc<Content>>>> {
        ALL.iter().zip(&self.0).find(|(known, _)| known.name == export.name).map(|(_, slot)| slot)
    }
}

/// A file made by an export.
#[derive(Debug)]
pub struct ExportedFile {
    /// What it was made from.
    pub version: ExportVersion,
    /// The run that recorded it, where somebody took it.
    pub run_id: Option<RunId>,
    content: Arc<Content>,
}

impl ExportedFile {
    /// Its content.
    pub fn bytes(&self) -> Bytes {
        self.content.bytes.clone()
    }

    /// Rows that went into it.
    pub fn rows(&self) -> u64 {
        self.content.rows
    }

    /// Its content as it is to be sent.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when compressing fails, which leaves nothing behind.
    pub async fn encoded(&self, encoding: Encoding) -> Result<Bytes, Error> {
        let kept = match encoding {
            Encoding::Identity => return Ok(self.bytes()),
            Encoding::Gzip => &self.content.gzip,
            Encoding::Brotli => &self.content.brotli,
        };
        let made = kept.get_or_try_init(async || {
            let bytes = self.bytes();
            let compress = move || if encoding == Encoding::Gzip { gzip(&bytes) } else { brotli(&bytes) };
            let compressed = spawn_blocking(compress).await.map_err(io::Error::other)??;
            Ok::<_, io::Error>(Bytes::from(compressed))
        });
        made.await.cloned().map_err(unavailable("compressing an export"))
    }

    /// Where its content comes from: what is laid beside the file.
    pub fn sources(&self) -> ExportSources {
        let ExportVersion { name, etag, last_modified, stale_by, sources, .. } = self.version.clone();
        ExportSources {
            export: name.to_owned(),
            bytes: self.content.bytes.len() as u64,
            sha256: self.content.sha256.clone(),
            etag,
            last_modified,
            stale: !stale_by.is_empty(),
            stale_by,
            sources,
        }
    }
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::new(GZIP_LEVEL));
    encoder.write_all(bytes)?;
    encoder.finish()
}

fn brotli(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressed = Vec::new();
    {
        let mut encoder = brotli::CompressorWriter::new(&mut compressed, 4096, BROTLI_QUALITY, BROTLI_WINDOW);
        encoder.write_all(bytes)?;
        // Dropping it writes the end.
    }
    Ok(compressed)
}

impl Platform {
    /// The file of a version, or of a later one where something was published meanwhile: made, unless it was before.
    pub(super) async fn export_file(&self, version: ExportVersion, stale: Stale) -> Result<ExportedFile, Error> {
        let fault = || unavailable("making an export");
        let export = version.export;
        let slot = self.0.exports.of(export).ok_or_else(|| Error::not_found(format!("export {}", export.name)))?;
        let mut kept = slot.lock().await;
        if let Some(content) = kept.as_ref().filter(|content| content.etag == version.etag) {
            return Ok(ExportedFile { version, run_id: None, content: content.clone() });
        }
        // What it is made from and its rows are of one snapshot.
        let mut transaction = self.data().begin_read_only().await.map_err(fault())?;
        let version = version_in(&mut transaction, export, version.revision).await.map_err(fault())??.checked(stale)?;
        let written = (export.write)(&mut transaction).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        if written.rows == 0 {
            return Err(Error::conflict(format!(
                "{} would be empty: {} has nothing of what it shows. Import that first, and run the transformation.",
                export.name,
                export.sources.join(" and ")
            )));
        }
        let content = Arc::new(Content {
            etag: version.etag.clone(),
            sha256: hex::encode(Sha256::digest(&written.bytes)),
            bytes: written.bytes.into(),
            rows: written.rows,
            gzip: OnceCell::new(),
            brotli: OnceCell::new(),
        });
        *kept = Some(content.clone());
        Ok(ExportedFile { version, run_id: None, content })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;

    #[test]
    fn what_is_compressed_is_what_was_written() {
        let text = "1,2,3,99,".repeat(10_000).into_bytes();
        let mut back = Vec::new();
        let zipped = gzip(&text).expect("compresses");
        flate2::read::GzDecoder::new(&zipped[..]).read_to_end(&mut back).expect("reads");
        assert!(back == text && zipped.len() < text.len() / 50);
        back.clear();
        let zipped = brotli(&text).expect("compresses");
        brotli::Decompressor::new(&zipped[..], 4096).read_to_end(&mut back).expect("reads");
        assert!(back == text && zipped.len() < text.len() / 50);
    }
}
