//! Users.

use model::user::{NewUser, normalize_email};
use model::{Error, Role, UserId};
use serde_json::json;
use uuid::Uuid;

use crate::authorization::{Authorized, permit};
use crate::caller::Caller;
use crate::failure::unavailable;
use crate::{Platform, password};

/// The address that the generated first administrator signs in with.
const FIRST_ADMINISTRATOR: &str = "admin@localhost";

/// The administrator that an empty installation begins with.
#[derive(Clone)]
pub struct FirstAdministrator {
    /// The address to sign in with.
    pub email: String,
    /// The generated password: shown once, kept nowhere in clear.
    pub password: String,
}

impl Authorized<permit::UsersCreate> {
    /// Creates a user.
    ///
    /// # Errors
    /// [`Error::Invalid`] for fields that break a rule or an address that is taken.
    pub async fn create_user(&self, user: NewUser) -> Result<UserId, Error> {
        user.validate()?;
        self.insert(user, false).await?.ok_or_else(|| Error::conflict("There are users already."))
    }

    /// Creates the user, or, where it is to be the first, nothing and answers none if there is one already.
    async fn insert(&self, user: NewUser, only_first: bool) -> Result<Option<UserId>, Error> {
        let fault = || unavailable("creating a user");
        let email = normalize_email(&user.email);
        let id = UserId::new(Uuid::now_v7().to_string());
        let password_hash = password::hash(user.password).await.map_err(unavailable("hashing a password"))?;
        let mut transaction = self.platform.primary().begin().await.map_err(fault())?;
        if only_first && transaction.has_users_exclusively().await.map_err(fault())? {
            return Ok(None);
        }
        let row = database_primary::UserToCreate {
            id: &id,
            email: &email,
            name: user.name.trim(),
            password_hash: &password_hash,
            role: &user.role,
        };
        if !transaction.create_user(row).await.map_err(fault())? {
            return Err(Error::invalid("email", format!("There is a user with the address {email} already.")));
        }
        let mut entry = self.actor.audit("create", "user", Some(id.as_str()));
        entry.after = Some(json!({"email": email, "name": user.name.trim(), "roles": [user.role]}));
        transaction.audit(entry).await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        Ok(Some(id))
    }
}

impl Platform {
    /// Creates an administrator with a generated password where there is no user at all; otherwise
    /// answers none. Of several processes that ask at once, one creates it.
    ///
    /// # Errors
    /// [`Error::Forbidden`] unless the caller may create users.
    pub async fn create_first_administrator(&self, caller: &Caller) -> Result<Option<FirstAdministrator>, Error> {
        let actor = self.authorize::<permit::UsersCreate>(caller).await?;
        let mut transaction = self.primary().begin().await.map_err(unavailable("looking for users"))?;
        if transaction.has_users_exclusively().await.map_err(unavailable("looking for users"))? {
            return Ok(None);
        }
        drop(transaction);
        let password = password::generate();
        let user = NewUser {
            email: FIRST_ADMINISTRATOR.to_owned(),
            name: "Administrator".to_owned(),
            password: password.clone(),
            role: Role::Administrator.id().to_owned(),
        };
        let created = actor.insert(user, true).await?;
        Ok(created.map(|_| FirstAdministrator { email: FIRST_ADMINISTRATOR.to_owned(), password }))
    }
}

/// A password for a user whom a command creates.
pub fn generate_password() -> String {
    password::generate()
}
