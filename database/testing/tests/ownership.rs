//! The fence between the databases: no query and no migration of one names a schema that the other owns.

use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};

/// The crate and the folders of scripts that speak to a database, and the schemas that the other one owns.
const FENCES: [(&str, [&str; 4], [&str; 2]); 2] = [
    (
        "database/primary",
        ["migrations/primary", "migrations/samples/primary", "migrations/privileges", "seeds/primary"],
        ["workspace.", "reference."],
    ),
    ("database/data", ["migrations/data", "migrations/samples/data", "migrations/after_clean", "seeds/data"], ["config.", "customer."]),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn files(folder: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display())) {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|found| found == extension) {
            found.push(path);
        }
    }
    found
}

/// Every literal of Rust source but those of attributes, which are documentation.
fn literals(tokens: TokenStream, found: &mut Vec<String>) {
    let mut after_hash = false;
    for token in tokens {
        match token {
            TokenTree::Group(_) if after_hash => after_hash = false,
            TokenTree::Group(group) => literals(group.stream(), found),
            TokenTree::Literal(literal) => found.push(literal.to_string()),
            TokenTree::Punct(punct) => after_hash = punct.as_char() == '#' || (after_hash && punct.as_char() == '!'),
            TokenTree::Ident(_) => after_hash = false,
        }
    }
}

/// The schemas of the other database that the text names as SQL would: not as the end of a longer word.
fn named<'a>(text: &str, foreign: &[&'a str]) -> Vec<&'a str> {
    // The name of a file, as zip3-reference.json, is none either.
    let is_word = |character: char| character.is_alphanumeric() || character == '_' || character == '-';
    let names = |schema: &&str| text.match_indices(*schema).any(|(at, _)| !text[..at].ends_with(is_word));
    foreign.iter().copied().filter(names).collect()
}

fn without_comments(sql: &str) -> String {
    sql.lines().map(|line| line.split_once("--").map_or(line, |(code, _)| code)).collect::<Vec<_>>().join("\n")
}

#[test]
fn no_query_names_a_schema_of_the_other_database() {
    for (crate_folder, _, foreign) in FENCES {
        let sources = files(&root().join(crate_folder).join("src"), "rs");
        assert!(!sources.is_empty());
        for path in sources {
            let source: TokenStream = fs::read_to_string(&path).expect("a file").parse().expect("Rust");
            let mut found = Vec::new();
            literals(source, &mut found);
            for literal in found {
                assert_eq!(named(&literal, &foreign), Vec::<&str>::new(), "{}: {literal}", path.display());
            }
        }
        let described = files(&root().join(crate_folder).join(".sqlx"), "json");
        assert!(!described.is_empty());
        for path in described {
            let text = fs::read_to_string(&path).expect("a file");
            assert_eq!(named(&text, &foreign), Vec::<&str>::new(), "{}", path.display());
        }
    }
}

#[test]
fn no_migration_and_no_seed_names_a_schema_of_the_other_database() {
    for (_, folders, foreign) in FENCES {
        for folder in folders {
            let scripts = files(&root().join(folder), "sql");
            assert!(!scripts.is_empty());
            for path in scripts {
                let text = without_comments(&fs::read_to_string(&path).expect("a file"));
                assert_eq!(named(&text, &foreign), Vec::<&str>::new(), "{}", path.display());
            }
        }
    }
}

#[test]
fn the_fence_sees_what_it_is_there_to_see() {
    assert_eq!(named("SELECT * FROM config.users", &["config."]), ["config."]);
    assert_eq!(named("JOIN workspace.us_zips", &["workspace.", "reference."]), ["workspace."]);
    assert!(named("SELECT myconfig.x", &["config."]).is_empty());
    let mut found = Vec::new();
    literals("/// config.users\nfn f() { query(\"FROM config.roles\") }".parse().expect("Rust"), &mut found);
    assert_eq!(found, ["\"FROM config.roles\""]);
}
