use serde_json::{Value, json};

use crate::support::{Answer, Service, as_it_is};

fn shown(answer: &Answer) -> String {
    let headers = answer.reply.headers.iter().map(|(name, value)| format!("{name}: {value}\n"));
    let (status, headers) = (answer.status, headers.collect::<String>());
    let (media_type, body) = (answer.reply.content_type, String::from_utf8_lossy(&answer.reply.body));
    format!("HTTP {status}\n{headers}Content-Type: {media_type}\n\n{body}")
}

/// One conversation: the same seed gives the same bytes.
fn conversation() -> Vec<String> {
    let mut service = Service::empty(as_it_is);
    let create = json!({
        "message": "ALARM CloudTrailChanges us-east-1", "alias": "ct:123456789012:us-east-1:CloudTrailChanges",
        "description": "StopLogging by role Admin", "responders": [{"type": "team", "name": "secops"}],
        "visibleTo": [{"type": "user", "username": "ann@example.test"}], "actions": ["RestartTrail"],
        "tags": ["cloudtrail", "prod"], "details": {"account": "123456789012", "eventName": "StopLogging"},
        "entity": "trail-main", "source": "ct-notify", "priority": "P1", "user": "bot", "note": "first seen",
    });
    let by_alias = "ct:123456789012:us-east-1:CloudTrailChanges";
    let accepted = service.call("POST /v2/alerts", create);
    service.pass(250);
    let id = accepted.json["requestId"].as_str().unwrap().to_owned();
    let calls = [
        (format!("GET /v2/alerts/requests/{id}"), Value::Null),
        (
            format!("POST /v2/alerts/{by_alias}/acknowledge?identifierType=alias"),
            json!({"user": "ann@example.test"}),
        ),
        (format!("GET /v2/alerts/{by_alias}?identifierType=alias"), Value::Null),
        ("GET /v2/alerts?limit=1".to_owned(), Value::Null),
        ("GET /v2/alerts/count".to_owned(), Value::Null),
        (format!("GET /v2/alerts/{by_alias}/notes?identifierType=alias"), Value::Null),
        (format!("GET /v2/alerts/{by_alias}/logs?identifierType=alias&limit=1"), Value::Null),
        (format!("GET /v2/alerts/{by_alias}/recipients?identifierType=alias"), Value::Null),
        ("POST /v2/alerts".to_owned(), json!({"message": "m", "priority": "P9"})),
        ("GET /v2/alerts/nobody".to_owned(), Value::Null),
        ("GET /v2/alerts/requests/00000000-0000-4000-8000-000000000000".to_owned(), Value::Null),
    ];
    let mut shown_all = vec![shown(&accepted)];
    for (call, body) in calls {
        let answer = service.call(&call, body);
        shown_all.push(format!("{call}\n{}", shown(&answer)));
    }
    shown_all
}

#[test]
fn answers_are_these_to_the_byte() {
    insta::assert_snapshot!(conversation().join("\n\n"));
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    assert_eq!(conversation(), conversation());
}
