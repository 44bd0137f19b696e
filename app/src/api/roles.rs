//! Roles: what each allows, what a change of one would do, and changing them.

use leptos::prelude::*;
use leptos::server_fn::codec::GetUrl;
use model::RoleId;
use model::role::{RoleDraft, RoleMatrix, RolePreview, RoleView};
use serde::{Deserialize, Serialize};

use crate::error::AppError;
use crate::json::Json;

/// Every role with what it allows.
///
/// # Errors
/// [`model::Error`]: not signed in, without `roles:read`, PRIMARY out of reach.
#[server(prefix = "/api", endpoint = "roles/matrix", input = GetUrl, output = Json)]
pub async fn list_roles() -> Result<RoleMatrix, AppError> {
    use crate::request::{Asked, answer};
    use platform::permit::RolesRead;

    let result = async { Asked::current()?.authorize::<RolesRead>().await?.roles().await };
    answer(result.await)
}

/// What the page of a role shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RolePage {
    /// Every role.
    pub roles: Vec<RoleView>,
    /// What saving the draft would change of the role as it is now, or why it cannot be saved; nothing without a draft.
    pub previewed: Option<Result<RolePreview, AppError>>,
}

/// Every role and, where `typed` says that there is one, what saving a draft would change. The draft is held against the role as it is now,
/// whatever version it was made from. One function and not two: while a page is rendered, a second call finds nobody who asks.
///
/// # Errors
/// As [`list_roles`]. Why a draft cannot be saved is no error of the page.
#[server(prefix = "/api", endpoint = "roles/page", input = GetUrl, output = Json)]
pub async fn get_role_page(#[server(default)] draft: RoleDraft, #[server(default)] typed: bool) -> Result<RolePage, AppError> {
    use crate::request::{Asked, answer};
    use platform::permit::{RolesEdit, RolesRead};

    let result = async {
        let asked = Asked::current()?;
        let roles = asked.authorize::<RolesRead>().await?.roles().await?.roles;
        let present = roles.iter().find(|role| role.id.as_str() == draft.id);
        let draft = RoleDraft { version: present.map_or(0, |role| role.version), ..draft };
        let previewed = match asked.authorize::<RolesEdit>().await {
            Ok(editor) if typed && (draft.id.is_empty() || present.is_some()) => Some(answer(editor.preview_role(&draft).await)),
            // Whoever may not change roles is shown the role as it is.
            _ => None,
        };
        Ok(RolePage { roles, previewed })
    };
    answer(result.await)
}

/// What saving this draft would change, and for whom. Nothing is changed by asking.
///
/// # Errors
/// [`model::Error`]: not signed in, without `roles:edit`, a draft that breaks a rule, no such role, one beyond the reader's reach, PRIMARY
/// out of reach.
#[server(prefix = "/api", endpoint = "roles/preview", output = Json)]
pub async fn preview_role(
    #[server(default)] id: String,
    #[server(default)] version: i64,
    #[server(default)] name: String,
    #[server(default)] description: String,
    #[server(default)] permissions: Vec<String>,
    #[server(default)] requires_second_factor: bool,
) -> Result<RolePreview, AppError> {
    use crate::request::{Asked, answer};
    use platform::permit::RolesEdit;

    let draft = RoleDraft { id, version, name, description, permissions, requires_second_factor };
    let result = async { Asked::current()?.authorize::<RolesEdit>().await?.preview_role(&draft).await };
    answer(result.await)
}

/// Saves a draft as the role that it names, or as a new one, and answers which. A form that a browser sends by itself goes to the role's
/// page, or back to the draft, which then stands there as it was sent.
///
/// # Errors
/// As [`preview_role`]; also where somebody else has saved the role since.
#[server(prefix = "/api", endpoint = "roles/save", output = Json)]
pub async fn save_role(
    #[server(default)] id: String,
    #[server(default)] version: i64,
    #[server(default)] name: String,
    #[server(default)] description: String,
    #[server(default)] permissions: Vec<String>,
    #[server(default)] requires_second_factor: bool,
) -> Result<RoleId, AppError> {
    use crate::plain_form::settle;
    use crate::request::Asked;
    use platform::permit::RolesEdit;

    let draft = RoleDraft { id, version, name, description, permissions, requires_second_factor };
    let result = async { Asked::current()?.authorize::<RolesEdit>().await?.save_role(&draft).await };
    let said = if draft.id.is_empty() { "created" } else { "saved" };
    settle(result.await, &server_side::page_with(&draft), |id| server_side::page_after(id.as_str(), said))
}

/// Retires a role: it cannot be given any more, and who holds it keeps it.
///
/// # Errors
/// [`model::Error`]: not signed in, without `roles:edit`, no such role, one that cannot be retired, PRIMARY out of reach.
#[server(prefix = "/api", endpoint = "roles/retire", output = Json)]
pub async fn retire_role(id: RoleId) -> Result<(), AppError> {
    server_side::set_retired(id, true, "retired").await
}

/// Brings a retired role back: it can be given again.
///
/// # Errors
/// As [`retire_role`].
#[server(prefix = "/api", endpoint = "roles/restore", output = Json)]
pub async fn restore_role(id: RoleId) -> Result<(), AppError> {
    server_side::set_retired(id, false, "restored").await
}

#[cfg(feature = "ssr")]
mod server_side {
    use leptos_router::location::Url;
    use model::RoleId;
    use model::role::RoleDraft;
    use platform::permit::RolesEdit;

    use crate::error::AppError;
    use crate::plain_form::{page_of, settle, with};
    use crate::request::Asked;

    const PAGE: &str = "/roles";

    /// The role's page, which says what was done.
    pub fn page_after(id: &str, done: &str) -> String {
        with(&page_of(PAGE, id), "done", done)
    }

    /// The page of the draft's role with the draft in its address.
    pub fn page_with(draft: &RoleDraft) -> String {
        let RoleDraft { id, version, name, description, permissions, requires_second_factor } = draft;
        let page = if id.is_empty() { format!("{PAGE}/new") } else { page_of(PAGE, id) };
        let permissions: String = permissions.iter().map(|name| format!("&permissions%5B%5D={}", Url::escape(name))).collect();
        let factor = if *requires_second_factor { "&requires_second_factor=true" } else { "" };
        format!(
            "{page}?id={}&version={version}&name={}&description={}{permissions}{factor}",
            Url::escape(id),
            Url::escape(name),
            Url::escape(description)
        )
    }

    pub async fn set_retired(id: RoleId, is_retired: bool, done: &str) -> Result<(), AppError> {
        let result = async { Asked::current()?.authorize::<RolesEdit>().await?.set_retired(&id, is_retired).await };
        settle(result.await, &page_of(PAGE, id.as_str()), |()| page_after(id.as_str(), done))
    }
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use model::role::RoleDraft;

    use super::server_side::page_with;

    #[test]
    fn a_refused_draft_stands_in_the_address_as_forms_write_it() {
        let draft = RoleDraft {
            id: "viewer".to_owned(),
            version: 3,
            name: "Look & see".to_owned(),
            permissions: vec!["imports:read".to_owned(), "transit:read".to_owned()],
            requires_second_factor: true,
            ..RoleDraft::default()
        };
        assert_eq!(
            page_with(&draft),
            "/roles/viewer?id=viewer&version=3&name=Look%20%26%20see&description=&permissions%5B%5D=imports%3Aread\
             &permissions%5B%5D=transit%3Aread&requires_second_factor=true"
        );
        assert!(page_with(&RoleDraft::default()).starts_with("/roles/new?id=&version=0&"));
    }
}
