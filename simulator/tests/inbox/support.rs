//! A twin on a clock that stands, and a client that is no browser.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use http_body_util::{BodyExt, Full};
use hyper::{HeaderMap, Request};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use trailbell_sim::clock::Clock;
use trailbell_sim::pager::{Alert, PagerTwin, Settings};

pub(crate) const KEY: &str = "0d9e7a90-2f4d-4e61-8b0a-d7a1c5e0f2b4";
pub(crate) const OTHER_KEY: &str = "5a1f3d1e-0b7c-4b5e-9a51-6f3f6f0a2c11";

pub(crate) fn start() -> DateTime<Utc> {
    "2026-09-22T18:00:00Z".parse().unwrap()
}

pub(crate) async fn standing(settings: &str) -> (PagerTwin, Client) {
    let settings = Settings::from_toml(settings).unwrap();
    let pager = PagerTwin::with(settings).clock(&Clock::standing(start())).start().await.unwrap();
    let client = Client::new(&pager);
    (pager, client)
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

pub(crate) struct Client {
    base: String,
    pool: Pool<HttpConnector, Full<Bytes>>,
}

impl Client {
    pub(crate) fn new(pager: &PagerTwin) -> Self {
        Self { base: pager.base_url(), pool: Pool::builder(TokioExecutor::new()).build_http() }
    }

    pub(crate) async fn call(
        &self,
        method: &str,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut request = Request::builder().method(method).uri(format!("{}{target}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Full::new(Bytes::from(body.to_owned()))).unwrap();
        let (head, body) = self.pool.request(request).await.unwrap().into_parts();
        let text = String::from_utf8(body.collect().await.unwrap().to_bytes().to_vec()).unwrap();
        Answer { status: head.status.as_u16(), headers: head.headers, text }
    }

    pub(crate) async fn get(&self, target: &str) -> Answer {
        self.call("GET", target, &[], "").await
    }

    /// Presses a button as a page of the inbox does.
    pub(crate) async fn press(&self, alert: &Alert, button: &str, body: &str) -> Answer {
        let target = format!("/alerts/{}/{button}", alert.id);
        let headers = [("origin", &*self.base), ("sec-fetch-site", "same-origin")];
        self.call("POST", &target, &headers, body).await
    }

    /// Raises an alert by the API.
    pub(crate) async fn create(&self, key: &str, alert: Value) {
        let authorization = format!("GenieKey {key}");
        let headers = [("authorization", &*authorization), ("content-type", "application/json")];
        let answer = self.call("POST", "/v2/alerts", &headers, &alert.to_string()).await;
        assert_eq!(answer.status, 202, "{}", answer.text);
    }

    /// Raises a plain one.
    pub(crate) async fn raise(&self, alias: &str) {
        self.create(KEY, json!({"message": format!("about {alias}"), "alias": alias})).await;
    }

    /// Does something with the open alert of an alias by the API.
    pub(crate) async fn act(&self, alias: &str, action: &str, body: Value) {
        let authorization = format!("GenieKey {KEY}");
        let headers = [("authorization", &*authorization), ("content-type", "application/json")];
        let target = format!("/v2/alerts/{alias}/{action}?identifierType=alias");
        assert_eq!(self.call("POST", &target, &headers, &body.to_string()).await.status, 202);
    }
}

/// The messages of a list, in its order.
pub(crate) fn messages(page: &str) -> Vec<&str> {
    let links = page.split("class=\"message\"").skip(1);
    let inner = |link: &'_ str| -> Option<usize> { link.find("<bdi>") };
    links.filter_map(|link| link.get(inner(link)? + 5..)?.split("</bdi>").next()).collect()
}
