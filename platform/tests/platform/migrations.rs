//! Every migration up, down one by one with rows in its tables, and up again.

use database_testing::TestDatabase;
use database_tool::{Migration, Migrator};
use demo::{Chart, Country, Text};
use model::Role;
use model::preview::ImportOptions;
use platform::permit;

use crate::installation::{Installation, Mode, ask};
use crate::samples;

/// Rows in every table, and runs in every state that an older version has no words for.
async fn import_the_rest(installation: &Installation) {
    let country = Country::tiny();
    let files = [
        ("3D_Base_Service_Standard_Directory_03012025.csv", demo::usps_3d(&country, &Text::usps_3d())),
        ("005.xlsx", demo::zone_chart(&country, "005", &Chart::default()).expect("a chart")),
        ("28601.csv", b"28601,00501,NY,2,\n28601,99501,AK,7,\n".to_vec()),
    ];
    let runs = installation.import_all(&files, None, ImportOptions::default()).await;
    assert!(runs.len() == 3 && runs.iter().all(|run| run.run.failure.is_none()), "{runs:?}");
    let preview = ImportOptions { preview: true, ..ImportOptions::default() };
    installation.import_with("waiting.csv", &samples::many_zips(5), None, preview).await;
    let undone = installation.import("undone.csv", &samples::many_zips(6), None).await;
    installation.system::<permit::ImportsRun>().await.undo_and_wait(&undone.run.id).await.expect("is undone");
    let mut transaction = installation.primary.pool().begin().await.expect("a transaction");
    let schedules = "INSERT INTO config.schedules (name, begun_for, again_at)
                     VALUES ('transformations', now(), NULL), ('export zone-matrix.json', now(), now()), ('exports', now() - interval '1 day', NULL)";
    transaction.run_script(schedules).await.expect("are there");
    transaction.commit().await.expect("commits");
}

#[tokio::test]
async fn rows_that_were_published_before_versions_were_kept_stay() {
    for mode in [Mode::Split, Mode::Single] {
        let installation = Installation::new(mode).await;
        installation.import("replaced.csv", &samples::many_zips(3), None).await;
        installation.import("uszips.csv", &samples::few_zips(), None).await;
        let data = database_data::migrator(Some("handled_app".to_owned())).expect("migrations in order");
        let pool = installation.data().owner_pool();
        let newer = data.migrations.list().len() - 4;
        data.rollback(&pool, newer).await.expect("goes down");
        assert_eq!(ask::<i64>(installation.data(), "SELECT count(*) FROM workspace.us_zips").await, 4);
        data.migrate(&pool).await.expect("goes up again");
        assert_eq!(ask::<i64>(installation.data(), "SELECT count(*) FROM workspace.us_zips").await, 4);
        let brought: i64 =
            ask(installation.data(), "SELECT count(*) FROM workspace.us_zips z JOIN workspace.live l ON l.publication = z.publication")
                .await;
        assert_eq!(brought, 4, "each row says which publication brought it");
        assert_eq!(installation.import("new.csv", &samples::many_zips(7), None).await.run.failure, None);
    }
}

#[tokio::test]
async fn every_migration_goes_down_with_rows_in_its_tables_and_up_again() {
    for mode in [Mode::Split, Mode::Single] {
        let installation = Installation::new(mode).await;
        installation.signed_in("ana@example.com", Role::Viewer).await;
        installation.import("uszips.csv", &samples::few_zips(), None).await;
        installation.import("gaz.txt", &samples::gazetteer(), None).await;
        assert_eq!(installation.zip3().await.run.failure, None);
        import_the_rest(&installation).await;

        let primary = database_primary::migrator().expect("migrations in order");
        let data = database_data::migrator(Some("handled_app".to_owned())).expect("migrations in order");
        let up_and_down = async |migrator: &Migrator, database: &database_testing::TestDatabase| {
            let pool = database.owner_pool();
            let all = migrator.migrations.list().len();
            for left in (0..all).rev() {
                let rolled_back = migrator.rollback(&pool, 1).await.expect("goes down");
                assert_eq!((rolled_back.len(), rolled_back[0].version), (1, i32::try_from(left + 1).expect("few")));
            }
            assert_eq!(migrator.migrate(&pool).await.expect("goes up again").len(), all);
            assert!(migrator.status(&pool).await.expect("a status").is_clean());
        };
        // DATA first: nothing of PRIMARY's may be missed by it, nor the other way round.
        up_and_down(&data, installation.data()).await;
        assert_eq!(ask::<i64>(&installation.primary, "SELECT count(*) FROM config.users").await, 1);
        up_and_down(&primary, &installation.primary).await;
        primary.grant(&installation.primary.owner_pool(), "handled_app", database_primary::PRIVILEGES).await.expect("grants");

        let left: i64 = ask(installation.data(), "SELECT count(*) FROM pg_tables WHERE tablename ~ '_[0-9]+$'").await;
        assert_eq!(left, 0, "what imports made is gone with its relation");
        assert_eq!(installation.import("uszips.csv", &samples::few_zips(), None).await.run.failure, None);
    }
}

/// What rows of this version's tables may look like.
fn sample_rows(database: &str, migration: &Migration) -> String {
    let file = format!("{}/../migrations/samples/{database}/{:04}_{}.sql", env!("CARGO_MANIFEST_DIR"), migration.version, migration.name);
    std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("every migration has rows to try it with, but {file}: {error}"))
}

#[tokio::test]
async fn every_version_takes_rows_and_goes_down_and_up_with_them() {
    for mode in [Mode::Split, Mode::Single] {
        let primary = TestDatabase::create("each_version").await;
        let second = if mode == Mode::Split { Some(TestDatabase::create("each_version").await) } else { None };
        let app = || Some("handled_app".to_owned());
        for (migrator, database) in [
            (database_primary::migrator().expect("migrations in order"), &primary),
            (database_data::migrator(app()).expect("migrations in order"), second.as_ref().unwrap_or(&primary)),
        ] {
            let pool = database.owner_pool();
            let fill = async |migration: &Migration| {
                let mut transaction = pool.begin().await.expect("a transaction");
                // What DATA's migrations make is the application's, which fills it.
                let role = if migrator.objects_owner.is_some() { "SET LOCAL ROLE handled_app; " } else { "" };
                let rows = format!("{role}{}", sample_rows(&migrator.database, migration));
                transaction.run_script(&rows).await.unwrap_or_else(|error| panic!("{}: {error}", migration.up_file()));
                transaction.commit().await.expect("commits");
            };
            for migration in migrator.migrations.list() {
                let version = migration.version;
                assert_eq!(migrator.migrate_to(&pool, Some(version)).await.expect("goes up").len(), 1);
                fill(migration).await;
                assert_eq!(migrator.rollback(&pool, 1).await.expect("goes down")[0].version, version);
                assert_eq!(migrator.migrate_to(&pool, Some(version)).await.expect("goes up again").len(), 1);
                fill(migration).await;
            }
            let all = migrator.migrations.list().len();
            assert!(migrator.status(&pool).await.expect("a status").is_clean());
            assert_eq!(migrator.rollback(&pool, usize::MAX).await.expect("all the way down").len(), all);
            assert_eq!(migrator.migrate(&pool).await.expect("all the way up").len(), all);
        }
    }
}
