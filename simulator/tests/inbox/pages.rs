//! What stands on the pages.

use chrono::TimeDelta;
use serde_json::json;
use trailbell_sim::pager::PagerTwin;

use crate::support::{Client, KEY, OTHER_KEY, messages, standing};

/// What comes between the header and the end, which is the page's own.
fn main_of(page: &str) -> &str {
    page.split_once("<main>").unwrap().1.split_once("</main>").unwrap().0
}

/// Three alerts of an evening.
async fn evening() -> (PagerTwin, Client) {
    let (pager, client) = standing("seed = 7").await;
    client.raise("first").await;
    client.act("first", "close", json!({"user": "noor@acme.example", "note": "a drill"})).await;
    pager.advance(TimeDelta::minutes(90));
    let root = json!({
        "message": "Root account signed in", "alias": "root", "priority": "P1", "source": "trailbell", "entity": "aws",
        "description": "Threshold crossed:\n1 datapoint", "tags": ["root", "sign-in"], "actions": ["call"],
        "details": {"Region": "EU (Ireland)", "AWSAccountId": "123456789012"},
        "responders": [{"type": "team", "name": "secops"}], "user": "cloudwatch",
    });
    client.create(KEY, root.clone()).await;
    pager.advance(TimeDelta::minutes(3));
    client.create(KEY, root).await;
    client.raise("third").await;
    client.act("third", "acknowledge", json!({"user": "ines@acme.example"})).await;
    pager.advance(TimeDelta::seconds(30));
    (pager, client)
}

#[tokio::test]
async fn the_list_has_what_is_open_and_then_what_is_closed() {
    let (_pager, client) = evening().await;
    let page = client.get("/").await;
    assert_eq!(page.status, 200);
    insta::assert_snapshot!(page.text);
}

#[tokio::test]
async fn an_alert_has_all_that_is_known_of_it() {
    let (pager, client) = evening().await;
    let page = client.get(&format!("/alerts/{}", pager.expect_open("root").id)).await;
    assert_eq!(page.status, 200);
    // The port is another one each time.
    let text = page.text.replace(&pager.address().to_string(), "127.0.0.1:PORT");
    insta::assert_snapshot!(main_of(&text));
    assert!(!page.text.contains(KEY));
}

#[tokio::test]
async fn an_empty_inbox_says_so() {
    let (_pager, client) = standing("").await;
    let page = client.get("/").await.text;
    assert!(page.contains("Nothing is open.") && !page.contains("<table>"), "{page}");
    assert!(page.contains("<title>(0) Pager inbox</title>"));
}

#[tokio::test]
async fn the_filter_takes_the_lists_language() {
    let (_pager, client) = evening().await;
    for (query, want) in [
        ("status%3A+open", ["about third", "Root account signed in"].as_slice()),
        ("status%3A+open+AND+acknowledged%3A+false", &["Root account signed in"]),
        ("tag%3A+sign-in+OR+status%3A+closed", &["Root account signed in", "about first"]),
        ("message%3A+about", &["about third", "about first"]),
        ("count+%3E+1", &["Root account signed in"]),
        ("tag%3A+nothing", &[]),
    ] {
        let page = client.get(&format!("/?query={query}")).await;
        assert_eq!((page.status, messages(&page.text)), (200, want.to_vec()), "{query}");
        assert_eq!(page.text.contains("No alert is as the filter says."), want.is_empty(), "{query}");
    }
}

#[tokio::test]
async fn a_filter_that_is_wrong_is_shown_with_its_place() {
    let (_pager, client) = evening().await;
    let page = client.get("/?query=status%3A+open+AND+colour%3A+red").await;
    assert_eq!(page.status, 400);
    assert!(page.text.contains("value=\"status: open AND colour: red\""));
    let refused = page.text.split_once("<div class=\"refused\"").unwrap().1.split_once("</div>").unwrap().0;
    insta::assert_snapshot!(refused);
}

#[tokio::test]
async fn a_long_list_is_cut_into_pages() {
    let (_pager, client) = standing("").await;
    for number in 0..120 {
        client.raise(&format!("{number}")).await;
    }
    let numbers = |page: &str| -> Vec<u32> {
        messages(page).iter().map(|message| message.trim_start_matches("about ").parse().unwrap()).collect()
    };
    let down = |from: u32, to: u32| (to..=from).rev().collect::<Vec<_>>();
    let first = client.get("/").await.text;
    assert_eq!(numbers(&first), down(119, 70));
    assert!(first.contains("<a href=\"/?query=status%3A+open\">All open alerts (120)</a>"), "{first}");
    for (offset, want, place) in [
        (0, down(119, 70), "1 to 50 of 120"),
        (50, down(69, 20), "51 to 100 of 120"),
        (100, down(19, 0), "101 to 120 of 120"),
        (500, vec![], "No alert is as the filter says."),
    ] {
        let page = client.get(&format!("/?query=status%3A+open&offset={offset}")).await.text;
        assert_eq!(numbers(&page), want, "{offset}");
        assert!(page.contains(place), "{offset}: {page}");
        let newer = match offset {
            0 => None,
            500 => Some(100),
            offset => Some(offset - 50),
        };
        let newer = newer.map(|to| match to {
            0 => "rel=\"prev\" href=\"/?query=status%3A+open\"".to_owned(),
            to => format!("rel=\"prev\" href=\"/?query=status%3A+open&amp;offset={to}\""),
        });
        assert_eq!(page.contains("rel=\"prev\""), newer.is_some(), "{offset}");
        assert!(newer.is_none_or(|newer| page.contains(&newer)), "{offset}: {page}");
        assert_eq!(page.contains("rel=\"next\""), offset < 100, "{offset}");
    }
}

#[tokio::test]
async fn several_accounts_are_listed_together_and_apart() {
    let (pager, client) = standing("").await;
    for number in 0..40 {
        pager.advance(TimeDelta::seconds(1));
        client.create(KEY, json!({"message": format!("one {number}")})).await;
        pager.advance(TimeDelta::seconds(1));
        client.create(OTHER_KEY, json!({"message": format!("two {number}")})).await;
    }
    let page = client.get("/").await.text;
    assert_eq!(
        (messages(&page).len(), &messages(&page)[..3]),
        (50, ["two 39", "one 39", "two 38"].as_slice())
    );
    assert!(page.contains("<option value=\"account-1\">account-1 (40 open)</option>"), "{page}");
    assert!(page.contains("<bdi class=\"account\">account-2</bdi>"));
    let page = client.get("/?query=status%3A+open&offset=50").await.text;
    assert_eq!((messages(&page).len(), messages(&page)[0], messages(&page)[29]), (30, "two 14", "one 0"));
    let page = client.get("/?account=account-1&query=message%3A+one").await.text;
    assert_eq!((messages(&page).len(), messages(&page)[0]), (40, "one 39"));
    assert!(page.contains("<option value=\"account-1\" selected>"));
    assert!(page.contains("href=\"/?query=status%3A+open&amp;account=account-1\""), "{page}");
    assert!(page.contains("name=\"account\" value=\"account-1\""), "{page}");
}

#[tokio::test]
async fn requests_that_are_many_or_long_are_cut() {
    let (pager, client) = standing("edge.requests_kept = 70").await;
    client.create(KEY, json!({"message": "m", "alias": "a", "ignored": "x".repeat(20_000)})).await;
    let target = format!("/alerts/{}", pager.expect_open("a").id);
    let page = client.get(&target).await.text;
    assert!(page.contains("The body has 20"), "{page}");
    assert!(page.len() < 30_000, "{}", page.len());
    for _ in 0..79 {
        client.raise("a").await;
    }
    let page = client.get(&target).await.text;
    assert_eq!(page.matches("<details ").count(), 50);
    assert!(page.contains("30 more changed it"), "{page}");
}
