//! `handled serve`: the web server with everything that it needs.

use std::net::SocketAddr;
use std::time::Duration;

use clap::Args;
use model::health::Relation;
use model::integration::KindContract;
use platform::{FirstAdministrator, Platform, permit};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::demo;
use super::output::{counted, print};
use super::with_platform::{open, system_caller};
use crate::configuration::configuration;
use crate::databases::{Databases, Pools};
use crate::failure::Failure;
use crate::http::{self, Site, Terms};
use crate::settings::Settings;

/// Connections to PRIMARY at most: its provider gives 15 to all, and warns from 12 on.
const PRIMARY_CONNECTIONS: u32 = 10;
/// Connections to DATA at most.
const DATA_CONNECTIONS: u32 = 16;
/// How long work may take to stop.
const PATIENCE: Duration = Duration::from_secs(15);

/// Serve the platform's pages until Ctrl-C.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  handled serve\n  handled serve --migrate\n  handled serve --demo")]
pub struct Serve {
    /// Apply pending migrations first. The private PostgreSQL's are always applied.
    #[arg(long)]
    migrate: bool,
    /// Where nothing has been imported yet, import made-up files of every kind, to look around with.
    #[arg(long)]
    demo: bool,
}

impl Serve {
    /// Runs the command until it is told to stop.
    ///
    /// # Errors
    /// The port is taken, the site folder missing, or the databases cannot be had.
    pub async fn run(&self, settings: &Settings, stop: CancellationToken) -> Result<(), Failure> {
        // What needs no work comes first: nobody waits a minute to hear that a port is taken.
        let mut site = Site::find()?;
        let (listener, address) = http::bind(settings.host, settings.port, Site::wanted_address()?).await?;
        site.set_address(address);
        let databases = match open(settings, &stop).await {
            Err(Failure::Interrupted) => return Ok(()),
            databases => databases?,
        };
        let supervision = CancellationToken::new();
        let supervisor = databases.supervise(supervision.clone());
        let result = self.on_databases(settings, &databases, &site, (listener, address), &stop).await;
        supervision.cancel();
        if let Some(supervisor) = supervisor {
            // It ends by itself now; only a bug could break it off.
            supervisor.await.map_err(|error| Failure::Said(format!("Watching over the private PostgreSQL broke off: {error}.")))?;
        }
        let closed = databases.close().await;
        match result {
            Err(Failure::Interrupted) | Ok(()) => closed,
            Err(failure) => Err(failure),
        }
    }

    async fn on_databases(
        &self,
        settings: &Settings,
        databases: &Databases,
        site: &Site,
        listening: (TcpListener, SocketAddr),
        stop: &CancellationToken,
    ) -> Result<(), Failure> {
        tokio::select! {
            ready = databases.ready(self.migrate) => ready?,
            () = stop.cancelled() => return Err(Failure::Interrupted),
        }
        let pools = databases.pools("handled serve", PRIMARY_CONNECTIONS, DATA_CONNECTIONS);
        let configuration = configuration(settings, databases.folder(), true)?;
        let platform = Platform::new(pools.primary.clone(), pools.data.clone(), configuration);
        let result = self.serve(&platform, Terms::of(settings), databases, site, listening, stop).await;
        platform.stop(PATIENCE).await;
        close(&pools).await;
        result
    }

    async fn serve(
        &self,
        platform: &Platform,
        terms: Terms,
        databases: &Databases,
        site: &Site,
        (listener, address): (TcpListener, SocketAddr),
        stop: &CancellationToken,
    ) -> Result<(), Failure> {
        let begun = tokio::select! {
            begun = self.begin(platform) => begun?,
            () = stop.cancelled() => return Err(Failure::Interrupted),
        };
        let router = http::router_on(platform.clone(), site, terms);
        print(&welcome(address, databases, &begun))?;
        http::serve(listener, router, stop.clone()).await;
        Ok(())
    }

    async fn begin(&self, platform: &Platform) -> Result<Begun, Failure> {
        platform.start().await?;
        let administrator = platform.create_first_administrator(&system_caller()).await?;
        let workspace = match (is_empty(platform).await?, self.demo) {
            (false, _) => Workspace::Filled,
            (true, false) => Workspace::Empty,
            (true, true) => Workspace::Loading(demo::load(platform).await?.len() as u64),
        };
        Ok(Begun { administrator, workspace })
    }
}

/// What a person is told when the server begins to serve.
struct Begun {
    administrator: Option<FirstAdministrator>,
    workspace: Workspace,
}

/// Whether there is anything to look at.
enum Workspace {
    /// Something has been imported, or DATA does not answer.
    Filled,
    /// Nothing has been imported.
    Empty,
    /// The demo set is being imported, in so many runs.
    Loading(u64),
}

/// Whether nothing is imported and nothing about to be.
async fn is_empty(platform: &Platform) -> Result<bool, Failure> {
    let caller = system_caller();
    let overview = platform.authorize::<permit::DatabasesRead>(&caller).await?.overview().await?;
    let imported = |relation: &Relation| KindContract::of_relation(&relation.name).is_some() && relation.published_at.is_some();
    let Some(relations) = overview.relations else { return Ok(false) };
    Ok(!relations.iter().any(imported) && platform.authorize::<permit::ImportsRead>(&caller).await?.work().await?.is_empty())
}

/// Connections that are still busy after this are cut by the end of the process.
async fn close(pools: &Pools) {
    if tokio::time::timeout(PATIENCE, pools.close()).await.is_err() {
        tracing::warn!("some database connections did not end in time");
    }
}

/// What a person needs to know to begin.
fn welcome(address: SocketAddr, databases: &Databases, Begun { administrator, workspace }: &Begun) -> String {
    let site = format!("http://{address}");
    let mut text = format!("\nHandled is running.\n\n  Address        {site}\n  Sign in        {site}/sign-in\n");
    if databases.is_private() {
        text.push_str(&format!("  Data folder    {}\n", databases.folder().path().display()));
    }
    if let Some(FirstAdministrator { email, password }) = administrator {
        text.push_str(&format!("\nThe first administrator. The password is shown this once and stored nowhere:\n\n  E-mail         {email}\n  Password       {password}\n"));
    }
    match workspace {
        Workspace::Filled => {}
        Workspace::Empty => {
            let program = demo::program();
            text.push_str(&format!(
                "\nNothing has been imported yet. Made-up files of every kind to look around with:\n\n  {program} demo files demo-files && {program} import demo-files\n"
            ));
        }
        Workspace::Loading(runs) => {
            let runs = counted(*runs, "run", "runs");
            text.push_str(&format!("\nNothing had been imported yet: the demo files are being imported, in {runs}, see {site}/imports\n"));
        }
    }
    text.push_str("\nCtrl-C stops it.\n\n");
    text
}
