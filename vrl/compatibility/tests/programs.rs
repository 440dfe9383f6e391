//! The programs of `vrl/` on the oldest VRL that they are written for: they compile without a warning, alone and joined as
//! the configurations join them, and give the same actions as on the newest one.

mod host;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use host::{Host, Stopped};
use serde_json::{Value, json};

const README: &str = include_str!("../../README.md");

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn names(folder: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// The texts of `files`, joined as Vector joins them. `sns_keys.vrl` is the reader's own: the README writes it.
fn source(files: &[&str]) -> String {
    let text = |name: &&str| match *name {
        "sns_keys.vrl" => README
            .split("```coffee\n")
            .filter_map(|block| block.split("```").next())
            .find(|block| block.contains("get_enrichment_table_record"))
            .unwrap()
            .to_owned(),
        name => read(&folder().join(name)),
    };
    files.iter().map(|name| text(name) + "\n").collect()
}

/// Each list `files: […]` of a text.
fn joined(text: &str) -> BTreeSet<Vec<&str>> {
    let lists = text.lines().filter_map(|line| line.trim().strip_prefix("files: [")?.strip_suffix(']'));
    lists.map(|list| list.split(", ").collect()).collect()
}

#[test]
fn each_program_compiles_alone() {
    let programs: Vec<_> = names(&folder()).into_iter().filter(|name| name.ends_with(".vrl")).collect();
    assert!(programs.len() >= 7, "{programs:?}");
    for name in programs {
        Host::compile_everywhere(&name, &source(&[&name]));
    }
}

#[test]
fn the_programs_compile_as_each_configuration_joins_them() {
    let mut orders = BTreeSet::new();
    let texts: Vec<String> = names(&folder())
        .iter()
        .filter(|name| name.ends_with(".yaml") || *name == "README.md")
        .map(|name| read(&folder().join(name)))
        .collect();
    for text in &texts {
        let found = joined(text);
        assert!(!found.is_empty());
        orders.extend(found);
    }
    assert!(orders.len() >= 4, "{orders:?}");
    for files in orders {
        Host::compile_everywhere(&files.join(" + "), &source(&files));
    }
}

/// A fixture's `Message` may be written as JSON, so that people can read it; SNS carries its text.
fn envelope(folder: &Path) -> Value {
    let mut envelope: Value = serde_json::from_str(&read(&folder.join("envelope.json"))).unwrap();
    if let Some(message) = envelope.get_mut("Message")
        && !message.is_string()
    {
        *message = message.to_string().into();
    }
    envelope
}

/// `fixtures/mapping`: the same expectations as those of the newest VRL.
#[test]
fn each_fixture_gives_the_same_action() {
    let host = Host::compile(&source(&["opsgenie.vrl", "limits.vrl"]));
    let fixtures = folder().join("../fixtures/mapping");
    let mut wrong = Vec::new();
    let mut compared = BTreeSet::new();
    for name in names(&fixtures) {
        let folder = fixtures.join(&name);
        let settings = folder.join("settings.json");
        let settings =
            if settings.exists() { serde_json::from_str(&read(&settings)).unwrap() } else { json!({}) };
        let expected: Value = serde_json::from_str(&read(&folder.join("expected.json"))).unwrap();
        let got = match host.run(&envelope(&folder), &json!({"trailbell": settings})) {
            Ok(done) => {
                let cut = done.metadata.pointer("/trailbell/cut").and_then(Value::as_array);
                let cut: BTreeSet<_> = cut.into_iter().flatten().filter_map(Value::as_str).collect();
                json!({"mapped": [{"action": done.event, "cut": cut}]})
            }
            Err(Stopped::Abort(reason)) => json!({"dropped": reason}),
            Err(Stopped::Error(reason)) => json!({"failed": reason}),
        };
        if got != expected {
            wrong.push(format!("{name}\n  got      {got}\n  expected {expected}"));
        }
        compared.insert(name);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for name in ["seed-sample-2018", "over-limits", "metric-ok", "insufficient-data-ignored", "settings"] {
        assert!(compared.contains(name), "{name}");
    }
}

/// What Vector's `map` and `request` do in vector-direct.yaml, with the shipped table.
#[test]
fn the_programs_run_as_vector_joins_them() {
    let files = ["settings.vrl", "envelope.vrl", "opsgenie.vrl", "routes.vrl", "limits.vrl", "request.vrl"];
    let host = Host::compile(&source(&files));
    let alarm = json!({
        "AlarmName": "RootLogin",
        "AlarmArn": "arn:aws:cloudwatch:eu-west-1:111122223333:alarm:RootLogin",
        "AWSAccountId": "111122223333",
        "NewStateValue": "ALARM",
        "NewStateReason": "Threshold Crossed",
        "StateChangeTime": "2026-09-22T19:26:59.941+0000"
    });
    let envelope = json!({"Type": "Notification", "Message": alarm.to_string()});
    let done = host.run(&json!({"message": envelope.to_string()}), &json!({})).unwrap();
    let body: Value = serde_json::from_str(done.event["message"].as_str().unwrap()).unwrap();
    assert_eq!(done.event["action"], "create");
    assert_eq!(body["priority"], "P1");
    assert_eq!(body["responders"][0]["name"], "secops");
}

/// Details beyond 8,000 characters: the one place of limits.vrl that joins a list of its own.
#[test]
fn what_was_cut_of_the_details_is_named() {
    let host = Host::compile(&source(&["limits.vrl"]));
    let long = "x".repeat(2_000);
    let details: Value =
        (0..9).map(|n| (format!("key-{n}"), json!(long))).collect::<serde_json::Map<_, _>>().into();
    let action = json!({
        "action": "create", "alias": "a", "request": {"body": {"message": "m", "details": details}}
    });
    let done = host.run(&action, &json!({})).unwrap();
    let cut = &done.event["request"]["body"]["details"]["DetailsCut"];
    assert_eq!(*cut, "key-0 key-1 key-2 key-3 key-4 key-5 key-6 key-7 key-8");
    assert_eq!(done.metadata["trailbell"]["cut"], json!(["details"]));
}
