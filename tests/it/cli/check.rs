//! `trailbell check`.

use trailbell_sim::pager::PagerTwin;

use super::Desk;
use crate::world::API_KEY;

const SOUND: &str = r#"
path = "/hook/0f2a9c1e"
[topics]
allow = ["arn:aws:sns:us-east-1:123456789012:ops-alarms"]
[pager]
api_key_file = "key"
[mapping]
table = "teams.csv"
program = "own.vrl"
"#;

fn desk(config: &str) -> Desk {
    let desk = Desk::new();
    desk.write("key", format!("{API_KEY}\n"));
    desk.write("teams.csv", "alarm,team,priority\nroot-*,secops,P1\n");
    desk.write("own.vrl", ".request.body.note = \"by hand\"\n");
    desk.write("trailbell.toml", config);
    desk
}

#[test]
fn a_sound_configuration_is_code_0() {
    let desk = desk(SOUND);
    let ended = desk.run(&["check", "--config", "trailbell.toml"]);
    assert_eq!(
        ended.whole(),
        "exit code: 0\n--- standard output\n{\"ok\":true,\"problems\":[],\"warnings\":[]}\n--- standard error\n"
    );
    // Paths are relative to the file, wherever the command is called.
    let elsewhere = Desk::new();
    let file = desk.path().join("trailbell.toml");
    let ended = elsewhere.run(&["check", "--format", "text", "--config", file.to_str().unwrap()]);
    assert_eq!((ended.code, ended.out.as_str()), (0, "ok\n"), "{}", ended.err);
}

#[test]
fn a_key_that_nobody_knows_is_told_with_its_place() {
    for (config, says) in [
        ("[pager]\napi_kye = \"x\"\n", "trailbell.toml:2:1: unknown field `api_kye`"),
        ("lisen = \"0.0.0.0:80\"\n", "trailbell.toml:1:1: unknown field `lisen`"),
        ("listen = \"everywhere\"\n", "trailbell.toml:1:10: "),
        ("[topics\n", "trailbell.toml:1:8: "),
    ] {
        let ended = desk(config).run(&["check", "--config", "trailbell.toml"]);
        assert_eq!(ended.code, 1, "{config}");
        let problem = ended.lines()[0]["problems"][0].as_str().unwrap().to_owned();
        assert!(problem.starts_with(says), "{config}: {problem}");
    }
}

#[test]
fn all_problems_are_told_at_once() {
    let desk = desk(
        r#"
path = "hook"
[tls]
certificate_file = "missing.pem"
key_file = "missing.pem"
[basic_auth]
username = "a:b"
password = "correct-horse"
[topics]
allow = ["arn:aws:sns:us-east-1:123456789012:ops-alarms", "arn:aws:sns:moon-1:123456789012:t", "*"]
[verification]
signature_versions = ["1", "3"]
replay_window = "soon"
[pager]
api_key_file = "missing"
ca_file = "teams.csv"
base_url = "gopher://pager.test"
[mapping]
table = "broken.csv"
program = "broken.vrl"
[limits]
connections = 0
messages = 0
"#,
    );
    desk.write("broken.csv", "alarm,team,priority\nx,y,P9\n");
    desk.write("broken.vrl", ".request.body.x = to_int(.request.body.message)\n");
    let ended = desk.run(&["check", "--format", "text", "--config", "trailbell.toml"]);
    assert!(!ended.out.contains("correct-horse"), "{}", ended.out);
    insta::assert_snapshot!(ended.whole());
    let served = desk.run(&["serve", "--config", "trailbell.toml"]);
    assert_eq!((served.code, served.out.as_str()), (2, ""), "what check refuses is not served");
    assert!(served.err.starts_with("trailbell: the configuration cannot be served:\n"), "{}", served.err);
}

#[test]
fn risks_are_told_and_no_problem() {
    let desk = desk(
        r#"
[topics]
allow = ["arn:aws:sns:*:*:ops-*"]
[pager]
api_key_file = "key"
base_url = "http://pager.test"
[basic_auth]
username = "sns"
password = "correct-horse"
[[dangerously_trust_signing_host]]
host = "sns.test"
"#,
    );
    let ended = desk.run(&["check", "--format", "text", "--config", "trailbell.toml"]);
    insta::assert_snapshot!(ended.whole());
}

#[test]
fn without_a_file_the_flags_are_checked() {
    let desk = desk("");
    let arn = "arn:aws:sns:us-east-1:123456789012:ops-alarms";
    let ended = desk.run(&["check", "--allow-topic", arn, "--api-key-file", "key"]);
    assert_eq!(ended.code, 0, "{}", ended.whole());
    let ended = desk.run(&["check"]);
    assert_eq!(ended.code, 1);
    assert!(ended.err.contains("no --config: checking the flags and the environment alone"), "{}", ended.err);
}

#[test]
fn a_file_that_is_not_there_is_a_wrong_call() {
    let ended = desk("").run(&["check", "--config", "missing.toml"]);
    assert_eq!(ended.code, 2);
    assert!(ended.err.contains("missing.toml: "), "{}", ended.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_demand_the_pager_is_asked() {
    let pager = PagerTwin::start().await.unwrap();
    let base = pager.base_url();
    let ask = move || {
        let arn = "arn:aws:sns:us-east-1:123456789012:ops-alarms";
        let flags = ["check", "--reach", "--allow-topic", arn, "--api-key-file", "key", "--base-url", &base];
        desk("").run(&flags)
    };
    pager.set_faults(&["error=401"]).unwrap();
    let ended = tokio::task::spawn_blocking(ask.clone()).await.unwrap();
    assert_eq!(ended.code, 1, "{}", ended.whole());
    assert!(ended.out.contains("pager: ") && !ended.whole().contains(API_KEY), "{}", ended.whole());
    pager.set_faults(&[]).unwrap();
    let ended = tokio::task::spawn_blocking(ask).await.unwrap();
    assert_eq!(ended.code, 0, "{}", ended.whole());
    assert!(
        pager.requests().iter().all(|request| request.request.method == "GET"),
        "nothing is changed there"
    );
}
