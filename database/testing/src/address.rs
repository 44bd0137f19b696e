//! Addresses of the throw-away cluster.

use url::Url;

/// The environment variable with a superuser's address of the throw-away cluster.
const VARIABLE: &str = "TEST_POSTGRES_URL";

/// The role that owns each test's database.
pub(crate) const OWNER: Role = Role { name: "handled_owner", password: "owner's test password" };
/// The role that the application connects as.
pub(crate) const APP: Role = Role { name: "handled_app", password: "app's test password" };

/// A role of the cluster. The passwords are no secrets: the cluster listens on this machine only and is thrown away.
pub(crate) struct Role {
    pub(crate) name: &'static str,
    pub(crate) password: &'static str,
}

/// The superuser's address, of the maintenance database.
///
/// # Panics
/// When no cluster was started for the tests.
pub(crate) fn of_cluster() -> Url {
    let text = std::env::var(VARIABLE)
        .unwrap_or_else(|_| panic!("{VARIABLE} is not set: run this through `make test` or `scripts/with-postgres cargo test`"));
    Url::parse(&text).unwrap_or_else(|error| panic!("{VARIABLE} is not an address: {error}"))
}

/// The same server's address of another database, for the superuser.
pub(crate) fn of_database(cluster: &Url, database: &str) -> Url {
    let mut url = cluster.clone();
    url.set_path(&format!("/{database}"));
    url
}

/// The address for another role.
pub(crate) fn for_role(url: &Url, role: &Role) -> Url {
    let mut url = url.clone();
    // An address without a host cannot hold a user in its front part, so both go behind the question mark, which every form can have.
    let others: Vec<(String, String)> =
        url.query_pairs().filter(|(name, _)| name != "user" && name != "password").map(into_owned).collect();
    url.query_pairs_mut().clear().extend_pairs(others);
    if url.set_username(role.name).is_err() || url.set_password(Some(role.password)).is_err() {
        url.query_pairs_mut().append_pair("user", role.name).append_pair("password", role.password);
    }
    if url.query() == Some("") {
        url.set_query(None);
    }
    url
}

fn into_owned((name, value): (std::borrow::Cow<'_, str>, std::borrow::Cow<'_, str>)) -> (String, String) {
    (name.into_owned(), value.into_owned())
}
