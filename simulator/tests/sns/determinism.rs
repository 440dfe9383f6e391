use trailbell_sim::sns::{
    CertificateAuthority, CertificateProfile, RsaKey, SignatureVersion, Signer, SigningCertificate,
};

use crate::support::{authority, envelopes, key, now};

fn bodies(key: &RsaKey, version: SignatureVersion) -> Vec<String> {
    let signer = Signer::new(key, version, "https://sns.signer.test/x.pem");
    envelopes().into_iter().map(|envelope| signer.sign(envelope).unwrap().to_json()).collect()
}

#[test]
fn one_seed_signs_the_same_bytes() {
    let again = RsaKey::from_seed(1).unwrap();
    let other = RsaKey::from_seed(2).unwrap();
    for version in [SignatureVersion::V1, SignatureVersion::V2] {
        assert_eq!(bodies(key(), version), bodies(&again, version));
        assert_ne!(bodies(key(), version), bodies(&other, version));
    }
}

#[test]
fn one_seed_and_time_issue_the_same_certificates() {
    let profile = CertificateProfile::for_region("eu-west-1", now());
    let issue = |authority: &CertificateAuthority| -> (String, SigningCertificate, _) {
        let signing = authority.issue_signing(key(), &profile).unwrap();
        (authority.pem(), signing, authority.issue_server(3, &["localhost", "127.0.0.1"]).unwrap())
    };
    let first = issue(authority());
    assert_eq!(first, issue(&CertificateAuthority::new(1, now()).unwrap()));
    let other = issue(&CertificateAuthority::new(2, now()).unwrap());
    assert_ne!(first.0, other.0);
    assert_ne!(first.1.path, other.1.path);
}

#[test]
fn a_signature_has_344_characters() {
    for version in [SignatureVersion::V1, SignatureVersion::V2] {
        assert_eq!(Signer::new(key(), version, "").signature(b"text").unwrap().len(), 344);
    }
}
