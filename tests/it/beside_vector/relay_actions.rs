//! The relay takes actions as the mapping makes them.

use std::time::Duration;

use serde_json::{Value, json};
use trailbell::config::RelayConfig;
use trailbell_sim::pager::PagerTwin;

use super::peer::{Behaviour, Peer};
use super::{Relay, action, file};
use crate::world::{API_KEY, alarm};

/// Gives the pager up soon: the tests want it to fail.
fn impatient(config: &mut RelayConfig) {
    config.timeouts.delivery = Duration::from_millis(300);
}

fn outcomes(body: &Value) -> Vec<&str> {
    let outcomes = body["outcomes"].as_array().unwrap();
    outcomes.iter().map(|outcome| outcome["outcome"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn one_action_or_an_array_is_answered_once_the_pager_has_all() {
    let pager = PagerTwin::start().await.unwrap();
    let relay = Relay::start(&pager.base_url()).await;
    let answer = relay.post("/actions", &action("create", "a", 1)).await;
    assert_eq!(answer.status, 200);
    let id = pager.requests()[0].id.unwrap().to_string();
    let outcome = json!({"action": "create", "alias": "a", "outcome": "accepted", "request_id": id});
    assert_eq!(answer.body, json!({"outcomes": [outcome]}));
    let array = json!([action("close", "a", 2), action("create", "b", 3), action("notes", "b", 4)]);
    let mut array = array;
    array[2]["action"] = "note".into();
    let answer = relay.post("/actions", &array).await;
    assert_eq!((answer.status, outcomes(&answer.body)), (200, vec!["accepted"; 3]), "{answer:?}");
    for (alert, open) in [(pager.expect_closed("a"), false), (pager.expect_open("b"), true)] {
        let notes: Vec<_> = alert.notes.iter().map(|note| note.note.as_str()).collect();
        assert_eq!((alert.is_open(), notes), (open, vec!["over"]));
    }
    let key = format!("GenieKey {API_KEY}");
    assert!(pager.requests().iter().all(|request| request.request.header("authorization") == Some(&key)));
    let metrics = relay.metrics().await;
    assert_eq!((metrics.kind("delivered", "create"), metrics.kind("delivered", "note")), (2, 1));
    assert_eq!(relay.post("/actions", &json!([])).await.status, 200, "nothing to do");
}

/// What the mapping prints can be posted as it is.
#[tokio::test]
async fn lines_of_actions_are_taken_as_an_array_is() {
    let pager = PagerTwin::start().await.unwrap();
    let relay = Relay::start(&pager.base_url()).await;
    let lines = format!(
        "{}\n{}\n\n{}\n",
        action("create", "a", 1),
        action("create", "b", 1),
        json!([action("close", "a", 2), action("create", "c", 1)])
    );
    let answer = relay.send("POST", "/actions", &[], lines).await;
    assert_eq!((answer.status, outcomes(&answer.body)), (200, vec!["accepted"; 4]), "{answer:?}");
    assert!(!pager.expect_closed("a").is_open());
    assert!(pager.expect_open("b").is_open() && pager.expect_open("c").is_open());
    // Some clients take the ends of lines away.
    let joined = format!("{}{}", action("create", "d", 1), action("close", "d", 2));
    let answer = relay.send("POST", "/actions", &[], joined).await;
    assert_eq!((answer.status, outcomes(&answer.body)), (200, vec!["accepted"; 2]), "{answer:?}");
}

#[tokio::test]
async fn what_map_prints_can_be_posted_whatever_its_number() {
    let pager = PagerTwin::start().await.unwrap();
    let relay = Relay::start(&pager.base_url()).await;
    let letter = |name: &str, state: &str| {
        let envelope = json!({
            "Type": "Notification", "MessageId": name, "TopicArn": "arn:aws:sns:us-east-1:123456789012:ops",
            "Message": alarm(name, state), "Timestamp": "2026-09-22T19:27:00.926Z",
        });
        json!({"time": "2026-09-22T19:27:00Z", "reason": "refused", "status": 400, "answer": "", "envelope": envelope})
    };
    for letters in
        [vec![letter("x", "ALARM")], vec![letter("y", "ALARM"), letter("z", "ALARM"), letter("y", "OK")]]
    {
        let text = letters.iter().map(Value::to_string).collect::<Vec<_>>().join("\n");
        let (_folder, path) = file("dead.ndjson", &text);
        let map = std::process::Command::new(env!("CARGO_BIN_EXE_trailbell"))
            .arg("map")
            .arg(path)
            .output()
            .unwrap();
        let answer = relay.send("POST", "/actions", &[], map.stdout).await;
        assert_eq!(
            (answer.status, outcomes(&answer.body)),
            (200, vec!["accepted"; letters.len()]),
            "{answer:?}"
        );
    }
    assert_eq!(pager.alerts().iter().filter(|alert| alert.is_open()).count(), 2);
}

#[tokio::test]
async fn the_door_has_its_limits() {
    let pager = Peer::start(Behaviour::Hang).await;
    let short = |config: &mut RelayConfig| config.timeouts.body = Duration::from_millis(200);
    let relay = Relay::with(&pager.base_url(), |_| {}, short).await;
    for (method, path, headers, body, status) in [
        ("GET", "/actions", &[][..], "", 405),
        ("PUT", "/actions", &[], "{}", 405),
        ("POST", "/action", &[], "{}", 404),
        ("POST", "/", &[], "{}", 404),
        ("POST", "/actions/", &[], "{}", 404),
        ("POST", "/actions", &[("content-encoding", "gzip")], "{}", 415),
        ("POST", "/metrics", &[], "{}", 404),
    ] {
        let answer = relay.send(method, path, headers, body).await;
        assert_eq!(answer.status, status, "{method} {path}: {answer:?}");
        assert!(answer.body["message"].is_string(), "{method} {path}: {answer:?}");
    }
    let answer = relay.send("POST", "/actions", &[], vec![b' '; 11 << 20]).await;
    assert_eq!(answer.status, 413);
    let answer = relay.send("POST", "/v2/alerts", &[], vec![b' '; 600 << 10]).await;
    assert_eq!(answer.status, 413);
    let mut stream = tokio::net::TcpStream::connect(relay.address).await.unwrap();
    let mut answer = Vec::new();
    let unfinished = b"POST /actions HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{";
    tokio::io::AsyncWriteExt::write_all(&mut stream, unfinished).await.unwrap();
    tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut answer).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 408"), "{:?}", String::from_utf8_lossy(&answer));
    assert!(pager.seen().is_empty());
    assert_eq!(relay.send("GET", "/healthz", &[], "").await.status, 200);
    assert_eq!(relay.send("GET", "/readyz", &[], "").await.status, 200);
}

#[tokio::test]
async fn too_many_at_once_come_again() {
    let pager = Peer::start(Behaviour::Ask).await;
    let relay = Relay::with(&pager.base_url(), |settings| settings.limits.messages = Some(1), |_| {}).await;
    let first_action = action("create", "a", 1);
    let meanwhile = async {
        let held = pager.next().await;
        let answer = relay.post("/actions", &action("create", "b", 1)).await;
        assert_eq!((answer.status, answer.retry_after.as_deref()), (503, Some("5")));
        held.accept();
    };
    let (first, ()) = tokio::join!(relay.post("/actions", &first_action), meanwhile);
    assert_eq!(first.status, 200);
}

#[tokio::test]
async fn the_pager_s_final_word_is_passed_on_and_what_passes_comes_again() {
    let said = r#"{"message":"Request body is not processable.","errors":{"message":"can not be empty"}}"#;
    for (pager_status, status, outcome) in [
        (202, 200, "accepted"),
        (400, 422, "refused"),
        (422, 422, "refused"),
        (409, 422, "refused"),
        (501, 422, "refused"),
        // The relay's key or base URL: its operator mends it, and nothing is lost until then.
        (401, 503, "unavailable"),
        (403, 503, "unavailable"),
        (404, 503, "unavailable"),
        (302, 503, "unavailable"),
        (429, 503, "unavailable"),
        (500, 503, "unavailable"),
        (503, 503, "unavailable"),
    ] {
        let pager = Peer::start(Behaviour::Answer(pager_status, said.to_owned())).await;
        let relay = Relay::with(&pager.base_url(), |_| {}, impatient).await;
        let answer = relay.post("/actions", &action("create", "a", 1)).await;
        assert_eq!((answer.status, outcomes(&answer.body)), (status, vec![outcome]), "{pager_status}");
        assert_eq!(answer.retry_after.is_some(), status == 503, "{pager_status}");
        if pager_status == 422 {
            assert_eq!(answer.body["outcomes"][0]["errors"]["message"], "can not be empty", "{answer:?}");
        }
    }
}

#[tokio::test]
async fn a_pager_that_hangs_breaks_off_or_is_not_there_is_no_success() {
    for behaviour in [Behaviour::Hang, Behaviour::Disconnect] {
        let pager = Peer::start(behaviour).await;
        let relay = Relay::with(&pager.base_url(), |_| {}, impatient).await;
        assert_eq!(relay.post("/actions", &action("create", "a", 1)).await.status, 503);
    }
    let gone = Peer::start(Behaviour::Hang).await.base_url();
    let relay = Relay::with(&gone, |_| {}, impatient).await;
    assert_eq!(relay.post("/actions", &action("create", "a", 1)).await.status, 503);
}

#[tokio::test]
async fn jsm_refuses_an_update_and_the_rest_of_the_array_is_delivered() {
    let pager = PagerTwin::start().await.unwrap();
    let jsm = |settings: &mut trailbell::config::Settings| {
        settings.pager.target = Some(trailbell::opsgenie::Site::Jsm);
    };
    let relay = Relay::with(&pager.base_url(), jsm, |_| {}).await;
    let mut update = action("message", "b", 1);
    update["action"] = "update".into();
    update["request"]["method"] = "PUT".into();
    let answer = relay.post("/actions", &json!([update, action("create", "a", 1)])).await;
    assert_eq!((answer.status, outcomes(&answer.body)), (422, vec!["refused", "accepted"]), "{answer:?}");
    let reason = answer.body["outcomes"][0]["reason"].as_str().unwrap();
    assert_eq!(reason, "JSM's integration events API has no call `update message`");
    assert_eq!(pager.alerts().len(), 1);
}

/// A batch that failed in part comes again whole. An alert that was raised and closed meanwhile must not be raised again.
#[tokio::test]
async fn what_was_accepted_of_a_failed_batch_acts_once() {
    let pager = Peer::start(Behaviour::Ask).await;
    let relay = Relay::with(&pager.base_url(), |_| {}, impatient).await;
    let batch = json!([action("create", "a", 1), action("create", "b", 1)]);
    let answering = async |a: u16, b: u16| {
        for _ in 0..2 {
            let held = pager.next().await;
            let is_a = held.seen.body.windows(11).any(|part| part == br#""alias":"a""#);
            match if is_a { a } else { b } {
                202 => held.accept(),
                status => held.answer(status, "{}"),
            }
        }
    };
    let (first, ()) = tokio::join!(relay.post("/actions", &batch), answering(202, 401));
    assert_eq!((first.status, outcomes(&first.body)), (503, vec!["accepted", "unavailable"]));
    let (again, held) = tokio::join!(relay.post("/actions", &batch), async {
        let held = pager.next().await;
        let alias: Value = serde_json::from_slice(&held.seen.body).unwrap();
        held.accept();
        alias["alias"].clone()
    });
    assert_eq!((again.status, outcomes(&again.body)), (200, vec!["accepted_before", "accepted"]));
    assert_eq!(held, "b");
    assert_eq!(relay.metrics().await.value("trailbell_repeated_total"), 1);
    // After a final answer the same action is a new one.
    let (third, ()) = tokio::join!(relay.post("/actions", &batch), answering(202, 202));
    assert_eq!((third.status, outcomes(&third.body)), (200, vec!["accepted", "accepted"]));
}

#[tokio::test]
async fn a_caller_that_hung_up_and_comes_again_does_not_act_twice() {
    let pager = Peer::start(Behaviour::Ask).await;
    let relay = Relay::start(&pager.base_url()).await;
    let batch = json!([action("create", "a", 1), action("create", "b", 1)]);
    let half = async {
        let (first, second) = (pager.next().await, pager.next().await);
        let (a, b) = if first.seen.body.windows(11).any(|part| part == br#""alias":"a""#) {
            (first, second)
        } else {
            (second, first)
        };
        a.accept();
        // Once it is counted, the relay has it.
        while relay.metrics().await.kind("delivered", "create") == 0 {
            tokio::task::yield_now().await;
        }
        b
    };
    let _held = tokio::select! {
        answer = relay.post("/actions", &batch) => panic!("{answer:?}"),
        held = half => held,
    };
    let again = async {
        loop {
            let answer = relay.post("/actions", &batch).await;
            if answer.status != 503 {
                return answer;
            }
            tokio::task::yield_now().await;
        }
    };
    let (answer, held) = tokio::join!(again, async {
        let held = pager.next().await;
        let body: Value = serde_json::from_slice(&held.seen.body).unwrap();
        held.accept();
        body["alias"].clone()
    });
    assert_eq!((answer.status, held), (200, "b".into()));
    assert_eq!(outcomes(&answer.body), ["accepted_before", "accepted"]);
}

#[tokio::test]
async fn what_is_in_flight_is_answered_before_the_end() {
    let pager = Peer::start(Behaviour::Ask).await;
    let mut relay = Relay::start(&pager.base_url()).await;
    let (address, client) = (relay.address, relay.client.clone());
    let first = tokio::spawn(async move {
        let body = bytes::Bytes::from(action("create", "a", 1).to_string());
        let request = http::Request::post(format!("http://{address}/actions"));
        client.request(request.body(http_body_util::Full::new(body)).unwrap()).await.unwrap().status()
    });
    let held = pager.next().await;
    relay.stop();
    while tokio::net::TcpStream::connect(address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    assert!(!first.is_finished());
    held.accept();
    assert_eq!(first.await.unwrap(), 200);
    relay.stop().await.unwrap();
}
