//! Databases and roles made by an administrator who is no superuser, and removed.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::atomic::{AtomicU32, Ordering};

use database_connection::{DatabaseUrl, Pool, PoolSettings};
use database_tool::{Addresses, Administrator, Database, Operator, RoleUse, WhatWasDropped, Workspace};
use sqlx::AssertSqlSafe;

/// Two databases of a workspace, which are one on the server when the addresses say so.
const WORKSPACE: &str = r#"
[[database]]
name = "shared"
url = "A"
migrations = "shared"
history = "config"
shared = true

[[database]]
name = "data"
url = "B"
migrations = "data"
history = "work"
schemas = ["work", "public"]
app_owns = true
depends_on = ["shared"]
"#;

/// Names that no other test has, and the roles and databases under them, which are removed in the end.
struct Names {
    prefix: String,
    cluster: DatabaseUrl,
    server: String,
}

impl Names {
    async fn new() -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let text = std::env::var("TEST_POSTGRES_URL").expect("run this through scripts/with-postgres");
        let server = text.rsplit_once('@').unwrap().1.split_once('/').unwrap().0.to_owned();
        let prefix = format!("making_{}_{}", std::process::id(), COUNTER.fetch_add(1, Ordering::Relaxed));
        let names = Self { prefix, cluster: text.parse().unwrap(), server };
        names.run(&format!("CREATE ROLE {}_admin LOGIN CREATEDB CREATEROLE PASSWORD 'x'", names.prefix)).await;
        names
    }

    /// Runs a statement as the superuser.
    async fn run(&self, statement: &str) {
        let pool = pool(&self.cluster);
        pool.run_alone(statement).await.expect(statement);
        pool.close().await;
    }

    fn address(&self, role: &str, password: &str, database: &str) -> DatabaseUrl {
        let Self { prefix, server, .. } = self;
        let database = if database == "postgres" { database.to_owned() } else { format!("{prefix}_{database}") };
        format!("postgres://{prefix}_{role}:{password}@{server}/{database}").parse().unwrap()
    }

    async fn administrator(&self) -> Administrator {
        Administrator::connect(&self.address("admin", "x", "postgres")).await.unwrap()
    }

    fn database(&self, workspace: &Workspace, name: &str, place: &str, owner: &str) -> Database {
        let addresses = Addresses {
            app: self.address("app", "a%27b%5C%3F%C3%A4", place),
            owner: Some(self.address(owner, "o%25%24%241", place)),
            reader: Some(self.address("reader", "r", place)),
        };
        Database::new(workspace.database(name).unwrap().clone(), addresses, Operator::default()).unwrap()
    }
}

fn pool(address: &DatabaseUrl) -> Pool {
    Pool::new(address, PoolSettings { max_connections: 2, ..PoolSettings::default() })
}

async fn run(pool: &Pool, sql: &str) -> Result<(), sqlx::Error> {
    let mut transaction = pool.begin().await?;
    transaction.run_script(sql).await?;
    transaction.commit().await
}

async fn yes(pool: &Pool, question: String) -> bool {
    let mut transaction = pool.begin().await.unwrap();
    sqlx::query_scalar(AssertSqlSafe(question)).fetch_one(&mut transaction).await.unwrap()
}

fn workspace() -> (tempfile::TempDir, Workspace) {
    let folder = tempfile::tempdir().unwrap();
    for (file, text) in [
        ("databases.toml", WORKSPACE),
        ("shared/0001_a.up.sql", "CREATE TABLE config.a (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text)"),
        ("shared/0001_a.down.sql", "DROP TABLE config.a"),
        ("data/0001_b.up.sql", "CREATE TABLE work.b (id int); CREATE TABLE public.c (id int)"),
        ("data/0001_b.down.sql", "DROP TABLE work.b; DROP TABLE public.c"),
    ] {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let workspace = Workspace::read(folder.path()).unwrap();
    (folder, workspace)
}

#[tokio::test]
async fn a_database_is_made_with_roles_that_may_no_more_than_they_need() {
    let names = Names::new().await;
    let (_folder, workspace) = workspace();
    let administrator = names.administrator().await;
    let shared = names.database(&workspace, "shared", "one", "owner");

    let created = shared.create(&administrator).await.unwrap();
    assert!(created.made && created.name == format!("{}_one", names.prefix), "{created:?}");
    let made: Vec<(RoleUse, bool, bool)> = created.roles.iter().map(|role| (role.role_use, role.made, role.password)).collect();
    assert_eq!(made, [(RoleUse::Owner, true, true), (RoleUse::App, true, true), (RoleUse::Reader, true, true)]);
    let again = shared.create(&administrator).await.unwrap();
    assert!(!again.made && again.roles.iter().all(|role| !role.made), "{again:?}");

    let (owner, app, reader) = (shared.owner_pool(), pool(&shared.addresses.app), shared.reader_pool());
    shared.migrate(&owner, None).await.unwrap();
    run(&app, "INSERT INTO config.a (name) VALUES ('x')").await.unwrap();
    assert!(yes(&reader, "SELECT count(*) = 1 FROM config.a".to_owned()).await);
    for (role, refused) in [
        (&app, "CREATE TABLE config.d ()"),
        (&app, "CREATE TABLE public.d ()"),
        (&app, "CREATE SCHEMA d"),
        (&app, "CREATE TEMPORARY TABLE d ()"),
        (&app, "DELETE FROM config.schema_migrations"),
        (&reader, "INSERT INTO config.a (name) VALUES ('y')"),
        (&reader, "CREATE TABLE public.d ()"),
    ] {
        let error = run(role, refused).await.expect_err(refused);
        assert_eq!(error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref(), Some("42501"), "{refused}");
    }
    let others =
        format!("SELECT NOT EXISTS (SELECT FROM pg_database, aclexplode(datacl) WHERE datname = '{}_one' AND grantee = 0)", names.prefix);
    assert!(yes(&owner, others).await);

    // Connected, it stays; cut off, it goes, and the roles with it.
    let refusal = shared.drop(&administrator, &[], false).await.unwrap_err().to_string();
    assert!(refusal.contains("it has rows (in config.a, for one) and is not marked"), "{refusal}");
    run(&owner, "TRUNCATE config.a").await.unwrap();
    let refusal = shared.drop(&administrator, &[], false).await.unwrap_err().to_string();
    assert!(refusal.starts_with("shared: it has connections, of ") && refusal.contains(&format!("{}_app", names.prefix)), "{refusal}");
    assert_eq!(shared.drop(&administrator, &[], true).await.unwrap().what, WhatWasDropped::Database);
    assert_eq!(shared.drop(&administrator, &[], true).await.unwrap().what, WhatWasDropped::Nothing);
    for role in shared.roles() {
        assert_eq!(administrator.drop_role(&role).await.unwrap().unwrap().kept, None);
        assert_eq!(administrator.drop_role(&role).await.unwrap(), None);
    }
    let own = administrator.drop_role(&format!("{}_admin", names.prefix)).await.unwrap().unwrap();
    assert_eq!(own.kept.as_deref(), Some("it is the administrator"));
    administrator.close().await;
    names.run(&format!("DROP ROLE {}_admin", names.prefix)).await;
}

#[tokio::test]
async fn two_in_one_database_are_made_and_removed_one_by_one() {
    let names = Names::new().await;
    let (_folder, workspace) = workspace();
    let administrator = names.administrator().await;
    let both = [names.database(&workspace, "shared", "both", "owner"), names.database(&workspace, "data", "both", "owner")];
    let [shared, data] = &both;
    assert!(shared.create(&administrator).await.unwrap().made);
    // An owner of its own may make schemas in the other's database, and only the other can open `public` to it.
    let apart = names.database(&workspace, "data", "both", "worker");
    let error = apart.create(&administrator).await.unwrap_err().to_string();
    assert!(
        error.contains("may make no tables in the schema public") && error.contains("GRANT USAGE, CREATE ON SCHEMA public TO"),
        "{error}"
    );
    let worker = apart.owner_pool();
    run(&worker, "CREATE SCHEMA of_the_worker; DROP SCHEMA of_the_worker; CREATE TEMPORARY TABLE d ()").await.unwrap();
    let second = data.create(&administrator).await.unwrap();
    assert!(!second.made && second.roles.iter().all(|role| !role.made), "{second:?}");
    let (owner, app) = (shared.owner_pool(), pool(&data.addresses.app));
    shared.migrate(&owner, None).await.unwrap();
    data.migrate(&owner, None).await.unwrap();
    // Of DATA the application owns the structure.
    run(&app, "CREATE TABLE work.d (); DROP TABLE work.d; CREATE TABLE public.d (); DROP TABLE public.d").await.unwrap();

    let dropped = data.drop(&administrator, &both, false).await.unwrap();
    let expected =
        WhatWasDropped::Part { schemas: vec!["work".to_owned()], tables: vec!["public.c".to_owned()], beside: vec!["shared".to_owned()] };
    assert_eq!(dropped.what, expected);
    assert!(
        yes(
            &owner,
            "SELECT to_regclass('public.c') IS NULL AND to_regnamespace('work') IS NULL AND to_regclass('config.a') IS NOT NULL".to_owned()
        )
        .await
    );
    for pool in [&owner, &worker, &app] {
        pool.close().await;
    }
    // Beside production nothing is dropped.
    let owner = shared.owner_pool();
    data.create(&administrator).await.unwrap();
    shared.migrator.mark(&owner, database_tool::DatabaseKind::Production).await.unwrap();
    let refusal = data.drop(&administrator, &both, false).await.unwrap_err().to_string();
    assert_eq!(refusal, "data: it stands beside shared, which is marked production; nothing was changed");
    shared.migrator.mark(&owner, database_tool::DatabaseKind::Test).await.unwrap();
    owner.close().await;
    let dropped = shared.drop(&administrator, &both, false).await.unwrap();
    assert_eq!(dropped.what, WhatWasDropped::Database);
    for role in [shared.roles(), apart.roles()].concat() {
        administrator.drop_role(&role).await.unwrap();
    }
    administrator.close().await;
    names.run(&format!("DROP ROLE {}_admin", names.prefix)).await;
}

#[tokio::test]
async fn who_may_not_is_told_so() {
    let names = Names::new().await;
    let (_folder, workspace) = workspace();
    let administrator = names.administrator().await;
    names.run(&format!("CREATE ROLE {}_nobody LOGIN PASSWORD 'x'", names.prefix)).await;
    let error = Administrator::connect(&names.address("nobody", "x", "postgres")).await.unwrap_err().to_string();
    assert!(error.starts_with(&format!("the server: the role {}_nobody may not make databases", names.prefix)), "{error}");
    // A role that is there keeps its password, so an address with another one does not lead in.
    names.run(&format!("CREATE ROLE {}_owner LOGIN PASSWORD 'another'", names.prefix)).await;
    let shared = names.database(&workspace, "shared", "three", "owner");
    let error = shared.create(&administrator).await.unwrap_err().to_string();
    assert!(
        error.starts_with("shared: connecting to the new database by the owner's address failed: password authentication failed"),
        "{error}"
    );
    assert!(!error.contains("o%"), "{error}");
    administrator.close().await;
    names.run(&format!("DROP DATABASE {}_three", names.prefix)).await;
    for role in ["owner", "app", "reader", "nobody", "admin"] {
        names.run(&format!("DROP ROLE {}_{role}", names.prefix)).await;
    }
}
