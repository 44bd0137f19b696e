//! Asking every chosen database the same, also where one of them does not answer.

use database_connection::Pool;
use database_tool::{Database, ToolError};
use serde::Serialize;
use serde_json::{Value, json};

use super::place::Place;
use super::{CLEAN, Chosen, UNREACHABLE};
use crate::command::output::{print, print_json};
use crate::failure::Failure;

/// Asks each database and prints the answers; the value is the exit code. Who does not answer is said at the end, after the others.
///
/// # Errors
/// A database refuses the question.
pub async fn ask_each<T: Serialize>(
    place: &Place,
    chosen: &Chosen,
    ask: impl AsyncFn(&Database, &Pool) -> Result<T, ToolError>,
    text: impl Fn(&T) -> String,
) -> Result<u8, Failure> {
    let (mut code, mut all, mut unreachable) = (CLEAN, Vec::new(), Vec::new());
    for database in place.databases(&chosen.databases)? {
        let pool = database.reader_pool();
        let result = ask(&database, &pool).await;
        pool.close().await;
        match result {
            Ok(answer) if chosen.json => all.push(json!({ "database": database.name(), "reachable": true, "answer": answer })),
            Ok(answer) => print(&text(&answer))?,
            Err(error) if error.is_unreachable() => {
                code = UNREACHABLE;
                all.push(json!({ "database": database.name(), "reachable": false, "answer": Value::Null, "problem": error.to_string() }));
                unreachable.push(error.to_string());
            }
            Err(error) => return Err(error.into()),
        }
    }
    if chosen.json {
        print_json(&all)?;
    }
    if !unreachable.is_empty() {
        eprintln!("handled: {}.", unreachable.join("; "));
    }
    Ok(code)
}
