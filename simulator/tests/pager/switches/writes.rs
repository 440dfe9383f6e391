use serde_json::{Value, json};
use trailbell_sim::pager::Settings;
use trailbell_sim::pager::settings::{
    CustomActions, Domain, Order, PlanAction, PlanRefusal, RateLimit, Throttled, UnknownAlert,
};

use super::{CREATE, switched};
use crate::support::{Service, as_it_is, check, row};

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
fn over_the_rate_limit_writes_are_refused_or_late() {
    let with = |throttled| {
        move |settings: &mut Settings| {
            let domain = Domain::Alert;
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
