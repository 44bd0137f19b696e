//! The one place that turns named prepared statements off.

use sqlx::error::BoxDynError;
use sqlx::postgres::{PgArguments, PgStatement};
use sqlx::{Execute, Postgres, SqlStr};

/// A query whose statement is never named on the server.
///
/// sqlx names a statement when `persistent()` is true, which is the default, whatever the capacity of its cache; the
/// `query!` macros that return rows offer no way to turn it off. A statement without a name is replaced by the next one and
/// needs no clean-up, and inside one transaction its two halves (parse, then bind) reach the same server connection.
pub(crate) struct Unnamed<E>(pub(crate) E);

impl<'q, E: Execute<'q, Postgres>> Execute<'q, Postgres> for Unnamed<E> {
    fn sql(self) -> SqlStr {
        self.0.sql()
    }

    fn statement(&self) -> Option<&PgStatement> {
        self.0.statement()
    }

    fn take_arguments(&mut self) -> Result<Option<PgArguments>, BoxDynError> {
        self.0.take_arguments()
    }

    fn persistent(&self) -> bool {
        false
    }
}
