//! The server functions, by area. Each authorizes, calls the platform and maps the error; none decides anything else.

#![expect(missing_docs, reason = "the macro makes a struct of each function's arguments and gives its fields no documentation")]

mod databases;
mod exports;
mod imports;
mod overview;
mod runs;
mod session;
mod tables;
mod theme;
mod transformations;
mod transit;

pub use databases::{GetDatabases, get_databases};
pub use exports::{ListExports, list_exports};
pub use imports::{CancelImport, ConfirmImport, StartAgain, UndoImport, cancel_import, confirm_import, start_again, undo_import};
pub use overview::{GetOverview, get_overview};
pub use runs::{GetRun, ListRuns, ListWork, get_run, list_runs, list_work};
pub use session::{CurrentUser, SignIn, SignOut, current_user, sign_in, sign_out};
pub use tables::{BrowseTable, ListTables, browse_table, list_tables};
pub use theme::{SetTheme, set_theme};
pub use transformations::{
    AddZone, CancelTransformation, DrawnTransformations, GetLineage, GetTransformations, ListTransformations, ListZoneDays, SetZoneDays,
    StartTransformation, add_zone, cancel_transformation, get_lineage, get_transformations, list_transformations, list_zone_days,
    set_zone_days, start_transformation,
};
pub use transit::{GetTransitMatrix, LookUpTransit, get_transit_matrix, look_up_transit};
