//! Listening, and stopping to listen without cutting anybody off who is being answered.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

/// The address to listen on where none is set.
const DEFAULT_HOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// The port to listen on where none is set.
const DEFAULT_PORT: u16 = 3000;
/// How long the head of a request may take to arrive, and a connection may stand open without one.
const HEAD_PATIENCE: Duration = Duration::from_secs(30);
/// How long open connections may take to end.
const DRAIN: Duration = Duration::from_secs(10);

/// Why the server cannot listen.
#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    /// Another program listens there.
    #[error("Port {port} on {host} is taken by another program; choose another one, for example: PORT={} make run", next(*port))]
    Taken {
        /// The address.
        host: IpAddr,
        /// The port.
        port: u16,
    },
    /// Anything else.
    #[error("Listening on {address} failed: {source}.")]
    Failed {
        /// The address with its port.
        address: SocketAddr,
        /// Why.
        source: std::io::Error,
    },
}

fn next(port: u16) -> u16 {
    port.checked_add(1).unwrap_or(DEFAULT_PORT)
}

/// Takes the address, before any other work is done. What is not set comes from `wished`, then from the defaults.
///
/// # Errors
/// Another program has it.
pub async fn bind(host: Option<IpAddr>, port: Option<u16>, wished: Option<SocketAddr>) -> Result<(TcpListener, SocketAddr), ListenError> {
    let host = host.or(wished.map(|wished| wished.ip())).unwrap_or(DEFAULT_HOST);
    let port = port.or(wished.map(|wished| wished.port())).unwrap_or(DEFAULT_PORT);
    let address = SocketAddr::new(host, port);
    let failed = |source: std::io::Error| match source.kind() {
        std::io::ErrorKind::AddrInUse => ListenError::Taken { host, port },
        _ => ListenError::Failed { address, source },
    };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

/// Answers requests until told to stop; then takes no more, and gives those at work a while to end.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) {
    serve_with(listener, router, HEAD_PATIENCE, stop).await;
}

async fn serve_with(mut listener: TcpListener, router: Router, head_patience: Duration, stop: CancellationToken) {
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(head_patience);
    let connections = GracefulShutdown::new();
    loop {
        // This also waits out what hinders accepting for a while, such as too many open files.
        let (stream, peer) = tokio::select! {
            accepted = Listener::accept(&mut listener) => accepted,
            () = stop.cancelled() => break,
        };
        let service = router.clone().map_request(move |mut request: Request<Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            request.map(Body::new)
        });
        let connection = connections.watch(http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service)));
        tokio::spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%peer, %error, "a connection broke off");
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(DRAIN, connections.shutdown()).await.is_err() {
        tracing::warn!("some connections did not end in time and are cut");
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpStream;

    use super::*;

    #[tokio::test]
    async fn a_taken_port_is_named_with_the_way_out() {
        let (_listener, address) = bind(None, Some(0), None).await.expect("any port");
        let error = bind(None, Some(address.port()), None).await.expect_err("taken").to_string();
        assert_eq!(
            error,
            format!(
                "Port {0} on 127.0.0.1 is taken by another program; choose another one, for example: PORT={1} make run",
                address.port(),
                next(address.port())
            )
        );
    }

    async fn started(head_patience: Duration) -> (SocketAddr, CancellationToken, tokio::task::JoinHandle<()>) {
        let (listener, address) = bind(None, Some(0), None).await.expect("any port");
        let stop = CancellationToken::new();
        let router =
            Router::new().route("/", axum::routing::get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() }));
        let serving = tokio::spawn(serve_with(listener, router, head_patience, stop.clone()));
        (address, stop, serving)
    }

    #[tokio::test]
    async fn a_head_that_never_ends_is_given_up() {
        let (address, stop, serving) = started(Duration::from_millis(200)).await;
        let mut stream = TcpStream::connect(address).await.expect("connected");
        stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ").await.expect("sent");
        let (mut reading, mut writing) = stream.into_split();
        let trickle = tokio::spawn(async move {
            while writing.write_all(b"a").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        let mut answer = Vec::new();
        // Closed or reset, with or without a word: it is over.
        let ended = tokio::time::timeout(Duration::from_secs(20), reading.read_to_end(&mut answer)).await;
        assert!(ended.is_ok(), "the server goes on waiting");
        assert!(!String::from_utf8_lossy(&answer).contains("200 OK"));
        trickle.await.expect("ended");
        stop.cancel();
        serving.await.expect("stopped");
    }

    #[tokio::test]
    async fn requests_are_answered_one_after_the_other_until_the_server_is_to_stop() {
        let (address, stop, serving) = started(HEAD_PATIENCE).await;
        let mut stream = TcpStream::connect(address).await.expect("connected");
        let own = stream.local_addr().expect("an address").to_string();
        for _ in 0..2 {
            stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("sent");
            let mut answer = String::new();
            while !answer.ends_with(&own) {
                let mut bytes = [0; 1024];
                let read = stream.read(&mut bytes).await.expect("an answer");
                assert_ne!(read, 0, "{answer}");
                answer.push_str(&String::from_utf8_lossy(&bytes[..read]));
            }
            assert!(answer.starts_with("HTTP/1.1 200 OK"), "{answer}");
        }
        stop.cancel();
        // A connection that stands open and asks nothing hinders nobody.
        tokio::time::timeout(DRAIN / 2, serving).await.expect("at once").expect("stopped");
    }
}
