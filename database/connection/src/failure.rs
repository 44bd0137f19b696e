//! What kind of failure an [`sqlx::Error`] is. The codes are those of PostgreSQL's appendix A.

use sqlx::Error;

/// Whether a statement gave up waiting for a lock (`lock_timeout`, or `NOWAIT`), so that trying again may help.
pub fn is_lock_timeout(error: &Error) -> bool {
    code(error).is_some_and(|code| code == "55P03")
}

/// Whether a row with the same key exists already.
pub fn is_unique_violation(error: &Error) -> bool {
    code(error).is_some_and(|code| code == "23505")
}

/// Whether the database could not be reached or was going away or coming up, as against refusing what was asked of it.
pub fn is_unreachable(error: &Error) -> bool {
    match error {
        Error::Io(_) | Error::Tls(_) | Error::PoolTimedOut | Error::PoolClosed | Error::WorkerCrashed => true,
        // Class 08 is "connection exception", which is also what PgBouncer answers while it cannot reach its server.
        // 53300: too many connections; 57P01 to 57P03: shut down by an administrator, crashed, starting up or shutting down.
        Error::Database(database) => {
            database.code().is_some_and(|code| code.starts_with("08") || matches!(&*code, "53300" | "57P01" | "57P02" | "57P03"))
        }
        _ => false,
    }
}

/// Whether a statement was refused, before it did anything that stays, for standing in a transaction: `VACUUM` and the like (25001), or a
/// procedure that commits by itself (2D000).
pub fn is_refused_in_transaction(error: &Error) -> bool {
    code(error).is_some_and(|code| matches!(&*code, "25001" | "2D000"))
}

/// Whether the connection itself is gone, so that the same on another connection may succeed.
pub(crate) fn is_connection_gone(error: &Error) -> bool {
    match error {
        Error::Io(_) => true,
        Error::Database(database) => {
            database.code().is_some_and(|code| code.starts_with("08") || matches!(&*code, "57P01" | "57P02" | "57P03" | "57P05"))
        }
        _ => false,
    }
}

fn code(error: &Error) -> Option<std::borrow::Cow<'_, str>> {
    error.as_database_error().and_then(|database| database.code())
}
