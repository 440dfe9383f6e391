//! What a failing test tells.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use chrono::TimeDelta;
use trailbell_sim::clock::Clock;
use trailbell_sim::pager::{PagerTwin, Settings};

use crate::support::{Client, standing, start};

fn message(failing: impl FnOnce()) -> String {
    let panic = catch_unwind(AssertUnwindSafe(failing)).unwrap_err();
    panic.downcast_ref::<String>().cloned().unwrap_or_default()
}

#[tokio::test]
async fn a_failure_shows_the_alerts_and_the_requests() {
    let (pager, client) = standing(Settings::default()).await;
    client.create("a").await;
    pager.advance(TimeDelta::seconds(5));
    client.close("a").await;
    pager.set_faults(&["error=503"]).unwrap();
    client.create("b").await;
    insta::assert_snapshot!(message(|| {
        pager.expect_open("b");
    }));
}

#[tokio::test]
async fn every_expectation_fails_when_it_is_not_met() {
    let (pager, client) = standing(Settings::default()).await;
    client.create("open").await;
    client.create("closed").await;
    client.close("closed").await;
    let first_line = |failing: &dyn Fn()| message(failing).lines().next().unwrap().to_owned();
    let met: [(&dyn Fn(), &str); 6] = [
        (
            &|| drop(pager.expect_open("closed")),
            "expected an open alert with the alias \"closed\", but there is none",
        ),
        (
            &|| drop(pager.expect_closed("open")),
            "expected the alert with the alias \"open\" to be closed, but it is not",
        ),
        (
            &|| drop(pager.expect_closed("nobody")),
            "expected the alert with the alias \"nobody\" to be closed, but it is not",
        ),
        (&|| pager.expect_no_open("open"), "expected no open alert with the alias \"open\""),
        (&|| pager.expect_calls(2), "expected 2 requests, not 3"),
        (
            &|| pager.expect_calls_to("POST", "/v2/alerts/*/close", 2),
            "expected 2 requests POST /v2/alerts/*/close, not 1",
        ),
    ];
    for (failing, want) in met {
        assert_eq!(first_line(failing), want);
    }
    // An alias that was closed and raised again is open.
    client.create("closed").await;
    assert_eq!(pager.expect_open("closed").count, 1);
    assert!(message(|| drop(pager.expect_closed("closed"))).starts_with("expected the alert"));
}

#[tokio::test]
async fn waiting_ends_when_it_happens_or_patience_is_over() {
    let clock = Clock::standing(start());
    let pager =
        PagerTwin::with(Settings::default()).clock(&clock).patience(Duration::ZERO).start().await.unwrap();
    let client = Client::new(&pager.base_url());
    client.create("a").await;
    pager.wait_for_open("a").await;
    pager.wait_for_calls(1).await;
    client.close("a").await;
    pager.wait_for_closed("a").await;
    let failed = tokio::spawn(async move { pager.wait_for_open("b").await }).await.unwrap_err();
    let panic = failed.into_panic();
    let text = panic.downcast_ref::<String>().unwrap();
    assert!(text.starts_with("expected an open alert with the alias \"b\""), "{text}");

    let pager = PagerTwin::start().await.unwrap();
    let client = Client::new(&pager.base_url());
    let calling = tokio::spawn(async move {
        client.create("a").await;
        client.close("a").await;
    });
    pager.wait_for_closed("a").await;
    calling.await.unwrap();
}
