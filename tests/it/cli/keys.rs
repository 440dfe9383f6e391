//! `trailbell keys`.

use std::fmt::Write as _;

use trailbell_sim::sns::{CertificateProfile, RsaKey};

use super::Desk;
use crate::world::{authority, beginning, certificate, key};

/// The world's certificate under a name such as SNS gives.
const FILE: &str = "SimpleNotificationService-0123456789abcdef.pem";
const URL: &str = "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem";

fn desk() -> Desk {
    let desk = Desk::new();
    desk.write(FILE, &certificate().pem);
    desk
}

fn rows(csv: &str) -> Vec<Vec<String>> {
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn the_table_has_a_row_for_each_url() {
    let desk = desk();
    let ended =
        desk.run(&["keys", FILE, "--region", "us-east-1", "--region", "eu-west-1", "--csv", "keys.csv"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    let line = &ended.lines()[0];
    assert_eq!((&line["certificate"], &line["accepted"]), (&FILE.into(), &true.into()));
    assert_eq!(line["signing_cert_urls"][0], URL);
    assert_eq!(line["signing_cert_urls"][1], URL.replace("us-east-1", "eu-west-1"));

    let table = std::fs::read_to_string(desk.path().join("keys.csv")).unwrap();
    let header = "signing_cert_url,region,not_before,not_after,modulus,r_squared,n_prime\n";
    assert!(table.starts_with(header), "{table}");
    let rows = rows(&table);
    assert_eq!(rows.len(), 2);
    assert_eq!((rows[0][0].as_str(), rows[0][1].as_str()), (URL, "us-east-1"));
    assert_eq!(rows[0][2], line["not_before"]);
    assert_eq!(rows[0][3], line["not_after"]);
    assert_eq!((rows[0][4].len(), rows[0][5].len()), (512, 512));
    assert_eq!(rows[0][4..], rows[1][4..], "the same key");
    assert!(!desk.path().join("keys.csv.new").exists());

    let to_standard_output = desk.run(&["keys", FILE, FILE, "--region", "us-east-1", "--csv", "-"]);
    assert_eq!(to_standard_output.code, 0);
    let line = table.lines().nth(1).unwrap();
    assert_eq!(to_standard_output.out, format!("{header}{line}\n"), "one certificate given twice is one row");
}

/// A modulus that openssl reads out of the certificate.
#[test]
fn the_modulus_is_that_of_openssl() {
    let desk = desk();
    let ended = desk.run(&["keys", FILE, "--region", "us-east-1", "--csv", "-"]);
    let told = std::process::Command::new("openssl")
        .args(["x509", "-noout", "-modulus", "-in", FILE])
        .current_dir(desk.path())
        .output()
        .expect("this test needs the openssl command: install the package openssl");
    let modulus = String::from_utf8(told.stdout).unwrap().trim().replace("Modulus=", "").to_lowercase();
    assert_eq!(rows(&ended.out)[0][4], modulus);
}

#[test]
fn a_file_stands_for_every_region_that_signs_with_its_name() {
    let desk = desk();
    let profile = CertificateProfile::for_region("ap-east-1", beginning());
    let regional = authority().issue_signing(key(), &profile).unwrap();
    desk.write("SimpleNotificationService-a.pem", &regional.pem);
    for (file, regions) in [(FILE, 17), ("SimpleNotificationService-a.pem", 1)] {
        let ended = desk.run(&["keys", file, "--csv", "-"]);
        assert_eq!(ended.code, 0, "{}", ended.err);
        let rows = rows(&ended.out);
        assert_eq!(rows.len(), regions, "{file}");
        for row in rows {
            assert_eq!(row[0], format!("https://sns.{}.amazonaws.com/{file}", row[1]));
        }
    }
    let added =
        desk.run(&["keys", FILE, "--csv", "-", "--dangerously-trust-signing-host", "sns.example.com"]);
    let rows = rows(&added.out);
    let last = rows.last().unwrap();
    assert_eq!(last[..2], [format!("https://sns.example.com/{FILE}"), String::new()]);
}

#[test]
fn what_is_no_certificate_of_sns_writes_nothing_and_is_told() {
    let desk = desk();
    let somebody = CertificateProfile::for_region("us-east-1", beginning()).named("sns.example.com");
    let small = RsaKey::with_bits(1, 1024).unwrap();
    let large = RsaKey::with_bits(1, 3072).unwrap();
    let profile = CertificateProfile::for_region("us-east-1", beginning());
    for (name, pem) in [
        ("SimpleNotificationService-somebody.pem", authority().issue_signing(key(), &somebody).unwrap().pem),
        ("SimpleNotificationService-small.pem", authority().issue_signing(&small, &profile).unwrap().pem),
        ("SimpleNotificationService-large.pem", authority().issue_signing(&large, &profile).unwrap().pem),
        ("SimpleNotificationService-nonsense.pem", "nonsense".to_owned()),
        ("other.pem", certificate().pem.clone()),
    ] {
        desk.write(name, pem);
    }
    let mut told = String::new();
    for (arguments, code) in [
        (&["SimpleNotificationService-somebody.pem"][..], 1),
        (&[FILE, "SimpleNotificationService-somebody.pem"], 1),
        (&["SimpleNotificationService-large.pem"], 1),
        (&[FILE, "--region", "ap-east-1"], 1),
        (&["SimpleNotificationService-small.pem"], 2),
        (&["SimpleNotificationService-nonsense.pem"], 2),
        (&["SimpleNotificationService-missing.pem"], 2),
        (&["other.pem"], 2),
        (&["http://sns.us-east-1.amazonaws.com/SimpleNotificationService-0.pem"], 2),
        (&["https://sns.us-east-1.amazonaws.com.evil.test/SimpleNotificationService-0.pem"], 2),
        (&["https://sns.us-east-1.amazonaws.com/other.pem"], 2),
        (&["https://sns.us-east-1.amazonaws.com:8443/SimpleNotificationService-0.pem"], 2),
        (&[FILE, "--region", "mars-1"], 2),
        (&[FILE, "SimpleNotificationService-somebody.pem", "--format", "text", "--region", "us-east-1"], 1),
    ] {
        let arguments = [&["keys", "--csv", "keys.csv"], arguments].concat();
        let ended = desk.run(&arguments);
        assert_eq!(ended.code, code, "{arguments:?}: {}", ended.err);
        assert!(!desk.path().join("keys.csv").exists(), "{arguments:?}");
        if !ended.err.starts_with("error:") {
            let times = certificate_times_taken_out(&ended.whole());
            writeln!(told, "$ trailbell {}\n{times}", arguments.join(" ")).unwrap();
        }
    }
    insta::assert_snapshot!(told);

    let nowhere = desk.run(&["keys", FILE, "--csv", "missing/keys.csv"]);
    assert_eq!(nowhere.code, 2);
    assert!(nowhere.err.contains("missing/keys.csv: "), "{}", nowhere.err);
    let no_table = desk.run(&["keys", FILE]);
    assert_eq!((no_table.code, no_table.out.as_str()), (2, ""));
}

/// Warnings of a certificate's time depend on the system's clock.
fn certificate_times_taken_out(text: &str) -> String {
    text.lines()
        .filter(|line| !line.contains(": warning: "))
        .fold(String::new(), |text, line| text + line + "\n")
}

#[test]
fn two_certificates_cannot_have_one_url() {
    let desk = desk();
    let profile = CertificateProfile::for_region("us-east-1", beginning()).numbered(2);
    let other_key = RsaKey::from_seed(2).unwrap();
    std::fs::create_dir(desk.path().join("new")).unwrap();
    desk.write(&format!("new/{FILE}"), &authority().issue_signing(&other_key, &profile).unwrap().pem);
    let ended = desk.run(&["keys", FILE, &format!("new/{FILE}"), "--region", "us-east-1", "--csv", "-"]);
    assert_eq!((ended.code, ended.out.as_str()), (2, ""));
    assert!(ended.err.contains(&format!("{URL}: two different certificates have this URL")), "{}", ended.err);
}

#[test]
fn an_expired_certificate_is_written_and_warned_of() {
    let desk = Desk::new();
    let long_ago = "2019-01-01T00:00:00Z".parse().unwrap();
    let profile = CertificateProfile::for_region("us-east-1", long_ago);
    desk.write(FILE, &authority().issue_signing(key(), &profile).unwrap().pem);
    let ended = desk.run(&["keys", FILE, "--region", "us-east-1", "--csv", "keys.csv", "--format", "text"]);
    assert_eq!(ended.code, 0, "{}", ended.err);
    assert!(ended.err.contains(&format!("{FILE}: warning: expired on ")), "{}", ended.err);
    assert!(ended.out.starts_with(&format!("{FILE}: valid from ")), "{}", ended.out);
    assert!(ended.out.ends_with(", for us-east-1\n"), "{}", ended.out);
}
