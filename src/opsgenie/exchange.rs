//! One HTTP request and its answer: connections, TLS, time and size limits. Knows nothing of alerts.

use std::{fmt::Write as _, sync::Arc, time::Duration};

use bytes::{Bytes, BytesMut};
use http::{HeaderMap, Request};
use http_body_util::{BodyExt as _, Full};
use hyper::body::Incoming;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioTimer},
};
use rustls_pki_types::{CertificateDer, pem::PemObject as _};
use tokio::time::timeout;
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore, crypto::aws_lc_rs};

use super::Trouble;

/// Why a client cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The additional certificate authorities are no PEM, or hold no certificate.
    #[error("the additional certificate authorities are no PEM file with certificates: {0}")]
    AuthorityPem(String),
    /// TLS refuses one of the additional certificate authorities, or cannot start.
    #[error("TLS cannot be set up: {0}")]
    Tls(#[from] rustls::Error),
    /// Key, host or path cannot stand in a request.
    #[error("no request can be built: {0}")]
    Request(#[from] http::Error),
}

/// What an answer consisted of. A body above the limit is cut there.
pub(crate) struct RawReply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A pool of HTTP/1.1 connections to one host.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    body_limit: usize,
}

impl Exchange {
    pub(crate) fn new(
        https: bool,
        connect_timeout: Duration,
        idle_timeout: Duration,
        body_limit: usize,
        authorities_pem: Option<&[u8]>,
    ) -> Result<Self, SetupError> {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_connect_timeout(Some(connect_timeout));
        let builder = HttpsConnectorBuilder::new().with_tls_config(tls(authorities_pem)?);
        let builder = if https { builder.https_only() } else { builder.https_or_http() };
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(idle_timeout)
            .build(builder.enable_http1().wrap_connector(tcp));
        Ok(Self { client, body_limit })
    }

    /// Sends a request and reads its answer, both within `time`. Redirects are answers like any other.
    pub(crate) async fn send(
        &self,
        request: Request<Full<Bytes>>,
        time: Duration,
    ) -> Result<RawReply, Trouble> {
        timeout(time, self.exchange(request)).await.unwrap_or(Err(Trouble::Timeout(time)))
    }

    async fn exchange(&self, request: Request<Full<Bytes>>) -> Result<RawReply, Trouble> {
        let response = self.client.request(request).await.map_err(|error| {
            let reason = causes(&error);
            if error.is_connect() { Trouble::Connect { reason } } else { Trouble::Broken { reason } }
        })?;
        let (head, body) = response.into_parts();
        let body =
            read(body, self.body_limit).await.map_err(|error| Trouble::Broken { reason: causes(&error) })?;
        Ok(RawReply { status: head.status.as_u16(), headers: head.headers, body })
    }
}

/// The body up to `limit` bytes. What follows is not read, and its connection not used again.
async fn read(mut body: Incoming, limit: usize) -> Result<Bytes, hyper::Error> {
    let mut whole = BytesMut::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        let room = limit - whole.len();
        whole.extend_from_slice(data.get(..room).unwrap_or(&data));
        if whole.len() == limit {
            break;
        }
    }
    Ok(whole.freeze())
}

fn tls(authorities_pem: Option<&[u8]>) -> Result<ClientConfig, SetupError> {
    let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    if let Some(pem) = authorities_pem {
        let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<_, _>>()
            .map_err(|error| SetupError::AuthorityPem(error.to_string()))?;
        if certificates.is_empty() {
            return Err(SetupError::AuthorityPem("no certificate in it".to_owned()));
        }
        for certificate in certificates {
            roots.add(certificate)?;
        }
    }
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(config)
}

/// An error and what it was caused by, on one line.
fn causes(error: &dyn std::error::Error) -> String {
    let mut line = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        // Writing to a string cannot fail.
        let _ = write!(line, ": {next}");
        cause = next.source();
    }
    line
}
