//! Whom a verifier believes: the SNS hosts of AWS, and those that a test or a private cloud adds.

use super::region::Region;

/// A host whose certificates are believed, and the name that they have to be issued to.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SigningHost {
    host: String,
    certificate_name: String,
    region: Option<&'static str>,
}

impl SigningHost {
    /// The host's DNS name.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The host's DNS name, kept.
    pub(super) fn into_host(self) -> String {
        self.host
    }

    /// The DNS name that a signing certificate from there has to be issued to.
    #[must_use]
    pub fn certificate_name(&self) -> &str {
        &self.certificate_name
    }

    /// The code of the region whose topics are signed there; `None` for those of every region.
    #[must_use]
    pub const fn region(&self) -> Option<&'static str> {
        self.region
    }
}

/// The signing hosts that a verifier believes. By default AWS's and no other.
#[derive(Debug, Clone, Default)]
pub struct Trust {
    added: Vec<SigningHost>,
}

impl Trust {
    /// AWS's own hosts, and no other.
    #[must_use]
    pub fn aws() -> Self {
        Self::default()
    }

    /// Believes one more host, for topics of every region: whoever controls it can forge every message.
    /// Meant for tests and for private clouds that speak SNS.
    #[must_use]
    pub fn dangerously_add_signing_host(mut self, host: &str, certificate_name: &str) -> Self {
        let (host, certificate_name) = (host.to_owned(), certificate_name.to_owned());
        self.added.push(SigningHost { host, certificate_name, region: None });
        self
    }

    /// The signing host of this name, if messages of topics in this region may be signed there.
    pub(super) fn signing_host(&self, region: &Region, host: &str) -> Option<SigningHost> {
        if let Some(added) = self.added.iter().find(|added| added.host == host) {
            return Some(added.clone());
        }
        let sns_host = region.sns_host();
        (sns_host == host).then(|| SigningHost {
            host: sns_host,
            certificate_name: region.signing_certificate_name(),
            region: Some(region.code()),
        })
    }
}
