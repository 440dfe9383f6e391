//! The few commands of `WebDriver` (<https://www.w3.org/TR/webdriver2/>) that the journeys need.
//!
//! No crate: `thirtyfour` turns on `preserve_order` of `serde_json`, so that every other test would see another order of
//! JSON's members than what is built for users, and `fantoccini` brings second versions of half a dozen crates.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::Request;
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

/// The member in which an element's reference stands (section 12.1).
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// What the driver said went wrong: an error code such as `stale element reference`, and a message.
pub(crate) type Refused = String;

/// A session of a browser.
#[derive(Clone)]
pub(crate) struct Driver {
    session: String,
    pool: Pool<HttpConnector, Full<Bytes>>,
}

/// An element of the page that was there when it was found.
pub(crate) struct Element(String);

impl Element {
    /// What a script returned.
    pub(crate) fn of(value: &Value) -> Self {
        Self(value[ELEMENT].as_str().unwrap().to_owned())
    }
}

impl Driver {
    /// Opens a session at a driver of this port. Scripts that are waited for have so much time.
    pub(crate) async fn connect(port: u16, capabilities: Value, patience: Duration) -> Self {
        let pool = Pool::builder(TokioExecutor::new()).build_http();
        let mut driver = Self { session: format!("http://127.0.0.1:{port}/session"), pool };
        let milliseconds = u64::try_from(patience.as_millis()).unwrap();
        let mut always = capabilities;
        always["timeouts"] = json!({"script": milliseconds});
        let wish = json!({"capabilities": {"alwaysMatch": always}});
        let opened = driver.call("POST", "", wish).await.unwrap();
        driver.session = format!("{}/{}", driver.session, opened["sessionId"].as_str().unwrap());
        driver
    }

    /// Ends the session and with it the browser.
    pub(crate) async fn quit(&self) {
        self.call("DELETE", "", Value::Null).await.unwrap();
    }

    pub(crate) async fn goto(&self, url: &str) {
        self.call("POST", "/url", json!({"url": url})).await.unwrap();
    }

    pub(crate) async fn title(&self) -> String {
        self.call("GET", "/title", Value::Null).await.unwrap().as_str().unwrap().to_owned()
    }

    pub(crate) async fn source(&self) -> String {
        self.call("GET", "/source", Value::Null).await.unwrap().as_str().unwrap().to_owned()
    }

    /// What a function body returns.
    pub(crate) async fn run(&self, script: &str) -> Value {
        self.call("POST", "/execute/sync", json!({"script": script, "args": []})).await.unwrap()
    }

    /// What a function body gives to its last argument, which is a function. An error if the page goes meanwhile.
    pub(crate) async fn wait(&self, script: &str, arguments: &[&str]) -> Result<Value, Refused> {
        self.call("POST", "/execute/async", json!({"script": script, "args": arguments})).await
    }

    pub(crate) async fn click(&self, element: &Element) -> Result<(), Refused> {
        self.call("POST", &format!("/element/{}/click", element.0), json!({})).await.map(drop)
    }

    /// Types to an element.
    pub(crate) async fn type_to(&self, element: &Element, text: &str) -> Result<(), Refused> {
        self.call("POST", &format!("/element/{}/value", element.0), json!({"text": text})).await.map(drop)
    }

    /// What has the focus.
    pub(crate) async fn active(&self) -> Element {
        Element::of(&self.call("GET", "/element/active", Value::Null).await.unwrap())
    }

    /// A command of Chromium's own protocol.
    pub(crate) async fn command(&self, name: &str, parameters: Value) {
        let command = json!({"cmd": name, "params": parameters});
        self.call("POST", "/goog/cdp/execute", command).await.unwrap();
    }

    async fn call(&self, method: &str, path: &str, body: Value) -> Result<Value, Refused> {
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = Request::builder().method(method).uri(format!("{}{path}", self.session));
        let request = request.body(Full::new(Bytes::from(body))).unwrap();
        let (head, body) = self.pool.request(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let mut answer: Value = serde_json::from_slice(&body).unwrap();
        let value = answer["value"].take();
        if head.status.is_success() {
            Ok(value)
        } else {
            Err(format!("{path}: {}: {}", value["error"], value["message"]))
        }
    }
}
