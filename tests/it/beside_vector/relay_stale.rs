//! A create that comes after a newer close of its alias is dropped, not raised: nothing would ever close it.

use serde_json::{Value, json};
use trailbell_sim::pager::PagerTwin;

use super::peer::{Behaviour, Peer};
use super::{Answer, Relay, action};

fn outcomes(answer: &Answer) -> Vec<&str> {
    let outcomes = answer.body["outcomes"].as_array().unwrap();
    outcomes.iter().map(|outcome| outcome["outcome"].as_str().unwrap()).collect()
}

fn note(alias: &str, second: u32) -> Value {
    let mut note = action("notes", alias, second);
    note["action"] = "note".into();
    note
}

#[tokio::test]
async fn what_is_older_than_the_newest_close_is_stale() {
    let pager = PagerTwin::start().await.unwrap();
    let relay = Relay::start(&pager.base_url()).await;
    for (sent, outcome) in [
        (action("create", "a", 0), "accepted"),
        (action("close", "a", 5), "accepted"),
        (action("create", "a", 3), "stale"),
        (note("a", 4), "stale"),
        // An older close takes nothing of the newer one back.
        (action("close", "a", 2), "accepted"),
        (action("create", "a", 4), "stale"),
        (action("create", "b", 3), "accepted"),
        // At the same time, and later.
        (note("a", 5), "accepted"),
        (action("create", "a", 6), "accepted"),
    ] {
        let before = pager.requests().len();
        let answer = relay.post("/actions", &sent).await;
        assert_eq!((answer.status, outcomes(&answer)), (200, vec![outcome]), "{sent}");
        assert_eq!(pager.requests().len() - before, usize::from(outcome == "accepted"), "{sent}");
    }
    assert!(pager.expect_open("a").is_open());
    assert_eq!(relay.metrics().await.value("trailbell_stale_total"), 3);
}

#[tokio::test]
async fn times_are_compared_as_times_and_1970_is_no_time() {
    let pager = PagerTwin::start().await.unwrap();
    let relay = Relay::start(&pager.base_url()).await;
    let at = |verb: &str, time: &str| {
        let mut action = action(verb, "a", 0);
        action["occurred_at"] = time.into();
        action
    };
    let batch = json!([
        at("close", "2026-09-22T19:27:00.500Z"),
        at("create", "2026-09-22T19:27:00.5Z"),
        at("create", "2026-09-22T19:27:00.49Z"),
        at("create", "2026-09-22T19:27:00Z"),
        at("create", "1970-01-01T00:00:00.000Z"),
    ]);
    let answer = relay.post("/actions", &batch).await;
    assert_eq!(outcomes(&answer), ["accepted", "accepted", "stale", "stale", "accepted"]);
}

#[tokio::test]
async fn a_create_that_waits_for_another_caller_s_close_is_stale_after_it() {
    let pager = Peer::start(Behaviour::Ask).await;
    let relay = Relay::start(&pager.base_url()).await;
    let (close, late) =
        (action("close", "a", 5), json!([action("create", "a", 3), action("create", "b", 3)]));
    let (closed, late) = tokio::join!(relay.post("/actions", &close), async {
        let held = pager.next().await;
        let (answer, ()) = tokio::join!(relay.post("/actions", &late), async {
            let other = pager.next().await;
            assert!(other.seen.body.windows(11).any(|part| part == br#""alias":"b""#), "{:?}", other.seen);
            other.accept();
            held.accept();
        });
        answer
    });
    assert_eq!((closed.status, late.status, outcomes(&late)), (200, 200, vec!["stale", "accepted"]));
}

#[tokio::test]
async fn a_close_that_the_pager_did_not_accept_makes_nothing_stale() {
    let pager = Peer::start(Behaviour::Answer(422, "{}".to_owned())).await;
    let relay = Relay::start(&pager.base_url()).await;
    assert_eq!(relay.post("/actions", &action("close", "a", 5)).await.status, 422);
    pager.behave(Behaviour::Answer(202, "{}".to_owned()));
    let answer = relay.post("/actions", &action("create", "a", 3)).await;
    assert_eq!(outcomes(&answer), ["accepted"]);
}
