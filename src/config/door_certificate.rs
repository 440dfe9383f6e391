//! The certificate of the HTTPS door, read again when its files change, so that renewing it needs no restart.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::SystemTime;

use chrono::{DateTime, Utc};
use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, ServerConfig};
use x509_parser::prelude::{FromDer as _, X509Certificate};

/// The certificate and key of the HTTPS door.
#[derive(Debug)]
pub struct DoorCertificate {
    certificate_file: PathBuf,
    key_file: PathBuf,
    current: RwLock<(Stamp, Arc<CertifiedKey>)>,
}

/// When the files changed last.
type Stamp = (Option<SystemTime>, Option<SystemTime>);

/// Why a certificate cannot serve.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("{}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A file holds no certificate, or no key.
    #[error("{}: {reason}", path.display())]
    Pem {
        /// The file.
        path: PathBuf,
        /// What is missing.
        reason: String,
    },
    /// Certificate and key do not belong together, or are of an unknown kind.
    #[error("{} and {}: {source}", certificate_file.display(), key_file.display())]
    Pair {
        /// The certificate's file.
        certificate_file: PathBuf,
        /// The key's file.
        key_file: PathBuf,
        /// What rustls said.
        source: rustls::Error,
    },
    /// Not valid now.
    #[error("{}: the certificate is valid from {not_before} to {not_after}", path.display())]
    Validity {
        /// The certificate's file.
        path: PathBuf,
        /// Start of validity.
        not_before: String,
        /// End of validity.
        not_after: String,
    },
}

impl DoorCertificate {
    /// Reads both files.
    pub fn read(certificate_file: PathBuf, key_file: PathBuf) -> Result<Self, TlsError> {
        let stamp = (modified(&certificate_file), modified(&key_file));
        let key = read_pair(&certificate_file, &key_file)?;
        Ok(Self { certificate_file, key_file, current: RwLock::new((stamp, Arc::new(key))) })
    }

    /// Reads both files again if one of them changed; says whether it did. On an error the old certificate
    /// stays in use, and the next call tries again: the two files may be half way through being replaced.
    pub fn reload_if_changed(&self) -> Result<bool, TlsError> {
        let stamp = (modified(&self.certificate_file), modified(&self.key_file));
        if self.current.read().unwrap_or_else(PoisonError::into_inner).0 == stamp {
            return Ok(false);
        }
        let key = read_pair(&self.certificate_file, &self.key_file)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = (stamp, Arc::new(key));
        Ok(true)
    }

    /// Whether the certificate is valid at a time. Callers would break off the handshake otherwise.
    pub fn check_validity(&self, now: DateTime<Utc>) -> Result<(), TlsError> {
        let current = Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner).1);
        let first = current.cert.first().map(AsRef::as_ref).unwrap_or_default();
        let Ok((_, certificate)) = X509Certificate::from_der(first) else {
            let reason = "not an X.509 certificate".to_owned();
            return Err(TlsError::Pem { path: self.certificate_file.clone(), reason });
        };
        let (not_before, not_after) = (certificate.validity().not_before, certificate.validity().not_after);
        if (not_before.timestamp()..=not_after.timestamp()).contains(&now.timestamp()) {
            return Ok(());
        }
        Err(TlsError::Validity {
            path: self.certificate_file.clone(),
            not_before: not_before.to_string(),
            not_after: not_after.to_string(),
        })
    }

    /// What the HTTPS door needs to shake hands.
    #[must_use]
    pub fn server_config(self: &Arc<Self>) -> Arc<ServerConfig> {
        let resolver = Arc::clone(self);
        let mut config = ServerConfig::builder().with_no_client_auth().with_cert_resolver(resolver);
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Arc::new(config)
    }
}

impl ResolvesServerCert for DoorCertificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner).1))
    }
}

/// The certificates in a PEM file, at least one.
pub(super) fn read_certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let pem = fs::read(path).map_err(|source| TlsError::Read { path: path.to_owned(), source })?;
    let found: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match found {
        Ok(certificates) if !certificates.is_empty() => Ok(certificates),
        Ok(_) => Err(TlsError::Pem { path: path.to_owned(), reason: "no PEM certificate in it".to_owned() }),
        Err(error) => Err(TlsError::Pem { path: path.to_owned(), reason: error.to_string() }),
    }
}

fn read_pair(certificate_file: &Path, key_file: &Path) -> Result<CertifiedKey, TlsError> {
    let certificates = read_certificates(certificate_file)?;
    let pem = fs::read(key_file).map_err(|source| TlsError::Read { path: key_file.to_owned(), source })?;
    let key = PrivateKeyDer::from_pem_slice(&pem).map_err(|error| TlsError::Pem {
        path: key_file.to_owned(),
        reason: format!("no PEM private key in it ({error})"),
    })?;
    CertifiedKey::from_der(certificates, key, &aws_lc_rs::default_provider()).map_err(|source| {
        TlsError::Pair {
            certificate_file: certificate_file.to_owned(),
            key_file: key_file.to_owned(),
            source,
        }
    })
}

fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).and_then(|metadata| metadata.modified()).ok()
}
