//! Acknowledge and close, as forms send them.

use chrono::TimeDelta;

use crate::support::standing;

#[tokio::test]
async fn buttons_act_at_once_and_lead_back() {
    // A delay is for the API.
    let (pager, client) = standing("processing_delay_ms = 1000").await;
    client.raise("a").await;
    pager.advance(TimeDelta::seconds(60));
    let alert = pager.expect_open("a");

    let pressed = client.press(&alert, "acknowledge", "to=list&query=status%3A+open&offset=50").await;
    assert_eq!((pressed.status, pressed.header("location")), (303, "/?query=status%3A+open&offset=50"));
    let acknowledged = pager.expect_open("a");
    assert!(acknowledged.acknowledged);
    assert_eq!(acknowledged.report.acknowledged_by.as_deref(), Some("inbox"));
    let page = client.get(&format!("/alerts/{}", alert.id)).await.text;
    assert!(!page.contains("/acknowledge\"") && page.contains("/close\""));

    let pressed = client.press(&alert, "close", "").await;
    assert_eq!((pressed.status, pressed.header("location")), (303, &*format!("/alerts/{}", alert.id)));
    let closed = pager.expect_closed("a");
    assert_eq!((closed.report.closed_by.as_deref(), closed.seen), (Some("inbox"), true));
    let log: Vec<&str> = closed.log.iter().map(|line| line.log.as_str()).collect();
    assert_eq!(log[1..], ["Acknowledged alert via API", "Closed alert via API"]);

    // Too late does no harm.
    assert_eq!(client.press(&alert, "close", "to=list").await.header("location"), "/");
    assert_eq!(pager.expect_closed("a").log.len(), 3);
    let page = client.get(&format!("/alerts/{}", alert.id)).await.text;
    assert!(!page.contains("<form"), "{page}");
    pager.expect_calls(1);
}

#[tokio::test]
async fn a_form_that_does_not_fit_changes_nothing() {
    let (pager, client) = standing("").await;
    client.raise("a").await;
    let alert = pager.expect_open("a");
    for body in ["to=https%3A%2F%2Fattacker.example", "to=list&sort=count", "offset=x", "x=1"] {
        let pressed = client.press(&alert, "close", body).await;
        assert_eq!((pressed.status, pressed.header("location")), (400, ""), "{body}");
    }
    assert_eq!(client.press(&alert, "close", &"x".repeat(2 * 1024 * 1024)).await.status, 413);
    pager.expect_open("a");
}

#[tokio::test]
async fn looking_makes_an_alert_seen() {
    let (pager, client) = standing("").await;
    client.raise("a").await;
    let target = format!("/alerts/{}", pager.expect_open("a").id);
    client.call("HEAD", &target, &[], "").await;
    client.get("/").await;
    assert!(!pager.expect_open("a").seen);
    client.get(&target).await;
    assert!(pager.expect_open("a").seen);
    let changes = pager.look(trailbell_sim::pager::Twin::last_change);
    client.get(&target).await;
    assert_eq!(pager.look(trailbell_sim::pager::Twin::last_change), changes);
}
