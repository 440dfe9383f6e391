//! A world that follows a clock: attempts go out over HTTP as they come due, endpoints call back, and a control API
//! changes things meanwhile.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tokio::time::sleep;

use super::deliveries::DeadLetter;
use super::faults::When;
use super::http::outcome;
use super::subscriber::Answer;
use super::timeline::{Entry, state_name};
use super::world::{Sink, World, WorldError};
use crate::clock::Clock;
use crate::control::{Body, Call, Reply};
use crate::logs::TooLarge;
use crate::sns::{Api, ApiAnswer, Attempt, Poster, SigningEndpoint, SubscriptionState};

/// How many entries of the timeline the control API keeps.
const KEPT: usize = 10_000;
/// The longest the world sleeps, so that a clock that is changed is noticed.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// A sink that is called from several threads.
type Printing = Box<dyn Sink + Send>;

struct Inner {
    world: World,
    printer: Printing,
    /// The entries from number `first` on.
    kept: VecDeque<Entry>,
    first: u64,
    /// How many attempts are at their endpoints.
    posting: usize,
}

/// Prints and keeps.
struct Keeping<'a> {
    printer: &'a mut Printing,
    kept: &'a mut VecDeque<Entry>,
    first: &'a mut u64,
}

impl Sink for Keeping<'_> {
    fn entry(&mut self, entry: Entry) {
        self.printer.entry(entry.clone());
        self.kept.push_back(entry);
        if self.kept.len() > KEPT {
            self.kept.pop_front();
            *self.first += 1;
        }
    }

    fn dead_letter(&mut self, letter: DeadLetter) {
        self.printer.dead_letter(letter);
    }
}

/// A world that follows a clock. Clones are the same world.
#[derive(Clone)]
pub struct Live {
    clock: Clock,
    poster: Poster,
    inner: Arc<Mutex<Inner>>,
    /// Something is to be looked at by the driver.
    changed: Arc<Notify>,
    /// The driver went a step, or an answer came.
    moved: Arc<Notify>,
}

impl Live {
    /// `world` follows `clock` once it is [driven](Live::drive); what happens goes to `printer`.
    #[must_use]
    pub fn new(world: World, clock: Clock, poster: Poster, printer: Printing) -> Self {
        let inner = Inner { world, printer, kept: VecDeque::new(), first: 0, posting: 0 };
        Self {
            clock,
            poster,
            inner: Arc::new(Mutex::new(inner)),
            changed: Arc::default(),
            moved: Arc::default(),
        }
    }

    /// Moves the world with the clock until SNS cannot sign any more, which does not happen with its own keys. `door`
    /// serves each signing certificate before the first message under it goes out.
    pub async fn drive(&self, door: &SigningEndpoint) -> Result<(), WorldError> {
        let mut published = 0;
        loop {
            let attempts = self.catch_up()?;
            for certificate in self
                .look(|world| world.sns().certificates().get(published..).map(<[_]>::to_vec))
                .unwrap_or_default()
            {
                door.publish(&certificate);
                published += 1;
            }
            for attempt in attempts {
                tokio::spawn(self.clone().deliver(attempt));
            }
            self.moved.notify_waiters();
            let due = self.lock().world.next_due();
            let wait = due.and_then(|due| self.clock.until(due)).unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP);
            tokio::select! {
                () = self.changed.notified() => {}
                () = sleep(wait.max(Duration::from_millis(1))) => {}
            }
        }
    }

    /// Does, step by step, what is due by what the clock shows; attempts that are due are the caller's to make.
    fn catch_up(&self) -> Result<Vec<Attempt>, WorldError> {
        let mut attempts = Vec::new();
        let mut inner = self.lock();
        let now = self.clock.now();
        let Inner { world, printer, kept, first, posting } = &mut *inner;
        let mut sink = Keeping { printer, kept, first };
        while let Some(due) = world.next_due().filter(|due| *due <= now) {
            world.advance(due, &mut sink)?;
            while let Some(attempt) = world.attempt() {
                let began = world.now();
                match world.answer_by_fault(&attempt) {
                    Some(answer) => world.report(&attempt, answer, began, &mut sink),
                    None => attempts.push(attempt),
                }
            }
        }
        world.advance(now, &mut sink)?;
        *posting += attempts.len();
        Ok(attempts)
    }

    /// Moves the clock on to `time` and waits until everything due by then has happened, every answer included. The
    /// world has to be [driven](Live::drive) meanwhile. A journey that goes in steps of a minute hears of each message
    /// before the next one goes out.
    pub async fn advance_to(&self, time: DateTime<Utc>) {
        self.clock.advance_to(time);
        self.changed.notify_one();
        loop {
            let moved = self.moved.notified();
            tokio::pin!(moved);
            moved.as_mut().enable();
            if self.has_settled(time) {
                return;
            }
            moved.await;
        }
    }

    fn has_settled(&self, time: DateTime<Utc>) -> bool {
        let inner = self.lock();
        inner.world.now() >= time && inner.posting == 0 && inner.world.next_due().is_none_or(|due| due > time)
    }

    async fn deliver(self, attempt: Attempt) {
        let began = self.clock.now();
        let posted = self.poster.post(&attempt.parcel.endpoint, &attempt.parcel.delivery).await;
        let took = (self.clock.now() - began).max(TimeDelta::zero());
        let answer = Answer { outcome: outcome(posted), took };
        let mut inner = self.lock();
        let Inner { world, printer, kept, first, posting } = &mut *inner;
        world.report(&attempt, answer, began, &mut Keeping { printer, kept, first });
        *posting -= 1;
        drop(inner);
        self.changed.notify_one();
        self.moved.notify_waiters();
    }

    /// A CloudTrail record happens now. One over 256 KB is not sent to the logs.
    pub fn event(&self, record: &str) -> Result<(), TooLarge> {
        let happened = self.lock().world.event(record, self.clock.now());
        self.changed.notify_one();
        happened
    }

    /// Reads from the world.
    pub fn look<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.lock().world)
    }

    /// Answers a call to the control API.
    #[must_use]
    pub fn control(&self, call: &Call) -> Reply {
        let path: Vec<&str> = call.path.iter().map(String::as_str).collect();
        let reply = match (call.method.as_str(), path.as_slice()) {
            ("GET", ["state"]) => Ok(Reply::ok(self.state())),
            ("GET", ["timeline"]) => Ok(self.timeline(&call.query)),
            ("GET", ["authority.pem"]) => Ok(Reply {
                status: 200,
                body: Body::Text("application/x-pem-file", self.look(|world| world.sns().authority().pem())),
            }),
            ("POST", ["events"]) => self.events(&call.body),
            ("PUT", ["clock"]) => self.set_clock(&call.body),
            ("PUT", ["alarms", name, "state"]) => self.set_alarm(name, &call.body),
            ("POST", ["confirmations"]) => self.ask_again(),
            _ => Err(Reply::refused(
                404,
                "there are GET /state, GET /timeline?since=N, GET /authority.pem, POST /events, PUT /clock, \
                 PUT /alarms/NAME/state and POST /confirmations",
            )),
        };
        self.changed.notify_one();
        reply.unwrap_or_else(|refused| refused)
    }

    fn state(&self) -> Value {
        let inner = self.lock();
        let world = &inner.world;
        let alarms: Vec<Value> = world
            .stages()
            .alarms()
            .map(|alarm| {
                let state = alarm.state();
                json!({
                    "name": alarm.definition().name(),
                    "state": state.value.as_str(),
                    "reason": state.reason,
                    "since": state.transitioned.to_rfc3339(),
                })
            })
            .collect();
        let subscriptions: Vec<Value> = world
            .sns()
            .subscriptions()
            .into_iter()
            .map(|listed| {
                json!({"arn": listed.arn, "protocol": listed.protocol, "state": state_name(listed.state)})
            })
            .collect();
        let tally = world.tally();
        let faults: serde_json::Map<String, Value> =
            tally.faults.iter().map(|(name, count)| (name.to_owned(), json!(count))).collect();
        json!({
            "time": self.clock.now().to_rfc3339(),
            "speed": self.clock.speed(),
            "alarms": alarms,
            "topics": world.sns().topics().collect::<Vec<_>>(),
            "subscriptions": subscriptions,
            "notifications": tally.notifications,
            "attempts": tally.attempts,
            "delivered": tally.delivered,
            "dead_letters": tally.dead_letters,
            "lost": tally.lost,
            "under_way": world.under_way(),
            "faults": faults,
        })
    }

    fn timeline(&self, query: &str) -> Reply {
        let since = url::form_urlencoded::parse(query.as_bytes()).find(|(key, _)| key == "since");
        let since = match since.map(|(_, value)| value.parse::<u64>()) {
            None => 0,
            Some(Ok(since)) => since,
            Some(Err(_)) => return Reply::refused(400, "since is the number of an entry"),
        };
        let inner = self.lock();
        let skip = usize::try_from(since.saturating_sub(inner.first)).unwrap_or(usize::MAX);
        let entries: Result<Vec<Value>, _> = inner.kept.iter().skip(skip).map(serde_json::to_value).collect();
        match entries {
            Ok(entries) => {
                let next = inner.first + inner.kept.len() as u64;
                Reply::ok(json!({ "entries": entries, "next": next }))
            }
            Err(error) => Reply::refused(500, error),
        }
    }

    /// CloudTrail records, which happen now, whatever their `eventTime`.
    fn events(&self, body: &[u8]) -> Result<Reply, Reply> {
        let records: Result<Vec<_>, _> =
            crate::cloudtrail::Events::new(body, std::path::Path::new("the body")).collect();
        let records = records.map_err(|error| {
            // `curl -d @FILE` takes the line feeds out.
            let joined = !body.trim_ascii_end().contains(&b'\n');
            let hint = if joined { " (lines have to come as lines: curl --data-binary @FILE)" } else { "" };
            Reply::refused(400, format!("{error}{hint}"))
        })?;
        let now = self.clock.now();
        let mut inner = self.lock();
        for record in &records {
            inner.world.event(&record.text, now).map_err(|error| Reply::refused(400, error))?;
        }
        Ok(Reply { status: 202, body: Body::Json(json!({ "events": records.len() })) })
    }

    /// An endpoint that came up late is asked again.
    fn ask_again(&self) -> Result<Reply, Reply> {
        let asked = self.lock().world.ask_again(self.clock.now());
        let asked = asked.map_err(|error| Reply::refused(500, error))?;
        Ok(Reply { status: 202, body: Body::Json(json!({ "asked": asked })) })
    }

    /// `{"speed": 60}`, `{"advance": "2026-09-22T19:30:00Z"}`, `{"advance": "+5m"}`.
    fn set_clock(&self, body: &[u8]) -> Result<Reply, Reply> {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Wish {
            speed: Option<f64>,
            advance: Option<When>,
        }
        let wish: Wish = serde_json::from_slice(body).map_err(|error| Reply::refused(400, error))?;
        if let Some(speed) = wish.speed {
            self.clock.set_speed(speed).map_err(|error| Reply::refused(400, error))?;
        }
        if let Some(when) = wish.advance {
            self.clock.advance_to(when.in_world(self.clock.now()));
        }
        Ok(Reply::ok(json!({ "time": self.clock.now().to_rfc3339(), "speed": self.clock.speed() })))
    }

    /// `{"state": "ALARM", "reason": "a test"}`.
    fn set_alarm(&self, name: &str, body: &[u8]) -> Result<Reply, Reply> {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct Wish {
            state: String,
            reason: String,
        }
        let wish: Wish = serde_json::from_slice(body).map_err(|error| Reply::refused(400, error))?;
        let now = self.clock.now();
        let mut inner = self.lock();
        let Inner { world, printer, kept, first, .. } = &mut *inner;
        let mut sink = Keeping { printer, kept, first };
        world
            .set_alarm_state(name, &wish.state, &wish.reason, now, &mut sink)
            .map_err(|error| Reply::refused(400, error))?;
        Ok(Reply::ok(json!({ "alarm": name, "state": wish.state })))
    }

    /// What it guards is moved on in whole steps.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The calls of endpoints.
impl Api for Live {
    fn answer(&mut self, query: &str) -> ApiAnswer {
        let answer = {
            let mut inner = self.lock();
            let Inner { world, printer, kept, first, .. } = &mut *inner;
            world.answer(query, &mut Keeping { printer, kept, first })
        };
        self.changed.notify_one();
        answer.unwrap_or_else(|error| ApiAnswer { status: 500, body: error.to_string() })
    }

    fn state(&self, subscription_arn: &str) -> Option<SubscriptionState> {
        let listed = self.look(|world| world.sns().subscriptions());
        listed.into_iter().find(|listed| listed.arn == subscription_arn).map(|listed| listed.state)
    }
}

impl std::fmt::Debug for Live {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Live").field("clock", &self.clock).finish_non_exhaustive()
    }
}
