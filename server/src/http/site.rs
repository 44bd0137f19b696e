//! The site folder: what the browser loads. Where it is, and the names of the files in it.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use leptos::config::{Env, LeptosOptions, ReloadWSProtocol};

/// The name that the client's files begin with.
const OUTPUT_NAME: &str = "handled";
/// The folder of the client's files in the site folder, and in addresses.
const PACKAGE: &str = "pkg";
/// The file beside the program that lists the hashes in the names of the client's files.
const HASH_FILE: &str = "hash.txt";

/// Why there is nothing to serve.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// No site folder.
    #[error("There is no site folder with the files for the browser (looked for {}); run `make build`.", looked.join(", "))]
    Missing {
        /// Where it was looked for.
        looked: Vec<String>,
    },
    /// A site folder without the client.
    #[error("The site folder {} does not hold {file}, the client that belongs to this program; run `make build`.", root.display())]
    Incomplete {
        /// The site folder.
        root: PathBuf,
        /// The file that is missing, relative to the folder.
        file: String,
    },
    /// A setting of cargo-leptos that makes no sense.
    #[error("{name} is {value:?} (in the environment); it takes {accepted}.")]
    Malformed {
        /// The setting.
        name: &'static str,
        /// Its value.
        value: String,
        /// What would be accepted.
        accepted: &'static str,
    },
}

/// The site folder and the names of the client's files.
#[derive(Debug, Clone)]
pub struct Site {
    root: PathBuf,
    hashes: Arc<BTreeSet<String>>,
    options: LeptosOptions,
}

/// What `cargo leptos watch` tells by the environment.
fn from_environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

fn parsed<T: std::str::FromStr>(name: &'static str, accepted: &'static str) -> Result<Option<T>, SiteError> {
    let Some(value) = from_environment(name) else { return Ok(None) };
    value.parse().map(Some).map_err(|_| SiteError::Malformed { name, value, accepted })
}

impl Site {
    /// Finds the site folder: the one that `LEPTOS_SITE_ROOT` names, or `site` beside the program, or `target/site`.
    ///
    /// # Errors
    /// There is none, or it does not hold this program's client.
    pub fn find() -> Result<Self, SiteError> {
        let beside = std::env::current_exe().ok().and_then(|program| program.parent().map(Path::to_owned)).unwrap_or_default();
        let candidates = match from_environment("LEPTOS_SITE_ROOT") {
            Some(root) => vec![PathBuf::from(root)],
            None => vec![beside.join("site"), PathBuf::from("target/site")],
        };
        let Some(root) = candidates.iter().find(|candidate| candidate.is_dir()) else {
            return Err(SiteError::Missing { looked: candidates.iter().map(|candidate| candidate.display().to_string()).collect() });
        };
        let hashes = std::fs::read_to_string(beside.join(HASH_FILE)).unwrap_or_default();
        let hashed = parsed("LEPTOS_HASH_FILES", "true or false")?.unwrap_or(!hashes.is_empty());
        Self::at(root, if hashed { &hashes } else { "" })
    }

    /// The site in this folder; `hashes` is the content of `hash.txt`, empty where file names carry no hashes.
    ///
    /// # Errors
    /// The folder does not hold the client.
    pub fn at(root: &Path, hashes: &str) -> Result<Self, SiteError> {
        let lines = hashes.lines().filter_map(|line| line.split_once(':')).map(|(kind, hash)| (kind.trim(), hash.trim()));
        let hash_of =
            |wanted: &str| lines.clone().find(|(kind, _)| *kind == wanted).map(|(_, hash)| format!(".{hash}")).unwrap_or_default();
        for kind in ["js", "wasm", "css"] {
            let file = format!("{PACKAGE}/{OUTPUT_NAME}{}.{kind}", hash_of(kind));
            if !root.join(&file).is_file() {
                return Err(SiteError::Incomplete { root: root.to_owned(), file });
            }
        }
        let hashes: BTreeSet<String> = lines.map(|(_, hash)| hash.to_owned()).collect();
        let options = options(root, !hashes.is_empty())?;
        Ok(Self { root: root.to_owned(), hashes: Arc::new(hashes), options })
    }

    /// Says under which address the server is reached.
    pub fn set_address(&mut self, address: SocketAddr) {
        self.options.site_addr = address;
    }

    /// The address that `cargo leptos watch` asks for.
    ///
    /// # Errors
    /// It is no address.
    pub fn wanted_address() -> Result<Option<SocketAddr>, SiteError> {
        parsed("LEPTOS_SITE_ADDR", "an address with a port, such as 127.0.0.1:3000")
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What Leptos needs to know.
    pub fn options(&self) -> &LeptosOptions {
        &self.options
    }

    /// Whether the content under this address never changes, because its hash stands in the name.
    pub fn is_hashed(&self, path: &str) -> bool {
        path.rsplit('/').next().unwrap_or_default().split('.').any(|part| self.hashes.contains(part))
    }
}

/// Everything is said explicitly: Leptos would otherwise look for a Cargo.toml, which an installed program has not.
fn options(root: &Path, hash_files: bool) -> Result<LeptosOptions, SiteError> {
    let watched = std::env::var_os("LEPTOS_WATCH").is_some();
    let mut options = LeptosOptions::builder()
        .output_name(OUTPUT_NAME)
        .site_root(root.display().to_string())
        .site_pkg_dir(PACKAGE)
        .env(if watched { Env::DEV } else { Env::PROD })
        .hash_file(Arc::from(HASH_FILE))
        .hash_files(hash_files)
        .build();
    if let Some(port) = parsed("LEPTOS_RELOAD_PORT", "a port")? {
        options.reload_port = port;
    }
    options.reload_external_port = parsed("LEPTOS_RELOAD_EXTERNAL_PORT", "a port")?;
    if from_environment("LEPTOS_RELOAD_WS_PROTOCOL").is_some_and(|protocol| protocol.eq_ignore_ascii_case("wss")) {
        options.reload_ws_protocol = ReloadWSProtocol::WSS;
    }
    Ok(options)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_must_hold_the_client_of_this_program() {
        let folder = tempfile::tempdir().expect("a folder");
        let package = folder.path().join(PACKAGE);
        std::fs::create_dir(&package).expect("a folder");
        let hashes = "js: abc\nwasm: def\ncss: ghi\n";
        let missing = Site::at(folder.path(), hashes).expect_err("empty").to_string();
        assert!(missing.contains("does not hold pkg/handled.abc.js"), "{missing}");
        for name in ["handled.abc.js", "handled.def.wasm", "handled.ghi.css"] {
            std::fs::write(package.join(name), "x").expect("a file");
        }
        let site = Site::at(folder.path(), hashes).expect("complete");
        assert!(site.options().hash_files && site.options().hash_file.as_ref() == HASH_FILE);
        assert!(site.is_hashed("/pkg/handled.def.wasm") && !site.is_hashed("/favicon.svg") && !site.is_hashed("/abc/x.js"));
        assert!(Site::at(folder.path(), "").is_err(), "names without hashes are other names");
    }
}
