//! The server functions, by area. Each authorizes, calls the platform and maps the error; none decides anything else.

#![expect(missing_docs, reason = "the macro makes a struct of each function's arguments and gives its fields no documentation")]

mod account;
mod audit;
mod databases;
mod exports;
mod imports;
mod overview;
mod roles;
mod runs;
mod session;
mod tables;
mod theme;
mod transformations;
mod transit;
mod users;

pub use account::{
    BeginSecondFactor, ChangePassword, ConfirmSecondFactor, EndOtherSessions, EndOwnSession, FindLinkHolder, GetAccount, NewRecoveryCodes,
    OwnAccount, RemoveSecondFactor, SetPassword, begin_second_factor, change_password, confirm_second_factor, end_other_sessions,
    end_own_session, find_link_holder, get_account, new_recovery_codes, remove_second_factor, set_password,
};
pub use audit::{ListAudit, ListTimeline, list_audit, list_timeline};
pub use databases::{GetDatabases, get_databases};
pub use exports::{ListExports, list_exports};
pub use imports::{CancelImport, ConfirmImport, StartAgain, UndoImport, cancel_import, confirm_import, start_again, undo_import};
pub use overview::{GetOverview, get_overview};
pub use roles::{
    GetRolePage, ListRoles, PreviewRole, RestoreRole, RetireRole, RolePage, SaveRole, get_role_page, list_roles, preview_role,
    restore_role, retire_role, save_role,
};
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
pub use users::{
    CreateUser, DeleteUser, DisableUser, EditUser, EnableUser, EndSession, EndSessions, GetUser, Impersonate, ListUsers, MakePasswordLink,
    OfferedRoles, RemoveSecondFactorOf, StopImpersonating, UnlockUser, create_user, delete_user, disable_user, edit_user, enable_user,
    end_session, end_sessions, get_user, impersonate, list_users, make_password_link, offered_roles, remove_second_factor_of,
    stop_impersonating, unlock_user,
};
