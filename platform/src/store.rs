//! The store: originals of imported files and lists of rejected rows, in a folder or in any S3-compatible store, so that several
//! servers can share them.
//!
//! Originals lie under their SHA-256, so that the same bytes are kept once.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Once};

use bytes::Bytes;
use futures::StreamExt;
use futures::stream::BoxStream;
use model::RunId;
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Key;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt};
use tokio::io::AsyncWriteExt;
use url::Url;

/// Bytes read from a file at a time on their way into the store.
const CHUNK: usize = 1024 * 1024;

/// A store cannot be used. The sentence holds no secret.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct StoreError(String);

/// Where originals and lists of rejected rows are kept. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    objects: Arc<dyn ObjectStore>,
    /// The same as a folder, where it is one: its files can be read where they lie.
    folder: Option<Arc<LocalFileSystem>>,
}

/// A file that is read: in its place, or a copy that goes when this does.
#[derive(Debug)]
pub(crate) struct Fetched {
    path: PathBuf,
    _copy: Option<tempfile::TempPath>,
}

impl Fetched {
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

fn original(sha256: &str) -> Key {
    Key::from(format!("originals/{}/{sha256}", sha256.get(..2).unwrap_or_default()))
}

fn rejects(run: &RunId) -> Key {
    Key::from(format!("rejects/{run}.csv"))
}

/// The store's error as an I/O error, with the kind that it was at first: a full disk is told as one.
fn as_io(error: object_store::Error) -> io::Error {
    let kind = match &error {
        object_store::Error::NotFound { .. } => io::ErrorKind::NotFound,
        other => {
            let mut source: Option<&(dyn std::error::Error + 'static)> = Some(other);
            let mut kind = io::ErrorKind::Other;
            while let Some(cause) = source {
                if let Some(io) = cause.downcast_ref::<io::Error>() {
                    kind = io.kind();
                    break;
                }
                source = cause.source();
            }
            kind
        }
    };
    io::Error::new(kind, error)
}

impl Store {
    /// A store in a folder, which is made where it does not exist yet.
    ///
    /// # Errors
    /// The folder cannot be made.
    pub fn folder(path: &Path) -> Result<Self, StoreError> {
        let refused = |error: &dyn std::fmt::Display| StoreError(format!("The store's folder {} cannot be used: {error}.", path.display()));
        std::fs::create_dir_all(path).map_err(|error| refused(&error))?;
        // What is recorded as kept is kept, also when the power fails.
        let folder = LocalFileSystem::new_with_prefix(path).map_err(|error| refused(&error))?.with_fsync(true);
        let folder = Arc::new(folder);
        Ok(Self { objects: folder.clone(), folder: Some(folder) })
    }

    /// The store at a URL: `s3://bucket/prefix`, with credentials from variables such as `AWS_ACCESS_KEY_ID`, or `file:///path`.
    ///
    /// # Errors
    /// The URL or the variables are not those of a store.
    pub fn at(url: &str, environment: impl IntoIterator<Item = (String, String)>) -> Result<Self, StoreError> {
        let parsed = Url::parse(url).map_err(|error| StoreError(format!("It is no URL: {error}.")))?;
        match parsed.scheme() {
            "file" => {
                let path = parsed
                    .to_file_path()
                    .map_err(|()| StoreError("A file URL must name a folder from the root: file:///path.".to_owned()))?;
                Self::folder(&path)
            }
            "s3" => {
                install_cryptography();
                let options =
                    environment.into_iter().filter(|(name, _)| name.starts_with("AWS_")).map(|(name, value)| (name.to_lowercase(), value));
                let (objects, prefix) = object_store::parse_url_opts(&parsed, options)
                    .map_err(|error| StoreError(format!("The S3 store cannot be used: {error}.")))?;
                let objects: Arc<dyn ObjectStore> = Arc::from(objects);
                let objects = if prefix.as_ref().is_empty() { objects } else { Arc::new(PrefixStore::new(objects, prefix)) };
                Ok(Self { objects, folder: None })
            }
            other => Err(StoreError(format!("A store is s3://bucket/prefix or file:///path, not {other}://."))),
        }
    }

    /// Keeps a file under its hash, unless it is kept already.
    pub(crate) async fn keep_original(&self, sha256: &str, path: &Path) -> io::Result<()> {
        let key = original(sha256);
        match self.objects.head(&key).await {
            Ok(_) => Ok(()),
            Err(object_store::Error::NotFound { .. }) => self.put(&key, path).await,
            Err(error) => Err(as_io(error)),
        }
    }

    /// Keeps a run's list of rejected rows.
    pub(crate) async fn keep_rejects(&self, run: &RunId, path: &Path) -> io::Result<()> {
        self.put(&rejects(run), path).await
    }

    /// The part of this store that lies in a folder of it.
    #[must_use]
    pub fn within(&self, folder: &str) -> Self {
        Self { objects: Arc::new(PrefixStore::new(self.objects.clone(), folder)), folder: None }
    }

    /// Puts bytes under a name, in place of what was there. Whoever reads there finds the one or the other, whole.
    pub(crate) async fn put_whole(&self, name: &str, bytes: Bytes) -> io::Result<()> {
        self.objects.put(&Key::from(name), bytes.into()).await.map(drop).map_err(as_io)
    }

    async fn put(&self, key: &Key, path: &Path) -> io::Result<()> {
        let mut file = tokio::fs::File::open(path).await?;
        let mut writer = BufWriter::with_capacity(self.objects.clone(), key.clone(), CHUNK);
        let copied = tokio::io::copy_buf(&mut tokio::io::BufReader::with_capacity(CHUNK, &mut file), &mut writer).await;
        match copied {
            Ok(_) => writer.shutdown().await,
            Err(error) => {
                if let Err(left) = writer.abort().await {
                    tracing::warn!(%key, error = %left, "a broken-off upload may have left parts in the store");
                }
                Err(error)
            }
        }
    }

    /// An original as a file of this machine; `into` is where a copy is made of one that is not here.
    pub(crate) async fn fetch_original(&self, sha256: &str, into: &Path) -> io::Result<Fetched> {
        let key = original(sha256);
        if let Some(folder) = &self.folder {
            let path = folder.path_to_filesystem(&key).map_err(as_io)?;
            tokio::fs::metadata(&path).await?;
            return Ok(Fetched { path, _copy: None });
        }
        tokio::fs::create_dir_all(into).await?;
        let copy = tempfile::Builder::new().prefix("original-").tempfile_in(into)?.into_temp_path();
        let mut file = tokio::fs::File::create(&copy).await?;
        let mut content = self.objects.get(&key).await.map_err(as_io)?.into_stream();
        while let Some(bytes) = content.next().await {
            file.write_all(&bytes.map_err(as_io)?).await?;
        }
        file.flush().await?;
        Ok(Fetched { path: copy.to_path_buf(), _copy: Some(copy) })
    }

    pub(crate) async fn original(&self, sha256: &str) -> io::Result<BoxStream<'static, io::Result<Bytes>>> {
        self.read(&original(sha256)).await
    }

    pub(crate) async fn rejects(&self, run: &RunId) -> io::Result<BoxStream<'static, io::Result<Bytes>>> {
        self.read(&rejects(run)).await
    }

    async fn read(&self, key: &Key) -> io::Result<BoxStream<'static, io::Result<Bytes>>> {
        let content = self.objects.get(key).await.map_err(as_io)?.into_stream();
        Ok(content.map(|bytes| bytes.map_err(as_io)).boxed())
    }

    pub(crate) async fn remove_original(&self, sha256: &str) -> io::Result<()> {
        self.remove(&original(sha256)).await
    }

    pub(crate) async fn remove_rejects(&self, run: &RunId) -> io::Result<()> {
        self.remove(&rejects(run)).await
    }

    async fn remove(&self, key: &Key) -> io::Result<()> {
        match self.objects.delete(key).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(as_io(error)),
        }
    }
}

/// The HTTP client takes the process's cryptography, which somebody has to choose.
fn install_cryptography() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        // An error says that somebody else has chosen before, which is as good.
        _ = rustls::crypto::ring::default_provider().install_default();
    });
}

#[cfg(test)]
mod tests {
    use futures::TryStreamExt;

    use super::*;

    #[tokio::test]
    async fn a_folder_keeps_and_gives_back_and_forgets() {
        let folder = tempfile::TempDir::new().expect("a folder");
        let store = Store::folder(&folder.path().join("store")).expect("a store");
        let file = folder.path().join("a.csv");
        std::fs::write(&file, vec![b'x'; 3 * CHUNK + 5]).expect("writes");
        let hash = "ab".repeat(32);
        for _ in 0..2 {
            store.keep_original(&hash, &file).await.expect("keeps");
        }
        let fetched = store.fetch_original(&hash, folder.path()).await.expect("is there");
        assert_eq!(std::fs::metadata(fetched.path()).expect("a file").len(), 3 * CHUNK as u64 + 5);
        let read: Vec<Bytes> = store.original(&hash).await.expect("is there").try_collect().await.expect("reads");
        assert_eq!(read.iter().map(Bytes::len).sum::<usize>(), 3 * CHUNK + 5);
        store.remove_original(&hash).await.expect("removes");
        store.remove_original(&hash).await.expect("is gone");
        let gone = store.fetch_original(&hash, folder.path()).await.expect_err("is gone");
        assert_eq!(gone.kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn addresses_that_are_none_are_refused_without_secrets() {
        for url in ["nonsense", "ftp://host/x", "s3://", "file://host/x"] {
            let environment = [("AWS_SECRET_ACCESS_KEY".to_owned(), "very-secret".to_owned())];
            let refused = Store::at(url, environment).expect_err(url);
            assert!(!refused.to_string().contains("very-secret") && refused.to_string().ends_with('.'), "{refused}");
        }
    }
}
