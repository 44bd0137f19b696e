//! What the platform is told of the settings.

use platform::{AuthSecret, Configuration, Store};

use crate::data_folder::{DataFolder, FileError, make_folder};
use crate::failure::Failure;
use crate::secrets;
use crate::settings::{Databases, Settings};

/// The platform's configuration. Where no store is set, it is a folder in the data folder, which is made for its user alone.
///
/// # Errors
/// The folder or the secret cannot be made.
pub fn configuration(settings: &Settings, folder: &DataFolder, supervises_runs: bool) -> Result<Configuration, Failure> {
    let store = match &settings.store {
        Some(store) => store.clone(),
        None => {
            let path = folder.store();
            make_folder(&path, 0o700).map_err(FileError::of("Creating the folder", &path))?;
            Store::folder(&path)?
        }
    };
    let auth_secret = match &settings.auth_secret {
        Some(secret) => secret.clone(),
        // Commands seal and open with the same one as the server.
        None => AuthSecret::new(secrets::keep(&folder.secrets(), "auth_secret")?)
            .ok_or_else(|| Failure::Said(format!("The secret in {} is too short.", folder.secrets().join("auth_secret").display())))?,
    };
    let exports = settings.exports.clone().unwrap_or_else(|| store.within("exports"));
    Ok(Configuration {
        auth_secret,
        session_cache_ttl: settings.session_cache_ttl,
        session_idle: settings.session_idle,
        session_length: settings.session_length,
        audit_kept: settings.audit_kept,
        primary_direct: match &settings.databases {
            Databases::Given(given) => given.primary_direct.clone(),
            Databases::Private => None,
        },
        uploads: folder.uploads(),
        split: settings.split,
        supervises_runs,
        store,
        originals_kept: settings.originals_kept,
        transform_daily: settings.transform_daily,
        export_daily: settings.export_daily,
        exports,
    })
}
