//! Headless Chromium, by way of its driver.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, Response};
use hyper_util::client::legacy::Client as Pool;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use thirtyfour::error::{WebDriverError, WebDriverResult};
use thirtyfour::session::http::{Body, HttpClient};
use thirtyfour::session::scriptret::ScriptRet;
use thirtyfour::{By, WebDriver, WebElement};
use tokio::sync::Mutex;

/// How long something that should happen may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// One browser at a time: each takes all cores when it starts.
static ONE: Mutex<()> = Mutex::const_new(());

/// Lets a browser do something. Without one it says so; with `TRAILBELL_BROWSER=required` that is a failure.
pub(crate) async fn browse<F: Future<Output = ()> + Send + 'static>(journey: impl FnOnce(Browser) -> F) {
    let _one = ONE.lock().await;
    let Some(mut process) = start() else { return };
    let port = port(&mut process);
    let options =
        json!({"args": ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"]});
    let mut capabilities = thirtyfour::Capabilities::new();
    capabilities.set("goog:chromeOptions", options).unwrap();
    let client = Plain(Pool::builder(TokioExecutor::new()).build_http());
    let url = format!("http://127.0.0.1:{port}");
    let driver = WebDriver::builder(url, capabilities).client(client).connect().await.unwrap();
    driver.set_script_timeout(PATIENCE).await.unwrap();
    let done = tokio::spawn(journey(Browser(driver.clone()))).await;
    driver.quit().await.unwrap();
    process.kill().unwrap();
    process.wait().unwrap();
    if let Err(failed) = done {
        std::panic::resume_unwind(failed.into_panic());
    }
}

fn start() -> Option<Child> {
    let missing = ["chromium", "chromedriver"].into_iter().find(|program| {
        let version =
            Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        !version.is_ok_and(|status| status.success())
    });
    if let Some(missing) = missing {
        let required = std::env::var("TRAILBELL_BROWSER").is_ok_and(|wish| wish == "required");
        assert!(!required, "there is no {missing}; on Debian: apt-get install chromium chromium-driver");
        eprintln!("SKIPPED: there is no {missing}; on Debian: apt-get install chromium chromium-driver");
        return None;
    }
    let mut command = Command::new("chromedriver");
    Some(command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap())
}

/// The driver chooses its port and says which.
fn port(driver: &mut Child) -> u16 {
    let lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    let line = lines.map(Result::unwrap).find(|line| line.contains("started successfully on port ")).unwrap();
    line.trim_end_matches('.').rsplit(' ').next().unwrap().parse().unwrap()
}

/// A browser with one page.
pub(crate) struct Browser(WebDriver);

impl Browser {
    /// Opens a page and waits until it follows what happens.
    pub(crate) async fn open(&self, url: &str) {
        self.0.goto(url).await.unwrap();
        self.see("#connection", "Live").await;
        // Gone after a reload.
        self.run("window.opened = true").await;
    }

    pub(crate) async fn goto(&self, url: &str) {
        self.0.goto(url).await.unwrap();
    }

    /// Waits for an element that has this text in it.
    pub(crate) async fn see(&self, css: &str, text: &str) -> WebElement {
        let script = "const [css, text, done] = arguments;
            const look = () => {
                const found = [...document.querySelectorAll(css)].find((it) => it.innerText.includes(text));
                if (found) done(found);
            };
            new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
            look();";
        self.wait(script, &[css, text]).await.element().unwrap()
    }

    /// Waits for an element to go.
    pub(crate) async fn see_no(&self, css: &str) {
        let script = "const [css, done] = arguments;
            const look = () => document.querySelector(css) ?? done(true);
            new MutationObserver(look).observe(document, { subtree: true, childList: true, attributes: true });
            look();";
        self.wait(script, &[css]).await;
    }

    /// Runs a script until it is done. It begins anew on another page.
    async fn wait(&self, script: &str, arguments: &[&str]) -> ScriptRet {
        let end = Instant::now() + PATIENCE;
        loop {
            let values: Vec<Value> = arguments.iter().map(|text| json!(text)).collect();
            match self.0.execute_async(script, values).await {
                Ok(done) => return done,
                Err(error) if Instant::now() > end => {
                    panic!("{arguments:?}: {error}\n{}", self.0.source().await.unwrap())
                }
                Err(_) => {}
            }
        }
    }

    /// Waits for an element that has this text in it, and clicks it.
    pub(crate) async fn click(&self, css: &str, text: &str) {
        let end = Instant::now() + PATIENCE;
        while let Err(error) = self.see(css, text).await.click().await {
            // The page was renewed in between.
            assert!(Instant::now() < end, "{css} with {text:?}: {error}");
        }
    }

    pub(crate) async fn count(&self, css: &str) -> usize {
        self.0.find_all(By::Css(css.to_owned())).await.unwrap().len()
    }

    pub(crate) async fn title(&self) -> String {
        self.0.title().await.unwrap()
    }

    pub(crate) async fn type_into(&self, css: &str, text: &str) {
        let element = self.0.find(By::Css(css.to_owned())).await.unwrap();
        element.send_keys(text).await.unwrap();
    }

    /// Types to whatever has the focus.
    pub(crate) async fn press(&self, keys: &str) {
        self.0.active_element().await.unwrap().send_keys(keys).await.unwrap();
    }

    /// The text of what has the focus.
    pub(crate) async fn focused(&self) -> String {
        self.0.active_element().await.unwrap().text().await.unwrap()
    }

    pub(crate) async fn run(&self, script: &str) -> Value {
        self.0.execute(script, Vec::new()).await.unwrap().json().clone()
    }

    /// Whether the page is still the one that was opened.
    pub(crate) async fn was_not_reloaded(&self) -> bool {
        self.run("return window.opened === true").await == json!(true)
    }

    /// A command of Chromium's own protocol.
    pub(crate) async fn command(&self, name: &str, parameters: Value) {
        self.0.cdp().send_raw(name, parameters).await.unwrap();
    }
}

/// The client that all tests here use, as the driver wants it.
struct Plain(Pool<HttpConnector, Full<Bytes>>);

#[async_trait]
impl HttpClient for Plain {
    async fn send(&self, request: Request<Body<'_>>) -> WebDriverResult<Response<Bytes>> {
        let failed = |error: &dyn std::fmt::Display| WebDriverError::HttpError(error.to_string());
        let request = request.map(|body| match body {
            Body::Empty => Full::default(),
            Body::Json(json) => Full::new(Bytes::from(json.to_string())),
        });
        let (head, body) = self.0.request(request).await.map_err(|error| failed(&error))?.into_parts();
        let body = body.collect().await.map_err(|error| failed(&error))?.to_bytes();
        Ok(Response::from_parts(head, body))
    }

    async fn new(&self) -> Arc<dyn HttpClient> {
        Arc::new(Self(Pool::builder(TokioExecutor::new()).build_http()))
    }
}
