//! Whose word on where a request comes from is believed.

use std::net::IpAddr;

use ipnet::IpNet;

use super::error::SettingsError;
use super::source::Source;
use super::values::malformed;

/// Proxies in front of the server: addresses and networks. From anybody else, what a request says about where it comes from is ignored.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// Whether none is named.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this address is a trusted proxy's.
    pub fn contains(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }
}

impl FromIterator<IpNet> for TrustedProxies {
    fn from_iter<T: IntoIterator<Item = IpNet>>(networks: T) -> Self {
        Self(networks.into_iter().collect())
    }
}

const ACCEPTED: &str = "addresses or networks with commas between them, such as 127.0.0.1, 10.0.0.0/8";

/// Reads `TRUSTED_PROXIES`.
pub fn trusted_proxies(source: &Source) -> Result<TrustedProxies, SettingsError> {
    let Some(value) = source.get("TRUSTED_PROXIES") else { return Ok(TrustedProxies::default()) };
    let networks: Option<Vec<IpNet>> = value.text.split(',').map(|part| network(part.trim())).collect();
    let networks = networks.ok_or_else(|| malformed("TRUSTED_PROXIES", value, ACCEPTED))?;
    if networks.iter().any(|network| network.prefix_len() == 0) {
        let accepted = format!("{ACCEPTED}, not all addresses there are: anybody could then pretend to come from anywhere");
        return Err(malformed("TRUSTED_PROXIES", value, accepted));
    }
    Ok(TrustedProxies(networks))
}

/// A network, or an address, which is a network of one. IPv4 addresses in the form that IPv6 has for them are IPv4 addresses.
fn network(text: &str) -> Option<IpNet> {
    match text.parse::<IpAddr>() {
        Ok(address) => Some(address.to_canonical().into()),
        Err(_) => text.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_networks_hold_what_is_in_them_in_either_spelling() {
        let proxies: TrustedProxies =
            ["127.0.0.1", "10.0.0.0/8", "::ffff:192.0.2.1", "2001:db8::/32"].into_iter().filter_map(network).collect();
        for inside in ["127.0.0.1", "::ffff:127.0.0.1", "10.255.0.1", "::ffff:10.1.1.1", "192.0.2.1", "2001:db8:1::2"] {
            assert!(proxies.contains(inside.parse().expect("an address")), "{inside}");
        }
        for outside in ["127.0.0.2", "11.0.0.1", "::1", "2001:db9::1", "192.0.2.2"] {
            assert!(!proxies.contains(outside.parse().expect("an address")), "{outside}");
        }
        assert!(!TrustedProxies::default().contains("127.0.0.1".parse().expect("an address")));
    }
}
