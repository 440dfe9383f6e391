//! `opsgenie_alert` and `vrl/limits.vrl` cut the same body to the same body.

use std::sync::LazyLock;

use proptest::prelude::*;
use serde_json::{Value as Json, json};
use trailbell::transform::LIMITS_VRL;
use vrl::compiler::Program;
use vrl::value::{Kind, Value};

use super::{compile, json as to_json, run};

static ALERT: LazyLock<Program> = LazyLock::new(|| {
    compile(
        "opsgenie_alert!(
            .message, .alias, description: .description, responders: .responders, visible_to: .visibleTo,
            actions: .actions, tags: .tags, details: .details, entity: .entity, source: .source, user: .user,
            note: .note, priority: .priority
        )",
    )
    .unwrap()
});
static KIND: LazyLock<Kind> = LazyLock::new(|| ALERT.final_type_info().result.kind().clone());
static LIMITS: LazyLock<Program> =
    LazyLock::new(|| compile(&format!("{LIMITS_VRL}\n[.request.body, %trailbell.cut]")).unwrap());

fn alert(body: &Json) -> Json {
    let value = run(&ALERT, Value::from(body.clone())).unwrap();
    assert_eq!(KIND.is_superset(&value.kind()), Ok(()), "{body}");
    to_json(&value)
}

fn by_the_program(body: &Json) -> Json {
    let action =
        json!({"action": "create", "alias": body["alias"], "request": {"path": "/v2/alerts", "body": body}});
    let result = to_json(&run(&LIMITS, Value::from(action)).unwrap());
    let mut cut: Vec<&str> = result[1].as_array().into_iter().flatten().filter_map(Json::as_str).collect();
    cut.sort_unstable();
    cut.dedup();
    json!({"body": result[0], "cut": cut})
}

fn sorted(mut alert: Json) -> Json {
    let cut = alert["cut"].as_array_mut().unwrap();
    cut.sort_by_key(Json::to_string);
    alert
}

#[test]
fn what_is_within_the_limits_stays_as_it_is() {
    let body = json!({
        "message": "é".repeat(130), "alias": "a", "description": "d", "tags": ["t"], "priority": "P1",
        "responders": [{"type": "team", "name": "secops"}], "details": {"k": "v"}, "note": "", "user": "u",
    });
    assert_eq!(alert(&body), json!({"body": body, "cut": []}));
}

#[test]
fn a_message_that_says_nothing_becomes_the_alias() {
    let long = "a".repeat(200);
    for (message, alias, headline) in [
        ("", "alias", "alias"),
        (" \n", "alias", "alias"),
        ("-", "alias", "alias"),
        ("null", &long, &long[..130]),
        ("", "-", "alert without a message"),
    ] {
        let got = alert(&json!({"message": message, "alias": alias}));
        assert_eq!(got["body"]["message"], headline, "{message:?}, {alias:?}");
    }
}

#[test]
fn a_priority_that_is_none_becomes_p3() {
    let got = alert(&json!({"message": "m", "alias": "a", "priority": "high"}));
    assert_eq!(got, json!({"body": {"message": "m", "alias": "a", "priority": "P3"}, "cut": ["priority"]}));
}

#[test]
fn an_empty_alias_is_an_error() {
    let error = run(&ALERT, Value::from(json!({"message": "m", "alias": ""}))).unwrap_err();
    assert!(error.contains("the alias is empty"), "{error}");
}

#[test]
fn another_type_at_run_time_is_an_error() {
    for (field, value) in [
        ("message", json!(1)),
        ("alias", json!(null)),
        ("tags", json!("t")),
        ("tags", json!([1])),
        ("responders", json!(["secops"])),
        ("details", json!([])),
        ("priority", json!(1)),
    ] {
        let mut body = json!({"message": "m", "alias": "a"});
        body[field] = value;
        let error = run(&ALERT, Value::from(body.clone())).unwrap_err();
        assert!(error.contains("expected"), "{body}: {error}");
    }
}

fn text(limit: usize) -> impl Strategy<Value = String> {
    prop_oneof![
        3 => (prop::sample::select(vec!["a", "é", "\"", "\u{1}", " ", "-", "漢"]), 0..=limit + 2)
            .prop_map(|(unit, count)| unit.repeat(count)),
        1 => Just("null".to_owned()),
    ]
}

prop_compose! {
    /// Bodies whose fields lie on both sides of the limits.
    fn body()(
        message in text(130),
        alias in text(512),
        description in prop::option::of(text(15_000)),
        entity in prop::option::of(text(512)),
        user in prop::option::of(text(100)),
        note in prop::option::of(text(25_000)),
        tags in prop::option::of(prop::collection::vec(text(50), 0..23)),
        actions in prop::option::of(prop::collection::vec(text(50), 0..13)),
        responders in prop::option::of(0..53_usize),
        priority in prop::option::of(prop::sample::select(vec!["P1", "P5", "P6", ""])),
        details in prop::option::of(prop::collection::btree_map(
            prop_oneof!["[a-c\"é]{1,3}", Just("AlarmName".to_owned()), Just("Runbook".to_owned())],
            prop_oneof![8 => text(2_600).prop_map(Json::from), 1 => Just(json!({"a": [1, null]})), 1 => Just(json!(1.0))],
            0..9,
        )),
    ) -> Json {
        let fields = [
            ("message", Some(json!(message))), ("alias", Some(json!(alias))),
            ("description", description.map(Json::from)), ("entity", entity.map(Json::from)),
            ("user", user.map(Json::from)), ("note", note.map(Json::from)), ("tags", tags.map(Json::from)),
            ("actions", actions.map(Json::from)),
            ("responders", responders.map(|count| vec![json!({"type": "team", "name": "t"}); count].into())),
            ("priority", priority.map(Json::from)), ("details", details.map(|details| json!(details))),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn it_cuts_as_the_program_cuts(body in body()) {
        // The program takes an alias that says nothing for a headline too.
        prop_assume!(body["alias"] != "");
        let blank = |field: &str| matches!(body[field].as_str().unwrap_or_default().trim(), "" | "-" | "null");
        prop_assume!(!(blank("message") && blank("alias")));
        prop_assert_eq!(sorted(alert(&body)), by_the_program(&body));
    }
}
