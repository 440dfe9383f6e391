//! The mapping from outside: `fixtures/mapping/*/envelope.json` in, `expected.json` out, compared exactly.
//!
//! `TRAILBELL_BLESS=1 cargo test -p trailbell --test it mapping` writes the expected files anew: read the diff.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use serde_json::{Value, json};
use trailbell::opsgenie::{Action, Verb};
use trailbell::transform::{Input, Mapped, Outcome, Settings, Table, Transform};

/// Compiling takes seconds in a debug build: every test that needs no settings shares this one.
pub(crate) static PLAIN: LazyLock<Transform> = LazyLock::new(|| Transform::builder().build().unwrap());

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mapping")
}

fn read(path: &Path) -> Value {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A fixture's `Message` may be written as JSON, so that people can read it; SNS carries its text.
fn envelope(name: &str) -> Value {
    let mut envelope = read(&fixtures().join(name).join("envelope.json"));
    if let Some(message) = envelope.get_mut("Message")
        && !message.is_string()
    {
        *message = message.to_string().into();
    }
    envelope
}

fn run(envelope: Value) -> Outcome {
    PLAIN.runner().run(Input::from(envelope))
}

fn one(outcome: Outcome) -> Mapped {
    match outcome {
        Outcome::Mapped(mut mapped) if mapped.len() == 1 => mapped.remove(0),
        other => panic!("{other:?}"),
    }
}

fn report(outcome: &Outcome) -> Value {
    let mapped = |mapped: &[Mapped]| -> Value {
        mapped.iter().map(|mapped| json!({"action": mapped.action, "cut": mapped.cut})).collect()
    };
    match outcome {
        Outcome::Mapped(all) => json!({"mapped": mapped(all)}),
        Outcome::Dropped { reason } => json!({"dropped": reason}),
        Outcome::Failed { reason, fallback } => json!({"failed": reason, "fallback": mapped(fallback)}),
    }
}

#[test]
fn each_fixture_maps_as_it_is_written_beside_it() {
    let mut wrong = Vec::new();
    let mut names: Vec<_> =
        fs::read_dir(fixtures()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    for name in names {
        let name = name.to_str().unwrap().to_owned();
        let folder = fixtures().join(&name);
        let settings = folder.join("settings.json");
        let outcome = if settings.exists() {
            let settings: Settings = serde_json::from_value(read(&settings)).unwrap();
            let transform = PLAIN.rebuild().settings(settings).build().unwrap();
            transform.runner().run(Input::from(envelope(&name)))
        } else {
            run(envelope(&name))
        };
        let got = report(&outcome);
        for mapped in got.pointer("/mapped").and_then(Value::as_array).into_iter().flatten() {
            let action: Action = serde_json::from_value(mapped["action"].clone()).unwrap();
            super::limits::assert_within(&action, &name);
        }
        let expected = folder.join("expected.json");
        if std::env::var_os("TRAILBELL_BLESS").is_some() {
            fs::write(&expected, format!("{}\n", serde_json::to_string_pretty(&got).unwrap())).unwrap();
        } else if !expected.exists() || read(&expected) != got {
            wrong.push(format!("{name}:\n{}", serde_json::to_string_pretty(&got).unwrap()));
        }
    }
    assert!(wrong.is_empty(), "these fixtures map to something else:\n{}", wrong.join("\n"));
}

/// The hosted integration's record of the same sample. The page it was published on altered ids: both account numbers
/// and the end of the topic's name differ between its input and its output.
#[test]
fn the_seeds_sample_holds_every_field_that_the_hosted_integration_parses() {
    let parsed = read(&fixtures().join("../seed-sample-parsed.json"));
    let action = one(run(envelope("seed-sample-2018"))).action;
    let details = &action.request.body["details"];
    for (key, theirs) in parsed.as_object().unwrap() {
        let ours = &details[key];
        assert!(ours.is_string(), "{key} is missing");
        match key.as_str() {
            "AWSAccountId" => assert_eq!(ours, "825426534673"),
            "TopicArn" => {
                let topic = "CloudWatchAlarmsForCloudTrail-AlarmNotificationTopic-1OGWTWXTZ9W5";
                assert!(ours.as_str().unwrap().contains(topic) && theirs.as_str().unwrap().contains(topic));
            }
            // Theirs carries ids that exist in Opsgenie alone.
            "alertSource" => {
                for part in ["domain=integration", "sourceType=CloudWatch", "sourceName=CloudWatch"] {
                    assert!(ours.as_str().unwrap().contains(part) && theirs.as_str().unwrap().contains(part));
                }
            }
            _ => assert_eq!(ours, theirs, "{key}"),
        }
    }
    let ours: BTreeSet<_> = details.as_object().unwrap().keys().map(String::as_str).collect();
    let theirs: BTreeSet<_> = parsed.as_object().unwrap().keys().map(String::as_str).collect();
    let beyond: Vec<_> = ours.difference(&theirs).copied().collect();
    assert_eq!(beyond, ["AlarmArn", "AlarmUrl", "CloudTrailEventsUrl", "RegionCode"]);
}

#[test]
fn alarm_and_ok_of_one_alarm_meet_in_the_alias_and_in_the_path() {
    let pairs = [
        ("metric-alarm", "metric-ok"),
        ("composite-alarm", "composite-ok"),
        ("contributor-alarm", "contributor-ok"),
        ("contributor-alarm", "eventbridge-contributor-ok"),
        ("eventbridge-metric-alarm", "eventbridge-metric-ok"),
        ("metric-alarm", "eventbridge-metric-ok"),
        ("name-to-encode-alarm", "name-to-encode-ok"),
    ];
    for (alarm, ok) in pairs {
        let alarm = one(run(envelope(alarm))).action;
        let ok = one(run(envelope(ok))).action;
        assert_eq!((alarm.action, ok.action), (Verb::Create, Verb::Close));
        assert_eq!(alarm.alias, ok.alias);
        assert_eq!(alarm.request.body["alias"], ok.alias.as_str());
        assert_eq!(addressed(&ok), ok.alias);
    }
    let red = one(run(envelope("contributor-alarm"))).action.alias;
    let blue = one(run(envelope("contributor-other-without-reason"))).action.alias;
    assert_ne!(red, blue, "contributors of one alarm open and close by themselves");
}

/// The alias that a close or note request's path names, decoded by a crate that the mapping does not use.
fn addressed(action: &Action) -> String {
    let segments: Vec<&str> = action.request.path.split('/').collect();
    assert_eq!(segments.len(), 5, "{}", action.request.path);
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~%".contains(c);
    assert!(segments[3].chars().all(plain), "{}", segments[3]);
    percent_encoding::percent_decode_str(segments[3]).decode_utf8().unwrap().into_owned()
}

#[test]
fn nothing_that_could_change_the_subscription_leaves() {
    for name in [
        "unsubscribe-confirmation",
        "subscription-confirmation",
        "metric-alarm",
        "plain-text",
        "seed-sample-2018",
    ] {
        let text = report(&run(envelope(name))).to_string();
        for secret in
            ["5ec4e7", "Action=ConfirmSubscription", "Action=Unsubscribe", "UnsubscribeURL", "Signature"]
        {
            assert!(!text.contains(secret), "{name}: {secret}");
        }
    }
}

// ---- the table and the user's own program --------------------------------------------------------------

#[test]
fn the_first_rule_that_matches_decides() {
    let csv = "alarm,account,team,priority,tags,runbook\n\
               Root*,999999999999,wrong,P5,,\n\
               Root*,1111*,secops,P1,cloudtrail;prod audit,https://wiki.example.test/root\n\
               *,,platform,P2,late,\n";
    let table = Table::from_csv(csv.as_bytes()).unwrap();
    assert_eq!(table.len(), 3);
    let transform = PLAIN.rebuild().table(table).build().unwrap();
    let mut runner = transform.runner();
    let mut body = |name| one(runner.run(Input::from(envelope(name)))).action.request.body;

    let root = body("metric-alarm");
    assert_eq!(root["responders"], json!([{"type": "team", "name": "secops"}]));
    assert_eq!(root["priority"], "P1");
    let tags = [
        "account:111122223333",
        "region:eu-west-1",
        "alarm:RootLogin",
        "topic:security-alarms",
        "cloudtrail",
        "prod",
        "audit",
    ];
    assert_eq!(root["tags"], json!(tags));
    assert_eq!(root["details"]["Runbook"], "https://wiki.example.test/root");
    assert!(root["description"].as_str().unwrap().ends_with("\nRunbook: https://wiki.example.test/root"));

    let other = body("composite-alarm");
    assert_eq!((&other["priority"], &other["responders"][0]["name"]), (&json!("P2"), &json!("platform")));
    assert!(other["details"].get("Runbook").is_none());
    let plain = body("plain-text");
    assert_eq!(plain["priority"], "P2", "a plain alert has no alarm name, which * matches too");
    let close = body("metric-ok");
    assert_eq!(
        close.keys().collect::<Vec<_>>(),
        ["note", "source", "user"],
        "only created alerts are changed"
    );
}

fn with_program(source: &str) -> Transform {
    PLAIN.rebuild().program("own.vrl", source).build().unwrap()
}

#[test]
fn an_own_program_changes_drops_or_multiplies_actions() {
    let transform = with_program(
        r#"
        name = to_string(%trailbell.envelope.Subject) ?? ""
        if contains(name, "svc") { abort "composites are for the night shift" }
        if .action == "note" { . = [] }
        if contains(name, "by team") {
          second = .
          second.request.body.priority = "P5"
          . = [., second]
        } else if .action == "create" {
          .request.body.message = "x" + repeat
        }
        "#
        .replace("repeat", &format!("{:?}", "é".repeat(200)))
        .as_str(),
    );
    let mut runner = transform.runner();
    let changed = one(runner.run(Input::from(envelope("metric-alarm"))));
    let message = changed.action.request.body["message"].as_str().unwrap();
    assert_eq!(message, format!("x{}…", "é".repeat(128)), "limits hold after the own program");
    assert_eq!(changed.cut, ["message"]);

    let dropped = runner.run(Input::from(envelope("composite-alarm")));
    assert_eq!(dropped, Outcome::Dropped { reason: "composites are for the night shift".to_owned() });

    let Outcome::Mapped(two) = runner.run(Input::from(envelope("contributor-alarm"))) else { panic!() };
    let priorities: Vec<_> = two.iter().map(|mapped| &mapped.action.request.body["priority"]).collect();
    assert_eq!(priorities, ["P3", "P5"]);
}

#[test]
fn an_own_program_that_empties_the_list_drops() {
    let outcome = with_program(". = []\n.").runner().run(Input::from(envelope("metric-alarm")));
    assert_eq!(outcome, Outcome::Dropped { reason: "the program left no action".to_owned() });
}

/// VRL has no endless loops, but a few nested ones are as good as endless.
const RUNAWAY: &str = r#"
    many = split("a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a a", " ")
    for_each(many) -> |_i, _a| { for_each(many) -> |_j, _b| { for_each(many) -> |_k, _c| {
      for_each(many) -> |_l, _d| { for_each(many) -> |_m, _e| { .alias = "x" } } } } }
"#;

#[test]
fn an_own_program_that_fails_leaves_nobody_unpaged() {
    let cases = [
        (". = to_int!(.request.body)", "own.vrl: function call error for \"to_int\""),
        (".request.methode = \"POST\"", "own.vrl: the action has an unknown member \"request.methode\""),
        (". = \"hello\"", "own.vrl: the result is no action but string"),
        (".alias = \"\"", "own.vrl: the action's alias must be a string that is not empty"),
        ("del(.request.body)", "own.vrl: the action's request.body must be an object, got null"),
        (RUNAWAY, "own.vrl: stopped, it ran for too long"),
    ];
    for (source, expected) in cases {
        let transform = with_program(source);
        let outcome = transform.runner().run(Input::from(envelope("metric-ok")));
        let Outcome::Failed { reason, fallback } = outcome else { panic!("{source}: {outcome:?}") };
        assert!(reason.starts_with(expected), "{source}: {reason}");
        let action = &fallback[0].action;
        assert_eq!(action.action, Verb::Create, "a failed OK pages too");
        assert!(action.alias.starts_with("arn:aws:sns:eu-west-1:111122223333:security-alarms#5f1c2a00"));
        assert_eq!(action.request.body["details"]["MappingFailure"], reason.as_str());
        let description = action.request.body["description"].as_str().unwrap();
        assert!(description.contains(&reason) && description.contains("\"AlarmName\":\"RootLogin\""));
        super::limits::assert_within(action, source);
    }
}

#[test]
fn a_program_that_does_not_compile_is_shown_as_vrl_shows_it() {
    let error = PLAIN
        .rebuild()
        .program("team/own.vrl", ".request.body.priority = \"P1\"\n.alias = upcase(.aliass) + 1\n")
        .build()
        .unwrap_err();
    insta::assert_snapshot!(error.to_string());
    let trailbell::transform::TransformError::Compile(error) = error else { panic!("{error}") };
    assert!(error.colored().contains("\u{1b}["), "colour where it is asked for");
}

// ---- bodies that the world really sent ------------------------------------------------------------------

fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("TRAILBELL_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"), PathBuf::from);
    if !folder.is_dir() {
        println!("SKIPPED: no real data at {} (set TRAILBELL_DATA)", folder.display());
        return None;
    }
    Some(folder)
}

fn files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, found) } else { found.push(path) }
    }
}

/// Every object in a file that looks like an envelope, and every `Message` or alarm, put into an envelope.
fn bodies(value: &Value, found: &mut Vec<Value>) {
    match value {
        Value::Object(members) => {
            let text = |key: &str| members.get(key).and_then(Value::as_str);
            if text("Message").is_some() && text("TopicArn").is_some() {
                found.push(value.clone());
            } else if let Some(message) = text("Message") {
                found.push(wrap(message, text("Subject")));
            } else if members.contains_key("NewStateValue") || members.contains_key("detail-type") {
                found.push(wrap(&value.to_string(), None));
            }
            members.values().for_each(|value| bodies(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| bodies(value, found)),
        Value::String(text) if text.starts_with('{') => {
            if let Ok(inner) = serde_json::from_str(text) {
                bodies(&inner, found);
            }
        }
        _ => {}
    }
}

fn wrap(message: &str, subject: Option<&str>) -> Value {
    let mut envelope = json!({
        "Type": "Notification", "MessageId": "00000000-0000-5000-8000-000000000000",
        "TopicArn": "arn:aws:sns:us-east-1:000000000000:topic", "Timestamp": "2026-09-22T19:26:59.980Z", "Message": message,
    });
    if let Some(subject) = subject {
        envelope["Subject"] = subject.into();
    }
    envelope
}

#[test]
fn real_bodies_map_and_stay_within_the_limits() {
    let Some(data) = data() else { return };
    let mut found = Vec::new();
    files(&data.join("sns"), &mut found);
    found.push(data.join("recorded/sns_publications.json"));
    found.push(data.join("recorded/http_delivery.json"));
    found.sort();
    let mut runner = PLAIN.runner();
    let mut outcomes: BTreeMap<&str, usize> = BTreeMap::new();
    for file in &found {
        let Ok(text) = fs::read_to_string(file) else { continue };
        let mut envelopes = vec![wrap(&text, None)];
        if let Ok(value) = serde_json::from_str(&text) {
            bodies(&value, &mut envelopes);
        }
        for envelope in envelopes {
            let message: Value = envelope["Message"]
                .as_str()
                .and_then(|text| serde_json::from_str(text).ok())
                .unwrap_or_default();
            match runner.run(Input::from(envelope.clone())) {
                Outcome::Mapped(mapped) => {
                    let action = &mapped[0].action;
                    super::limits::assert_within(action, &file.display().to_string());
                    if let (Some(arn), Some("ALARM" | "OK")) =
                        (message["AlarmArn"].as_str(), message["NewStateValue"].as_str())
                    {
                        assert!(action.alias.starts_with(arn), "{}: {}", file.display(), action.alias);
                    }
                    *outcomes.entry(action.action.as_str()).or_default() += 1;
                }
                Outcome::Dropped { reason } => {
                    let why = envelope["Type"] == "SubscriptionConfirmation"
                        || message["NewStateValue"] == "INSUFFICIENT_DATA"
                        || message.pointer("/detail/state/value") == Some(&json!("INSUFFICIENT_DATA"));
                    assert!(why, "{}: dropped: {reason}", file.display());
                    *outcomes.entry("dropped").or_default() += 1;
                }
                other @ Outcome::Failed { .. } => panic!("{}: {other:?}", file.display()),
            }
        }
    }
    println!("{} files: {outcomes:?}", found.len());
    assert!(outcomes["create"] > 50 && outcomes["close"] > 3, "{outcomes:?}");
}
