//! Listening, and stopping to listen without cutting anybody off who is being answered.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// The address to listen on where none is set.
const DEFAULT_HOST: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
/// The port to listen on where none is set.
const DEFAULT_PORT: u16 = 3000;
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
    /// Serving broke off.
    #[error("The web server broke off: {0}.")]
    Broken(std::io::Error),
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
///
/// # Errors
/// Listening broke off.
pub async fn serve(listener: TcpListener, router: Router, stop: CancellationToken) -> Result<(), ListenError> {
    let told = stop.clone();
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    let serving = axum::serve(listener, service).with_graceful_shutdown(async move { told.cancelled().await });
    let patience = async {
        stop.cancelled().await;
        tokio::time::sleep(DRAIN).await;
    };
    tokio::select! {
        result = serving => result.map_err(ListenError::Broken),
        () = patience => {
            tracing::warn!("some connections did not end in time and are cut");
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
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
}
