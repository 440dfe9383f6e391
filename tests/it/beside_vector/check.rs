//! Configurations for Vector's neighbours, as `trailbell check` judges them.

use std::fmt::Write as _;
use std::process::Command;

use tempfile::TempDir;

use super::peer::{Behaviour, Peer};
use crate::world::API_KEY;

const TOPICS: &str = "[topics]\nallow = [\"arn:aws:sns:us-east-1:123456789012:ops-alarms\"]\n";

/// What `check` prints about a configuration.
fn check(config: &str, flags: &[&str]) -> String {
    let folder = TempDir::new().unwrap();
    std::fs::write(folder.path().join("trailbell.toml"), config).unwrap();
    std::fs::write(folder.path().join("key"), API_KEY).unwrap();
    std::fs::write(folder.path().join("empty"), "\n").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_trailbell"))
        .args(["check", "--format", "text", "--config", "trailbell.toml"])
        .args(flags)
        .current_dir(folder.path())
        .env_remove("TRAILBELL_API_KEY")
        .output()
        .unwrap();
    assert!(!folder.path().join("dead.ndjson").exists(), "check makes no files");
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn every_part_is_judged_for_the_command_that_reads_it() {
    let forward = "[forward]\nurl = \"http://127.0.0.1:8088/\"\ndead_letters = \"dead.ndjson\"\n";
    let pager = "[pager]\napi_key_file = \"key\"\n";
    let relay = "[relay]\n";
    let mut told = String::new();
    for (name, config, flags) in [
        ("forward", format!("{TOPICS}{forward}"), &[][..]),
        ("forward and pager", format!("{TOPICS}{forward}{pager}"), &[]),
        ("neither", TOPICS.to_owned(), &[]),
        ("forward for a relay in the same file", format!("{TOPICS}{forward}{pager}{relay}"), &[]),
        ("a relay alone", format!("{relay}{pager}"), &[]),
        ("a relay without a key", relay.to_owned(), &[]),
        ("a relay's file for serve", format!("{relay}{pager}"), &["--for", "serve"]),
        ("receive", TOPICS.to_owned(), &["--for", "receive"]),
        ("receive with a mapping", format!("{TOPICS}[alerts]\npriority = \"P1\"\n"), &["--for", "receive"]),
        (
            "forward without all",
            format!("{TOPICS}[forward]\ntimeout = \"20s\"\nca_file = \"missing\"\n"),
            &[],
        ),
        (
            "forward to nowhere",
            format!(
                "{TOPICS}[forward]\nurl = \"http://me:hush@vector.test/\"\ntimeout = \"soon\"\ndead_letters = \"missing/dead\"\n\
                 [forward.basic_auth]\nusername = \"a:b\"\npassword = \"hush\"\n"
            ),
            &[],
        ),
        (
            "forward in the open, with a mapping",
            format!(
                "{TOPICS}[forward]\nurl = \"http://vector.test/hush\"\ndead_letters = \"dead.ndjson\"\n[mapping]\nprogram = \"x.vrl\"\n"
            ),
            &[],
        ),
        ("a relay in the open", format!("[relay]\nlisten = \"0.0.0.0:8081\"\n{pager}"), &[]),
        (
            "a relay with a key, unencrypted",
            format!("[relay]\nlisten = \"[::]:8081\"\napi_key_file = \"key\"\n{pager}"),
            &[],
        ),
        (
            "a relay with mistakes",
            format!(
                "[relay]\npath = \"/v2/alerts\"\napi_key_file = \"empty\"\n{pager}[limits]\nmessages = 0\n"
            ),
            &[],
        ),
        ("an unknown key", "[relay]\nurl = \"x\"\n".to_owned(), &[]),
        ("flags", TOPICS.to_owned(), &["--forward", "http://127.0.0.1:1/", "--dead-letters", "dead.ndjson"]),
        ("dead letters for nothing", format!("{TOPICS}{pager}"), &["--dead-letters", "dead.ndjson"]),
    ] {
        writeln!(told, "# {name}\n{}", check(&config, flags)).unwrap();
    }
    assert!(!told.contains("hush"), "{told}");
    insta::assert_snapshot!(told);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_demand_the_next_hop_is_asked() {
    let ask = async |url: String| {
        let config = format!("{TOPICS}[forward]\nurl = \"{url}\"\ndead_letters = \"dead.ndjson\"\n");
        tokio::task::spawn_blocking(move || check(&config, &["--reach"])).await.unwrap()
    };
    // Any answer shows that somebody is there; Vector has none but POST.
    let hop = Peer::start(Behaviour::Answer(405, String::new())).await;
    let url = hop.base_url();
    assert_eq!(ask(url.clone()).await, "ok\n");
    assert_eq!(hop.seen()[0].method, "HEAD", "nothing is handed over");
    drop(hop);
    let told = ask(url.clone()).await;
    assert!(told.starts_with(&format!("problem: forward: {url}: no connection to the next hop: ")), "{told}");
}
