//! Seed files: what they are called, and what they hold.

use std::io;

use crate::{Files, MigrationFileError, ToolError, rules};

/// The first line of a script that belongs in production too.
const PRODUCTION: &str = "-- production";
/// The end of a table's name that says the same.
const PRODUCTION_TABLE: &str = ".production.csv";

/// One seed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seed {
    /// The file's name.
    pub file: String,
    /// Whether it says that it belongs in production.
    pub production: bool,
    pub(super) content: Content,
}

/// What a seed holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Content {
    /// SQL.
    Script(String),
    /// Rows of one table.
    Table(TableRows),
}

/// A table's rows as text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct TableRows {
    pub(super) schema: String,
    pub(super) table: String,
    /// The columns that the header names.
    pub(super) columns: Vec<String>,
    /// The whole file, header included.
    pub(super) csv: String,
}

/// Reads a folder: `*.sql`, and `*.csv` named after their table, with a number before it or not. Other files are left alone.
pub(super) fn read(database: &str, files: &Files) -> Result<Vec<Seed>, ToolError> {
    let unreadable = |what: String, source: io::Error| refused(database, format!("{what} cannot be read: {source}"));
    let names = files.names().map_err(|source| unreadable("its folder of seeds".to_owned(), source))?;
    let mut seeds = Vec::new();
    for file in names {
        let is_script = file.ends_with(".sql");
        if !is_script && !file.ends_with(".csv") {
            continue;
        }
        let text = files.read(&file).map_err(|source| unreadable(format!("the seed {file}"), source))?;
        seeds.push(if is_script { script(database, file, text)? } else { table(database, file, text)? });
    }
    Ok(seeds)
}

fn script(database: &str, file: String, text: String) -> Result<Seed, ToolError> {
    rules::check(&file, &text, true).map_err(|error| match error {
        MigrationFileError::Statement { file, statement, line, why } => {
            refused(database, format!("the seed {file} has `{statement}` in line {line}: {}", why.replace("a migration", "a seed")))
        }
        other => refused(database, other.to_string()),
    })?;
    let production = text.lines().next().is_some_and(|line| line.trim() == PRODUCTION);
    Ok(Seed { file, production, content: Content::Script(text) })
}

fn table(database: &str, file: String, csv: String) -> Result<Seed, ToolError> {
    let production = file.ends_with(PRODUCTION_TABLE);
    let stem = file.trim_end_matches(".csv").trim_end_matches(".production");
    let digits = stem.bytes().take_while(u8::is_ascii_digit).count();
    let numbered = stem[digits..].strip_prefix('_').filter(|_| digits > 0);
    let name = numbered.unwrap_or(stem).split_once('.');
    let Some((schema, table)) = name.filter(|(schema, table)| !schema.is_empty() && !table.is_empty() && !table.contains('.')) else {
        return Err(refused(database, format!("the seed {file} is not named after its table, as in 020_public.products.csv")));
    };
    let (schema, table) = (schema.to_owned(), table.to_owned());
    // COPY reads the rows; the reader here is for the header alone.
    let csv = csv.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(csv);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(csv.as_bytes());
    let header =
        reader.records().next().transpose().map_err(|error| refused(database, format!("the seed {file} has no header: {error}")))?;
    let columns: Vec<String> = header.iter().flatten().map(str::to_owned).collect();
    if columns.is_empty() || columns.iter().any(String::is_empty) {
        return Err(refused(database, format!("the seed {file} has no header; its first line names the columns of {schema}.{table}")));
    }
    Ok(Seed { file, production, content: Content::Table(TableRows { schema, table, columns, csv }) })
}

fn refused(database: &str, why: String) -> ToolError {
    ToolError::Refused { database: database.to_owned(), why }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(files: &[(&str, &str)]) -> Result<Vec<Seed>, String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        read("pshop", &Files::Folder(folder.path().to_owned())).map_err(|error| error.to_string())
    }

    #[test]
    fn files_are_read_in_the_order_of_their_names() {
        let seeds = folder(&[
            ("020_public.products.csv", "\u{feff}sku,\"name\"\nA,B\n"),
            ("010_roles.sql", "-- production\nINSERT INTO a VALUES (1)"),
            ("stock.levels.production.csv", "id\n1\n"),
            ("README.md", "not a seed"),
        ])
        .unwrap();
        let shown: Vec<(&str, bool)> = seeds.iter().map(|seed| (seed.file.as_str(), seed.production)).collect();
        assert_eq!(shown, [("010_roles.sql", true), ("020_public.products.csv", false), ("stock.levels.production.csv", true)]);
        let Content::Table(table) = &seeds[1].content else { panic!("{seeds:?}") };
        assert_eq!((table.schema.as_str(), table.table.as_str(), table.csv.as_str()), ("public", "products", "sku,\"name\"\nA,B\n"));
        assert_eq!(table.columns, ["sku", "name"]);
        assert!(matches!(&seeds[2].content, Content::Table(table) if table.schema == "stock" && table.table == "levels"));
    }

    #[test]
    fn what_cannot_be_a_seed_is_said() {
        for (file, text, sentence) in [
            ("a.sql", "SELECT 1;\nCOMMIT;", "pshop: the seed a.sql has `COMMIT` in line 2: a seed is one transaction"),
            ("products.csv", "a\n", "pshop: the seed products.csv is not named after its table"),
            ("010_a.b.c.csv", "a\n", "pshop: the seed 010_a.b.c.csv is not named after its table"),
            ("a.b.csv", "", "pshop: the seed a.b.csv has no header"),
        ] {
            let error = folder(&[(file, text)]).unwrap_err();
            assert!(error.starts_with(sentence), "{error}");
        }
    }
}
