//! Roles: making, changing and retiring them, what a change means for whom, and what is refused.

use std::collections::BTreeSet;

use model::role::{RoleDraft, RolePreview, RoleView};
use model::{Error, Permission, Role, RoleId, UserId};
use platform::{Caller, Platform, permit};

use crate::installation::{Installation, Mode, ask, run};
use crate::users::{SUPPORT, edit, edit_of, new_user, support};

const ROLES: &str = "SELECT md5((SELECT string_agg(r::text, '|' ORDER BY r.id) FROM config.roles r)
    || (SELECT string_agg(p::text, '|' ORDER BY p.role_id, p.permission) FROM config.role_permissions p))";

fn names(permissions: &[Permission]) -> Vec<String> {
    permissions.iter().map(ToString::to_string).collect()
}

fn draft_of(role: &RoleView) -> RoleDraft {
    RoleDraft {
        id: role.id.to_string(),
        version: role.version,
        name: role.name.clone(),
        description: role.description.clone(),
        permissions: role.permissions.iter().map(ToString::to_string).collect(),
        requires_second_factor: role.requires_second_factor,
    }
}

async fn role(installation: &Installation, id: &str) -> RoleView {
    let roles = installation.system::<permit::RolesRead>().await.roles().await.expect("roles").roles;
    roles.into_iter().find(|role| role.id.as_str() == id).expect("the role")
}

async fn save(platform: &Platform, caller: &Caller, draft: &RoleDraft) -> Result<RoleId, Error> {
    platform.authorize::<permit::RolesEdit>(caller).await?.save_role(draft).await
}

async fn preview(platform: &Platform, caller: &Caller, draft: &RoleDraft) -> Result<RolePreview, Error> {
    platform.authorize::<permit::RolesEdit>(caller).await?.preview_role(draft).await
}

/// What a user may do, and through which roles.
async fn why(installation: &Installation, id: &UserId) -> Vec<(Permission, Vec<String>)> {
    let detail = installation.system::<permit::UsersRead>().await.user(id).await.expect("a user");
    assert_eq!(detail.permissions.len(), Permission::ALL.len(), "every permission is answered for");
    detail.permissions.into_iter().filter(|why| !why.through.is_empty()).map(|why| (why.permission, why.through)).collect()
}

async fn may(installation: &Installation, id: &UserId) -> BTreeSet<Permission> {
    why(installation, id).await.into_iter().map(|(permission, _)| permission).collect()
}

#[tokio::test]
async fn a_role_is_made_copied_changed_and_retired() {
    let installation = Installation::new(Mode::SingleBehindPgBouncer).await;
    let administrator = installation.signed_in("admin@example.com", Role::Administrator).await;
    let platform = &installation.platform;
    let copy =
        RoleDraft { id: String::new(), version: 0, name: "Night shift".to_owned(), ..draft_of(&role(&installation, "viewer").await) };
    let id = save(platform, &administrator, &copy).await.expect("a copy");
    let made = role(&installation, id.as_str()).await;
    assert_eq!(made.permissions, Role::Viewer.permissions().iter().copied().collect());
    assert!(!made.is_administrator && made.retired_at.is_none() && made.version == 1 && made.users == 0);

    let permissions = names(&[Permission::TransitRead, Permission::ExportsRead]);
    let change = RoleDraft { permissions, description: "At night.".to_owned(), ..draft_of(&made) };
    assert_eq!(save(platform, &administrator, &change).await.expect("is changed"), id);
    let changed = role(&installation, id.as_str()).await;
    assert_eq!(changed.permissions, BTreeSet::from([Permission::TransitRead, Permission::ExportsRead]));
    assert_eq!((changed.version, changed.description.as_str()), (2, "At night."));
    assert_eq!(role(&installation, "viewer").await.permissions.len(), Role::Viewer.permissions().len(), "the original stays as it is");

    let holder = installation.user("ana@example.com", &[id.as_str()]).await;
    let editor = platform.authorize::<permit::RolesEdit>(&administrator).await.expect("may");
    editor.set_retired(&id, true).await.expect("is retired");
    assert!(matches!(editor.set_retired(&id, true).await, Err(Error::Conflict { .. })));
    let creator = installation.system::<permit::UsersCreate>().await;
    let refused = creator.create_user(new_user("bob@example.com", &[id.as_str()])).await.expect_err("cannot be given");
    assert!(refused.of_field("roles").is_some_and(|sentence| sentence.contains("retired")), "{refused}");
    assert!(creator.offered_roles().await.expect("roles").iter().all(|offered| offered.role.id != id));
    // Who holds it keeps it, also through another change.
    let renamed = model::user::UserEdit { name: "Ana Two".to_owned(), ..edit_of(&installation, &holder).await };
    edit(platform, &administrator, renamed).await.expect("is changed");
    assert_eq!(may(&installation, &holder).await.len(), 2);
    editor.set_retired(&id, false).await.expect("is there again");
    creator.create_user(new_user("bob@example.com", &[id.as_str()])).await.expect("can be given");

    let told: String = ask(
        &installation.primary,
        "SELECT string_agg(action || ' ' || coalesce(before->>'permissions', '') || ' ' || coalesce(after->>'permissions', ''), E'\\n' ORDER BY id)
         FROM config.audit WHERE resource = 'role'",
    )
    .await;
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 4, "{told}");
    assert!(lines[0].starts_with("create  [") && lines[1].ends_with(r#"] ["transit:read", "exports:read"]"#), "{told}");
    assert_eq!((lines[2].trim(), lines[3].trim()), ("retire", "restore"));
}

#[tokio::test]
async fn the_preview_names_who_gains_and_who_loses_and_just_that_happens() {
    let installation = Installation::new(Mode::Split).await;
    let administrator = installation.signed_in("admin@example.com", Role::Administrator).await;
    let platform = &installation.platform;
    let id = installation.role("Desk", &[Permission::ImportsRead, Permission::TransitRead, Permission::AuditRead]).await;
    let mut users = Vec::new();
    for (name, roles) in [
        ("ana", vec![id.as_str()]),
        ("bob", vec![id.as_str(), "viewer"]),
        ("cleo", vec![id.as_str(), "administrator"]),
        ("dora", vec!["viewer"]),
    ] {
        users.push(installation.user(&format!("{name}@example.com"), &roles).await);
    }
    // Exports come, imports and the audit go.
    let permissions = names(&[Permission::TransitRead, Permission::ExportsRead]);
    let draft = RoleDraft { permissions, ..draft_of(&role(&installation, id.as_str()).await) };
    let state: String = ask(&installation.primary, ROLES).await;
    let told = preview(platform, &administrator, &draft).await.expect("a preview");
    assert_eq!(ask::<String>(&installation.primary, ROLES).await, state, "nothing has changed");
    assert_eq!(told.added, [Permission::ExportsRead]);
    assert_eq!(told.removed, [Permission::ImportsRead, Permission::AuditRead]);
    assert_eq!(told.unaffected, 1, "the administrator");
    let of = |index: usize| told.consequences.iter().find(|consequence| consequence.user_id == users[index]);
    let (ana, bob) = (of(0).expect("ana"), of(1).expect("bob"));
    assert_eq!((&ana.gains[..], &ana.loses[..]), (&[Permission::ExportsRead][..], &[Permission::ImportsRead, Permission::AuditRead][..]));
    assert_eq!((&bob.gains[..], &bob.loses[..]), (&[][..], &[Permission::AuditRead][..]), "another role gives the rest");
    assert!(of(2).is_none() && of(3).is_none() && !ana.second_factor_due);

    let mut before = Vec::new();
    for user in &users {
        before.push(may(&installation, user).await);
    }
    save(platform, &administrator, &draft).await.expect("is changed");
    for (index, user) in users.iter().enumerate() {
        let after = may(&installation, user).await;
        let (gains, loses): (Vec<_>, Vec<_>) =
            (after.difference(&before[index]).copied().collect(), before[index].difference(&after).copied().collect());
        let told = of(index).map(|told| (told.gains.clone(), told.loses.clone())).unwrap_or_default();
        assert_eq!((gains, loses), told, "{}", told_name(index));
    }

    let secured = RoleDraft { requires_second_factor: true, ..draft_of(&role(&installation, id.as_str()).await) };
    let told = preview(platform, &administrator, &secured).await.expect("a preview");
    assert_eq!(told.consequences.iter().filter(|consequence| consequence.second_factor_due).count(), 3);
}

fn told_name(index: usize) -> &'static str {
    ["ana", "bob", "cleo", "dora"][index]
}

#[tokio::test]
async fn why_somebody_may_do_something_is_answered_by_roles() {
    let installation = Installation::new(Mode::Single).await;
    let id = installation.user("ana@example.com", &["viewer", "warehouse_staff"]).await;
    let why = why(&installation, &id).await;
    let through = |permission| why.iter().find(|(one, _)| *one == permission).map(|(_, through)| through.join(", "));
    assert_eq!(through(Permission::TransitRead).as_deref(), Some("Viewer, Warehouse staff"));
    assert_eq!(through(Permission::ImportsRead).as_deref(), Some("Viewer"));
    assert_eq!(through(Permission::UsersRead), None);
}

#[tokio::test]
async fn a_role_granting_itself_more_than_its_holder_has_is_refused() {
    let installation = Installation::new(Mode::Single).await;
    let caller = support(&installation).await;
    let platform = &installation.platform;
    let own: String = ask(&installation.primary, "SELECT id FROM config.roles WHERE name = 'Support'").await;
    let own = role(&installation, &own).await;
    let before: String = ask(&installation.primary, ROLES).await;
    let more = [SUPPORT, &[Permission::DatabasesMigrate]].concat();
    let new = RoleDraft { name: "More".to_owned(), permissions: names(&more), ..RoleDraft::default() };
    for draft in [RoleDraft { permissions: names(&more), ..draft_of(&own) }, new] {
        for refused in [save(platform, &caller, &draft).await.map(drop), preview(platform, &caller, &draft).await.map(drop)] {
            let refused = refused.expect_err("more than oneself");
            assert!(refused.of_field("permissions").is_some_and(|sentence| sentence.contains("databases:migrate")), "{refused}");
        }
    }
    // Nor can one that holds more be changed, not even to less.
    let analyst = RoleDraft { permissions: Vec::new(), ..draft_of(&role(&installation, "data_analyst").await) };
    assert!(matches!(save(platform, &caller, &analyst).await, Err(Error::Conflict { .. })));
    let editor = platform.authorize::<permit::RolesEdit>(&caller).await.expect("may");
    assert!(matches!(editor.set_retired(&RoleId::new("data_analyst"), true).await, Err(Error::Conflict { .. })));
    assert_eq!(ask::<String>(&installation.primary, ROLES).await, before);
    let less = RoleDraft { permissions: names(&SUPPORT[..SUPPORT.len() - 1]), ..draft_of(&own) };
    save(platform, &caller, &less).await.expect("less is within reach");
}

#[tokio::test]
async fn what_breaks_a_rule_is_refused_and_changes_nothing() {
    let installation = Installation::new(Mode::Single).await;
    let administrator = installation.signed_in("admin@example.com", Role::Administrator).await;
    let platform = &installation.platform;
    let id = installation.role("Desk", &[Permission::ImportsRead]).await;
    let stale = draft_of(&role(&installation, id.as_str()).await);
    let renamed = RoleDraft { name: "Front desk".to_owned(), ..stale.clone() };
    save(platform, &administrator, &renamed).await.expect("is changed");
    let fresh = draft_of(&role(&installation, id.as_str()).await);
    let before: String = ask(&installation.primary, ROLES).await;

    let refused = save(platform, &administrator, &stale).await.expect_err("a stale version");
    let Error::Conflict { current: Some(current), .. } = &refused else { panic!("{refused}") };
    assert!(current.contains("Front desk") && current.contains("imports:read"), "{current}");
    let everything = draft_of(&role(&installation, "administrator").await);
    for draft in [&everything, &RoleDraft { permissions: Vec::new(), ..everything.clone() }] {
        let refused = save(platform, &administrator, draft).await.expect_err("the administrator's role");
        assert!(matches!(&refused, Error::Conflict { message, .. } if message.contains("cannot be changed")), "{refused}");
    }
    let editor = platform.authorize::<permit::RolesEdit>(&administrator).await.expect("may");
    assert!(matches!(editor.set_retired(&RoleId::new("administrator"), true).await, Err(Error::Conflict { .. })));
    assert!(matches!(editor.set_retired(&RoleId::new("a\0b"), true).await, Err(Error::NotFound { .. })));
    for id in ["no-such-role", "a\0b"] {
        let refused = save(platform, &administrator, &RoleDraft { id: id.to_owned(), ..fresh.clone() }).await.expect_err("no such role");
        assert!(matches!(refused, Error::NotFound { .. }), "{refused}");
    }
    for (field, draft) in [
        ("permissions", RoleDraft { permissions: vec!["imports:read".to_owned(), "imports:fly".to_owned()], ..fresh.clone() }),
        ("name", RoleDraft { name: "  ".to_owned(), ..fresh.clone() }),
        ("name", RoleDraft { name: "VIEWER".to_owned(), ..fresh.clone() }),
        ("name", RoleDraft { name: "front DESK".to_owned(), ..RoleDraft::default() }),
        ("description", RoleDraft { description: "x".repeat(301), ..fresh.clone() }),
    ] {
        let refused = save(platform, &administrator, &draft).await.expect_err(field);
        assert!(refused.of_field(field).is_some(), "{field}: {refused}");
    }
    assert_eq!(ask::<String>(&installation.primary, ROLES).await, before);
}

#[tokio::test]
async fn of_two_who_give_a_new_role_the_same_name_at_once_one_does() {
    let installation = Installation::new(Mode::Split).await;
    let (one, other) = (installation.beside(|_| {}), installation.beside(|_| {}));
    let draft = RoleDraft { name: "Desk".to_owned(), ..RoleDraft::default() };
    let caller = crate::installation::system();
    let (first, second) = tokio::join!(save(&one, &caller, &draft), save(&other, &caller, &draft));
    assert!(first.is_ok() != second.is_ok(), "{first:?} {second:?}");
    assert_eq!(ask::<i64>(&installation.primary, "SELECT count(*) FROM config.roles WHERE name = 'Desk'").await, 1);
}

#[tokio::test]
async fn what_a_newer_version_has_put_into_a_role_stays_and_allows_nothing_here() {
    let installation = Installation::new(Mode::Single).await;
    run(&installation.primary, "INSERT INTO config.role_permissions (role_id, permission) VALUES ('viewer', 'ships:sail')").await;
    let viewer = installation.signed_in("ana@example.com", Role::Viewer).await;
    let signed_in = installation.platform.signed_in(&viewer).await.expect("an answer").expect("is signed in");
    assert_eq!(signed_in.permissions.len(), Role::Viewer.permissions().len());
    let draft = RoleDraft { permissions: names(&[Permission::TransitRead]), ..draft_of(&role(&installation, "viewer").await) };
    save(&installation.platform, &crate::installation::system(), &draft).await.expect("is changed");
    let kept: String = ask(
        &installation.primary,
        "SELECT string_agg(permission, ' ' ORDER BY permission) FROM config.role_permissions WHERE role_id = 'viewer'",
    )
    .await;
    assert_eq!(kept, "ships:sail transit:read");
}
