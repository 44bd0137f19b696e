//! Migration files: names, order, completeness.

use database_tool::{Files, Migrations};
use include_dir::{Dir, DirEntry, File};

static FOLDER: Dir<'static> = Dir::new(
    "",
    &[
        DirEntry::File(File::new("0002_second.down.sql", b"DROP TABLE b;")),
        DirEntry::File(File::new("0002_second.up.sql", b"CREATE TABLE b ();")),
        DirEntry::File(File::new("README.md", b"not a migration")),
        DirEntry::File(File::new("0001_first.up.sql", b"CREATE TABLE a ();")),
        DirEntry::File(File::new("0001_first.down.sql", b"DROP TABLE a;")),
    ],
);
static NOT_TEXT: Dir<'static> = Dir::new("", &[DirEntry::File(File::new("0001_first.up.sql", b"\xff"))]);

fn error(names: &[&str]) -> String {
    let files = names.iter().map(|name| ((*name).to_owned(), String::new()));
    Migrations::from_files(files).expect_err("these files are not in order").to_string()
}

#[test]
fn reads_a_folder_in_order() {
    let migrations = Migrations::read(&Files::Embedded(&FOLDER)).unwrap();
    let files: Vec<String> = migrations.list().iter().map(|migration| migration.up_file()).collect();
    assert_eq!(files, ["0001_first.up.sql", "0002_second.up.sql"]);
    assert_eq!(migrations.list()[1].down, "DROP TABLE b;");
    // printf 'CREATE TABLE a ();' | sha256sum
    assert_eq!(migrations.list()[0].sha256, "902f5c947b00294d6b0cdb41666553a31c51672ed6e65af6209e622790dce7b1");
    let error = Migrations::read(&Files::Embedded(&NOT_TEXT)).unwrap_err().to_string();
    assert!(error.starts_with("the migration file 0001_first.up.sql cannot be read: "), "{error}");
    assert!(Migrations::read(&Files::Folder("/nowhere".into())).unwrap().list().is_empty(), "a folder is made with its first migration");
    assert!(Migrations::from_files([]).unwrap().list().is_empty());
}

#[test]
fn says_what_is_wrong_with_a_folder() {
    for name in
        ["1_a.up.sql", "0001-a.up.sql", "0001_a.sql", "0001_A.up.sql", "0001_.up.sql", "0000_a.up.sql", "0001_a.sideways.sql", "a.sql"]
    {
        assert!(error(&[name]).starts_with(&format!("the migration file {name} is not named like ")), "{}", error(&[name]));
    }
    let gap = ["0001_a.up.sql", "0001_a.down.sql", "0003_c.up.sql", "0003_c.down.sql"].map(|name| (name.to_owned(), String::new()));
    assert_eq!(
        Migrations::from_files(gap).unwrap().without_gaps().unwrap_err().to_string(),
        "there is no migration 0002, but 0003_c.up.sql exists; numbers go up by one from 0001"
    );
    assert_eq!(
        error(&["0001_a.up.sql", "0001_a.down.sql", "0001_b.up.sql", "0001_b.down.sql"]),
        "two migrations have the number 0001: a and b; renumber the newer one"
    );
    assert_eq!(error(&["0001_a.up.sql"]), "the migration file 0001_a.down.sql is missing; every migration has an up and a down file");
    assert_eq!(error(&["0001_a.down.sql"]), "the migration file 0001_a.up.sql is missing; every migration has an up and a down file");
}

#[test]
fn refuses_a_migration_that_commits_by_itself() {
    let files = [("0001_a.up.sql".to_owned(), "CREATE TABLE a ();\nCOMMIT;".to_owned())];
    assert_eq!(
        Migrations::from_files(files).unwrap_err().to_string(),
        "the migration file 0001_a.up.sql has `COMMIT` in line 2: a migration is one transaction that the tool begins and ends; take the statement out"
    );
}
