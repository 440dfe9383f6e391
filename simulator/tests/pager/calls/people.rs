use serde_json::{Value, json};
use trailbell_sim::pager::settings::PlanAction;

use crate::support::{Service, as_it_is, check, row};

const CLOSED: &str = "202 failed: Alert is already closed";
const UNKNOWN: &str = "202 failed: Alert does not exist";

#[test]
fn escalate() {
    let to = |name: &str| json!({"escalation": {"name": name}});
    let call = "POST /v2/alerts/{open}/escalate";
    check(
        as_it_is,
        [
            row(call, to("managers"), "202 Escalated alert to managers"),
            row(call, to("owners"), "202 failed: Responder escalation does not exist"),
            row(
                call,
                json!({"escalation": {"id": "no-id"}}),
                "202 failed: Responder escalation does not exist",
            ),
            row(call, json!({}), "422 escalation: escalation can not be empty."),
            row(call, json!({"escalation": {}}), "422 escalation: id or name should be given"),
            row(call, json!({"escalation": "managers"}), "422 escalation: should be an object"),
            row("POST /v2/alerts/{closed}/escalate", to("managers"), CLOSED),
            row("POST /v2/alerts/nobody/escalate", to("managers"), UNKNOWN),
        ],
    );
}

#[test]
fn assign() {
    let to = |name: &str| json!({"owner": {"username": name}});
    let call = "POST /v2/alerts/{open}/assign";
    check(
        as_it_is,
        [
            row(call, to("ann@example.test"), "202 Assigned alert to ann@example.test").then(
                "open",
                "/owner",
                "ann@example.test",
            ),
            row(call, to("eve@example.test"), "202 failed: Responder user does not exist"),
            row(call, to("ann"), "422 username: must be a well-formed email address"),
            row(call, json!({}), "422 owner: owner can not be empty."),
            row(call, json!({"owner": {"name": "ann"}}), "422 owner: id or username should be given"),
            row("POST /v2/alerts/{closed}/assign", to("ann@example.test"), CLOSED),
            row("POST /v2/alerts/nobody/assign", to("ann@example.test"), UNKNOWN),
        ],
    );
}

#[test]
fn add_a_team() {
    let call = "POST /v2/alerts/{open}/teams";
    check(
        as_it_is,
        [
            row(call, json!({"team": {"id": "team-2"}}), "202 Added team platform")
                .then("open", "/responders/1", json!({"type": "team", "id": "team-2"}))
                .then("open", "/teams/1/id", "team-2"),
            row(call, json!({"team": {"name": "secops"}}), "202 Added team secops").then(
                "open",
                "/teams/1",
                Value::Null,
            ),
            row(call, json!({"team": {"name": "nobody"}}), "202 failed: Responder team does not exist"),
            row(call, json!({}), "422 team: team can not be empty."),
            row(
                call,
                json!({"team": {"username": "ann@example.test"}}),
                "422 team: id or name should be given",
            ),
            row("POST /v2/alerts/{closed}/teams", json!({"team": {"name": "secops"}}), CLOSED),
            row("POST /v2/alerts/nobody/teams", json!({"team": {"name": "secops"}}), UNKNOWN),
        ],
    );
}

#[test]
fn add_a_responder() {
    let call = "POST /v2/alerts/{open}/responders";
    let team = json!({"responder": {"type": "team", "name": "platform"}});
    let user = |name: &str| json!({"responder": {"type": "user", "username": name}});
    check(
        as_it_is,
        [
            row(call, team.clone(), "202 Added responder platform").then(
                "open",
                "/responders/1/id",
                "team-2",
            ),
            row(call, user("bob@example.test"), "202 Added responder bob@example.test").then(
                "open",
                "/responders/1/type",
                "user",
            ),
            row(call, user("eve@example.test"), "202 failed: Responder user does not exist"),
            row(call, json!({}), "422 responder: responder can not be empty."),
            row(
                call,
                json!({"responder": {"type": "schedule", "name": "nights"}}),
                "422 recipients#type: Invalid recipient type 'schedule'",
            ),
            row("POST /v2/alerts/{closed}/responders", team.clone(), CLOSED),
            row("POST /v2/alerts/nobody/responders", team, UNKNOWN),
        ],
    );
}

#[test]
fn what_the_plan_lacks_is_told_in_the_outcome() {
    let lacks_assign = |settings: &mut trailbell_sim::pager::Settings| {
        settings.accounts[0].plan_lacks = vec![PlanAction::Assign];
    };
    let call = "POST /v2/alerts/{open}/assign";
    let body = json!({"owner": {"username": "ann@example.test"}});
    check(
        lacks_assign,
        [
            row(call, body, "202 failed: Your account plan does not support alert assign action")
                .then("open", "/owner", ""),
            row("POST /v2/alerts/{open}/close", Value::Null, "202 Closed alert"),
        ],
    );
}

#[test]
fn recipients_are_the_users_behind_the_responders() {
    let mut service = Service::with_alerts(as_it_is);
    service.pass(1_000);
    service.write("POST /v2/alerts/{open}/acknowledge", json!({"user": "ann@example.test"}));
    let answer = service.call("GET /v2/alerts/open/recipients?identifierType=alias", Value::Null);
    assert_eq!(answer.status, 200);
    let mut told: Vec<_> = answer.json["data"].as_array().unwrap().clone();
    told.sort_by_key(|one| one["user"]["username"].to_string());
    let seen: Vec<_> =
        told.iter().map(|one| (&one["user"]["username"], &one["state"], &one["method"])).collect();
    assert_eq!(
        seen,
        [
            (&json!("ann@example.test"), &json!("action"), &json!("Acknowledge")),
            (&json!("bob@example.test"), &json!("notactive"), &json!("")),
        ]
    );
    assert_eq!(told[0]["createdAt"], "2026-09-21T14:13:20.000Z");
    assert_eq!(told[0]["updatedAt"], "2026-09-21T14:13:24.000Z");
    assert_eq!(service.call("GET /v2/alerts/nobody/recipients", Value::Null).status, 404);
}
