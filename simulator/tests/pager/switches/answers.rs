use serde_json::{Value, json};
use trailbell_sim::pager::Settings;
use trailbell_sim::pager::settings::{ErrorBodies, MediaTypes, ReportTimes, Switches, WrongMethod};

use super::{CREATE, switched};
use crate::support::{KEY, Service, as_it_is, check, row};

#[test]
fn reports_are_in_milliseconds_or_seconds() {
    for (unit, passed) in [(ReportTimes::Milliseconds, 3_000), (ReportTimes::Seconds, 3)] {
        let call = row("POST /v2/alerts/{open}/acknowledge", Value::Null, "202 Acknowledged alert");
        check(
            switched(|switches| switches.report_times = unit),
            [call.then("open", "/report/ackTime", passed)],
        );
    }
}

#[test]
fn post_updates_texts_or_not() {
    let calls = || {
        [
            ("POST /v2/alerts/{open}/message", json!({"message": "new"}), "202 Updated message"),
            ("POST /v2/alerts/{open}/description", json!({"description": "new"}), "202 Updated description"),
        ]
    };
    check(as_it_is, calls().map(|(call, body, done)| row(call, body, done)));
    let put_alone = switched(|switches| switches.update_by_post = false);
    check(put_alone, calls().map(|(call, body, _)| row(call, body, "405 Method is not supported")));
}

#[test]
fn an_alert_is_deleted_by_alias_or_not() {
    let call = "DELETE /v2/alerts/open?identifierType=alias";
    check(as_it_is, [row(call, Value::Null, "202 Deleted alert")]);
    check(
        switched(|switches| switches.delete_by_alias = false),
        [
            row(call, Value::Null, "422 identifierType: should be one of [ id, tiny ]"),
            row("DELETE /v2/alerts/1?identifierType=tiny", Value::Null, "202 Deleted alert"),
            row("DELETE /v2/alerts/{open}", Value::Null, "202 Deleted alert"),
        ],
    );
}

#[test]
fn a_wrong_method_is_405_or_404() {
    for (switch, told) in [
        (WrongMethod::MethodNotAllowed, "405 Method is not supported"),
        (WrongMethod::NotFound, "404 No such path"),
    ] {
        let call = row("PATCH /v2/alerts", Value::Null, told);
        check(switched(|switches| switches.wrong_method = switch), [call]);
    }
}

#[test]
fn media_types_are_looked_at_or_not() {
    let authorization = format!("GenieKey {KEY}");
    let body = "{\"message\":\"m\"}";
    for (header, value, strict) in [
        ("Content-Type", "application/json", 202),
        ("Content-Type", "Application/JSON; charset=utf-8", 202),
        ("Content-Type", "", 202),
        ("Content-Type", "text/plain", 415),
        ("Content-Type", "application/x-www-form-urlencoded", 415),
        ("Accept", "*/*", 202),
        ("Accept", "text/html, application/*;q=0.8", 202),
        ("Accept", "application/json", 202),
        ("Accept", "text/html", 406),
    ] {
        for (switch, status) in [(MediaTypes::Strict, strict), (MediaTypes::Lenient, 202)] {
            let mut service = Service::empty(switched(|switches| switches.media_types = switch));
            let answer = service.raw(CREATE, &[("Authorization", &authorization), (header, value)], body);
            assert_eq!(answer.status, status, "{header}: {value} ({switch:?})");
        }
    }
    let mut service = Service::empty(switched(|switches| switches.media_types = MediaTypes::Strict));
    let get = service.raw(
        "GET /v2/alerts",
        &[("Authorization", &authorization), ("Content-Type", "text/plain")],
        "",
    );
    assert_eq!(get.status, 200, "what has no body has no media type");
}

#[test]
fn errors_that_nobody_has_recorded_have_json_text_or_nothing() {
    let calls = [
        ("POST /v2/alerts", 400, "Request body is not processable JSON"),
        ("GET /nowhere", 404, "No such path"),
        ("PATCH /v2/alerts", 405, "Method is not supported"),
    ];
    for (call, status, words) in calls {
        for bodies in [ErrorBodies::Json, ErrorBodies::Text, ErrorBodies::Empty] {
            let mut service = Service::empty(switched(|switches| switches.error_bodies = bodies));
            let answer = service.call(call, Value::Null);
            assert_eq!(answer.status, status);
            let text = String::from_utf8(answer.reply.body.to_vec()).unwrap();
            match bodies {
                ErrorBodies::Json => assert_eq!(answer.json["message"], words),
                ErrorBodies::Text => {
                    assert_eq!((answer.reply.content_type, text.as_str()), ("text/plain", words));
                }
                ErrorBodies::Empty => assert_eq!(text, ""),
            }
            assert!(answer.reply.header("X-Request-Id").is_some());
        }
    }
    let mut service = Service::empty(switched(|switches| switches.error_bodies = ErrorBodies::Empty));
    let recorded = service.call(CREATE, json!({}));
    assert_eq!(recorded.json["errors"]["message"], "Message can not be empty.");
}

#[test]
fn the_usual_rate_limit_state_is_what_it_is_set_to() {
    for (state, header) in [("OK", Some("OK")), ("NORMAL", Some("NORMAL")), ("", None)] {
        let mut service = Service::empty(switched(|switches| switches.rate_limit_state = state.to_owned()));
        let answer = service.call("GET /v2/alerts", Value::Null);
        assert_eq!(answer.reply.header("X-RateLimit-State"), header);
    }
}

#[test]
fn outcomes_can_be_read_for_a_while_or_for_ever() {
    for (seconds, after_a_minute, after_a_year) in [(60, 200, 404), (0, 200, 200)] {
        let mut service = Service::empty(switched(|switches| switches.outcome_seconds = seconds));
        let accepted = service.call(CREATE, json!({"message": "m"}));
        let id = accepted.json["requestId"].as_str().unwrap();
        let call = format!("GET /v2/alerts/requests/{id}");
        service.pass(60_000);
        assert_eq!(service.call(&call, Value::Null).status, after_a_minute);
        service.pass(365 * 86_400_000);
        assert_eq!(service.call(&call, Value::Null).status, after_a_year);
    }
}

#[test]
fn jsm_has_the_hosted_webhook_or_not() {
    for (has, status) in [(true, 202), (false, 404)] {
        let mut service = Service::of(Settings {
            switches: Switches { jsm_webhook: has, ..Switches::default() },
            ..Settings::default()
        });
        let call = format!("POST /jsm/ops/integration/v1/json/cloudwatch?apiKey={KEY}");
        assert_eq!(service.call(&call, json!({"Type": "UnsubscribeConfirmation"})).status, status);
    }
}

#[test]
fn the_fields_of_the_prose_are_there_or_not() {
    for (legacy, there) in [(true, 3), (false, 0)] {
        let mut service = Service::with_alerts(switched(|switches| switches.legacy_fields = legacy));
        let alert = service.alert("open");
        let fields = ["seen", "teams", "ownerTeamId"];
        assert_eq!(fields.iter().filter(|field| alert.get(**field).is_some()).count(), there);
        assert!(alert.get("isSeen").is_some());
    }
}
