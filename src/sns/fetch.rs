//! GET from a signing host: https only, no redirects, a limit on time and size, and only from addresses that
//! a public service can have.

use std::future::Future;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt as _, Empty, Limited};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use hyper_util::rt::TokioExecutor;
use rustls_pki_types::CertificateDer;
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// How long a fetch may take in all, unless it is said otherwise. SNS waits 15 s for an answer, and the pager
/// needs some of them.
const FETCH_TIMEOUT: Duration = Duration::from_secs(5);

/// A client for one group of hosts: AWS's, or one that the configuration adds.
pub struct Fetcher {
    client: Client<HttpsConnector<HttpConnector<GuardedResolver>>, Empty<Bytes>>,
    timeout: Duration,
}

/// Which addresses a host may have.
#[derive(Debug, Clone, Copy)]
pub enum Addresses {
    /// Those that DNS says, as long as they are public.
    Public,
    /// Those that DNS says, private networks among them (a VPC endpoint), but never this machine.
    PublicOrPrivate,
    /// This one, whatever DNS says.
    Fixed(SocketAddr),
}

/// An answer, whole.
#[derive(Debug)]
pub struct Fetched {
    /// The HTTP status. Redirects are not followed.
    pub status: u16,
    /// The body.
    pub body: Bytes,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FetchError {
    /// Not reachable: DNS, TCP, TLS.
    #[error("{host} cannot be reached: {reason}")]
    Connection {
        /// The host.
        host: String,
        /// What went wrong.
        reason: String,
    },
    /// No complete answer in time.
    #[error("{host} did not answer in {after:?}")]
    Timeout {
        /// The host.
        host: String,
        /// The limit.
        after: Duration,
    },
    /// More bytes than any answer of that host has.
    #[error("{host} answered more than {limit} bytes")]
    TooLarge {
        /// The host.
        host: String,
        /// The limit.
        limit: usize,
    },
}

impl Fetcher {
    /// A client that believes the public authorities.
    #[must_use]
    pub fn public(addresses: Addresses) -> Self {
        let roots = webpki_roots::TLS_SERVER_ROOTS.iter().cloned();
        Self::new(RootCertStore { roots: roots.collect() }, addresses)
    }

    /// A client that believes these authorities and no other. Certificates that cannot be used are an error.
    pub fn with_authorities(
        authorities: Vec<CertificateDer<'static>>,
        addresses: Addresses,
    ) -> Result<Self, tokio_rustls::rustls::Error> {
        let mut roots = RootCertStore::empty();
        for authority in authorities {
            roots.add(authority)?;
        }
        Ok(Self::new(roots, addresses))
    }

    fn new(roots: RootCertStore, addresses: Addresses) -> Self {
        let tls = ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let mut http = HttpConnector::new_with_resolver(GuardedResolver { addresses });
        http.enforce_http(false);
        http.set_connect_timeout(Some(FETCH_TIMEOUT));
        let https = HttpsConnectorBuilder::new().with_tls_config(tls).https_only().enable_http1();
        let client = Client::builder(TokioExecutor::new()).build(https.wrap_connector(http));
        Self { client, timeout: FETCH_TIMEOUT }
    }

    /// The same client with another limit for a whole fetch; 5 s by default.
    #[must_use]
    pub const fn within(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Gets a URL. Errors name the host and nothing else of it: the rest may be secret.
    pub async fn get(&self, url: &str, limit: usize) -> Result<Fetched, FetchError> {
        let uri: http::Uri = url.parse().map_err(|_| FetchError::Connection {
            host: "the signing host".to_owned(),
            reason: "its URL is not valid".to_owned(),
        })?;
        let host = uri.host().unwrap_or_default().to_owned();
        match tokio::time::timeout(self.timeout, self.answer(uri, &host, limit)).await {
            Ok(answer) => answer,
            Err(_) => Err(FetchError::Timeout { host, after: self.timeout }),
        }
    }

    async fn answer(&self, uri: http::Uri, host: &str, limit: usize) -> Result<Fetched, FetchError> {
        let answer = self
            .client
            .get(uri)
            .await
            .map_err(|error| FetchError::Connection { host: host.to_owned(), reason: innermost(&error) })?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), limit).collect().await.map_err(|error| {
            if error.is::<http_body_util::LengthLimitError>() {
                FetchError::TooLarge { host: host.to_owned(), limit }
            } else {
                FetchError::Connection { host: host.to_owned(), reason: innermost(error.as_ref()) }
            }
        })?;
        Ok(Fetched { status, body: body.to_bytes() })
    }
}

/// The cause at the bottom says what happened ("connection refused"); those above it only that it did.
fn innermost(error: &(dyn std::error::Error + 'static)) -> String {
    let mut error = error;
    while let Some(cause) = error.source() {
        error = cause;
    }
    error.to_string()
}

/// Asks the system's resolver, and leaves out addresses that the service asked for cannot have: what DNS
/// says can be made to point at this machine or its neighbours.
#[derive(Debug, Clone)]
struct GuardedResolver {
    addresses: Addresses,
}

impl tower_service::Service<Name> for GuardedResolver {
    type Response = std::vec::IntoIter<SocketAddr>;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Self::Response>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        let addresses = self.addresses;
        Box::pin(async move {
            let acceptable: fn(IpAddr) -> bool = match addresses {
                Addresses::Fixed(address) => return Ok(vec![address].into_iter()),
                Addresses::Public => is_public,
                Addresses::PublicOrPrivate => |address| is_public(address) || is_private(address),
            };
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<_> = found.filter(|address| acceptable(address.ip())).collect();
            if allowed.is_empty() {
                let reason = "DNS gives no public address (see verification.allow_private_addresses)";
                return Err(io::Error::new(io::ErrorKind::PermissionDenied, reason));
            }
            Ok(allowed.into_iter())
        })
    }
}

/// RFC 1918 and RFC 4193: the networks in which a VPC endpoint can have its address.
fn is_private(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => v4.is_private(),
        IpAddr::V6(v6) => v6.is_unique_local(),
    }
}

/// Whether a service on the Internet can have this address, by IANA's special-purpose registries.
fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => is_public_v4(v4),
        IpAddr::V6(v6) => is_public_v6(v6),
    }
}

fn is_public_v4(v4: Ipv4Addr) -> bool {
    let [a, b, c, _] = v4.octets();
    let special = matches!(
        (a, b, c),
        (0 | 127 | 240.., _, _) | (100, 64..=127, _) | (192, 0, 0) | (192, 88, 99) | (198, 18 | 19, _)
    );
    !(special || v4.is_private() || v4.is_link_local() || v4.is_documentation() || v4.is_multicast())
}

fn is_public_v6(v6: Ipv6Addr) -> bool {
    let segments = v6.segments();
    // NAT64 (RFC 6052): the IPv4 address is in the last 32 bits.
    if let [0x64, 0xff9b, 0, 0, 0, 0, high, low] = segments {
        return is_public_v4(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low)));
    }
    // Of 2000::/3 without documentation, Teredo, benchmarks and 6to4.
    let global_unicast = segments[0] & 0xe000 == 0x2000;
    let special =
        matches!(segments, [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..=0xfff, ..]);
    global_unicast && !special
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn only_public_addresses_are_public() {
        for (address, public, private) in [
            ("52.94.236.248", true, false),
            ("2600:1f00::1", true, false),
            ("64:ff9b::345e:ecf8", true, false),
            ("64:ff9b::7f00:1", false, false),
            ("::ffff:127.0.0.1", false, false),
            ("::ffff:10.0.0.1", false, true),
            ("10.1.2.3", false, true),
            ("172.16.0.1", false, true),
            ("192.168.1.1", false, true),
            ("fd00::1", false, true),
            ("127.0.0.1", false, false),
            ("0.0.0.0", false, false),
            ("169.254.169.254", false, false),
            ("100.64.0.1", false, false),
            ("198.18.0.1", false, false),
            ("203.0.113.7", false, false),
            ("224.0.0.1", false, false),
            ("255.255.255.255", false, false),
            ("::1", false, false),
            ("::", false, false),
            ("fe80::1", false, false),
            ("2001:db8::1", false, false),
            ("2002:7f00:1::", false, false),
            ("ff02::1", false, false),
        ] {
            let address: IpAddr = address.parse().unwrap();
            assert_eq!((is_public(address), is_private(address)), (public, private), "{address}");
        }
    }
}
