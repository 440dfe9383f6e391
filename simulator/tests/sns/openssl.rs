use std::path::Path;
use std::process::{Command, Output};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::TimeDelta;
use tempfile::TempDir;
use trailbell_sim::sns::{
    CertificateAuthority, CertificateProfile, RsaKey, SignatureVersion, Signer, SigningCertificate,
    canonical_string,
};

use crate::support::{authority, data, envelopes, json, key, now, parse, text};

/// Runs openssl in `folder`.
fn openssl(folder: &Path, arguments: &[&str]) -> Output {
    Command::new("openssl")
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("this test needs the openssl command: install the package openssl")
}

/// Whether openssl accepts the signature of `signed` under a public key.
fn accepts(public_key_pem: &str, version: &str, signed: &str, signature: &str) -> bool {
    let folder = TempDir::new().unwrap();
    for (name, content) in [
        ("key.pem", public_key_pem.as_bytes()),
        ("text", signed.as_bytes()),
        ("signature", &STANDARD.decode(signature).unwrap()),
    ] {
        std::fs::write(folder.path().join(name), content).unwrap();
    }
    let digest = if version == "1" { "-sha1" } else { "-sha256" };
    let output =
        openssl(folder.path(), &["dgst", digest, "-verify", "key.pem", "-signature", "signature", "text"]);
    match String::from_utf8_lossy(&output.stdout).trim() {
        "Verified OK" => true,
        "Verification failure" | "Verification Failure" => false,
        other => panic!("openssl says {other:?} {}", String::from_utf8_lossy(&output.stderr)),
    }
}

fn public_key_of(certificate_pem: &str) -> String {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("certificate.pem"), certificate_pem).unwrap();
    let output = openssl(folder.path(), &["x509", "-in", "certificate.pem", "-pubkey", "-noout"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn openssl_accepts_both_signature_versions_and_refuses_a_changed_text() {
    let profile = CertificateProfile::for_region("eu-west-1", now());
    let public_key = public_key_of(&authority().issue_signing(key(), &profile).unwrap().pem);
    assert_eq!(public_key, key().public_key_pem().unwrap());
    for version in [SignatureVersion::V1, SignatureVersion::V2] {
        let signer = Signer::new(key(), version, "https://sns.signer.test/x.pem");
        for envelope in envelopes() {
            let message = signer.sign(envelope).unwrap();
            let canonical = canonical_string(&message.envelope);
            let accepts = |text: &str| accepts(&public_key, version.as_str(), text, &message.signature);
            assert!(accepts(&canonical), "{message:?}");
            assert!(!accepts(&canonical.replacen("Message", "message", 1)), "{message:?}");
        }
    }
}

#[test]
fn the_canonical_string_fits_what_aws_signed() {
    let Some(list) = json("sns/genuine/verified.json") else { return };
    let mut judged = 0;
    for entry in list.as_array().unwrap() {
        if text(entry, "form") != "http" {
            continue;
        }
        let file = text(entry, "file");
        let message = json(&format!("sns/genuine/messages/{file}")).unwrap();
        let signed = parse(&message["message"]);
        let certificate = data(&format!("sns/genuine/certs/{}", text(entry, "cert"))).unwrap();
        let accepted = accepts(
            &public_key_of(&certificate),
            &signed.signature_version,
            &canonical_string(&signed.envelope),
            &signed.signature,
        );
        assert_eq!(accepted, text(entry, "result") == "VERIFIES", "{file}");
        judged += 1;
    }
    assert!(judged >= 10, "only {judged} messages were judged");
}

/// What openssl says of a certificate under the test authority at `now`.
fn verdict(certificate: &SigningCertificate) -> String {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("ca.pem"), authority().pem()).unwrap();
    std::fs::write(folder.path().join("leaf.pem"), &certificate.pem).unwrap();
    let at = now().timestamp().to_string();
    let output = openssl(folder.path(), &["verify", "-CAfile", "ca.pem", "-attime", &at, "leaf.pem"]);
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

#[test]
fn openssl_sees_what_is_wrong_with_a_certificate_that_is_wrong_on_purpose() {
    let right = CertificateProfile::for_region("eu-west-1", now());
    let (day, year) = (TimeDelta::days(1), TimeDelta::days(365));
    let expired = right.clone().valid(now() - year, now() - day);
    let early = right.clone().valid(now() + day, now() + year);
    let stranger = CertificateAuthority::new(2, now()).unwrap();
    for (certificate, want) in [
        (authority().issue_signing(key(), &right), "leaf.pem: OK"),
        (authority().issue_signing(key(), &expired), "certificate has expired"),
        (authority().issue_signing(key(), &early), "certificate is not yet valid"),
        (SigningCertificate::self_signed(key(), &right), "self-signed certificate"),
        (stranger.issue_signing(key(), &right), "unable to get local issuer certificate"),
    ] {
        let verdict = verdict(&certificate.unwrap());
        // openssl 1.1 writes "self signed".
        let known = verdict.contains(want) || verdict.contains(&want.replace("self-signed", "self signed"));
        assert!(known, "{want}: {verdict}");
    }
}

#[test]
fn a_certificate_says_what_its_profile_says() {
    let small = RsaKey::with_bits(7, 1024).unwrap();
    let profile = CertificateProfile::for_region("eu-south-1", now()).numbered(0x1234);
    let certificate = authority().issue_signing(&small, &profile).unwrap();
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("leaf.pem"), &certificate.pem).unwrap();
    let output = openssl(folder.path(), &["x509", "-in", "leaf.pem", "-noout", "-text"]);
    let said = String::from_utf8(output.stdout).unwrap();
    for want in [
        "4660 (0x1234)",
        "CN = sns-signing.eu-south-1.amazonaws.com",
        "DNS:sns-signing.eu-south-1.amazonaws.com",
        "(1024 bit)",
        "Not Before: Aug 23 19:27:00 2026 GMT",
        "Not After : Jul 27 19:27:00 2027 GMT",
        "CA:FALSE",
        "Digital Signature, Key Encipherment",
        "TLS Web Server Authentication",
    ] {
        // openssl 3.2 and later write "CN=".
        let said = said.replace("CN=", "CN = ");
        assert!(said.contains(want), "no {want} in {said}");
    }
}
