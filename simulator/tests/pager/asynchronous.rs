use chrono::TimeDelta;
use serde_json::{Value, json};
use trailbell_sim::pager::{ChangeKind, Processing};

use crate::support::{Answer, Service, as_it_is};

const CREATE: &str = "POST /v2/alerts";
const CLOSE: &str = "POST /v2/alerts/a/close?identifierType=alias";

fn delayed(millis: u32) -> Service {
    Service::empty(|settings| settings.processing_delay_ms = millis)
}

fn alias(alias: &str) -> Value {
    json!({"message": "m", "alias": alias})
}

fn status_of(service: &mut Service, accepted: &Answer) -> Answer {
    let id = accepted.json["requestId"].as_str().unwrap();
    service.call(&format!("GET /v2/alerts/requests/{id}"), Value::Null)
}

#[test]
fn a_write_takes_effect_after_its_delay_and_not_before() {
    let mut service = delayed(500);
    let accepted = service.call(CREATE, alias("a"));
    assert_eq!((accepted.status, &accepted.json["result"]), (202, &json!("Request will be processed")));
    assert_eq!(service.twin.next_due(), Some(service.now + TimeDelta::milliseconds(500)));

    service.pass(499);
    let early = status_of(&mut service, &accepted);
    assert_eq!(early.status, 404);
    assert_eq!(early.reply.header("X-Opsgenie-Errortype"), Some("RequestNotProcessed"));
    assert_eq!(early.json["message"], "Request not found. It might not be processed, yet.");
    assert_eq!(service.call("GET /v2/alerts/a?identifierType=alias", Value::Null).status, 404);

    service.pass(1);
    assert_eq!(status_of(&mut service, &accepted).status, 200);
    assert_eq!(service.alert("a")["createdAt"], "2026-09-21T14:13:20.500Z");
    assert_eq!(service.twin.next_due(), None);
}

#[test]
fn an_effect_has_the_time_at_which_it_was_due_however_late_the_twin_is_asked() {
    let mut service = delayed(500);
    let accepted = service.call(CREATE, alias("a"));
    service.pass(60_000);
    service.twin.advance(service.now);
    let status = status_of(&mut service, &accepted);
    assert_eq!(status.json["data"]["processedAt"], "2026-09-21T14:13:20.500Z");
}

#[test]
fn the_outcome_says_what_became_of_it() {
    let mut service = Service::with_alerts(as_it_is);
    let done = service.call("POST /v2/alerts/open/close?identifierType=alias", Value::Null);
    let told = service.outcome(&done);
    let alert = service.call("GET /v2/alerts/{open}", Value::Null).json["data"].clone();
    for (field, value) in [
        ("success", json!(true)),
        ("isSuccess", json!(true)),
        ("action", json!("Close")),
        ("status", json!("Closed alert")),
        ("alertId", alert["id"].clone()),
        ("alias", json!("open")),
        ("integrationId", alert["integration"]["id"].clone()),
    ] {
        assert_eq!(told[field], value, "{field}");
    }
    let failed = service.call("POST /v2/alerts/none/close?identifierType=alias", Value::Null);
    let told = service.outcome(&failed);
    for (field, value) in [
        ("success", json!(false)),
        ("isSuccess", json!(false)),
        ("status", json!("There is no open alert")),
        ("alertId", json!("")),
        ("alias", json!("")),
    ] {
        assert_eq!(told[field], value, "{field}");
    }
}

#[test]
fn a_request_that_never_was_is_told_like_one_that_is_not_processed() {
    let mut service = Service::empty(as_it_is);
    for id in ["00000000-0000-4000-8000-000000000000", "x", "count"] {
        let answer = service.call(&format!("GET /v2/alerts/requests/{id}"), Value::Null);
        assert_eq!(answer.status, 404, "{id}");
        assert_eq!(answer.reply.header("X-Opsgenie-Errortype"), Some("RequestNotProcessed"), "{id}");
    }
}

#[test]
fn what_is_lost_was_accepted_and_never_happens() {
    let mut service = Service::empty(as_it_is);
    service.processing = Processing::Lost;
    let accepted = service.call(CREATE, alias("a"));
    assert_eq!((accepted.status, service.twin.next_due()), (202, None));
    service.pass(1_000_000);
    assert_eq!(status_of(&mut service, &accepted).status, 404);
    assert_eq!(service.ids(), Vec::<String>::new());
    service.processing = Processing::Lost;
    assert_eq!(service.call(CREATE, json!({})).status, 422, "what is wrong is refused all the same");
}

#[test]
fn a_late_create_is_overtaken_by_its_close_and_stays_open() {
    let mut service = delayed(100);
    service.processing = Processing::Late(TimeDelta::seconds(5));
    let create = service.call(CREATE, alias("a"));
    service.processing = Processing::Normal;
    let close = service.call(CLOSE, Value::Null);
    service.pass(10_000);
    assert_eq!(service.told(&close), "202 failed: There is no open alert");
    assert_eq!(service.told(&create), "202 Created alert");
    assert_eq!(service.alert("a")["status"], "open");
}

#[test]
fn one_that_overtakes_comes_before_all_that_wait_in_its_account() {
    let mut service = delayed(100);
    let first = service.call(CREATE, alias("a"));
    service.pass(50);
    service.processing = Processing::Overtaking;
    let close = service.call(CLOSE, Value::Null);
    let closing_first = service.call("POST /v2/alerts/b/close?identifierType=alias", Value::Null);
    service.processing = Processing::Normal;
    service.pass(50);
    assert_eq!(service.told(&close), "202 failed: There is no open alert");
    assert_eq!(service.told(&closing_first), "202 failed: There is no open alert");
    assert_eq!(service.told(&first), "202 Created alert");
    let at = |service: &mut Service, accepted| service.outcome(accepted)["processedAt"].clone();
    assert_eq!(at(&mut service, &close), at(&mut service, &first), "as early as what it overtook");
    assert_eq!(service.alert("a")["status"], "open");
}

#[test]
fn slow_request_status_hides_outcomes_but_not_effects() {
    let mut service = Service::empty(|settings| settings.status_delay_ms = 2_000);
    let accepted = service.call(CREATE, alias("a"));
    assert_eq!(service.alert("a")["count"], 1);
    service.pass(1_999);
    assert_eq!(status_of(&mut service, &accepted).status, 404);
    service.pass(1);
    assert_eq!(status_of(&mut service, &accepted).status, 200);
    service.twin.set_status_delay(TimeDelta::zero());
    let accepted = service.call(CREATE, alias("a"));
    assert_eq!(status_of(&mut service, &accepted).status, 200);
}

#[test]
fn the_oldest_outcomes_go_first() {
    let mut service = Service::empty(|settings| settings.outcomes_kept = 2);
    let accepted: Vec<_> = (0..3).map(|_| service.call(CREATE, alias("a"))).collect();
    let seen: Vec<_> = accepted.iter().map(|accepted| status_of(&mut service, accepted).status).collect();
    assert_eq!(seen, [404, 200, 200]);
}

#[test]
fn whoever_follows_sees_each_change_once() {
    let mut service = Service::empty(as_it_is);
    service.write(CREATE, alias("a"));
    service.write(CREATE, alias("a"));
    service.write("POST /v2/alerts/a/acknowledge?identifierType=alias", Value::Null);
    let after_three = service.twin.last_change();
    service.write(CLOSE, Value::Null);
    service.call(CLOSE, Value::Null);
    service.write("DELETE /v2/alerts/1?identifierType=tiny", Value::Null);
    let kinds = |sequence| -> Vec<_> {
        service.twin.changes_since(sequence).changes.iter().map(|change| change.kind).collect()
    };
    let all = [
        ChangeKind::Created,
        ChangeKind::Repeated,
        ChangeKind::Updated,
        ChangeKind::Closed,
        ChangeKind::Deleted,
    ];
    assert_eq!(kinds(0), all);
    assert_eq!(kinds(after_three), all[3..]);
}

#[test]
fn a_reset_leaves_accounts_and_nothing_else() {
    let mut service = Service::with_alerts(|settings| settings.processing_delay_ms = 0);
    service.processing = Processing::Late(TimeDelta::seconds(1));
    let waiting = service.call(CREATE, alias("late"));
    let before = service.ids();
    service.twin.reset(service.now);
    service.processing = Processing::Normal;
    service.pass(2_000);
    assert_eq!(status_of(&mut service, &waiting).status, 404);
    assert_eq!(service.ids(), Vec::<String>::new());
    service.write(CREATE, alias("open"));
    assert!(!before.contains(&service.ids()[0]), "ids are not used again");
    assert_eq!(service.alert("open")["tinyId"], "3");
}

#[test]
fn a_button_acts_as_a_request_would() {
    use trailbell_sim::pager::command::{Action, By, Command, Identifier};
    let mut service = Service::with_alerts(as_it_is);
    let id = service.ids()[0].clone();
    let by = By { user: Some("inbox".to_owned()), ..By::default() };
    let close = Command::Act { on: Identifier::Id(id.clone()), action: Action::Close, by };
    let request = service.twin.submit(0, close.clone(), service.now).unwrap();
    let status = service.call(&format!("GET /v2/alerts/requests/{request}"), Value::Null);
    assert_eq!(status.json["data"]["status"], "Closed alert");
    assert_eq!(service.twin.submit(9, close, service.now), None);

    assert!(service.twin.mark_seen(0, &id, service.now));
    assert!(!service.twin.mark_seen(0, "nobody", service.now));
    assert_eq!(service.call("GET /v2/alerts/{open}", Value::Null).json["data"]["isSeen"], true);
}
