//! TLS settings of the simulator's servers and clients: rustls with aws-lc-rs.

use std::sync::Arc;

use thiserror::Error;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ClientConfig, RootCertStore, ServerConfig};

use super::certificate::ServerCertificate;

/// Why there is no TLS.
#[derive(Debug, Error)]
pub enum TlsError {
    /// What should be PEM is not.
    #[error("no usable PEM for TLS: {0}")]
    Pem(#[from] pem::Error),
    /// There should be certificates, and there is none.
    #[error("there is no certificate in it: it has to be PEM, -----BEGIN CERTIFICATE-----")]
    NoCertificate,
    /// rustls refused the certificate or the key.
    #[error("no TLS with this certificate: {0}")]
    Rustls(#[from] rustls::Error),
}

/// Serves HTTP/1.1 under `certificate`.
pub(crate) fn server_config(certificate: &ServerCertificate) -> Result<ServerConfig, TlsError> {
    let chain =
        CertificateDer::pem_slice_iter(certificate.chain_pem.as_bytes()).collect::<Result<Vec<_>, _>>()?;
    let key = PrivateKeyDer::from_pem_slice(certificate.key_pem.as_bytes())?;
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// Trusts the authorities in `ca_pem`, which may be none, and no other.
pub(crate) fn client_config(ca_pem: &str) -> Result<ClientConfig, TlsError> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_slice_iter(ca_pem.as_bytes()) {
        roots.add(certificate?)?;
    }
    if roots.is_empty() && !ca_pem.trim().is_empty() {
        return Err(TlsError::NoCertificate);
    }
    Ok(ClientConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()?
        .with_root_certificates(roots)
        .with_no_client_auth())
}
