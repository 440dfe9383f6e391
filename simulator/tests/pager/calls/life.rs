use serde_json::{Value, json};

use crate::support::{Service, as_it_is, check, row};

const UNKNOWN_ID: &str = "202 failed: Alert does not exist";
const UNKNOWN_ALIAS: &str = "202 failed: There is no open alert";

#[test]
fn close() {
    let by = json!({"user": "ann@example.test", "source": "cli", "note": "over"});
    check(
        as_it_is,
        [
            row("POST /v2/alerts/{open}/close", Value::Null, "202 Closed alert"),
            row("POST /v2/alerts/{open}/close?identifierType=id", json!({}), "202 Closed alert"),
            row("POST /v2/alerts/open/close?identifierType=alias", by, "202 Closed alert"),
            row("POST /v2/alerts/1/close?identifierType=tiny", Value::Null, "202 Closed alert"),
            row("POST /v2/alerts/{closed}/close", Value::Null, "202 failed: Alert is already closed"),
            row("POST /v2/alerts/closed/close?identifierType=alias", Value::Null, UNKNOWN_ALIAS),
            row("POST /v2/alerts/Open/close?identifierType=alias", Value::Null, UNKNOWN_ALIAS),
            row("POST /v2/alerts/nobody/close", Value::Null, UNKNOWN_ID),
            row("POST /v2/alerts/99/close?identifierType=tiny", Value::Null, UNKNOWN_ID),
            row("POST /v2/alerts/x/close?identifierType=tiny", Value::Null, UNKNOWN_ID),
            row(
                "POST /v2/alerts/open/close?identifierType=name",
                Value::Null,
                "422 identifierType: should be one of [ id, alias, tiny ]",
            ),
            row("POST /v2/alerts/{open}/close", json!({"note": 1}), "422 note: should be a string"),
        ],
    );
}

#[test]
fn a_close_is_reported_and_releases_the_alias() {
    let mut service = Service::with_alerts(as_it_is);
    let id = service.alert("open")["id"].clone();
    service.pass(500);
    service.write("POST /v2/alerts/open/close?identifierType=alias", json!({"user": "ann@example.test"}));
    assert_eq!(service.call("GET /v2/alerts/open?identifierType=alias", Value::Null).status, 404);
    let closed = service.call("GET /v2/alerts/{open}", Value::Null).json["data"].clone();
    assert_eq!(closed["status"], "closed");
    assert_eq!(closed["report"], json!({"closeTime": 3_500, "closedBy": "ann@example.test"}));

    service.write("POST /v2/alerts", json!({"message": "again", "alias": "open"}));
    let again = service.alert("open");
    assert_ne!(again["id"], id);
    assert_eq!(again["count"], 1);
}

#[test]
fn acknowledge_and_unacknowledge() {
    let done = "202 Acknowledged alert";
    check(
        as_it_is,
        [
            row("POST /v2/alerts/{open}/acknowledge", Value::Null, done).then("open", "/acknowledged", true),
            row("POST /v2/alerts/open/acknowledge?identifierType=alias", json!({"user": "bot"}), done)
                .then("open", "/status", "open")
                .then("open", "/report", json!({"ackTime": 3_000, "acknowledgedBy": "bot"})),
            row("POST /v2/alerts/{closed}/acknowledge", Value::Null, "202 failed: Alert is already closed"),
            row("POST /v2/alerts/nobody/acknowledge?identifierType=alias", Value::Null, UNKNOWN_ALIAS),
            row(
                "POST /v2/alerts/{open}/unacknowledge",
                Value::Null,
                "202 failed: Alert is already unacknowledged",
            ),
            row("POST /v2/alerts/{closed}/unacknowledge", Value::Null, "202 failed: Alert is already closed"),
            row("POST /v2/alerts/nobody/unacknowledge", Value::Null, UNKNOWN_ID),
        ],
    );
    let mut service = Service::with_alerts(as_it_is);
    service.write("POST /v2/alerts/{open}/acknowledge", json!({"user": "ann@example.test"}));
    let twice = service.write("POST /v2/alerts/{open}/acknowledge", Value::Null);
    assert_eq!(twice, "Alert is already acknowledged");
    service.pass(5_000);
    assert_eq!(service.write("POST /v2/alerts/{open}/unacknowledge", Value::Null), "Unacknowledged alert");
    assert_eq!(service.alert("open")["acknowledged"], false);
    service.write("POST /v2/alerts/{open}/acknowledge", json!({"user": "bob@example.test"}));
    let report = &service.alert("open")["report"];
    assert_eq!(
        *report,
        json!({"ackTime": 3_000, "acknowledgedBy": "ann@example.test"}),
        "the first one counts"
    );
}

#[test]
fn snooze() {
    let until = |time: &str| json!({ "endTime": time });
    let call = "POST /v2/alerts/{open}/snooze";
    let no_time = "422 endTime: should be a date and time such as 2026-01-05T10:00:00Z";
    check(
        as_it_is,
        [
            row(call, until("2026-09-21T15:13:20Z"), "202 Snoozed alert")
                .then("open", "/snoozed", true)
                .then("open", "/snoozedUntil", "2026-09-21T15:13:20.000Z")
                .then("open", "/status", "open"),
            row(call, until("2026-09-21T17:13:20.5+02:00"), "202 Snoozed alert").then(
                "open",
                "/snoozedUntil",
                "2026-09-21T15:13:20.500Z",
            ),
            row(call, json!({}), "422 endTime: endTime can not be empty."),
            row(call, until("tomorrow"), no_time),
            row(call, json!({"endTime": 1_790_000_000}), no_time),
            row(call, until("2026-09-21T14:13:20Z"), "422 endTime: should be in the future"),
            row(
                "POST /v2/alerts/{closed}/snooze",
                until("2027-01-01T00:00:00Z"),
                "202 failed: Alert is already closed",
            ),
            row("POST /v2/alerts/nobody/snooze", until("2027-01-01T00:00:00Z"), UNKNOWN_ID),
        ],
    );
}

#[test]
fn a_snooze_ends_by_itself() {
    let mut service = Service::with_alerts(as_it_is);
    service.write("POST /v2/alerts/{open}/snooze", json!({"endTime": "2026-09-21T15:13:20Z"}));
    service.pass(3_600_000);
    let alert = service.alert("open");
    assert_eq!((&alert["snoozed"], &alert["snoozedUntil"]), (&json!(false), &Value::Null));
}

#[test]
fn a_snooze_that_is_over_before_it_takes_effect_fails() {
    let mut service = Service::with_alerts(as_it_is);
    service.processing = trailbell_sim::pager::Processing::Late(chrono::TimeDelta::hours(2));
    let accepted = service.call("POST /v2/alerts/{open}/snooze", json!({"endTime": "2026-09-21T15:13:20Z"}));
    service.pass(7_200_000);
    assert_eq!(service.told(&accepted), "202 failed: Snooze end time is in the past");
}

#[test]
fn custom_actions() {
    check(
        as_it_is,
        [
            row("POST /v2/alerts/{open}/actions/Restart", Value::Null, "202 Executed action Restart"),
            row(
                "POST /v2/alerts/{open}/actions/Restart",
                json!({"note": "n"}),
                "202 Executed action Restart",
            ),
            row(
                "POST /v2/alerts/{open}/actions/Re%20start",
                Value::Null,
                "202 failed: Action Re start does not exist",
            ),
            row(
                "POST /v2/alerts/{closed}/actions/Restart",
                Value::Null,
                "202 failed: Alert is already closed",
            ),
            row("POST /v2/alerts/nobody/actions/Restart", Value::Null, UNKNOWN_ID),
        ],
    );
}
