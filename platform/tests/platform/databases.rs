//! What is to be seen of the databases from the outside.

use std::path::Path;

use database_tool::Workspace;
use model::Role;
use model::structure::{MigrationState, Structures, Verdict};
use platform::permit;

use crate::installation::{Installation, Mode};

/// What an administrator sees, by the application's own role.
async fn structures(installation: &Installation) -> Structures {
    let caller = installation.signed_in("ana@example.com", Role::Administrator).await;
    let reader = installation.platform.authorize::<permit::DatabasesInspect>(&caller).await.expect("an administrator may");
    reader.structures().await.expect("both answer")
}

#[tokio::test]
async fn both_databases_are_shown_in_every_mode() {
    for mode in [Mode::Split, Mode::Single, Mode::SingleBehindPgBouncer] {
        let installation = Installation::new(mode).await;
        let Structures { split, primary, data } = structures(&installation).await;
        let (primary, data) = (primary.expect("answers"), data.expect("answers"));
        assert_eq!(split, mode == Mode::Split);
        for (structure, first, alert) in [(&primary, "accounts", 12), (&data, "publications", 50)] {
            assert_eq!((structure.verdict, structure.missing_schemas.as_slice()), (Verdict::Clean, [].as_slice()), "{mode:?}");
            let oldest = structure.migrations.last().expect("a migration");
            assert_eq!((oldest.version, oldest.name.as_str(), oldest.state), (1, first, MigrationState::Applied));
            assert_eq!(oldest.applied_by.as_deref(), Some("handled_owner"));
            let room = structure.room.as_ref().expect("nothing is locked");
            assert!(room.own > 0 && room.own < room.total && room.tables >= room.largest.len() as u64, "{room:?}");
            let connected = &structure.connected;
            assert!(connected.open >= 1 && connected.alert == alert && connected.server_max >= connected.server_open, "{connected:?}");
            assert_eq!(connected.open, connected.by_state.values().sum::<u64>());
        }
        let own = |structure: &model::structure::Structure, schemas: &[&str]| {
            let room = structure.room.as_ref().expect("nothing is locked");
            room.largest.iter().all(|table| table.name.split_once('.').is_some_and(|(schema, _)| schemas.contains(&schema)))
        };
        assert!(own(&primary, &["config"]) && own(&data, &["workspace", "reference"]));
    }
}

#[tokio::test]
async fn what_does_not_agree_or_is_locked_is_told() {
    let installation = Installation::new(Mode::Split).await;
    let mut transaction = installation.data().pool().begin().await.expect("a transaction");
    transaction.run_script("UPDATE workspace.schema_migrations SET sha256 = repeat('0', 64) WHERE version = 2").await.expect("is changed");
    transaction.commit().await.expect("commits");
    let mut holder = installation.primary.pool().begin().await.expect("a transaction");
    holder.run_script("LOCK TABLE config.zone_transit_days").await.expect("is locked");
    let Structures { primary, data, .. } = structures(&installation).await;
    let data = data.expect("answers");
    assert_eq!(data.verdict, Verdict::Strange);
    let second = data.migrations.iter().find(|one| one.version == 2).expect("is there");
    assert_eq!(second.state, MigrationState::Modified);
    let primary = primary.expect("answers");
    assert!(primary.room.is_none() && primary.verdict == Verdict::Clean);
    assert_eq!(primary.connected.by_state.get("not visible"), Some(&1), "{:?}", primary.connected);
    holder.rollback().await.expect("ends");
}

#[tokio::test]
async fn one_that_does_not_answer_is_left_out() {
    let installation = Installation::new(Mode::Split).await;
    let caller = installation.signed_in("ana@example.com", Role::Administrator).await;
    let reader = installation.platform.authorize::<permit::DatabasesInspect>(&caller).await.expect("an administrator may");
    let name = installation.data().name().to_owned();
    let mut admin = installation.primary.pool().begin().await.expect("a transaction");
    let refuse = format!(
        "ALTER DATABASE {name} ALLOW_CONNECTIONS false; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    );
    admin.run_script(&refuse).await.expect("nobody gets in any more");
    admin.commit().await.expect("commits");
    let structures = reader.structures().await.expect("PRIMARY answers");
    assert!(structures.data.is_none() && structures.primary.is_some_and(|primary| primary.verdict == Verdict::Clean));
}

/// The page and `handled db` are to say the same.
#[test]
fn what_is_whose_is_said_once() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let workspace = Workspace::read(&root).expect("the workspace");
    let declared: Vec<_> = workspace.databases.iter().map(|declaration| declaration.own()).collect();
    assert_eq!(declared, [database_primary::own(), database_data::own()]);
}
