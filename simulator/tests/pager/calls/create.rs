use serde_json::{Value, json};

use crate::support::{as_it_is, check, row};

const CALL: &str = "POST /v2/alerts";
const DONE: &str = "202 Created alert";

#[test]
fn a_message_is_enough() {
    let rest = [
        ("/count", json!(1)),
        ("/status", json!("open")),
        ("/priority", json!("P3")),
        ("/acknowledged", json!(false)),
        ("/source", json!("127.0.0.1")),
        ("/tags", json!([])),
        ("/details", json!({})),
        ("/report", json!({})),
        ("/integration/type", json!("API")),
    ];
    let only = row(CALL, json!({"message": "m", "alias": "new"}), DONE);
    check(as_it_is, [rest.into_iter().fold(only, |row, (at, value)| row.then("new", at, value))]);
}

#[test]
fn every_field_is_kept() {
    let body = json!({
        "message": "m", "alias": "new", "description": "long", "entity": "trail", "source": "s", "priority": "P1",
        "tags": ["a", "b", "a"], "actions": ["X"], "details": {"k": "v"}, "user": "bot", "note": "n",
        "responders": [{"type": "team", "name": "secops"}, {"type": "user", "username": "Ann@Example.test"},
            {"type": "schedule", "name": "nights"}, {"type": "escalation", "name": "managers"},
            {"type": "team", "id": "team-2"}, {"type": "team", "name": "secops"}],
        "visibleTo": [{"type": "user", "username": "bob@example.test"}],
        "somethingElse": [1, 2, 3], "alsoNull": null,
    });
    let row = row(CALL, body, DONE)
        .then("new", "/description", "long")
        .then("new", "/entity", "trail")
        .then("new", "/source", "s")
        .then("new", "/priority", "P1")
        .then("new", "/tags", json!(["a", "b"]))
        .then("new", "/actions", json!(["X"]))
        .then("new", "/details/k", "v")
        .then("new", "/responders/1/type", "user")
        .then("new", "/responders/4", json!({"type": "team", "id": "team-2"}))
        .then("new", "/responders/5", Value::Null)
        .then("new", "/teams/1/id", "team-2");
    check(as_it_is, [row]);
}

#[test]
fn fields_at_their_limits_are_taken_and_those_beyond_refused() {
    let text = |length: usize| "ä".repeat(length);
    let list = |items: usize, length: usize| {
        Value::from((0..items).map(|item| format!("{item:0length$}")).collect::<Vec<_>>())
    };
    let people = |count: usize| vec![json!({"type": "team", "name": "secops"}); count];
    let cases = [
        ("message", json!(text(130)), json!(text(131)), "message should not exceed 130 characters"),
        ("alias", json!(text(512)), json!(text(513)), "alias should not exceed 512 characters"),
        (
            "description",
            json!(text(15_000)),
            json!(text(15_001)),
            "description should not exceed 15000 characters",
        ),
        ("entity", json!(text(512)), json!(text(513)), "entity should not exceed 512 characters"),
        ("source", json!(text(100)), json!(text(101)), "source should not exceed 100 characters"),
        ("user", json!(text(100)), json!(text(101)), "user should not exceed 100 characters"),
        ("note", json!(text(25_000)), json!(text(25_001)), "note should not exceed 25000 characters"),
        ("tags", list(20, 50), list(21, 50), "tags should not exceed 20 items"),
        ("tags", list(1, 50), list(1, 51), "tags should not exceed 50 characters"),
        ("actions", list(10, 50), list(11, 50), "actions should not exceed 10 items"),
        ("actions", list(1, 50), list(1, 51), "actions should not exceed 50 characters"),
        ("responders", json!(people(50)), json!(people(51)), "responders should not exceed 50 items"),
        ("visibleTo", json!(people(50)), json!(people(51)), "visibleTo should not exceed 50 items"),
    ];
    for (field, within, beyond, words) in cases {
        let body = |value: Value| {
            let mut body = json!({"message": "m", "alias": "new"});
            body[field] = value;
            body
        };
        let rows = [row(CALL, body(within), DONE), row(CALL, body(beyond), format!("422 {field}: {words}"))];
        check(as_it_is, rows);
    }
}

#[test]
fn wrong_fields_are_refused_each_with_a_sentence() {
    let with = |field: &str, value: Value| {
        let mut body = json!({"message": "m", "alias": "new"});
        body[field] = value;
        body
    };
    let type_missing = "422 recipients#type: Invalid recipient type ''";
    check(
        as_it_is,
        [
            row(CALL, json!({}), "422 message: Message can not be empty."),
            row(CALL, with("message", json!("")), "422 message: Message can not be empty."),
            row(CALL, with("message", json!(" \n")), "422 message: Message can not be empty."),
            row(CALL, with("message", Value::Null), "422 message: Message can not be empty."),
            row(CALL, with("message", json!(5)), "422 message: should be a string"),
            row(CALL, with("priority", json!("P6")), "422 priority: should be one of [ P1, P2, P3, P4, P5 ]"),
            row(CALL, with("priority", json!("p1")), "422 priority: should be one of [ P1, P2, P3, P4, P5 ]"),
            row(CALL, with("priority", json!(1)), "422 priority: should be one of [ P1, P2, P3, P4, P5 ]"),
            row(CALL, with("tags", json!("a,b")), "422 tags: should be an array"),
            row(CALL, with("tags", json!([1])), "422 tags: should be an array of strings"),
            row(CALL, with("details", json!({"n": 1})), "422 details: values should be strings"),
            row(CALL, with("details", json!([])), "422 details: should be an object"),
            row(CALL, with("responders", json!("secops")), "422 responders: should be an array"),
            row(CALL, with("responders", json!(["secops"])), "422 responders: should be an array of objects"),
            row(CALL, with("responders", json!([{"name": "secops"}])), type_missing),
            row(
                CALL,
                with("responders", json!([{"type": "bb", "name": "x"}])),
                "422 recipients#type: Invalid recipient type 'bb'",
            ),
            row(
                CALL,
                with("visibleTo", json!([{"type": "schedule", "name": "nights"}])),
                "422 recipients#type: Invalid recipient type 'schedule'",
            ),
            row(
                CALL,
                with("responders", json!([{"type": "user", "username": "ann"}])),
                "422 username: must be a well-formed email address",
            ),
            row(
                CALL,
                with("responders", json!([{"type": "user"}])),
                "422 responders: id or username should be given",
            ),
            row(
                CALL,
                with("responders", json!([{"type": "team"}])),
                "422 responders: id or name should be given",
            ),
            row(
                CALL,
                json!({"priority": "high", "tags": 1}),
                "422 message: Message can not be empty.; priority: should be one of [ P1, P2, P3, P4, P5 ]; \
                 tags: should be an array",
            ),
        ],
    );
}

#[test]
fn whom_nobody_knows_is_told_in_the_outcome_alone() {
    let to = |responder: Value| json!({"message": "m", "alias": "new", "responders": [responder]});
    let unknown = [
        ("team", json!({"type": "team", "name": "nobody"})),
        ("team", json!({"type": "team", "name": "SecOps"})),
        ("team", json!({"type": "team", "id": "no-id"})),
        ("user", json!({"type": "user", "username": "eve@example.test"})),
        ("schedule", json!({"type": "schedule", "name": "days"})),
        ("escalation", json!({"type": "escalation", "name": "owners"})),
    ];
    check(
        as_it_is,
        unknown.map(|(kind, responder)| {
            row(CALL, to(responder), format!("202 failed: Responder {kind} does not exist"))
        }),
    );
    let visible = json!({"message": "m", "alias": "new", "visibleTo": [{"type": "team", "name": "nobody"}]});
    check(as_it_is, [row(CALL, visible, "202 failed: Responder team does not exist")]);
}

#[test]
fn all_and_none_are_recipients() {
    let to = |kind: &str| json!({"message": "m", "alias": "new", "responders": [{"type": kind}]});
    check(
        as_it_is,
        [
            row(CALL, to("all"), DONE).then("new", "/responders/1/type", "user").then(
                "new",
                "/responders/2",
                Value::Null,
            ),
            row(CALL, to("none"), DONE).then("new", "/responders", json!([])),
        ],
    );
}
