//! What a test expects of its pager. What is not as expected panics, with the alerts and the requests as they came.

use std::fmt::Write;

use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::alert::Alert;
use super::handle::PagerTwin;

/// How many alerts and requests a failure shows: the newest.
const SHOWN: usize = 20;

impl PagerTwin {
    /// The open alert of an alias, in whatever account.
    ///
    /// # Panics
    ///
    /// If there is none.
    #[track_caller]
    #[allow(clippy::must_use_candidate, reason = "that it is there may be all that is expected")]
    pub fn expect_open(&self, alias: &str) -> Alert {
        self.open(alias).unwrap_or_else(|| self.fail(&no_open(alias)))
    }

    /// The newest alert of an alias, which is closed, in whatever account.
    ///
    /// # Panics
    ///
    /// If there is none, or if the alias has an open one.
    #[track_caller]
    #[allow(clippy::must_use_candidate, reason = "that it is closed may be all that is expected")]
    pub fn expect_closed(&self, alias: &str) -> Alert {
        self.closed(alias).unwrap_or_else(|| self.fail(&no_closed(alias)))
    }

    /// No open alert has this alias.
    ///
    /// # Panics
    ///
    /// If one has.
    #[track_caller]
    pub fn expect_no_open(&self, alias: &str) {
        if self.open(alias).is_some() {
            self.fail(&format!("expected no open alert with the alias \"{alias}\""));
        }
    }

    /// There were so many requests.
    ///
    /// # Panics
    ///
    /// If there were more or less.
    #[track_caller]
    pub fn expect_calls(&self, number: u64) {
        let calls = self.calls();
        if calls != number {
            self.fail(&format!("expected {number} requests, not {calls}"));
        }
    }

    /// There were so many requests of a method to a path, query apart, among those that are kept. Segments of the path
    /// may be `*`.
    ///
    /// # Panics
    ///
    /// If there were more or less.
    #[track_caller]
    pub fn expect_calls_to(&self, method: &str, path: &str, number: usize) {
        let is = |of: &str| {
            of == path || {
                let (wanted, found) = (path.split('/'), of.split('/'));
                wanted.clone().count() == found.clone().count()
                    && wanted.zip(found).all(|(w, f)| w == "*" || w == f)
            }
        };
        let requests = self.requests();
        let found = requests.iter().filter(|it| it.request.method == method && is(&it.request.path)).count();
        if found != number {
            self.fail(&format!("expected {number} requests {method} {path}, not {found}"));
        }
    }

    /// Waits for an open alert of an alias.
    ///
    /// # Panics
    ///
    /// If there is none when its patience is over.
    pub async fn wait_for_open(&self, alias: &str) -> Alert {
        let found = self.wait(self.watch_changes(), || self.open(alias)).await;
        found.unwrap_or_else(|| self.fail(&no_open(alias)))
    }

    /// Waits until the newest alert of an alias is closed.
    ///
    /// # Panics
    ///
    /// If it is not when its patience is over.
    pub async fn wait_for_closed(&self, alias: &str) -> Alert {
        let found = self.wait(self.watch_changes(), || self.closed(alias)).await;
        found.unwrap_or_else(|| self.fail(&no_closed(alias)))
    }

    /// Waits until there were so many requests.
    ///
    /// # Panics
    ///
    /// If there were less when its patience is over, or more.
    pub async fn wait_for_calls(&self, number: u64) {
        self.wait(self.watch_calls(), || (self.calls() >= number).then_some(())).await;
        self.expect_calls(number);
    }

    /// Looks again whenever the number rises.
    async fn wait<T>(&self, mut rises: watch::Receiver<u64>, look: impl Fn() -> Option<T>) -> Option<T> {
        let end = Instant::now() + self.patience();
        loop {
            rises.borrow_and_update();
            let found = look();
            if found.is_some() || !matches!(timeout_at(end, rises.changed()).await, Ok(Ok(()))) {
                return found.or_else(look);
            }
        }
    }

    fn open(&self, alias: &str) -> Option<Alert> {
        self.look(|twin| twin.accounts().find_map(|account| account.alerts().open(alias)).cloned())
    }

    fn closed(&self, alias: &str) -> Option<Alert> {
        self.look(|twin| {
            if twin.accounts().any(|account| account.alerts().open(alias).is_some()) {
                return None;
            }
            let alerts = twin.accounts().flat_map(|account| account.alerts().iter());
            alerts.filter(|alert| &*alert.alias == alias).max_by_key(|alert| alert.created_at).cloned()
        })
    }

    #[track_caller]
    #[allow(clippy::panic, reason = "that is what an expectation does")]
    fn fail(&self, what: &str) -> ! {
        panic!("{what}\n{}", self.story())
    }

    /// The alerts and the requests, for people.
    #[must_use]
    pub fn story(&self) -> String {
        let (alerts, requests, calls) = (self.alerts(), self.requests(), self.calls());
        let mut story = format!("alerts ({} in all):\n", alerts.len());
        // Writing to a String cannot fail.
        for alert in alerts.iter().skip(alerts.len().saturating_sub(SHOWN)) {
            let Alert { status, alias, message, count, priority, .. } = alert;
            let priority = priority.as_str();
            let _ = writeln!(story, "      {status:<6}  {priority}  {count}x  {alias:?}  {message}");
        }
        let _ = writeln!(story, "requests ({calls} in all):");
        for request in requests.iter().skip(requests.len().saturating_sub(SHOWN)) {
            let _ = writeln!(story, "{request}");
        }
        story
    }
}

fn no_open(alias: &str) -> String {
    format!("expected an open alert with the alias \"{alias}\", but there is none")
}

fn no_closed(alias: &str) -> String {
    format!("expected the alert with the alias \"{alias}\" to be closed, but it is not")
}
