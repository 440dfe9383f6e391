//! What an attack aims at.

use std::fmt;

use serde::{Serialize, Serializer};

/// A family of attacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Family {
    /// Messages that SNS did not sign, or not for this topic.
    Signature,
    /// `SigningCertURL`, and what stands behind it.
    CertificateUrl,
    /// Making the receiver call what it should not.
    Confirmation,
    /// Genuine messages at the wrong time.
    Replay,
    /// Texts that two readers read differently.
    Canonicalisation,
    /// Bodies that are no message, headers that lie.
    HeaderAndBody,
    /// Below the message: too much, too slow, too silent.
    Transport,
}

impl Family {
    /// All, in the order in which they are tried. The last ones are the roughest.
    pub const ALL: [Self; 7] = [
        Self::Signature,
        Self::Confirmation,
        Self::Replay,
        Self::Canonicalisation,
        Self::HeaderAndBody,
        Self::CertificateUrl,
        Self::Transport,
    ];

    /// `certificate-url`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Signature => "signature",
            Self::CertificateUrl => "certificate-url",
            Self::Confirmation => "confirmation",
            Self::Replay => "replay",
            Self::Canonicalisation => "canonicalisation",
            Self::HeaderAndBody => "header-and-body",
            Self::Transport => "transport",
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Serialize for Family {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}
