//! Who may make and remove databases: an address of its own, never the application's.

use database_connection::DatabaseUrl;
use database_tool::Administrator;
use url::form_urlencoded::Serializer;

use super::place::Place;
use crate::failure::Failure;

/// PostgreSQL's own variables, with the parameters of an address that they stand for.
const VARIABLES: [(&str, &str); 5] =
    [("PGHOST", "host"), ("PGPORT", "port"), ("PGUSER", "user"), ("PGPASSWORD", "password"), ("PGSSLMODE", "sslmode")];
/// The database that every server has.
const MAINTENANCE: &str = "postgres";

impl Place {
    /// Does the work as the administrator of the server.
    ///
    /// # Errors
    /// Nothing says who that is, the server refuses it, or the work fails.
    pub async fn with_administrator<T>(&self, work: impl AsyncFnOnce(&Administrator) -> Result<T, Failure>) -> Result<T, Failure> {
        let administrator = Administrator::connect(&self.administrators_address()?).await?;
        let result = work(&administrator).await;
        administrator.close().await;
        result
    }

    fn administrators_address(&self) -> Result<DatabaseUrl, Failure> {
        if let Some(own) = self.platform().map(|databases| databases.administrator()).transpose()?.flatten() {
            return Ok(own);
        }
        let named = self.workspace.admin_url.as_deref();
        if let Some((name, text)) = named.and_then(|name| Some((name, self.variable(name)?))) {
            return text.trim().parse().map_err(|error| Failure::Said(format!("{name} is no address of a database: {error}.")));
        }
        let mut parameters = Serializer::new(String::new());
        let mut says = false;
        for (variable, parameter) in VARIABLES {
            if let Some(value) = self.variable(variable).filter(|value| !value.trim().is_empty()) {
                parameters.append_pair(parameter, value.trim());
                says |= matches!(variable, "PGHOST" | "PGUSER");
            }
        }
        if !says {
            let or = named.map_or_else(String::new, |name| format!(", or {name}"));
            return Err(Failure::Said(format!(
                "Databases and roles are made and removed by an administrator of the server; set PGHOST, PGPORT, PGUSER and PGPASSWORD{or}."
            )));
        }
        let database = self.variable("PGDATABASE").filter(|name| !name.trim().is_empty()).unwrap_or_else(|| MAINTENANCE.to_owned());
        parameters.append_pair("dbname", database.trim());
        let address = format!("postgres:///?{}", parameters.finish());
        address.parse().map_err(|error| Failure::Said(format!("PGHOST, PGPORT, PGUSER and PGPASSWORD make no address: {error}.")))
    }
}
