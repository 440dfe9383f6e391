//! What the relay refuses: bodies that hold no actions, and actions that contradict themselves.

use serde_json::{Value, json};

use super::peer::{Behaviour, Peer};
use super::{Relay, action};
use crate::service::secrets::Log;

#[tokio::test]
async fn what_is_no_action_is_told_and_nothing_of_it_is_delivered() {
    let pager = Peer::start(Behaviour::Hang).await;
    let relay = Relay::start(&pager.base_url()).await;
    let with = |pointer: &str, value: Value| {
        let mut action = action("create", "a", 1);
        *action.pointer_mut(pointer).unwrap() = value;
        action
    };
    let good = action("create", "good", 1);
    let mut extra = action("create", "a", 1);
    extra["source_type"] = "http_server".into();
    for (body, says) in [
        (String::new(), "the body is empty"),
        ("\n".to_owned(), "the body is empty"),
        ("nonsense".to_owned(), "the body is not JSON"),
        (
            format!("{good}\n{{\"action\": \"cre"),
            "the body is not JSON: EOF while parsing a string at line 2",
        ),
        (format!("{good}\n{{}}\n"), "action 2: the action's action must be a string"),
        (format!("{good}\n1\n"), "neither an action nor an array"),
        ("null".to_owned(), "neither an action nor an array"),
        ("\"create\"".to_owned(), "neither an action nor an array"),
        ("{}".to_owned(), "action 1: the action's action must be a string, got nothing"),
        (json!([good, {}]).to_string(), "action 2: "),
        (json!([good, [good]]).to_string(), "action 2: the action's value must be an object, got array"),
        (with("/action", "destroy".into()).to_string(), "must be create, close, note or update"),
        (with("/alias", "".into()).to_string(), "action 1: the action's alias must be"),
        (with("/occurred_at", "soon".into()).to_string(), "must be RFC 3339 in UTC"),
        (with("/request/method", "GET".into()).to_string(), "must be POST or PUT"),
        (with("/request/path", "/v1/incidents".into()).to_string(), "`POST /v1/incidents` is no call"),
        (with("/request/path", "/v2/alerts/a b/close".into()).to_string(), "not percent-encoded at byte 12"),
        (with("/request/path", "/v2/alerts/%2e%2e/close".into()).to_string(), "a segment of dots"),
        (with("/request/body", json!([])).to_string(), "request.body must be an object"),
        (extra.to_string(), "unknown member \"source_type\""),
    ] {
        let answer = relay.send("POST", "/actions", &[], body.clone()).await;
        let message = answer.body["message"].as_str().unwrap_or_default();
        assert_eq!(answer.status, 400, "{body}: {answer:?}");
        assert!(message.contains(says), "{body}: {message}");
    }
    assert!(pager.seen().is_empty());
    assert_eq!(relay.metrics().await.kind("refused", "not_an_action"), 20);
}

#[tokio::test]
async fn an_action_that_contradicts_itself_is_told_and_not_delivered() {
    let pager = Peer::start(Behaviour::Hang).await;
    let relay = Relay::start(&pager.base_url()).await;
    let with = |verb: &str, pointer: &str, value: Value| {
        let mut action = action(verb, "a", 1);
        *action.pointer_mut(pointer).unwrap() = value;
        action
    };
    let id = "identifierType=alias: the pager would look for an alert with that id";
    for (action, says) in [
        (
            with("create", "/request/body/alias", "b".into()),
            "alias is \"a\", but its request.body.alias is \"b\"",
        ),
        (with("create", "/request/body", json!({"message": "m"})), "request.body.alias is no text"),
        (with("create", "/alias", "A".into()), "alias is \"A\", but its request.body.alias is \"a\""),
        (with("close", "/request/path", "/v2/alerts/b%2Fc/close".into()), "request.path is that of \"b/c\""),
        (with("notes", "/request/path", "/v2/alerts/%ff/notes".into()), "request.path is that of "),
        (with("close", "/request/query", json!({})), id),
        (with("close", "/request/query", json!({"identifierType": "id"})), id),
    ] {
        let mut action = action;
        if action["action"] == "notes" {
            action["action"] = "note".into();
        }
        let answer = relay.post("/actions", &action).await;
        let message = answer.body["message"].as_str().unwrap_or_default();
        assert_eq!(answer.status, 400, "{action}: {answer:?}");
        assert!(message.starts_with("action 1: ") && message.contains(says), "{action}: {message}");
    }
    assert!(pager.seen().is_empty());
}

#[tokio::test]
async fn what_the_mapping_makes_contradicts_nothing() {
    let pager = Peer::start(Behaviour::Answer(202, "{}".to_owned())).await;
    let relay = Relay::start(&pager.base_url()).await;
    let fixtures = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mapping");
    let mut count = 0;
    for entry in std::fs::read_dir(fixtures).unwrap() {
        let file = entry.unwrap().path().join("expected.json");
        let expected: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        let mapped = ["mapped", "fallback"].iter().filter_map(|key| expected[key].as_array()).flatten();
        let actions: Vec<Value> = mapped.map(|mapped| mapped["action"].clone()).collect();
        count += actions.len();
        let answer = relay.post("/actions", &actions.into()).await;
        assert_eq!(answer.status, 200, "{}: {answer:?}", file.display());
    }
    assert!(count > 40, "{count}");
    // An identifier of another type says nothing about the alias.
    let mut by_id = action("close", "a", 1);
    by_id["request"]["path"] = "/v2/alerts/4513b7ea-3b91-438f-b7e4-e3e54af9147c/close".into();
    by_id["request"]["query"] = json!({});
    assert_eq!(relay.post("/actions", &by_id).await.status, 200);
}

/// Nobody sends them again: the log has the last trace.
#[tokio::test]
async fn refused_actions_are_logged_whole() {
    let (log, _guard) = Log::capture(true);
    let pager = Peer::start(Behaviour::Hang).await;
    let relay = Relay::start(&pager.base_url()).await;
    let mut bad = action("create", "bad", 1);
    bad["alias"] = "other".into();
    let good = action("create", "good", 1);
    let authorization = [("authorization", "GenieKey hush")];
    for body in [json!([good, bad]).to_string(), format!("{good}\n{{\"torn\": \"li")] {
        assert_eq!(relay.send("POST", "/actions", &authorization, body).await.status, 400);
    }
    let lines: Vec<Value> = log.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |name: &str| -> Vec<Value> {
        let fields = lines.iter().filter(|line| line["level"] == "ERROR");
        fields.filter_map(|line| line.get("fields").unwrap_or(line).get(name).cloned()).collect()
    };
    let actions: Vec<Value> =
        of("action").iter().map(|text| serde_json::from_str(text.as_str().unwrap()).unwrap()).collect();
    assert_eq!(actions, [good.clone(), bad, good], "{}", log.text());
    assert_eq!(of("text"), ["{\"torn\": \"li"]);
    assert!(!log.text().contains("hush"));
}
