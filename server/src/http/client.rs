//! Whom a request comes from: its connection's other end, or, where that is a trusted proxy, whom the proxy names.
//!
//! This is the one place where `X-Forwarded-For` and `X-Forwarded-Proto` are read. Anybody can send them; only a trusted proxy's last
//! word on them counts.

use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Once};

use app::request::ClientAddress;
use axum::extract::{ConnectInfo, Request, State};
use axum::middleware::Next;
use axum::response::Response;
use http::{HeaderMap, HeaderName};

use crate::settings::TrustedProxies;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// Said once, as it concerns every request.
static UNTRUSTED: Once = Once::new();

/// In a request's extensions: it came over TLS, which a trusted proxy ended.
#[derive(Debug, Clone, Copy)]
pub struct OverTls;

/// Puts the client's address, and whether it came over TLS, into the request's extensions.
pub async fn identify(State(proxies): State<Arc<TrustedProxies>>, mut request: Request, next: Next) -> Response {
    if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>() {
        let peer = peer.ip().to_canonical();
        let trusted = proxies.contains(peer);
        let address = if trusted { forwarded_for(peer, request.headers(), &proxies) } else { peer };
        let over_tls = trusted && is_over_tls(request.headers());
        if !trusted && peer.is_loopback() && request.headers().contains_key(FORWARDED_FOR) {
            UNTRUSTED.call_once(|| {
                tracing::warn!(%peer, "a proxy seems to stand in front that TRUSTED_PROXIES does not name: everybody seems to come from it");
            });
        }
        request.extensions_mut().insert(ClientAddress(address));
        if over_tls {
            request.extensions_mut().insert(OverTls);
        }
    }
    next.run(request).await
}

/// The last address that no trusted proxy has, since each proxy adds the one that it sees to the end. What stands before it, the client
/// may have written itself; so may what cannot be read, and then the last proxy that could be is as far as is known.
fn forwarded_for(peer: IpAddr, headers: &HeaderMap, proxies: &TrustedProxies) -> IpAddr {
    let mut nearest = peer;
    let lines: Vec<&str> = headers.get_all(FORWARDED_FOR).iter().map(|line| line.to_str().unwrap_or_default()).collect();
    for hop in lines.iter().flat_map(|line| line.split(',')).rev() {
        match address(hop.trim()) {
            Some(address) if proxies.contains(address) => nearest = address,
            Some(address) => return address,
            None => return nearest,
        }
    }
    nearest
}

/// An address, perhaps with a port, as some proxies write it.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let address = bare.parse().ok().or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()));
    address.map(|address: IpAddr| address.to_canonical())
}

fn is_over_tls(headers: &HeaderMap) -> bool {
    let last = headers.get_all(FORWARDED_PROTO).iter().next_back().and_then(|line| line.to_str().ok());
    last.and_then(|line| line.rsplit(',').next()).is_some_and(|scheme| scheme.trim().eq_ignore_ascii_case("https"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(name: HeaderName, lines: &[&str]) -> HeaderMap {
        lines.iter().map(|line| (name.clone(), line.parse().expect("a value"))).collect()
    }

    #[test]
    fn the_last_address_that_is_no_proxys_is_the_clients() {
        let proxies: TrustedProxies = ["127.0.0.1/32", "10.0.0.0/8"].into_iter().map(|network| network.parse().expect("one")).collect();
        let peer: IpAddr = "127.0.0.1".parse().expect("an address");
        let table: &[(&[&str], &str)] = &[
            (&[], "127.0.0.1"),
            (&["203.0.113.7"], "203.0.113.7"),
            (&["198.51.100.1, 203.0.113.7"], "203.0.113.7"),
            (&["198.51.100.1", "203.0.113.7, 10.2.3.4"], "203.0.113.7"),
            (&["203.0.113.7:4711,10.1.1.1"], "203.0.113.7"),
            (&["[2001:db8::1]:4711"], "2001:db8::1"),
            (&["[2001:db8::1]"], "2001:db8::1"),
            (&["::ffff:203.0.113.7"], "203.0.113.7"),
            // Nothing but proxies: the farthest of them asks itself.
            (&["10.1.1.1, 10.2.2.2"], "10.1.1.1"),
            // What cannot be read is nobody, and what stands before it is not believed.
            (&["203.0.113.7, unknown, 10.2.2.2"], "10.2.2.2"),
            (&["203.0.113.7, "], "127.0.0.1"),
        ];
        for (lines, client) in table {
            let found = forwarded_for(peer, &headers(FORWARDED_FOR, lines), &proxies);
            assert_eq!(found.to_string(), *client, "{lines:?}");
        }
    }

    #[test]
    fn the_last_word_on_the_scheme_counts() {
        let table: &[(&[&str], bool)] = &[
            (&[], false),
            (&["https"], true),
            (&["HTTPS"], true),
            (&["http"], false),
            (&["https, http"], false),
            (&["http, https"], true),
            (&["https", "http"], false),
        ];
        for (lines, over_tls) in table {
            assert_eq!(is_over_tls(&headers(FORWARDED_PROTO, lines)), *over_tls, "{lines:?}");
        }
    }
}
