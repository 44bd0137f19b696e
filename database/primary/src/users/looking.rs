//! Users as lists and their own page show them.

use chrono::{DateTime, Utc};
use model::list::PAGE_SIZE;
use model::user_view::{HeldRole, UserQuery, UserRow, UserSort, UserState};
use model::{RoleId, UserId};
use sqlx::types::Json;

use crate::PrimaryTransaction;

/// A user with what only the user's own page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRecord {
    /// As in a list.
    pub row: UserRow,
    /// Grows with each change.
    pub version: i64,
    /// When the password was set, if ever.
    pub password_set_at: Option<DateTime<Utc>>,
    /// Until when a link to set a password works, if there is one.
    pub link_until: Option<DateTime<Utc>>,
}

/// One role's permission to somebody, or a role that allows nothing.
struct Held {
    id: RoleId,
    name: String,
    all_permissions: bool,
    permissions: Vec<String>,
}

impl PrimaryTransaction {
    /// A page of users, and how many there are on all pages.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn users(&mut self, query: &UserQuery) -> Result<(Vec<UserRow>, u64), sqlx::Error> {
        let text = query.text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(escaped);
        let (seen, descending) = match query.sort {
            UserSort::NameAscending => (false, false),
            UserSort::NameDescending => (false, true),
            UserSort::SeenAscending => (true, false),
            UserSort::SeenDescending => (true, true),
        };
        let total = sqlx::query_scalar!(
            r#"SELECT count(*) AS "count!" FROM config.users u
               WHERE ($1::text IS NULL OR u.name ILIKE '%' || $1 || '%' OR u.email ILIKE '%' || $1 || '%')
                 AND ($2::text IS NULL OR EXISTS (SELECT FROM config.user_roles ur WHERE ur.user_id = u.id AND ur.role_id = $2))
                 AND ($3::text IS NULL OR CASE $3 WHEN 'disabled' THEN u.disabled_at IS NOT NULL
                      WHEN 'invited' THEN u.disabled_at IS NULL AND u.first_signed_in_at IS NULL ELSE u.disabled_at IS NULL END)"#,
            text,
            query.role,
            query.state.map(UserState::name),
        )
        .fetch_one(&mut self.0)
        .await?;
        let rows = sqlx::query!(
            r#"SELECT u.id AS "id: UserId", u.email, u.name, u.disabled_at, u.created_at, u.last_signed_in_at,
                      EXISTS (SELECT FROM config.second_factors f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL) AS "has_second_factor!",
                      coalesce((SELECT json_agg(json_build_object('id', r.id, 'name', r.name, 'is_retired', r.retired_at IS NOT NULL) ORDER BY r.name, r.id)
                                FROM config.user_roles ur JOIN config.roles r ON r.id = ur.role_id WHERE ur.user_id = u.id), '[]')
                          AS "roles!: Json<Vec<HeldRole>>"
               FROM config.users u
               WHERE ($1::text IS NULL OR u.name ILIKE '%' || $1 || '%' OR u.email ILIKE '%' || $1 || '%')
                 AND ($2::text IS NULL OR EXISTS (SELECT FROM config.user_roles ur WHERE ur.user_id = u.id AND ur.role_id = $2))
                 AND ($3::text IS NULL OR CASE $3 WHEN 'disabled' THEN u.disabled_at IS NOT NULL
                      WHEN 'invited' THEN u.disabled_at IS NULL AND u.first_signed_in_at IS NULL ELSE u.disabled_at IS NULL END)
               ORDER BY CASE WHEN $4 AND NOT $5 THEN u.last_signed_in_at END ASC NULLS FIRST,
                        CASE WHEN $4 AND $5 THEN u.last_signed_in_at END DESC NULLS LAST,
                        CASE WHEN NOT $4 AND $5 THEN lower(u.name) END DESC,
                        lower(u.name), u.email
               LIMIT $6 OFFSET $7"#,
            text,
            query.role,
            query.state.map(UserState::name),
            seen,
            descending,
            i64::from(PAGE_SIZE),
            i64::from(query.page.saturating_sub(1)) * i64::from(PAGE_SIZE),
        )
        .fetch_all(&mut self.0)
        .await?;
        let users = rows.into_iter().map(|row| UserRow {
            id: row.id,
            email: row.email,
            name: row.name,
            roles: row.roles.0,
            disabled_at: row.disabled_at,
            created_at: row.created_at,
            last_signed_in_at: row.last_signed_in_at,
            has_second_factor: row.has_second_factor,
        });
        Ok((users.collect(), u64::try_from(total).unwrap_or(0)))
    }

    /// A user, if there is one of this identifier.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn user(&mut self, id: &UserId) -> Result<Option<UserRecord>, sqlx::Error> {
        let row = sqlx::query!(
            r#"SELECT u.id AS "id: UserId", u.email, u.name, u.disabled_at, u.created_at, u.last_signed_in_at, u.version, u.password_set_at,
                      l.expires_at AS "link_until?",
                      EXISTS (SELECT FROM config.second_factors f WHERE f.user_id = u.id AND f.confirmed_at IS NOT NULL) AS "has_second_factor!",
                      coalesce((SELECT json_agg(json_build_object('id', r.id, 'name', r.name, 'is_retired', r.retired_at IS NOT NULL) ORDER BY r.name, r.id)
                                FROM config.user_roles ur JOIN config.roles r ON r.id = ur.role_id WHERE ur.user_id = u.id), '[]')
                          AS "roles!: Json<Vec<HeldRole>>"
               FROM config.users u LEFT JOIN config.password_links l ON l.user_id = u.id
               WHERE u.id = $1"#,
            id.as_str()
        )
        .fetch_optional(&mut self.0)
        .await?;
        Ok(row.map(|row| UserRecord {
            row: UserRow {
                id: row.id,
                email: row.email,
                name: row.name,
                roles: row.roles.0,
                disabled_at: row.disabled_at,
                created_at: row.created_at,
                last_signed_in_at: row.last_signed_in_at,
                has_second_factor: row.has_second_factor,
            },
            version: row.version,
            password_set_at: row.password_set_at,
            link_until: row.link_until,
        }))
    }

    /// The user of this address, if there is one.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn user_of_email(&mut self, email: &str) -> Result<Option<UserId>, sqlx::Error> {
        sqlx::query_scalar!(r#"SELECT id AS "id: UserId" FROM config.users WHERE email = $1"#, email).fetch_optional(&mut self.0).await
    }

    /// A user's roles, each with what it allows, by name.
    ///
    /// # Errors
    /// When PRIMARY does not answer.
    pub async fn roles_of(&mut self, id: &UserId) -> Result<Vec<(HeldRole, Vec<model::Permission>)>, sqlx::Error> {
        let rows = sqlx::query_as!(
            Held,
            r#"SELECT r.id AS "id: RoleId", r.name, r.all_permissions,
                      coalesce(array_agg(p.permission) FILTER (WHERE p.permission IS NOT NULL), '{}') AS "permissions!"
               FROM config.user_roles ur JOIN config.roles r ON r.id = ur.role_id LEFT JOIN config.role_permissions p ON p.role_id = r.id
               WHERE ur.user_id = $1 GROUP BY r.id ORDER BY r.name, r.id"#,
            id.as_str()
        )
        .fetch_all(&mut self.0)
        .await?;
        let held = |row: Held| {
            let permissions = super::known(row.all_permissions, &row.permissions);
            (HeldRole { id: row.id, name: row.name, is_retired: false }, permissions)
        };
        Ok(rows.into_iter().map(held).collect())
    }
}

/// A text as a pattern that means itself.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
