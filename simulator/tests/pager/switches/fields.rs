use serde_json::{Value, json};
use trailbell_sim::pager::settings::{FieldPolicies, OverLimit};

use super::{CREATE, over_limit, switched};
use crate::support::{Service, check, row};

/// How many characters or items the service keeps of each field that is one too long.
#[test]
fn fields_over_their_limit_are_rejected_or_cut() {
    let text = |length: usize| json!("ä".repeat(length));
    let list = |items: usize| Value::from((0..items).map(|item| item.to_string()).collect::<Vec<_>>());
    let teams = |items: usize| Value::from(vec![json!({"type": "none"}); items]);
    let users =
        |items: usize| Value::from(vec![json!({"type": "user", "username": "ann@example.test"}); items]);
    let cases = [
        ("message", text(131), "/message", Some(text(130))),
        ("description", text(15_001), "/description", Some(text(15_000))),
        ("entity", text(513), "/entity", Some(text(512))),
        ("source", text(101), "/source", Some(text(100))),
        ("tags", list(21), "/tags", Some(list(20))),
        ("tags", json!(["x".repeat(51)]), "/tags", Some(json!(["x".repeat(50)]))),
        ("actions", list(11), "/actions", Some(list(10))),
        ("actions", json!(["x".repeat(51)]), "/actions", Some(json!(["x".repeat(50)]))),
        ("user", text(101), "", None),
        ("note", text(25_001), "", None),
        ("responders", teams(51), "", None),
        ("visibleTo", users(51), "", None),
        ("details", json!({"a": "x".repeat(7_992)}), "/details/a", Some(json!("x".repeat(7_992)))),
        ("details", json!({"a": "x".repeat(8_000), "b": "y"}), "/details", None),
    ];
    for (field, value, pointer, kept) in cases {
        let mut body = json!({"message": "m", "alias": "new"});
        body[field] = value;
        let mut service = Service::empty(over_limit(OverLimit::Reject));
        let refused = service.call(CREATE, body.clone());
        if pointer == "/details/a" {
            assert_eq!(refused.status, 202, "exactly at the limit");
            continue;
        }
        assert_eq!(refused.status, 422, "{field}");
        assert!(refused.json["errors"][field].as_str().unwrap().contains("should not exceed"), "{refused:?}");

        let mut service = Service::empty(over_limit(OverLimit::Truncate));
        assert_eq!(service.write(CREATE, body), "Created alert", "{field}");
        let alert = service.alert("new");
        if let Some(kept) = kept {
            assert_eq!(*alert.pointer(pointer).unwrap(), kept, "{field}");
        }
        let account = service.twin.accounts().next().unwrap();
        let alert = account.alerts().open("new").unwrap();
        let owner = alert.log[0].owner.chars().count();
        let note = alert.notes.first().map_or(0, |note| note.note.chars().count());
        assert_eq!((field == "user", owner == 100), (field == "user", field == "user"));
        assert_eq!(note, if field == "note" { 25_000 } else { 0 });
        if field == "details" {
            assert_eq!(serde_json::to_string(&alert.details).unwrap().len(), 8_000);
        }
    }
}

#[test]
fn an_alias_over_its_limit_is_rejected_or_cut() {
    let long = json!({"message": "m", "alias": "a".repeat(513)});
    assert_eq!(Service::empty(over_limit(OverLimit::Reject)).call(CREATE, long.clone()).status, 422);
    let mut service = Service::empty(over_limit(OverLimit::Truncate));
    service.write(CREATE, long);
    assert_eq!(service.alert(&"a".repeat(512))["count"], 1);
}

#[test]
fn only_details_are_cut_unless_something_else_is_said() {
    let defaults = FieldPolicies::default();
    assert_eq!(
        FieldPolicies { details: OverLimit::Reject, ..defaults },
        FieldPolicies::all(OverLimit::Reject)
    );
    assert_eq!(defaults.details, OverLimit::Truncate);
}

#[test]
fn each_field_has_a_switch_of_its_own() {
    let body = json!({"message": "m".repeat(131), "alias": "new", "entity": "e".repeat(513)});
    let mut service = Service::empty(switched(|switches| switches.over_limit.message = OverLimit::Truncate));
    let answer = service.call(CREATE, body);
    assert_eq!(service.told(&answer), "422 entity: entity should not exceed 512 characters");
}

#[test]
fn tags_and_details_that_come_to_too_many() {
    let many: Vec<String> = (0..19).map(|n| format!("t{n}")).collect();
    let tags = || json!({"tags": many.clone()});
    let long = || json!({"details": {"z": "x".repeat(7_980)}});
    check(
        over_limit(OverLimit::Reject),
        [
            row("POST /v2/alerts/{open}/tags", tags(), "202 failed: tags should not exceed 20 items").then(
                "open",
                "/tags/2",
                Value::Null,
            ),
            row(
                "POST /v2/alerts/{open}/details",
                long(),
                "202 failed: details should not exceed 8000 characters",
            )
            .then("open", "/details/z", Value::Null),
        ],
    );
    check(
        over_limit(OverLimit::Truncate),
        [
            row("POST /v2/alerts/{open}/tags", tags(), format!("202 Added tags {}", many.join(", ")))
                .then("open", "/tags/19", "t17")
                .then("open", "/tags/20", Value::Null),
            row("POST /v2/alerts/{open}/details", long(), "202 Added details").then(
                "open",
                "/details/k",
                "v",
            ),
        ],
    );
}
