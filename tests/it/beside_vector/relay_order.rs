//! Actions of one alias keep their order; those of different aliases do not wait for each other.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::task::JoinSet;
use trailbell_sim::pager::PagerTwin;

use super::peer::{Behaviour, Peer};
use super::{Relay, action};

#[tokio::test]
async fn each_alias_is_created_before_it_is_closed_while_many_run_side_by_side() {
    let pager = PagerTwin::start().await.unwrap();
    let relay = Relay::start(&pager.base_url()).await;
    // Two batches at once, each with both actions of forty aliases, mixed.
    let batch = |from: u32| {
        let aliases: Vec<String> = (from..from + 40).map(|number| format!("alarm-{number}")).collect();
        let creates = aliases.iter().map(|alias| action("create", alias, 1));
        let closes = aliases.iter().rev().map(|alias| action("close", alias, 2));
        Value::from(creates.chain(closes).collect::<Vec<_>>())
    };
    let (one, two) = (batch(0), batch(40));
    let (one, two) = tokio::join!(relay.post("/actions", &one), relay.post("/actions", &two));
    assert_eq!((one.status, two.status), (200, 200));
    let mut order: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for request in &pager.requests() {
        let body: Value = serde_json::from_slice(&request.request.body).unwrap();
        if let Some(alias) = body["alias"].as_str() {
            order.entry(alias.to_owned()).or_default().push("create");
        } else {
            let alias = request.request.path.split('/').nth(3).unwrap().to_owned();
            order.entry(alias).or_default().push("close");
        }
    }
    assert_eq!(order.len(), 80);
    assert!(order.values().all(|verbs| verbs == &["create", "close"]), "{order:?}");
    assert!(pager.alerts().iter().all(|alert| !alert.is_open()));
    // Answers stand in the order of the actions.
    let outcomes = one.body["outcomes"].as_array().unwrap();
    let aliases = [0, 39, 40, 79].map(|place: usize| outcomes[place]["alias"].as_str().unwrap());
    assert_eq!(aliases, ["alarm-0", "alarm-39", "alarm-39", "alarm-0"]);
}

#[tokio::test]
async fn one_alias_waits_and_another_does_not() {
    let pager = Peer::start(Behaviour::Ask).await;
    let relay = Relay::start(&pager.base_url()).await;
    let (create, close) = (action("create", "a", 1), action("close", "a", 2));
    let other = action("create", "b", 1);
    let first = relay.post("/actions", &create);
    let rest = async {
        let held = pager.next().await;
        let meanwhile = async {
            // A close that overtook would be seen here, before its create is answered.
            let second = pager.next().await;
            assert!(second.seen.body.windows(11).any(|part| part == br#""alias":"b""#), "{:?}", second.seen);
            second.accept();
            held.accept();
            let third = pager.next().await;
            assert_eq!(third.seen.target, "/v2/alerts/a/close?identifierType=alias");
            third.accept();
        };
        let call = "/v2/alerts/a/close?identifierType=alias";
        tokio::join!(relay.post(call, &close["request"]["body"]), relay.post("/actions", &other), meanwhile)
    };
    let (created, (closed, other, ())) = tokio::join!(first, rest);
    assert_eq!((created.status, closed.status, other.status), (200, 202, 200));
}

#[tokio::test]
async fn a_close_does_not_overtake_a_create_that_will_come_again() {
    let pager = Peer::start(Behaviour::Ask).await;
    let relay = Relay::start(&pager.base_url()).await;
    // In one batch.
    let batch = json!([action("create", "a", 1), action("close", "a", 2), action("create", "b", 1)]);
    let (answer, ()) = tokio::join!(relay.post("/actions", &batch), async {
        for _ in 0..2 {
            let held = pager.next().await;
            if held.seen.body.windows(11).any(|part| part == br#""alias":"a""#) {
                held.answer(401, "{}");
            } else {
                held.accept();
            }
        }
    });
    let outcomes = &answer.body["outcomes"];
    assert_eq!(answer.status, 503, "{answer:?}");
    assert_eq!(outcomes[1]["outcome"], "unavailable");
    assert_eq!(outcomes[1]["reason"], "an earlier action of this alias was not delivered");
    assert_eq!(outcomes[2]["outcome"], "accepted");
    assert!(!pager.targets().iter().any(|target| target.contains("close")), "{:?}", pager.targets());
    // Once the pager takes it, all goes through, and nothing is held.
    pager.behave(Behaviour::Answer(202, r#"{"requestId":"r-1"}"#.to_owned()));
    assert_eq!(relay.post("/actions", &batch).await.status, 200);
}

#[tokio::test]
async fn a_final_refusal_lets_those_behind_it_go_on() {
    let pager = Peer::start(Behaviour::Ask).await;
    let relay = Relay::start(&pager.base_url()).await;
    let batch = json!([action("create", "a", 1), action("close", "a", 2)]);
    let (answer, ()) = tokio::join!(relay.post("/actions", &batch), async {
        pager.next().await.answer(422, r#"{"message":"no"}"#);
        pager.next().await.accept();
    });
    assert_eq!(answer.status, 422);
    assert_eq!(answer.body["outcomes"][1]["outcome"], "accepted");
}

#[tokio::test]
async fn a_storm_goes_through_however_many_wait() {
    let pager = PagerTwin::start().await.unwrap();
    let relay = std::sync::Arc::new(
        Relay::with(&pager.base_url(), |_| {}, |config| config.timeouts.delivery = Duration::from_mins(1))
            .await,
    );
    let mut posts = JoinSet::new();
    for number in 0..100 {
        let relay = std::sync::Arc::clone(&relay);
        posts.spawn(async move {
            let alias = format!("alarm-{}", number % 5);
            relay.post("/actions", &action("create", &alias, number % 60)).await.status
        });
    }
    assert!(posts.join_all().await.iter().all(|status| *status == 200));
    let alerts = pager.alerts();
    assert_eq!(alerts.len(), 5);
    assert!(alerts.iter().all(|alert| alert.count == 20), "{alerts:?}");
}
