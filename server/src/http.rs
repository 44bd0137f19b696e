//! The web server: routes, what every request passes through, and the site's files.

mod attachment;
mod audit;
mod client;
mod cross_site;
mod downloads;
mod failure;
mod files;
mod health;
mod limits;
mod listen;
mod metrics;
mod observed;
mod originals;
mod protection;
mod rendering;
mod router;
mod site;
mod tables;
mod uploads;

pub use limits::Terms;
pub use listen::{ListenError, bind, serve};
pub use rendering::pages;
pub use router::{router, router_on};
pub use site::{Site, SiteError};
pub use uploads::UploadLimits;
