//! A way to a test's database that can be shut: nobody can reach it then, and who had is cut off.

use std::sync::Mutex;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use url::Url;

pub struct Gate {
    port: u16,
    target: String,
    url: Url,
    open: Mutex<CancellationToken>,
}

impl Gate {
    /// A gate before the database with this address.
    pub async fn before(url: &str) -> Self {
        let mut url: Url = url.parse().expect("an address");
        let target = format!("{}:{}", url.host_str().expect("a host"), url.port().unwrap_or(5432));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        url.set_port(Some(port)).expect("an address with a host");
        let gate = Self { port, target, url, open: Mutex::default() };
        gate.serve(listener);
        gate
    }

    /// The address on this side.
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    pub fn shut(&self) {
        self.open.lock().expect("the gate").cancel();
    }

    pub async fn open(&self) {
        let listener = loop {
            match TcpListener::bind(("127.0.0.1", self.port)).await {
                Ok(listener) => break listener,
                // The former listener goes a moment after it was told to.
                Err(_) => tokio::task::yield_now().await,
            }
        };
        self.serve(listener);
    }

    fn serve(&self, listener: TcpListener) {
        let open = CancellationToken::new();
        *self.open.lock().expect("the gate") = open.clone();
        let target = self.target.clone();
        tokio::spawn(async move {
            loop {
                let mut here = tokio::select! {
                    accepted = listener.accept() => accepted.expect("a connection").0,
                    () = open.cancelled() => return,
                };
                let (open, target) = (open.clone(), target.clone());
                tokio::spawn(async move {
                    let mut there = TcpStream::connect(target).await.expect("the database");
                    tokio::select! {
                        _ = copy_bidirectional(&mut here, &mut there) => {}
                        () = open.cancelled() => {}
                    }
                });
            }
        });
    }
}
