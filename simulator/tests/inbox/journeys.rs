//! What a person does and sees, in Chromium.

use serde_json::{Value, json};
use trailbell_sim::pager::{PagerTwin, Settings};

use crate::browser::{Browser, browse};
use crate::support::{Client, KEY};

async fn twin() -> (PagerTwin, Client) {
    let pager = PagerTwin::start().await.unwrap();
    let client = Client::new(&pager);
    (pager, client)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_appears_without_a_reload() {
    browse(|browser| async move {
        let (pager, client) = twin().await;
        browser.open(&pager.base_url()).await;
        browser.see(".none", "Nothing is open.").await;
        client.raise("disk").await;
        browser.see("tr.open .message", "about disk").await;
        browser.see("#counts", "1 open").await;
        assert_eq!(browser.title().await, "(1) Pager inbox");
        client.raise("disk").await;
        browser.see("td.count", "2×").await;
        client.act("disk", "close", json!({})).await;
        browser.see("tr.closed .message", "about disk").await;
        assert!(browser.was_not_reloaded().await);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_alert_is_acknowledged_and_closed_by_button() {
    browse(|browser| async move {
        let (pager, client) = twin().await;
        client.raise("list").await;
        client.raise("page").await;
        browser.open(&pager.base_url()).await;
        // In the list.
        browser.click("tr:last-child button", "Acknowledge").await;
        browser.see("tr:last-child .state", "acknowledged").await;
        // The focus stays where the button was.
        assert_eq!(browser.focused().await, "about list");
        browser.click("tr:last-child button", "Close").await;
        browser.see("tr.closed .message", "about list").await;
        assert!(browser.was_not_reloaded().await);
        let closed = pager.expect_closed("list");
        assert!(!closed.seen && closed.acknowledged);

        // On its own page.
        browser.open(&format!("{}/alerts/{}", pager.base_url(), pager.expect_open("page").id)).await;
        browser.click("button", "Close").await;
        browser.see(".bar .state", "closed").await;
        browser.see(".log p", "Closed alert via API").await;
        browser.see_no("button").await;
        assert!(browser.was_not_reloaded().await);
        pager.expect_closed("page");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_is_there_without_the_script() {
    browse(|browser| async move {
        let (pager, client) = twin().await;
        client.raise("a").await;
        browser.command("Network.enable", json!({})).await;
        browser.command("Network.setBlockedURLs", json!({"urls": ["*inbox.js"]})).await;
        browser.goto(&pager.base_url()).await;
        browser.click("button", "Acknowledge").await;
        browser.see("tr .state", "acknowledged").await;
        browser.click(".message", "about a").await;
        browser.see("h1", "about a").await;
        browser.click("button", "Close").await;
        browser.see(".bar .state", "closed").await;
        pager.expect_closed("a");
        assert_eq!(browser.run("return document.getElementById('connection').innerText").await, json!(""));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_html_stays_text() {
    browse(|browser| async move {
        let (pager, client) = twin().await;
        browser.open(&pager.base_url()).await;
        let text = "<img src=x onerror=\"window.owned=1\"><script>window.owned=1</script><b>bold</b>";
        let alert = json!({
            "message": text, "alias": "a", "description": text, "source": text, "entity": text, "tags": ["<b>t</b>"],
            "details": {text: text}, "note": text, "responders": [{"type": "team", "name": "<b>t</b>"}],
        });
        client.create(KEY, alert).await;
        // As it arrives, and as it is loaded.
        browser.see("a.message", text).await;
        let unharmed = async || {
            assert_eq!(browser.count("main img, main script, main b").await, 0);
            assert_eq!(browser.run("return window.owned ?? null").await, Value::Null);
        };
        unharmed().await;
        browser.open(&format!("{}/alerts/{}", pager.base_url(), pager.expect_open("a").id)).await;
        for css in ["h1", "pre.text", ".details dt", ".details dd", ".log p"] {
            browser.see(css, text).await;
        }
        unharmed().await;
        // Not even a script of the page's own text would run.
        browser.run("const s = document.createElement('script'); s.textContent = 'window.owned = 1'; document.body.append(s)").await;
        assert_eq!(browser.run("return window.owned ?? null").await, Value::Null);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_filter_holds_for_what_comes_later() {
    browse(|browser| async move {
        let (pager, client) = twin().await;
        let raise = async |alias: &str, priority: &str| {
            client.create(KEY, json!({"message": alias, "alias": alias, "priority": priority})).await;
        };
        raise("one", "P1").await;
        raise("two", "P2").await;
        browser.open(&pager.base_url()).await;
        browser.type_into("#query", "priority: P1\n").await;
        browser.see("caption", "Found").await;
        browser.open(&format!("{}/?query=priority%3A+P1", pager.base_url())).await;
        browser.see(".message", "one").await;
        raise("three", "P2").await;
        raise("four", "P1").await;
        browser.see(".message", "four").await;
        assert_eq!(browser.count(".message").await, 2);
        assert!(browser.was_not_reloaded().await);

        browser.type_into("#query", " AND (\n").await;
        browser.see(".refused", "character").await;
        browser.see(".refused pre", "^").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_move_and_what_has_the_focus_keeps_it() {
    browse(|browser| async move {
        let (pager, client) = twin().await;
        for alias in ["a", "b", "c"] {
            client.raise(alias).await;
        }
        browser.open(&pager.base_url()).await;
        browser.press("j").await;
        assert_eq!(browser.focused().await, "about c");
        let outline = "return getComputedStyle(document.activeElement).outlineStyle";
        assert_eq!(browser.run(outline).await, json!("solid"));
        browser.press("j").await;
        browser.press("k").await;
        browser.press("j").await;
        assert_eq!(browser.focused().await, "about b");
        client.raise("d").await;
        browser.see(".message", "about d").await;
        assert_eq!(browser.focused().await, "about b");
        // What is typed is not taken away.
        browser.press("/").await;
        browser.press("jk/").await;
        client.raise("e").await;
        browser.see(".message", "about e").await;
        assert_eq!(browser.run("return document.activeElement.value").await, json!("jk/"));
        browser.press("\u{e00c}").await;
        browser.press("k").await;
        browser.press("\u{e007}").await;
        browser.see("h1", "about a").await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_says_that_the_connection_is_lost_and_finds_it_again() {
    browse(|browser| async move {
        let (pager, client) = twin().await;
        for alias in ["a", "b"] {
            client.raise(alias).await;
        }
        let (address, url) = (pager.address(), pager.base_url());
        browser.open(&url).await;
        drop(pager);
        browser.see("#connection.lost", "Connection lost").await;
        // A new one, whose changes are counted from 1 again.
        let pager = loop {
            let started = PagerTwin::with(Settings::default()).listen(address).start().await;
            match started {
                Ok(pager) => break pager,
                Err(_) => tokio::task::yield_now().await,
            }
        };
        browser.see("#connection", "Live").await;
        browser.see(".none", "Nothing is open.").await;
        Client::new(&pager).raise("c").await;
        browser.see(".message", "about c").await;
        assert!(browser.was_not_reloaded().await);
    })
    .await;
}

/// The least contrast of texts and their backgrounds, as WCAG 2.2 counts it.
const CONTRAST: &str = "
    const parse = (color) => color.match(/[\\d.]+/g).map(Number);
    const light = ([r, g, b]) => [r, g, b].map((part) => part / 255)
        .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
        .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
    const ground = (element) => {
        const color = parse(getComputedStyle(element).backgroundColor);
        return color.length === 4 && color[3] === 0 ? ground(element.parentElement) : color;
    };
    const texts = [...document.querySelectorAll('body *')]
        .filter((element) => [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim()));
    return Math.min(...texts.map((element) => {
        const [a, b] = [light(parse(getComputedStyle(element).color)), light(ground(element))];
        return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    }));";

async fn in_scheme(browser: &Browser, url: &str, scheme: &str) -> (Value, f64) {
    let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
    browser.command("Emulation.setEmulatedMedia", features).await;
    browser.open(url).await;
    let background = browser.run("return getComputedStyle(document.body).backgroundColor").await;
    (background, browser.run(CONTRAST).await.as_f64().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_can_be_read_in_the_dark_and_in_the_light() {
    browse(|browser| async move {
        let (pager, client) = twin().await;
        for number in 1..=5 {
            let alias = format!("P{number}");
            let alert = json!({"message": alias, "alias": alias, "priority": alias, "tags": ["t"], "details": {"k": "v"}});
            client.create(KEY, alert.clone()).await;
            let old = json!({"message": "old", "alias": "old", "priority": alias});
            client.create(KEY, old).await;
            client.act("old", "close", json!({})).await;
        }
        client.act("P5", "acknowledge", json!({})).await;
        let list = pager.base_url();
        let alert = format!("{list}/alerts/{}", pager.expect_open("P1").id);
        for url in [&list, &alert, &format!("{list}/?query=(")] {
            let (dark, dark_contrast) = in_scheme(&browser, url, "dark").await;
            let (light, light_contrast) = in_scheme(&browser, url, "light").await;
            assert_eq!((dark, light), (json!("rgb(18, 20, 24)"), json!("rgb(251, 251, 250)")), "{url}");
            assert!(dark_contrast >= 4.5 && light_contrast >= 4.5, "{url}: {dark_contrast} {light_contrast}");
        }
    })
    .await;
}
