//! The web server: routes, what every request passes through, and the site's files.

mod attachment;
mod cross_site;
mod downloads;
mod failure;
mod files;
mod health;
mod listen;
mod observed;
mod originals;
mod protection;
mod rendering;
mod router;
mod site;
mod tables;
mod uploads;

pub use listen::{ListenError, bind, serve};
pub use rendering::pages;
pub use router::{router, router_with_limits};
pub use site::{Site, SiteError};
pub use uploads::UploadLimits;
