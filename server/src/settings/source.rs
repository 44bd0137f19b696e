//! Where values come from: the environment, then the env file. The process's environment is read, never changed.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::error::SettingsError;
use super::names;

/// A value and where it was set.
#[derive(Debug, Clone)]
pub struct Value {
    /// The text; never empty, since an empty value is the same as none.
    pub text: String,
    /// `in the environment` or `in handled.env`.
    pub origin: String,
}

/// Every setting that has a value.
#[derive(Default)]
pub struct Source {
    values: BTreeMap<&'static str, Value>,
    credentials: BTreeMap<String, String>,
}

impl Source {
    /// Gathers the values. `named` must exist; `default` is read where it does.
    ///
    /// # Errors
    /// Names that are not settings, and an env file that cannot be read.
    pub fn new(
        environment: impl IntoIterator<Item = (OsString, OsString)>,
        named: Option<&Path>,
        default: &Path,
    ) -> Result<Self, SettingsError> {
        let mut source = match named {
            Some(file) => read_file(file, true)?,
            None => read_file(default, false)?,
        };
        for (name, text) in environment {
            let Some(name) = name.to_str() else { continue };
            let Some(known) = names::known(name) else {
                if names::is_credential(name) {
                    // Text that is not UTF-8 is nothing that a store takes; without it, it says what is missing.
                    source.credentials.extend(text.into_string().ok().map(|text| (name.to_owned(), text)));
                } else if names::is_ours(name) {
                    return Err(SettingsError::Unknown {
                        name: name.to_owned(),
                        origin: "in the environment".to_owned(),
                        suggestion: names::nearest(name),
                    });
                }
                continue;
            };
            let text = text.into_string().map_err(|_| SettingsError::NotUtf8 { name: known })?;
            if !text.trim().is_empty() {
                source.values.insert(known, Value { text: text.trim().to_owned(), origin: "in the environment".to_owned() });
            }
        }
        Ok(source)
    }

    /// The store's credentials: every variable whose name begins with `AWS_`.
    pub fn credentials(&self) -> impl Iterator<Item = (String, String)> {
        self.credentials.iter().filter(|(_, text)| !text.trim().is_empty()).map(|(name, text)| (name.clone(), text.trim().to_owned()))
    }

    /// The setting's value, where it has one.
    pub fn get(&self, name: &'static str) -> Option<&Value> {
        self.values.get(name)
    }
}

fn read_file(file: &Path, required: bool) -> Result<Source, SettingsError> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) if !required && error.kind() == std::io::ErrorKind::NotFound => return Ok(Source::default()),
        Err(source) => return Err(SettingsError::Unreadable { file: file.to_owned(), source }),
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text);
    refuse_variables(file, text)?;
    let origin = format!("in {}", file.display());
    let mut source = Source::default();
    let mut seen = std::collections::BTreeSet::new();
    for entry in dotenvy::from_read_iter(text.as_bytes()) {
        let (name, value) = entry.map_err(|error| unreadable(file, text, error))?;
        if names::is_credential(&name) {
            source.credentials.insert(name, value);
            continue;
        }
        let Some(known) = names::known(&name) else {
            let suggestion = names::nearest(&name);
            return Err(SettingsError::Unknown { name, origin, suggestion });
        };
        if !seen.insert(known) {
            return Err(SettingsError::Twice { name, file: file.to_owned() });
        }
        if !value.trim().is_empty() {
            source.values.insert(known, Value { text: value.trim().to_owned(), origin: origin.clone() });
        }
    }
    Ok(source)
}

/// dotenvy replaces `$name` outside single quotes, which silently changes a password that holds a `$`.
fn refuse_variables(file: &Path, text: &str) -> Result<(), SettingsError> {
    for (index, line) in text.lines().enumerate() {
        let Some((_, value)) = line.split_once('=') else { continue };
        let quoted = value.trim_start().starts_with('\'');
        if !line.trim_start().starts_with('#') && !quoted && value.replace("\\$", "").contains('$') {
            return Err(SettingsError::Dollar { file: file.to_owned(), line: index + 1 });
        }
    }
    Ok(())
}

/// dotenvy's own message repeats the line, which may hold a password: only the line's number is kept.
fn unreadable(file: &Path, text: &str, error: dotenvy::Error) -> SettingsError {
    let file: PathBuf = file.to_owned();
    match error {
        dotenvy::Error::LineParse(bad, _) => {
            let first = bad.lines().next().unwrap_or_default();
            let line = text.lines().position(|line| line.starts_with(first)).map_or(1, |index| index + 1);
            SettingsError::Line { file, line }
        }
        dotenvy::Error::Io(source) => SettingsError::Unreadable { file, source },
        other => SettingsError::Unreadable { file, source: std::io::Error::other(other.to_string()) },
    }
}
