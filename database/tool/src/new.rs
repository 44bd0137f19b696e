//! The files of a new migration.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::Serialize;

use crate::file::{NO_TRANSACTION, down_file, up_file};
use crate::{Declaration, Migrations, ToolError};

/// The longest name, so that a file's name fits everywhere.
const NAME_MAX: usize = 80;
/// The number of the last migration that four digits can tell.
const VERSION_MAX: i32 = 9_999;

const UP: &str = "-- {description}.
--
-- Expand first: whatever runs against the database now has to go on running. Add a column with a constant default or without NOT NULL,
-- and leave renaming and dropping to a later migration, when nothing that runs asks for the old name.
-- `handled db lint {database}` says what would lock, rewrite or lose something.

";

const UP_APART: &str = "-- no-transaction
-- {description}.
--
-- Statement by statement, each by itself: what took effect stays when a later one fails, and migrating again goes on there. For what
-- cannot run inside a transaction, as CREATE INDEX CONCURRENTLY name ON schema.table (column).
-- `handled db lint {database}` says what would lock, rewrite or lose something.

";

const DOWN: &str = "-- Takes {up_file} back: afterwards the database is as it was before it.

";

/// The files that were made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NewMigration {
    /// What people call the database.
    pub database: String,
    /// The migration's number.
    pub version: i32,
    /// What it does, as it stands in the files' names.
    pub name: String,
    /// The file that applies it.
    pub up: PathBuf,
    /// The file that takes it back.
    pub down: PathBuf,
}

impl Declaration {
    /// Makes the files of the next migration from templates; `transactional` unless its statements have to run one by one.
    ///
    /// # Errors
    /// The description has no letter or digit, the migrations are part of the program, the numbers have a gap or another
    /// fault, or the files cannot be written.
    pub fn new_migration(&self, description: &str, transactional: bool) -> Result<NewMigration, ToolError> {
        let refused = |why: String| ToolError::Refused { database: self.name.clone(), why };
        let name = snake_case(description);
        if name.is_empty() {
            return Err(refused(format!(
                "`{description}` has no letter or digit of ASCII; describe in a few words what the migration does"
            )));
        }
        let Some(folder) = self.migrations.folder() else {
            return Err(refused(
                "its migrations are part of this program; new ones are written in a source tree: go to the folder with its databases.toml"
                    .to_owned(),
            ));
        };
        let unusable = |source| ToolError::Files { database: self.name.clone(), source };
        let migrations = Migrations::read(&self.migrations).map_err(unusable)?;
        migrations.without_gaps().map_err(unusable)?;
        if let Some(same) = migrations.list().iter().find(|migration| migration.name == name) {
            return Err(refused(format!("{} does the same by its name; say what is different about the new one", same.up_file())));
        }
        let version = migrations.list().last().map_or(1, |last| last.version + 1);
        if version > VERSION_MAX {
            return Err(refused(format!("numbers of migrations have four digits, and {VERSION_MAX} is taken")));
        }
        let (up, down) = (up_file(version, &name), down_file(version, &name));
        let fill = |template: &str| {
            let sentence = description.trim().trim_end_matches('.').replace(['\r', '\n'], " ");
            template.replace("{description}", &sentence).replace("{database}", &self.name).replace("{up_file}", &up)
        };
        let up_text = fill(if transactional { UP } else { UP_APART });
        let down_text = if transactional { fill(DOWN) } else { format!("{NO_TRANSACTION}\n{}", fill(DOWN)) };
        std::fs::create_dir_all(folder).map_err(|source| self.not_written(folder, source))?;
        let (up, down) = (folder.join(&up), folder.join(&down));
        self.write(&up, &up_text)?;
        self.write(&down, &down_text)?;
        Ok(NewMigration { database: self.name.clone(), version, name, up, down })
    }

    /// Makes a file that must not be there yet: somebody else may be making the same number.
    fn write(&self, path: &Path, text: &str) -> Result<(), ToolError> {
        let made = OpenOptions::new().write(true).create_new(true).open(path).and_then(|mut file| file.write_all(text.as_bytes()));
        made.map_err(|source| self.not_written(path, source))
    }

    fn not_written(&self, path: &Path, source: std::io::Error) -> ToolError {
        ToolError::Write { database: self.name.clone(), file: path.display().to_string(), source }
    }
}

/// `Add users' e-mail` becomes `add_users_e_mail`: small letters and digits of ASCII, the rest one underscore.
fn snake_case(description: &str) -> String {
    let mut name = String::new();
    for character in description.chars() {
        if character.is_ascii_alphanumeric() {
            name.push(character.to_ascii_lowercase());
        } else if character != '\'' && !name.is_empty() && !name.ends_with('_') {
            name.push('_');
        }
    }
    name.truncate(NAME_MAX);
    name.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::snake_case;

    #[test]
    fn names_are_made_of_descriptions() {
        for (description, name) in
            [("Add users' e-mail", "add_users_e_mail"), ("  ZIP3 -> area (2nd try). ", "zip3_area_2nd_try"), ("Größe", "gr_e"), ("!?", "")]
        {
            assert_eq!(snake_case(description), name);
        }
        assert_eq!(snake_case(&"a b ".repeat(60)).len(), 79);
    }
}
