//! The file behind `SigningCertURL`.
#![no_main]

use libfuzzer_sys::fuzz_target;
use trailbell::sns::SigningCertificate;

fuzz_target!(|pem: &[u8]| {
    if let Ok(certificate) = SigningCertificate::from_pem(pem) {
        let _ = certificate.check("sns.amazonaws.com", certificate.not_after());
    }
});
