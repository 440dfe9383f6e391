//! Who calls, and by which name: what has no password is for this machine alone.

use std::net::{IpAddr, SocketAddr};

use hyper::header::HOST;
use hyper::http::request::Parts;

use crate::control::is_loopback;

/// The two ends of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ends {
    /// The caller's.
    pub(super) peer: SocketAddr,
    /// Ours.
    pub(super) local: SocketAddr,
}

impl Ends {
    /// Whether a request comes from this machine, and its `Host` is a loopback address, `localhost` or the address that
    /// it reached. A page in a browser can reach this machine by a name of its own; no such name is taken.
    pub(super) fn are_this_machine(self, head: &Parts) -> bool {
        let (peer, local) = (self.peer.ip().to_canonical(), self.local.ip().to_canonical());
        let host = head.headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        (peer.is_loopback() || peer == local) && (is_loopback(host) || address(host) == Some(local))
    }
}

/// The address in a `Host` header, if it is one.
fn address(host: &str) -> Option<IpAddr> {
    let of_socket = host.parse().map(|socket: SocketAddr| socket.ip());
    let alone = || host.trim_matches(['[', ']']).parse();
    of_socket.or_else(|_| alone()).ok().map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use hyper::Request;

    use super::*;

    #[test]
    fn only_this_machine_under_its_own_addresses_is_answered() {
        for (peer, local, host, is) in [
            ("127.0.0.1:5", "127.0.0.1:4567", "127.0.0.1:4567", true),
            ("127.0.0.1:5", "127.0.0.1:4567", "localhost", true),
            ("127.0.0.1:5", "127.0.0.1:4567", "localhost:4567", true),
            ("[::1]:5", "[::1]:4567", "[::1]:4567", true),
            ("192.0.2.1:5", "192.0.2.1:4567", "192.0.2.1:4567", true),
            ("[2001:db8::1]:5", "[2001:db8::1]:4567", "[2001:db8::1]", true),
            ("[::ffff:192.0.2.1]:5", "[::ffff:192.0.2.1]:4567", "192.0.2.1", true),
            // By a name that somebody else owns.
            ("127.0.0.1:5", "127.0.0.1:4567", "attacker.example", false),
            ("127.0.0.1:5", "127.0.0.1:4567", "127.0.0.1.attacker.example", false),
            ("127.0.0.1:5", "127.0.0.1:4567", "", false),
            ("127.0.0.1:5", "127.0.0.1:4567", "192.0.2.1", false),
            // From another machine.
            ("192.0.2.9:5", "192.0.2.1:4567", "192.0.2.1:4567", false),
            ("192.0.2.9:5", "192.0.2.1:4567", "127.0.0.1:4567", false),
        ] {
            let ends = Ends { peer: peer.parse().unwrap(), local: local.parse().unwrap() };
            let head = Request::get("/").header(HOST, host).body(()).unwrap().into_parts().0;
            assert_eq!(ends.are_this_machine(&head), is, "{peer} {local} {host:?}");
        }
    }
}
