//! The audit: sealed whatever the order of commits, checked, kept for as long as is set, looked through.

use chrono::{TimeDelta, Utc};
use futures::TryStreamExt;
use model::audit::{AuditQuery, Origin, ProblemKind, Verification};
use model::{Permission, Role};
use platform::{Caller, Clock, permit};

use crate::installation::{Installation, Mode, ask};

/// Writes a row as the application.
const WRITE: &str = "INSERT INTO config.audit (actor, action, resource, resource_id) VALUES ('system:test', 'edit', 'thing', 't')";

async fn write(installation: &Installation, rows: usize) {
    for _ in 0..rows {
        let mut transaction = installation.primary.app_pool().begin().await.expect("a transaction");
        transaction.run_script(WRITE).await.expect("writes");
        transaction.commit().await.expect("commits");
    }
}

/// Changes what the application could not.
async fn as_owner(installation: &Installation, sql: &str) {
    let mut transaction = installation.primary.owner_pool().begin().await.expect("a transaction");
    transaction.run_script(sql).await.expect(sql);
    transaction.commit().await.expect("commits");
}

async fn verify(installation: &Installation) -> Verification {
    installation.system::<permit::AuditRead>().await.verify_audit().await.expect("an answer")
}

fn problems(found: &Verification) -> Vec<(ProblemKind, Option<u64>, Option<u64>)> {
    found.problems.iter().map(|problem| (problem.kind, problem.seal, problem.row)).collect()
}

/// Three seals of three rows each, whose numbers are 1 to 9 as nobody has done anything else.
async fn three_seals(mode: Mode) -> Installation {
    let installation = Installation::new(mode).await;
    for _ in 0..3 {
        write(&installation, 3).await;
        assert_eq!(installation.platform.seal_audit().await.expect("seals"), 1);
    }
    let found = verify(&installation).await;
    assert!(found.is_fine(), "{found:?}");
    assert_eq!((found.seals, found.rows, found.waiting), (3, 9, 0));
    installation
}

#[tokio::test]
async fn a_row_that_commits_late_is_sealed_all_the_same() {
    for mode in [Mode::Split, Mode::SingleBehindPgBouncer] {
        let installation = Installation::new(mode).await;
        let pool = installation.primary.app_pool();
        let mut slow = pool.begin().await.expect("a transaction");
        slow.run_script(WRITE).await.expect("writes");
        write(&installation, 2).await;
        assert_eq!(installation.platform.seal_audit().await.expect("seals"), 1);
        slow.commit().await.expect("commits");
        assert_eq!(installation.platform.seal_audit().await.expect("seals"), 1);
        assert_eq!(installation.platform.seal_audit().await.expect("seals"), 0, "nothing waits");
        let seals: String =
            ask(&installation.primary, "SELECT string_agg(audit_id || ':' || seal, ' ' ORDER BY audit_id) FROM config.audit_sealed").await;
        assert_eq!(seals, "1:2 2:1 3:1");
        let found = verify(&installation).await;
        assert!(found.is_fine() && found.rows == 3, "{found:?}");
    }
}

#[tokio::test]
async fn a_supervising_server_seals_by_itself() {
    let installation = Installation::new(Mode::Single).await;
    write(&installation, 1).await;
    installation.supervise().await;
    installation.until(async || ask::<i64>(&installation.primary, "SELECT count(*) FROM config.audit_seals").await > 0).await;
    let found = verify(&installation).await;
    assert!(found.is_fine() && found.seals > 0, "{found:?}");
}

#[tokio::test]
async fn more_rows_than_a_seal_takes_make_several() {
    let installation = Installation::new(Mode::Single).await;
    as_owner(
        &installation,
        "INSERT INTO config.audit (at, actor, action, resource, before, after)
         SELECT now() - make_interval(hours => 3000 - i), 'system:test', 'edit', 'thing', '{\"b\": 1, \"a\": [null, 1.50]}', '\"ü\"'
         FROM generate_series(1, 2500) i",
    )
    .await;
    assert_eq!(installation.platform.seal_audit().await.expect("seals"), 3);
    let found = verify(&installation).await;
    assert!(found.is_fine(), "what waited for long was not added later: {found:?}");
    assert_eq!((found.seals, found.rows), (3, 2500));
}

#[tokio::test]
async fn several_sealers_at_once_make_one_chain() {
    for mode in [Mode::Single, Mode::SingleBehindPgBouncer] {
        let installation = Installation::new(mode).await;
        let servers = [installation.platform.clone(), installation.server(None), installation.server(None)];
        for _ in 0..5 {
            write(&installation, 4).await;
            let sealed = futures::future::join_all(servers.iter().map(|server| server.seal_audit())).await;
            assert!(sealed.into_iter().all(|result| result.is_ok()));
        }
        let found = verify(&installation).await;
        assert!(found.is_fine() && found.rows == 20, "{found:?}");
    }
}

#[tokio::test]
async fn an_edited_row_is_found() {
    let installation = three_seals(Mode::Single).await;
    as_owner(&installation, "UPDATE config.audit SET actor = 'somebody else' WHERE id = 5").await;
    assert_eq!(problems(&verify(&installation).await), [(ProblemKind::EditedRow, Some(2), Some(5))]);
    // With its hash made anew, the list of the seal's rows is not what it was.
    as_owner(&installation, "UPDATE config.audit_sealed SET hash = sha256(hash) WHERE audit_id = 4").await;
    let found = problems(&verify(&installation).await);
    assert!(found.contains(&(ProblemKind::EditedSeal, Some(2), None)), "{found:?}");
}

#[tokio::test]
async fn a_removed_row_is_found() {
    let installation = three_seals(Mode::Single).await;
    as_owner(&installation, "DELETE FROM config.audit WHERE id = 5").await;
    assert_eq!(problems(&verify(&installation).await), [(ProblemKind::MissingRow, Some(2), Some(5))]);
    as_owner(&installation, "DELETE FROM config.audit_sealed WHERE audit_id = 5").await;
    assert_eq!(problems(&verify(&installation).await), [(ProblemKind::MissingRow, Some(2), None)]);
}

#[tokio::test]
async fn a_row_that_is_removed_before_its_seal_is_found() {
    let installation = Installation::new(Mode::Single).await;
    write(&installation, 2).await;
    as_owner(&installation, "DELETE FROM config.audit WHERE id = 1").await;
    assert_eq!(problems(&verify(&installation).await), [(ProblemKind::MissingRow, None, Some(1))]);
}

#[tokio::test]
async fn an_added_row_with_an_old_time_is_found() {
    let installation = three_seals(Mode::Single).await;
    let old =
        "INSERT INTO config.audit (at, actor, action, resource) VALUES (now() - interval '2 days', 'ana@example.com', 'edit', 'thing')";
    as_owner(&installation, old).await;
    // Sealed like any other, and yet seen: what its time belongs to was complete.
    assert_eq!(problems(&verify(&installation).await), [(ProblemKind::AddedRow, Some(4), Some(10))]);
    as_owner(&installation, &format!("ALTER TABLE config.audit DISABLE TRIGGER USER; {old}; ALTER TABLE config.audit ENABLE TRIGGER USER"))
        .await;
    let found = problems(&verify(&installation).await);
    assert_eq!(found, [(ProblemKind::AddedRow, Some(4), Some(10)), (ProblemKind::AddedRow, None, Some(11))]);
}

#[tokio::test]
async fn an_edited_seal_is_found() {
    for (edit, found) in [
        (
            "UPDATE config.audit_seals SET sealed_at = sealed_at + interval '1 s' WHERE number = 2",
            vec![(ProblemKind::EditedSeal, Some(2), None)],
        ),
        (
            "UPDATE config.audit_seals SET hash = sha256(hash) WHERE number = 2",
            vec![(ProblemKind::EditedSeal, Some(2), None), (ProblemKind::BrokenLink, Some(3), None)],
        ),
        (
            "UPDATE config.audit_seals SET removed_at = now() WHERE number = 2",
            vec![(ProblemKind::RemovedEarly, Some(2), None), (ProblemKind::EditedSeal, Some(2), None)],
        ),
    ] {
        let installation = three_seals(Mode::Single).await;
        as_owner(&installation, edit).await;
        assert_eq!(problems(&verify(&installation).await), found, "{edit}");
    }
}

#[tokio::test]
async fn a_removed_seal_is_found_wherever_it_was() {
    for number in 1..=3 {
        let installation = three_seals(Mode::Single).await;
        as_owner(&installation, &format!("DELETE FROM config.audit_seals WHERE number = {number}")).await;
        let missing = [(ProblemKind::MissingSeal, Some(number), None)];
        assert_eq!(problems(&verify(&installation).await), missing);
        // Sealing goes on and does not cover it up.
        write(&installation, 1).await;
        assert_eq!(problems(&verify(&installation).await), missing);
        as_owner(&installation, &format!("DELETE FROM config.audit_sealed WHERE seal = {number}")).await;
        let found = problems(&verify(&installation).await);
        assert!(found.contains(&missing[0]), "{found:?}");
    }
}

/// The refusal that PostgreSQL gives to a role that may not.
async fn refused_to_the_application(installation: &Installation, statement: &str) {
    let mut transaction = installation.primary.app_pool().begin().await.expect("a transaction");
    let refused = transaction.run_script(statement).await.expect_err(statement);
    let code = refused.as_database_error().and_then(|error| error.code().map(|code| code.into_owned()));
    assert_eq!(code.as_deref(), Some("42501"), "{statement}: {refused}");
}

#[tokio::test]
async fn the_applications_role_cannot_edit_or_delete_an_audit_row() {
    for mode in [Mode::Split, Mode::Single] {
        let installation = three_seals(mode).await;
        for table in ["config.audit", "config.audit_seals", "config.audit_sealed"] {
            let column = if table == "config.audit" { "actor = 'nobody'" } else { "hash = ''" };
            for statement in [
                format!("UPDATE {table} SET {column}"),
                format!("DELETE FROM {table}"),
                format!("TRUNCATE {table}"),
                format!("ALTER TABLE {table} DISABLE TRIGGER USER"),
                format!("DROP TABLE {table}"),
            ] {
                refused_to_the_application(&installation, &statement).await;
            }
        }
        for statement in [
            "INSERT INTO config.audit (at, actor, action, resource) VALUES (now() - interval '1 day', 'ana', 'edit', 'thing')",
            "INSERT INTO config.audit (id, actor, action, resource) OVERRIDING SYSTEM VALUE VALUES (1000, 'ana', 'edit', 'thing')",
            "SELECT config.remove_sealed_audit(now() - interval '399 days', 10)",
            "SELECT config.remove_sealed_audit(NULL, 10)",
        ] {
            refused_to_the_application(&installation, statement).await;
        }
        assert!(verify(&installation).await.is_fine());
    }
}

#[tokio::test]
async fn retention_removes_whole_seals_and_keeps_these() {
    for mode in [Mode::Single, Mode::SingleBehindPgBouncer] {
        let installation = Installation::new(mode).await;
        // A seal of which everything is old, as many rows as one takes, one of which something is not, and one that is new.
        as_owner(
            &installation,
            "INSERT INTO config.audit (at, actor, action, resource)
             SELECT now() - make_interval(days => d), 'system:test', 'edit', 'thing'
             FROM unnest(array_fill(600, ARRAY[1000]) || ARRAY[450, 402, 20]) WITH ORDINALITY AS old (d, place) ORDER BY place",
        )
        .await;
        assert_eq!(installation.platform.seal_audit().await.expect("seals"), 2);
        write(&installation, 2).await;
        assert_eq!(installation.platform.seal_audit().await.expect("seals"), 1);
        assert_eq!(installation.platform.remove_old_audit().await.expect("removes"), 1000);
        assert_eq!(installation.platform.remove_old_audit().await.expect("removes"), 0);
        let found = verify(&installation).await;
        assert!(found.is_fine(), "{found:?}");
        assert_eq!((found.seals, found.seals_removed, found.rows_removed, found.rows), (4, 1, 1000, 6), "{found:?}");
        let told: String =
            ask(&installation.primary, "SELECT actor || ' ' || (after ->> 'rows') FROM config.audit WHERE action = 'remove'").await;
        assert_eq!(told, "system:supervision 1000");
        let left: i64 = ask(&installation.primary, "SELECT count(*) FROM config.audit_sealed WHERE seal = 1").await;
        assert_eq!(left, 0);
        // The seal that stays is still checked.
        as_owner(&installation, "UPDATE config.audit_seals SET row_count = 1 WHERE number = 1").await;
        assert!(problems(&verify(&installation).await).contains(&(ProblemKind::EditedSeal, Some(1), None)));
    }
}

#[tokio::test]
async fn retention_has_the_platforms_time_and_never_less_than_the_databases() {
    let later = Clock::from_fn(|| {
        #[expect(clippy::disallowed_methods, reason = "a clock that runs ahead of the machine's")]
        let now = Utc::now();
        now + TimeDelta::days(1000)
    });
    let installation = Installation::with_clock(Mode::Single, later).await;
    write(&installation, 1).await;
    installation.platform.seal_audit().await.expect("seals");
    assert!(installation.platform.remove_old_audit().await.is_err(), "the database refuses whatever time it is here");
    assert_eq!(ask::<i64>(&installation.primary, "SELECT count(*) FROM config.audit").await, 1);
}

async fn ids(installation: &Installation, query: AuditQuery) -> Vec<u64> {
    let found = installation.system::<permit::AuditRead>().await.audit(&query).await.expect("a page");
    assert_eq!(found.page.total, found.page.rows.len() as u64);
    found.page.rows.iter().map(|record| record.id).collect()
}

#[tokio::test]
async fn rows_are_found_by_person_thing_action_and_time() {
    let installation = Installation::new(Mode::SingleBehindPgBouncer).await;
    as_owner(
        &installation,
        "INSERT INTO config.audit (at, user_id, actor, on_behalf_of, action, resource, resource_id, before, after) VALUES
             ('2026-01-01T10:00Z', 'u1', 'ana@example.com', NULL, 'sign-in', 'session', NULL, NULL, NULL),
             ('2026-01-02T10:00Z', 'u1', 'ana@example.com', 'bob@example.com', 'edit', 'user', 'u2', '{\"name\": \"Bob\"}', '{\"name\": \"Bobby\"}'),
             ('2026-01-03T10:00Z', 'u2', 'bob@example.com', NULL, 'edit', 'role', 'r1', NULL, NULL),
             ('2026-01-04T10:00Z', NULL, 'system:root_1', NULL, 'export', 'run', 'x', NULL, NULL)",
    )
    .await;
    let some = |text: &str| Some(text.to_owned());
    let none = AuditQuery::default;
    assert_eq!(ids(&installation, none()).await, [4, 3, 2, 1], "the newest first");
    for (query, expected) in [
        (AuditQuery { person: some("u1"), ..none() }, vec![2, 1]),
        (AuditQuery { person: some("ANA@"), ..none() }, vec![2, 1]),
        (AuditQuery { person: some("root_1"), ..none() }, vec![4]),
        (AuditQuery { person: some("root%"), ..none() }, vec![]),
        (AuditQuery { person: some("example"), action: some("edit"), ..none() }, vec![3, 2]),
        (AuditQuery { resource: some("user"), ..none() }, vec![2]),
        (AuditQuery { resource_id: some(" r1 "), resource: some(""), ..none() }, vec![3]),
        (AuditQuery { since: model::audit::since("2026-01-02"), until: model::audit::until("2026-01-03"), ..none() }, vec![3, 2]),
        (AuditQuery { until: model::audit::since("2026-01-02T10:00"), ..none() }, vec![1]),
        (AuditQuery { person: some("a\0b"), ..none() }, vec![]),
    ] {
        assert_eq!(ids(&installation, query.clone()).await, expected, "{query:?}");
    }
    let reader = installation.system::<permit::AuditRead>().await;
    let found = reader.audit(&none()).await.expect("a page");
    assert_eq!(found.choices.resources, ["role", "run", "session", "user"]);
    assert_eq!(found.choices.actions, ["edit", "export", "sign-in"]);
    let edited = &found.page.rows[2];
    assert_eq!((edited.on_behalf_of.as_deref(), edited.differences().len(), edited.seal), (Some("bob@example.com"), 1, None));
    installation.platform.seal_audit().await.expect("seals");
    let timeline = reader.timeline("user", "u2").await.expect("rows");
    assert_eq!(timeline.iter().map(|record| (record.id, record.seal)).collect::<Vec<_>>(), [(2, Some(1))]);
    assert!(reader.timeline("user", "none").await.expect("rows").is_empty());
}

#[tokio::test]
async fn pages_end_where_leafing_through_makes_no_sense_and_a_file_has_all() {
    let installation = Installation::new(Mode::Single).await;
    as_owner(
        &installation,
        "INSERT INTO config.audit (at, actor, action, resource)
         SELECT '2026-01-01'::timestamptz + make_interval(secs => i / 3), 'system:test', 'edit', 'thing' FROM generate_series(1, 10050) i",
    )
    .await;
    let reader = installation.system::<permit::AuditRead>().await;
    let found = reader.audit(&AuditQuery { page: 100_000, ..AuditQuery::default() }).await.expect("a page");
    assert_eq!((found.page.total, found.page.page, found.page.rows.len(), found.more), (10_000, 200, 50, true));
    let rows = installation.system::<permit::AuditExport>().await.export_audit(&AuditQuery::default()).await.expect("rows");
    let rows: Vec<_> = rows.try_collect().await.expect("reads");
    let ids: Vec<u64> = rows.iter().filter(|row| row.action == "edit").map(|row| row.id).collect();
    assert!(ids.len() == 10_050 && ids.is_sorted_by(|one, other| one > other), "{}", ids.len());
    let told: String = ask(&installation.primary, "SELECT actor || ' ' || resource FROM config.audit WHERE action = 'download'").await;
    assert_eq!(told, "system:tester audit");
}

#[tokio::test]
async fn a_denial_is_recorded_once_in_a_while() {
    let installation = Installation::new(Mode::Single).await;
    let viewer = installation.signed_in("viewer@example.com", Role::Viewer).await;
    for _ in 0..5 {
        assert!(installation.platform.authorize::<permit::AuditRead>(&viewer).await.is_err());
        assert!(installation.platform.authorize::<permit::RolesEdit>(&viewer).await.is_err());
    }
    assert!(installation.platform.authorize::<permit::AuditRead>(&Caller::default()).await.is_err(), "a stranger makes no row");
    // Recording is nobody's to wait for; stopping waits for what was begun.
    installation.platform.stop(std::time::Duration::from_secs(30)).await;
    let told: String = ask(
        &installation.primary,
        "SELECT string_agg(actor || ' ' || resource_id, ', ' ORDER BY resource_id) FROM config.audit WHERE action = 'permission-denied'",
    )
    .await;
    assert_eq!(told, format!("viewer@example.com {}, viewer@example.com {}", Permission::AuditRead, Permission::RolesEdit));
}

/// A page that is refused says so several times while it is rendered, on several threads.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_several_refusals_at_once_one_is_recorded() {
    let installation = Installation::new(Mode::Single).await;
    installation.platform.watch_rights().await;
    let viewer = installation.signed_in("viewer@example.com", Role::Viewer).await;
    let refused = [Permission::AuditRead, Permission::RolesRead, Permission::UsersRead, Permission::DatabasesInspect];
    for permission in refused {
        for _ in 0..20 {
            installation.platform.record_refusal(&viewer, permission);
        }
    }
    installation.platform.stop(std::time::Duration::from_secs(30)).await;
    let told: i64 = ask(&installation.primary, "SELECT count(*) FROM config.audit WHERE action = 'permission-denied'").await;
    assert_eq!(told, 4);
}

#[tokio::test]
async fn what_is_taken_as_a_file_is_recorded_with_who_took_it() {
    let installation = Installation::new(Mode::Split).await;
    let run = installation.import("uszips.csv", &crate::samples::few_zips(), None).await;
    let viewer = installation.signed_in("viewer@example.com", Role::Viewer).await;
    let viewer = Caller { origin: Origin { address: Some("192.0.2.7".to_owned()), ..Origin::default() }, ..viewer };
    let reader = installation.platform.authorize::<permit::ImportsRead>(&viewer).await.expect("may");
    let query = model::table::RowsQuery { table: "us_zips".to_owned(), ..Default::default() };
    assert_eq!(reader.describe_rows(&query).expect("a table").table(), "us_zips");
    let count = "SELECT count(*) FROM config.audit WHERE action = 'download' AND actor = 'viewer@example.com' AND address = '192.0.2.7'";
    assert_eq!(ask::<i64>(&installation.primary, count).await, 0);
    reader.all_rows(&query).await.expect("rows");
    reader.original(&run.run.id, 1).await.expect("a file");
    let _runs = reader.all_runs(model::run::RunQuery::default()).await.expect("runs");
    assert_eq!(ask::<i64>(&installation.primary, count).await, 3);
}
