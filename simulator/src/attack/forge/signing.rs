//! Signatures and certificates, SNS's and a stranger's.

use super::{Forge, ForgeError};
use crate::sns::{
    CertificateProfile, Envelope, SignatureVersion, SignedEnvelope, Signer, SigningCertificate,
};

impl Forge {
    /// Signs as SNS does.
    pub(in crate::attack) fn sign(&self, envelope: Envelope) -> Result<SignedEnvelope, ForgeError> {
        self.sign_in(self.version, envelope)
    }

    /// Signs as SNS does, in this version.
    pub(in crate::attack) fn sign_in(
        &self,
        version: SignatureVersion,
        envelope: Envelope,
    ) -> Result<SignedEnvelope, ForgeError> {
        Ok(of_version(&self.signers, version).sign(envelope)?)
    }

    /// Signs with SNS's key, and names another certificate.
    pub(in crate::attack) fn sign_under(
        &self,
        url: &str,
        envelope: Envelope,
    ) -> Result<SignedEnvelope, ForgeError> {
        Ok(SignedEnvelope { signing_cert_url: url.to_owned(), ..self.sign(envelope)? })
    }

    /// Signs with a key that is not SNS's, and names a certificate.
    pub(in crate::attack) fn sign_as_stranger(
        &self,
        url: &str,
        envelope: Envelope,
    ) -> Result<SignedEnvelope, ForgeError> {
        let signed = of_version(&self.strange_signers, self.version).sign(envelope)?;
        Ok(SignedEnvelope { signing_cert_url: url.to_owned(), ..signed })
    }

    /// Signs with a key of 1024 bits.
    pub(in crate::attack) fn sign_weakly(
        &self,
        url: &str,
        envelope: Envelope,
    ) -> Result<SignedEnvelope, ForgeError> {
        Ok(Signer::new(&self.small_key, self.version, url).sign(envelope)?)
    }

    /// The URL of SNS's own signing certificate.
    pub(in crate::attack) fn certificate_url(&self) -> String {
        self.certificate.url(self.host())
    }

    /// A path that looks like a certificate's and has not been used.
    pub(in crate::attack) fn fresh_path(&mut self) -> String {
        self.made += 1;
        let path = format!("/SimpleNotificationService-{:016x}{:016x}.pem", self.seed, self.made);
        self.paths.push(path.clone());
        path
    }

    /// What is right in a certificate of SNS's now.
    pub(in crate::attack) fn profile(&self) -> CertificateProfile {
        CertificateProfile::for_region(self.topic.region(), self.now)
    }

    /// A certificate for SNS's key under a fresh path. Whatever it says, the authority signs it.
    pub(in crate::attack) fn issue(
        &mut self,
        profile: &CertificateProfile,
    ) -> Result<SigningCertificate, ForgeError> {
        let pem = self.authority.issue_signing(&self.key, profile)?.pem;
        Ok(SigningCertificate { pem, path: self.fresh_path() })
    }

    /// A certificate that says all that SNS's says, for the key of 1024 bits.
    pub(in crate::attack) fn issue_weak(&mut self) -> Result<SigningCertificate, ForgeError> {
        let pem = self.authority.issue_signing(&self.small_key, &self.profile())?.pem;
        Ok(SigningCertificate { pem, path: self.fresh_path() })
    }

    /// A certificate that says all that SNS's says, for the stranger's key, which no authority signed.
    pub(in crate::attack) fn issue_strange(&mut self) -> Result<SigningCertificate, ForgeError> {
        let pem = SigningCertificate::self_signed(&self.strange_key, &self.profile())?.pem;
        Ok(SigningCertificate { pem, path: self.fresh_path() })
    }

    /// Any text under a fresh path.
    pub(in crate::attack) fn page(&mut self, text: &str) -> SigningCertificate {
        SigningCertificate { pem: text.to_owned(), path: self.fresh_path() }
    }
}

fn of_version(signers: &[Signer; 2], version: SignatureVersion) -> &Signer {
    let [first, second] = signers;
    match version {
        SignatureVersion::V1 => first,
        SignatureVersion::V2 => second,
    }
}
