//! `trailbell-sim attack` as a process.

use std::net::SocketAddr;
use std::process::Stdio;

use serde_json::Value;
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};
use tokio::process::Command;
use trailbell_sim::attack::Setup;

use crate::receiver::{Flaw, Receiver};

fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_trailbell-sim"));
    command.arg("attack").args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
    command
}

/// What a process said.
struct Said {
    code: Option<i32>,
    out: String,
    errors: String,
    junit: String,
}

/// Attacks a receiver, which is told whom to trust by what the command writes and says.
async fn attack(flaw: Flaw, arguments: &[&str]) -> Said {
    let receiver = Receiver::start(flaw).await;
    let folder = TempDir::new().unwrap();
    let (ca, junit) = (folder.path().join("ca.pem"), folder.path().join("junit.xml"));
    let (ca_text, junit_text) = (ca.display().to_string(), junit.display().to_string());
    let url = receiver.url();
    let arguments = [&[url.as_str(), "--sns-ca", &ca_text, "--junit", &junit_text], arguments].concat();
    let mut child = command(&arguments).spawn().unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let line = lines.next_line().await.unwrap().unwrap();
    let address: SocketAddr =
        line.split_once("https://").and_then(|(_, rest)| rest.split(' ').next()).unwrap().parse().unwrap();
    receiver.trust(Setup {
        host: "sns.us-east-1.amazonaws.com".to_owned(),
        address,
        topic_arn: "arn:aws:sns:us-east-1:123456789012:attack-kit".to_owned(),
        region: "us-east-1".to_owned(),
        authority: std::fs::read_to_string(&ca).unwrap(),
    });
    let mut errors = line;
    while let Some(line) = lines.next_line().await.unwrap() {
        errors = format!("{errors}\n{line}");
    }
    let mut out = String::new();
    child.stdout.take().unwrap().read_to_string(&mut out).await.unwrap();
    let code = child.wait().await.unwrap().code();
    Said { code, out, errors, junit: std::fs::read_to_string(&junit).unwrap_or_default() }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_withstands_is_told_so() {
    let said = attack(Flaw::None, &["--only", "signature", "--only", "day-old", "--timeout", "20"]).await;
    assert_eq!(said.code, Some(0), "{}", said.errors);
    let lines: Vec<Value> = said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of_kind = |kind: &str| lines.iter().filter(|line| line["kind"] == kind).count();
    assert_eq!((of_kind("control"), of_kind("attack"), of_kind("summary")), (5, 29, 1));
    let last = lines.last().unwrap();
    assert_eq!((&last["withstood"], &last["confirms"]), (&29.into(), &true.into()));
    assert!(
        said.junit.contains("<testsuite name=\"signature\" tests=\"28\" failures=\"0\""),
        "{}",
        said.junit
    );
    assert!(said.junit.contains("<testsuite name=\"replay\" tests=\"1\" failures=\"0\""), "{}", said.junit);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_falls_is_told_how() {
    let said = attack(Flaw::KnowsNoTime, &["--only", "replay", "--format", "text"]).await;
    assert_eq!(said.code, Some(1), "{}", said.errors);
    let fell = "fell       replay            day-old\n           A genuine message of yesterday.\n           answered 200: accepted\n";
    assert!(said.out.contains(fell), "{}", said.out);
    assert!(said.out.ends_with("5 withstood, 8 fell, 0 unclear\n"), "{}", said.out);
    assert_eq!(said.junit.matches("<failure message=").count(), 8, "{}", said.junit);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_accepts_nothing_is_told_what_it_needs() {
    let said = attack(Flaw::RefusesEverything, &[]).await;
    assert_eq!((said.code, said.out.as_str()), (Some(2), ""), "{}", said.errors);
    for part in [
        "trailbell-sim: no genuine message is accepted: answered 403",
        "host = \"sns.us-east-1.amazonaws.com\"\naddress = \"127.0.0.1:",
        "--sns-listen 127.0.0.1:8443 keeps the port",
        "A receiver that cannot trust another host: --without-trust.",
    ] {
        assert!(said.errors.contains(part), "{part}: {}", said.errors);
    }
    assert!(
        said.junit
            .contains("<testcase classname=\"genuine\" name=\"version-2\"><error message=\"answered 403\""),
        "{}",
        said.junit
    );
    for secret in ["hook-of-secrets", "PRIVATE KEY", "Token="] {
        assert!(!format!("{}{}{}", said.errors, said.out, said.junit).contains(secret), "{secret}");
    }
}

/// It fell to nothing, and is no good receiver either.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_refuses_a_genuine_message_is_told_which() {
    let said = attack(Flaw::NeedsSubject, &["--only", "day-old", "--format", "text"]).await;
    assert_eq!(said.code, Some(2), "{}", said.errors);
    assert!(
        said.out.contains("refused    genuine           without-subject: answered 400\n"),
        "{}",
        said.out
    );
    assert!(
        said.out.ends_with("1 withstood, 0 fell, 0 unclear, genuine messages refused: 1\n"),
        "{}",
        said.out
    );
    let junit = "<testcase classname=\"genuine\" name=\"without-subject\"><error message=\"answered 400\"/>";
    assert!(said.junit.contains(junit), "{}", said.junit);
}

#[tokio::test]
async fn the_list_says_what_would_be_tried() {
    let output = command(&["--list", "--format", "text"]).output().await.unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn wrong_calls_end_with_2_and_a_reason() {
    let url = "http://127.0.0.1:1/secret";
    for (arguments, reason) in [
        (vec![], "required"),
        (vec!["ftp://secret"], "has to begin with http:// or https://"),
        (
            vec![url, "--only", "sql"],
            "no family and no attack has this name; the families are signature, confirmation",
        ),
        (
            vec![url, "--without-trust", "--only", "replay"],
            "none of these attacks can be tried --without-trust",
        ),
        (vec![url, "--without-trust", "--sns-ca", "x.pem"], "cannot be used with"),
        (vec![url, "--topic-arn", "ops"], "it has to be such as arn:aws:sns:us-east-1:"),
        (vec![url, "--region", "EU"], "no region code"),
        (vec![url, "--endpoint-ca", "missing.pem"], "missing.pem: No such file"),
        (
            vec![url, "--sns-listen", "0.0.0.0:0"],
            "need an address by which the receiver reaches this machine",
        ),
        (vec![url, "--sns-listen", "192.0.2.1:1"], "cannot listen on 192.0.2.1:1"),
        (vec![url, "--timeout", "0"], "0 is not in 1..=600"),
        (vec![url], "no connection to 127.0.0.1:1"),
        (vec![url, "--without-trust"], "no connection to 127.0.0.1:1"),
    ] {
        let output = command(&arguments).output().await.unwrap();
        let errors = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {errors}");
        assert!(errors.contains(reason), "{arguments:?}: {errors}");
        assert!(!errors.contains("/secret") || reason.contains("begin"), "{arguments:?}: {errors}");
    }
}
