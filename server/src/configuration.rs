//! What the platform is told of the settings.

use platform::{Configuration, Store};

use crate::data_folder::{DataFolder, FileError, make_folder};
use crate::failure::Failure;
use crate::settings::Settings;

/// The platform's configuration. Where no store is set, it is a folder in the data folder, which is made for its user alone.
///
/// # Errors
/// The folder cannot be made.
pub fn configuration(settings: &Settings, folder: &DataFolder, supervises_runs: bool) -> Result<Configuration, Failure> {
    let store = match &settings.store {
        Some(store) => store.clone(),
        None => {
            let path = folder.store();
            make_folder(&path, 0o700).map_err(FileError::of("Creating the folder", &path))?;
            Store::folder(&path)?
        }
    };
    let exports = settings.exports.clone().unwrap_or_else(|| store.within("exports"));
    Ok(Configuration {
        session_cache_ttl: settings.session_cache_ttl,
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
