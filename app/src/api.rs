//! The server functions, by area. Each authorizes, calls the platform and maps the error; none decides anything else.

#![expect(missing_docs, reason = "the macro makes a struct of each function's arguments and gives its fields no documentation")]

mod exports;
mod overview;
mod runs;
mod session;
mod theme;
mod transformations;

pub use exports::{ListExports, list_exports};
pub use overview::{GetOverview, get_overview};
pub use runs::{GetRun, ListRuns, get_run, list_runs};
pub use session::{CurrentUser, SignIn, SignOut, current_user, sign_in, sign_out};
pub use theme::{SetTheme, set_theme};
pub use transformations::{ListTransformations, StartTransformation, list_transformations, start_transformation};
