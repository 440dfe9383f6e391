use serde_json::{Value, json};
use trailbell_sim::pager::Settings;
use trailbell_sim::pager::settings::{
    CustomActions, ErrorBodies, FieldPolicies, MediaTypes, Order, OverLimit, PlanAction, PlanRefusal,
    RateLimit, ReportTimes, Switches, Throttled, UnknownAlert, WrongMethod,
};

use crate::support::{KEY, Service, as_it_is, check, row};

const CREATE: &str = "POST /v2/alerts";

fn switched(change: impl Fn(&mut Switches)) -> impl Fn(&mut Settings) {
    move |settings| change(&mut settings.switches)
}

fn over_limit(policy: OverLimit) -> impl Fn(&mut Settings) {
    switched(move |switches| switches.over_limit = FieldPolicies::all(policy))
}

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

#[test]
fn an_unknown_alert_fails_later_or_at_once() {
    let call = "POST /v2/alerts/nobody/close?identifierType=alias";
    check(as_it_is, [row(call, Value::Null, "202 failed: There is no open alert")]);
    let direct = switched(|switches| switches.unknown_alert = UnknownAlert::NotFound);
    check(
        direct,
        [
            row(call, Value::Null, "404 Alert not found"),
            row("POST /v2/alerts/nobody/notes", json!({"note": "n"}), "404 Alert not found"),
            row("DELETE /v2/alerts/99?identifierType=tiny", Value::Null, "404 Alert not found"),
            row("POST /v2/alerts/nobody/notes", json!({}), "422 note: note can not be empty."),
            row("POST /v2/alerts/{open}/close", Value::Null, "202 Closed alert"),
            row("POST /v2/alerts/{closed}/close", Value::Null, "202 failed: Alert is already closed"),
        ],
    );
}

#[test]
fn a_repeats_note_is_added_or_not() {
    for (added, notes) in [(true, 2), (false, 1)] {
        let mut service = Service::with_alerts(switched(|switches| switches.repeat_adds_note = added));
        service.write(CREATE, json!({"message": "m", "alias": "open", "note": "second"}));
        let told = service.call("GET /v2/alerts/{open}/notes", Value::Null);
        assert_eq!(told.json["data"].as_array().unwrap().len(), notes);
    }
}

#[test]
fn a_snooze_acknowledges_or_not() {
    for acknowledges in [false, true] {
        let call = row(
            "POST /v2/alerts/{open}/snooze",
            json!({"endTime": "2030-01-01T00:00:00Z"}),
            "202 Snoozed alert",
        );
        check(
            switched(|switches| switches.snooze_acknowledges = acknowledges),
            [call.then("open", "/acknowledged", acknowledges)],
        );
    }
}

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
                    assert_eq!((answer.reply.content_type, text.as_str()), ("text/plain", words))
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
fn over_the_rate_limit_writes_are_refused_or_late() {
    let with = |throttled| {
        move |settings: &mut Settings| {
            let domain = trailbell_sim::pager::settings::Domain::Alert;
            settings.rate_limits = vec![RateLimit { domain, per_second: None, per_minute: Some(1) }];
            settings.switches.throttled = throttled;
        }
    };
    let body = json!({"message": "m", "alias": "a"});
    let mut service = Service::empty(with(Throttled::Refuse));
    let statuses: Vec<_> = (0..2).map(|_| service.call(CREATE, body.clone()).status).collect();
    assert_eq!(statuses, [202, 429]);

    let mut service = Service::empty(with(Throttled::Delay));
    service.call(CREATE, body.clone());
    let late = service.call(CREATE, body);
    assert_eq!((late.status, late.reply.header("X-RateLimit-State")), (202, Some("THROTTLED")));
    assert_eq!(
        service.call("GET /v2/alerts/a?identifierType=alias", Value::Null).status,
        429,
        "reads cannot be late"
    );
    let count = |service: &Service| service.twin.accounts().next().unwrap().alerts().open("a").unwrap().count;
    service.pass(59_999);
    service.twin.advance(service.now);
    assert_eq!(count(&service), 1);
    service.pass(1);
    service.twin.advance(service.now);
    assert_eq!(count(&service), 2);
}

#[test]
fn writes_keep_their_order_or_not() {
    let failures = |order, seed| {
        let mut service = Service::empty(|settings| {
            settings.processing_delay_ms = 1_000;
            settings.switches.order = order;
            settings.seed = seed;
        });
        let mut closes = Vec::new();
        for number in 0..20 {
            service.call(CREATE, json!({"message": "m", "alias": number.to_string()}));
            closes.push(
                service.call(&format!("POST /v2/alerts/{number}/close?identifierType=alias"), Value::Null),
            );
        }
        service.pass(2_000);
        let failed =
            closes.iter().enumerate().filter(|(_, close)| service.outcome(close)["isSuccess"] == false);
        failed.map(|(number, _)| number).collect::<Vec<_>>()
    };
    assert_eq!(failures(Order::Arrival, 7), Vec::<usize>::new());
    let shuffled = failures(Order::Shuffled, 7);
    assert!((3..=17).contains(&shuffled.len()), "{shuffled:?}");
    assert_eq!(failures(Order::Shuffled, 7), shuffled, "the seed decides");
    assert_ne!(failures(Order::Shuffled, 8), shuffled);
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
fn responders_have_names_at_jsm_or_ids_alone() {
    let to = |responder: Value| json!({"message": "m", "responders": [responder]});
    let call = "POST /jsm/ops/integration/v2/alerts";
    let by_name = || to(json!({"type": "team", "name": "platform"}));
    let by_id = || to(json!({"type": "team", "id": "team-2"}));
    check(as_it_is, [row(call, by_name(), "202 Created alert"), row(call, by_id(), "202 Created alert")]);
    check(
        switched(|switches| switches.jsm_responder_names = false),
        [
            row(call, by_name(), "202 failed: Responder team does not exist"),
            row(call, by_id(), "202 Created alert"),
            row(CREATE, by_name(), "202 Created alert"),
        ],
    );
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
fn what_the_plan_lacks_is_refused_later_or_at_once() {
    let lacking = |refusal| {
        move |settings: &mut Settings| {
            settings.accounts[0].plan_lacks =
                vec![PlanAction::Assign, PlanAction::Escalate, PlanAction::Snooze, PlanAction::Custom];
            settings.switches.plan_refusal = refusal;
        }
    };
    let calls = || {
        [
            ("POST /v2/alerts/{open}/assign", json!({"owner": {"id": "x"}}), "assign"),
            ("POST /v2/alerts/{open}/escalate", json!({"escalation": {"id": "x"}}), "escalate"),
            ("POST /v2/alerts/{open}/snooze", json!({"endTime": "2030-01-01T00:00:00Z"}), "snooze"),
            ("POST /v2/alerts/{open}/actions/Restart", Value::Null, "custom"),
        ]
    };
    let words = |action| format!("Your account plan does not support alert {action} action");
    check(
        lacking(PlanRefusal::Outcome),
        calls().map(|(call, body, action)| row(call, body, format!("202 failed: {}", words(action)))),
    );
    check(
        lacking(PlanRefusal::PaymentRequired),
        calls().map(|(call, body, action)| row(call, body, format!("402 {}", words(action)))),
    );
}

#[test]
fn custom_actions_are_those_that_are_listed_or_any() {
    let call = "POST /v2/alerts/{open}/actions/Reboot";
    check(as_it_is, [row(call, Value::Null, "202 failed: Action Reboot does not exist")]);
    let any = switched(|switches| switches.custom_actions = CustomActions::Any);
    check(any, [row(call, Value::Null, "202 Executed action Reboot")]);
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
