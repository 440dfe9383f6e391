use serde_json::{Value, json};

use crate::support::{Service, as_it_is};

const CREATE: &str = "POST /v2/alerts";

#[test]
fn a_repeat_counts_and_changes_nothing_else() {
    let mut service = Service::with_alerts(as_it_is);
    let before = service.alert("open");
    service.pass(1_000);
    let repeat = json!({
        "message": "another", "alias": "open", "description": "another", "tags": ["another"], "priority": "P1",
        "details": {"another": "one"}, "entity": "another", "source": "another", "actions": ["Another"],
        "responders": [{"type": "team", "name": "platform"}],
    });
    let accepted = service.call(CREATE, repeat);
    let outcome = service.outcome(&accepted);
    assert_eq!((&outcome["status"], &outcome["alertId"]), (&json!("Created alert"), &before["id"]));
    let mut expected = before;
    expected["count"] = json!(2);
    expected["lastOccurredAt"] = json!("2026-09-21T14:13:24.000Z");
    expected["updatedAt"] = json!("2026-09-21T14:13:24.000Z");
    assert_eq!(service.alert("open"), expected);
    let log = service.call("GET /v2/alerts/{open}/logs?limit=1", Value::Null);
    assert_eq!(log.json["data"][0]["log"], "Alert de-duplicated, count is 2: another");
}

#[test]
fn the_count_and_the_log_stop_at_a_hundred() {
    let mut service = Service::empty(as_it_is);
    for _ in 0..130 {
        service.pass(1);
        service.write(CREATE, json!({"message": "m", "alias": "a"}));
    }
    let alert = service.alert("a");
    assert_eq!(alert["count"], 100);
    assert_eq!(alert["lastOccurredAt"], "2026-09-21T14:13:20.130Z");
    let account = service.twin.accounts().next().unwrap();
    assert_eq!(account.alerts().len(), 1);
    assert_eq!(account.alerts().open("a").unwrap().log.len(), 100);
}

#[test]
fn acknowledged_and_snoozed_alerts_are_open() {
    let mut service = Service::with_alerts(as_it_is);
    service.write("POST /v2/alerts/{open}/acknowledge", Value::Null);
    service.write("POST /v2/alerts/{open}/snooze", json!({"endTime": "2030-01-01T00:00:00Z"}));
    service.write(CREATE, json!({"message": "m", "alias": "open"}));
    let alert = service.alert("open");
    assert_eq!(
        (&alert["count"], &alert["acknowledged"], &alert["snoozed"]),
        (&json!(2), &json!(true), &json!(true))
    );
}

#[test]
fn aliases_are_compared_letter_by_letter() {
    let mut service = Service::empty(as_it_is);
    for alias in ["a", "A", " a", "a ", "ä"] {
        service.write(CREATE, json!({"message": "m", "alias": alias}));
    }
    assert_eq!(service.ids().len(), 5);
}

#[test]
fn tiny_ids_are_used_again() {
    let mut service = Service::empty(|settings| settings.tiny_ids = 2);
    let alias = |alias: &str| json!({"message": "m", "alias": alias});
    for name in ["a", "b", "c"] {
        service.write(CREATE, alias(name));
    }
    let tiny = |service: &mut Service, alias: &str| service.alert(alias)["tinyId"].clone();
    assert_eq!(["a", "b", "c"].map(|alias| tiny(&mut service, alias)), [json!("1"), json!("2"), json!("1")]);
    let newest = service.call("GET /v2/alerts/1?identifierType=tiny", Value::Null);
    assert_eq!(newest.json["data"]["alias"], "c");
    service.write("DELETE /v2/alerts/a?identifierType=alias", Value::Null);
    assert_eq!(
        service.call("GET /v2/alerts/1?identifierType=tiny", Value::Null).status,
        200,
        "that was another's"
    );
}
