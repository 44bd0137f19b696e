//! Every migration up, down one by one with rows in its tables, and up again.

use database_tool::Migrator;
use model::Role;

use crate::installation::{Installation, Mode, ask};
use crate::samples;

#[tokio::test]
async fn every_migration_goes_down_with_rows_in_its_tables_and_up_again() {
    for mode in [Mode::Split, Mode::Single] {
        let installation = Installation::new(mode).await;
        installation.signed_in("ana@example.com", Role::Viewer).await;
        installation.import("uszips.csv", &samples::few_zips(), None).await;
        installation.import("gaz.txt", &samples::gazetteer(), None).await;
        assert_eq!(installation.zip3().await.run.failure, None);

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
