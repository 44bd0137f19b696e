//! The files of new migrations.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use database_tool::{Declaration, Migrations, Workspace};

const WORKSPACE: &str = "[[database]]\nname = \"shop\"\nurl = \"SHOP_URL\"\nmigrations = \"db/migrations\"\n";

fn declaration(folder: &tempfile::TempDir) -> Declaration {
    std::fs::write(folder.path().join("databases.toml"), WORKSPACE).unwrap();
    Workspace::read(folder.path()).unwrap().databases[0].clone()
}

#[test]
fn new_migrations_follow_the_last() {
    let folder = tempfile::tempdir().unwrap();
    let shop = declaration(&folder);
    let first = shop.new_migration("Add the users' e-mail.", true).unwrap();
    assert_eq!((first.version, first.name.as_str()), (1, "add_the_users_e_mail"));
    assert_eq!(first.up, folder.path().join("db/migrations/0001_add_the_users_e_mail.up.sql"));
    let up = std::fs::read_to_string(&first.up).unwrap();
    assert!(up.starts_with("-- Add the users' e-mail.\n") && up.contains("handled db lint shop"), "{up}");
    assert!(std::fs::read_to_string(&first.down).unwrap().contains("0001_add_the_users_e_mail.up.sql"));

    let second = shop.new_migration("Index", false).unwrap();
    let migrations = Migrations::read(&shop.migrations).unwrap();
    assert_eq!(second.version, 2);
    assert_eq!(
        migrations.list().iter().map(|one| (one.transactional, one.down_transactional)).collect::<Vec<_>>(),
        [(true, true), (false, false)]
    );
    assert!(migrations.without_gaps().is_ok());
}

#[test]
fn what_cannot_be_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let shop = declaration(&folder);
    shop.new_migration("First", true).unwrap();
    let refused = |description: &str| shop.new_migration(description, true).unwrap_err().to_string();
    assert!(refused("first!").contains("0001_first.up.sql does the same by its name"));
    assert!(refused("…").contains("has no letter or digit"));
    let migrations = folder.path().join("db/migrations");
    std::fs::rename(migrations.join("0001_first.up.sql"), migrations.join("0002_first.up.sql")).unwrap();
    assert!(refused("Second").contains("0001_first.up.sql is missing"));
    std::fs::rename(migrations.join("0001_first.down.sql"), migrations.join("0002_first.down.sql")).unwrap();
    assert!(refused("Second").contains("there is no migration 0001"));
    assert_eq!(std::fs::read_dir(&migrations).unwrap().count(), 2);
}
