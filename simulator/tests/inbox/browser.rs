//! Headless Chromium, by way of its driver.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::driver::{Driver, Element};

/// How long something that should happen may take.
const PATIENCE: Duration = Duration::from_secs(30);

/// One browser at a time: each takes all cores when it starts.
static ONE: Mutex<()> = Mutex::const_new(());

/// Lets a browser do something. Without one it says so; with `TRAILBELL_BROWSER=required` that is a failure.
pub(crate) async fn browse<F: Future<Output = ()> + Send + 'static>(journey: impl FnOnce(Browser) -> F) {
    let _one = ONE.lock().await;
    let Some(mut running) = start() else { return };
    let port = port(&mut running.0);
    let arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"];
    let capabilities = json!({"goog:chromeOptions": {"args": arguments}});
    let driver = Driver::connect(port, capabilities, PATIENCE).await;
    let done = tokio::spawn(journey(Browser(driver.clone()))).await;
    driver.quit().await;
    if let Err(failed) = done {
        std::panic::resume_unwind(failed.into_panic());
    }
}

/// Ends with the journey.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start() -> Option<Running> {
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
    Some(Running(command.arg("--port=0").stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap()))
}

/// The driver chooses its port and says which.
fn port(driver: &mut Child) -> u16 {
    let lines = BufReader::new(driver.stdout.take().unwrap()).lines();
    let line = lines.map(Result::unwrap).find(|line| line.contains("started successfully on port ")).unwrap();
    line.trim_end_matches('.').rsplit(' ').next().unwrap().parse().unwrap()
}

/// A browser with one page.
pub(crate) struct Browser(Driver);

impl Browser {
    /// Opens a page and waits until it follows what happens.
    pub(crate) async fn open(&self, url: &str) {
        self.0.goto(url).await;
        self.see("#connection", "Live").await;
        // Gone after a reload.
        self.run("window.opened = true").await;
    }

    pub(crate) async fn goto(&self, url: &str) {
        self.0.goto(url).await;
    }

    /// Waits for an element that has this text in it.
    pub(crate) async fn see(&self, css: &str, text: &str) -> Element {
        let script = "const [css, text, done] = arguments;
            const look = () => {
                const found = [...document.querySelectorAll(css)].find((it) => it.innerText.includes(text));
                if (found) done(found);
            };
            const changes = { subtree: true, childList: true, attributes: true, characterData: true };
            new MutationObserver(look).observe(document, changes);
            look();";
        Element::of(&self.wait(script, &[css, text]).await)
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
    async fn wait(&self, script: &str, arguments: &[&str]) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            match self.0.wait(script, arguments).await {
                Ok(done) => return done,
                Err(error) if Instant::now() > end => {
                    panic!("{arguments:?}: {error}\n{}", self.0.source().await)
                }
                Err(_) => {}
            }
        }
    }

    /// Waits for an element that has this text in it, and clicks it.
    pub(crate) async fn click(&self, css: &str, text: &str) {
        let end = Instant::now() + PATIENCE;
        while let Err(error) = self.0.click(&self.see(css, text).await).await {
            // The page was renewed in between.
            assert!(Instant::now() < end, "{css} with {text:?}: {error}");
        }
    }

    pub(crate) async fn count(&self, css: &str) -> usize {
        let count = self.run(&format!("return document.querySelectorAll({}).length", json!(css))).await;
        usize::try_from(count.as_u64().unwrap()).unwrap()
    }

    pub(crate) async fn title(&self) -> String {
        self.0.title().await
    }

    pub(crate) async fn type_into(&self, css: &str, text: &str) {
        let element = self.see(css, "").await;
        self.0.type_to(&element, text).await.unwrap();
    }

    /// Types to whatever has the focus.
    pub(crate) async fn press(&self, keys: &str) {
        self.0.type_to(&self.0.active().await, keys).await.unwrap();
    }

    /// The text of what has the focus.
    pub(crate) async fn focused(&self) -> String {
        self.run("return document.activeElement.innerText").await.as_str().unwrap().to_owned()
    }

    pub(crate) async fn run(&self, script: &str) -> Value {
        self.0.run(script).await
    }

    /// Whether the page is still the one that was opened.
    pub(crate) async fn was_not_reloaded(&self) -> bool {
        self.run("return window.opened === true").await == json!(true)
    }

    /// A command of Chromium's own protocol.
    pub(crate) async fn command(&self, name: &str, parameters: Value) {
        self.0.command(name, parameters).await;
    }
}
