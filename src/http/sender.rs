//! Whom a request comes from, as far as that tells citizens apart who say no name.

use super::{Problem, Server};
use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The address at the other end of a connection.
#[derive(Debug, Clone, Copy)]
pub struct Peer(pub IpAddr);

/// The address that a request comes from; of an IPv6 address the network, for a household has all of it.
///
/// A proxy in front of the server stands on the same machine or in the office's own network, and says last in `X-Forwarded-For` whom
/// it asks for. What others write there is not believed.
pub struct Sender(pub IpAddr);

impl FromRequestParts<Server> for Sender {
    type Rejection = Problem;
    async fn from_request_parts(parts: &mut Parts, _: &Server) -> Result<Self, Problem> {
        let peer = parts.extensions.get::<Peer>();
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |peer| peer.0);
        Ok(Self(sender(peer.to_canonical(), &parts.headers)))
    }
}

fn sender(peer: IpAddr, headers: &HeaderMap) -> IpAddr {
    let said = headers.get_all("x-forwarded-for").iter().next_back();
    let said = said
        .and_then(|said| said.to_str().ok())
        .and_then(|said| said.rsplit(',').next()?.trim().parse().ok())
        .filter(|_| is_near(peer));
    match said.unwrap_or(peer).to_canonical() {
        IpAddr::V6(address) => {
            let network = address.to_bits() >> 64 << 64;
            IpAddr::V6(Ipv6Addr::from_bits(network))
        }
        address @ IpAddr::V4(_) => address,
    }
}

/// Whether an address is of this machine or of a network that is nobody's in public.
fn is_near(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => {
            address.is_loopback() || address.is_private() || address.is_link_local()
        }
        IpAddr::V6(address) => {
            address.is_loopback() || address.is_unique_local() || address.is_unicast_link_local()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_sends_is_the_peer_or_whom_a_near_proxy_names_last() {
        let of = |peer: &str, said: &[&str]| {
            let mut headers = HeaderMap::new();
            for said in said {
                headers.append("x-forwarded-for", said.parse().unwrap());
            }
            sender(peer.parse().unwrap(), &headers).to_string()
        };
        assert_eq!(of("203.0.113.7", &[]), "203.0.113.7");
        assert_eq!(of("203.0.113.7", &["198.51.100.1"]), "203.0.113.7");
        assert_eq!(of("127.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(of("10.0.0.9", &["6.6.6.6, 198.51.100.1"]), "198.51.100.1");
        assert_eq!(of("::1", &["6.6.6.6", "198.51.100.1"]), "198.51.100.1");
        assert_eq!(of("fd00::1", &["nobody"]), "fd00::");
        assert_eq!(of("2001:db8:1:2:3:4:5:6", &[]), "2001:db8:1:2::");
        assert_eq!(of("127.0.0.1", &["::ffff:198.51.100.1"]), "198.51.100.1");
    }
}
