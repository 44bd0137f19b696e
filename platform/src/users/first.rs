//! The administrator that an empty installation begins with.

use model::user::NewUser;
use model::{Error, Role};

use crate::authorization::permit;
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

impl Platform {
    /// Creates an administrator with a generated password where there is no user at all; otherwise
    /// answers none. Of several processes that ask at once, one creates it.
    ///
    /// # Errors
    /// [`Error::Forbidden`] unless the caller may create users.
    pub async fn create_first_administrator(&self, caller: &Caller) -> Result<Option<FirstAdministrator>, Error> {
        let fault = || unavailable("looking for users");
        let actor = self.authorize::<permit::UsersCreate>(caller).await?;
        let mut transaction = self.primary().begin_read_only().await.map_err(fault())?;
        let is_new = !transaction.has_users().await.map_err(fault())?;
        transaction.commit().await.map_err(fault())?;
        if !is_new {
            return Ok(None);
        }
        // The hash takes long: nobody waits for the lock meanwhile.
        let password = password::generate();
        let hash = password::hash(password.clone()).await.map_err(unavailable("hashing a password"))?;
        let mut change = actor.change_rights().await?;
        if change.transaction.has_users().await.map_err(fault())? {
            return Ok(None);
        }
        let user = NewUser {
            email: FIRST_ADMINISTRATOR.to_owned(),
            name: "Administrator".to_owned(),
            roles: vec![Role::Administrator.id().to_owned()],
        };
        actor.create(&mut change, &user, Some(&hash), self.clock().now()).await?;
        change.commit().await?;
        Ok(Some(FirstAdministrator { email: FIRST_ADMINISTRATOR.to_owned(), password }))
    }
}

/// A password for a user whom a command creates.
pub fn generate_password() -> String {
    password::generate()
}
