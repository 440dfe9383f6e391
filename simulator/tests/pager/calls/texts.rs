use serde_json::{Value, json};

use crate::support::{Service, as_it_is, check, row};

const UNKNOWN: &str = "202 failed: Alert does not exist";

#[test]
fn add_a_note() {
    let call = "POST /v2/alerts/{open}/notes";
    check(
        as_it_is,
        [
            row(call, json!({"note": "n"}), "202 Added note"),
            row("POST /v2/alerts/{closed}/notes", json!({"note": "n"}), "202 Added note"),
            row(call, json!({}), "422 note: note can not be empty."),
            row(call, json!({"note": " "}), "422 note: note can not be empty."),
            row(
                call,
                json!({"note": "x".repeat(25_001)}),
                "422 note: note should not exceed 25000 characters",
            ),
            row("POST /v2/alerts/nobody/notes", json!({"note": "n"}), UNKNOWN),
        ],
    );
}

#[test]
fn set_the_priority() {
    let call = "PUT /v2/alerts/{open}/priority";
    let wrong = "422 priority: should be one of [ P1, P2, P3, P4, P5 ]";
    check(
        as_it_is,
        [
            row(call, json!({"priority": "P1"}), "202 Updated priority to P1").then(
                "open",
                "/priority",
                "P1",
            ),
            row(call, json!({"priority": "P0"}), wrong),
            row(call, json!({}), "422 priority: priority can not be empty."),
            row("PUT /v2/alerts/nobody/priority", json!({"priority": "P1"}), UNKNOWN),
            row("POST /v2/alerts/{open}/priority", json!({"priority": "P1"}), "405 Method is not supported"),
        ],
    );
}

#[test]
fn set_message_and_description() {
    let long = json!({"message": "x".repeat(131)});
    check(
        as_it_is,
        [
            row("PUT /v2/alerts/{open}/message", json!({"message": "new"}), "202 Updated message")
                .then("open", "/message", "new"),
            row("PUT /v2/alerts/{closed}/message", json!({"message": "new"}), "202 Updated message")
                .then("closed", "/message", "new"),
            row("PUT /v2/alerts/{open}/message", json!({}), "422 message: Message can not be empty."),
            row(
                "PUT /v2/alerts/{open}/message",
                long,
                "422 message: message should not exceed 130 characters",
            ),
            row("PUT /v2/alerts/nobody/message", json!({"message": "new"}), UNKNOWN),
            row(
                "PUT /v2/alerts/{open}/description",
                json!({"description": "new"}),
                "202 Updated description",
            )
            .then("open", "/description", "new"),
            row(
                "PUT /v2/alerts/{open}/description",
                json!({}),
                "422 description: description can not be empty.",
            ),
            row(
                "PUT /v2/alerts/{open}/description",
                json!({"description": "x".repeat(15_001)}),
                "422 description: description should not exceed 15000 characters",
            ),
            row("PUT /v2/alerts/nobody/description", json!({"description": "new"}), UNKNOWN),
        ],
    );
}

#[test]
fn every_write_is_logged_with_its_note() {
    let mut service = Service::with_alerts(as_it_is);
    service
        .write("POST /v2/alerts/{open}/acknowledge", json!({"user": "ann@example.test", "note": "looking"}));
    service.write("POST /v2/alerts/{open}/notes", json!({"note": "found it"}));
    let texts = |answer: crate::support::Answer, field: &str| -> Vec<String> {
        let items = answer.json["data"].as_array().unwrap().clone();
        items
            .iter()
            .map(|item| format!("{}: {}", item["owner"].as_str().unwrap(), item[field].as_str().unwrap()))
            .collect()
    };
    let logs = service.call("GET /v2/alerts/{open}/logs?order=asc", Value::Null);
    assert_eq!(
        texts(logs, "log"),
        [
            "Alert API: Alert created via API [API]",
            "Alert API: Added note: first",
            "ann@example.test: Acknowledged alert via API",
            "ann@example.test: Added note: looking",
            "Alert API: Added note: found it",
        ]
    );
    let notes = service.call("GET /v2/alerts/{open}/notes", Value::Null);
    assert_eq!(
        texts(notes, "note"),
        ["Alert API: found it", "ann@example.test: looking", "Alert API: first"]
    );
}
