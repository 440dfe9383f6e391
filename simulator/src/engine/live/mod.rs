//! A world that follows a clock: attempts go out over HTTP as they come due, endpoints call back, and a control API
//! changes things meanwhile.

mod control;

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;
use tokio::time::sleep;

use super::deliveries::DeadLetter;
use super::http::outcome;
use super::subscriber::Answer;
use super::timeline::Entry;
use super::world::{Sink, World, WorldError};
use crate::clock::Clock;
use crate::logs::TooLarge;
use crate::sns::{Api, ApiAnswer, Attempt, DELIVERY_TIMEOUT, Poster, SigningEndpoint, SubscriptionState};

/// How many entries of the timeline the control API keeps.
const KEPT: usize = 10_000;
/// The longest the world sleeps, so that a clock that is changed is noticed.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// A sink that is called from several threads.
type Printing = Box<dyn Sink + Send>;

struct Inner {
    world: World,
    chronicle: Chronicle,
    /// Attempts that are due, and not made yet.
    attempts: Vec<Attempt>,
    /// How many attempts are at their endpoints.
    posting: usize,
}

/// What has happened: printed, and kept for a while.
struct Chronicle {
    printer: Printing,
    /// The entries from number `first` on.
    kept: VecDeque<Entry>,
    first: u64,
}

impl Sink for Chronicle {
    fn entry(&mut self, entry: Entry) {
        self.printer.entry(entry.clone());
        self.kept.push_back(entry);
        if self.kept.len() > KEPT {
            self.kept.pop_front();
            self.first += 1;
        }
    }

    fn dead_letter(&mut self, letter: DeadLetter) {
        self.printer.dead_letter(letter);
    }
}

impl Inner {
    /// Does, step by step, what is due by `now`, but attempts that somebody else has to make.
    fn catch_up(&mut self, now: DateTime<Utc>) -> Result<(), WorldError> {
        let Self { world, chronicle, attempts, .. } = self;
        while let Some(due) = world.next_due().filter(|due| *due <= now) {
            world.advance(due, chronicle)?;
            while let Some(attempt) = world.attempt() {
                let began = world.now();
                match world.answer_by_fault(&attempt) {
                    Some(answer) => world.report(&attempt, answer, began, chronicle),
                    None => attempts.push(attempt),
                }
            }
        }
        world.advance(now, chronicle)
    }

    /// The attempts that are to be made now.
    fn take_attempts(&mut self) -> Vec<Attempt> {
        self.posting += self.attempts.len();
        std::mem::take(&mut self.attempts)
    }

    /// Whether everything due by `time` has happened.
    fn has_settled(&self, time: DateTime<Utc>) -> bool {
        self.world.now() >= time
            && self.attempts.is_empty()
            && self.posting == 0
            && self.world.next_due().is_none_or(|due| due > time)
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
        let chronicle = Chronicle { printer, kept: VecDeque::new(), first: 0 };
        let inner = Inner { world, chronicle, attempts: Vec::new(), posting: 0 };
        let inner = Arc::new(Mutex::new(inner));
        Self { clock, poster, inner, changed: Arc::default(), moved: Arc::default() }
    }

    /// Moves the world with the clock until SNS cannot sign any more, which does not happen with its own keys. `door`
    /// serves each signing certificate before the first message under it goes out.
    pub async fn drive(&self, door: &SigningEndpoint) -> Result<(), WorldError> {
        let mut published = 0;
        loop {
            let attempts = self.now()?.take_attempts();
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

    /// The world, moved on to what the clock shows.
    fn now(&self) -> Result<MutexGuard<'_, Inner>, WorldError> {
        let mut inner = self.lock();
        // Read when nobody else can move the world, so that it never lies before the world's time.
        let now = self.clock.now();
        inner.catch_up(now)?;
        Ok(inner)
    }

    async fn deliver(self, attempt: Attempt) {
        let began = self.clock.now();
        let posted = self.poster.post(&attempt.parcel.endpoint, &attempt.parcel.delivery).await;
        // A clock that runs fast, or that is moved on meanwhile, makes no answer later than SNS waits for it.
        let longest = TimeDelta::from_std(DELIVERY_TIMEOUT).unwrap_or_default();
        let took = (self.clock.now() - began).clamp(TimeDelta::zero(), longest);
        let answer = Answer { outcome: outcome(posted), took };
        let mut inner = self.lock();
        let Inner { world, chronicle, posting, .. } = &mut *inner;
        world.report(&attempt, answer, began, chronicle);
        *posting -= 1;
        drop(inner);
        self.changed.notify_one();
        self.moved.notify_waiters();
    }

    /// Moves the clock on to `time`, from one thing that is due to the next: each delivery goes out at its time, and its
    /// answer is there before the clock moves on. The world has to be [driven](Live::drive) meanwhile.
    pub async fn advance_to(&self, time: DateTime<Utc>) {
        loop {
            let due = self.lock().world.next_due();
            let Some(due) = due.filter(|due| *due <= time) else { break };
            self.settle(due).await;
        }
        self.settle(time).await;
    }

    /// Moves the clock on to `time` and waits until everything due by then has happened, every answer included.
    async fn settle(&self, time: DateTime<Utc>) {
        self.clock.advance_to(time);
        self.changed.notify_one();
        loop {
            let moved = self.moved.notified();
            tokio::pin!(moved);
            moved.as_mut().enable();
            // What goes wrong here goes wrong for the driver, too, which tells it.
            let settled = self.now().is_ok_and(|inner| inner.has_settled(time));
            if settled {
                return;
            }
            moved.await;
        }
    }

    /// A CloudTrail record happens now. One over 256 KB is not sent to the logs.
    pub fn event(&self, record: &str) -> Result<(), TooLarge> {
        let mut inner = self.lock();
        let now = self.clock.now();
        let happened = inner.world.event(record, now);
        drop(inner);
        self.changed.notify_one();
        happened
    }

    /// Reads from the world.
    pub fn look<T>(&self, look: impl FnOnce(&World) -> T) -> T {
        look(&self.lock().world)
    }

    /// What it guards is moved on in whole steps.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The calls of endpoints.
impl Api for Live {
    fn answer(&mut self, query: &str) -> ApiAnswer {
        let answer = self.now().and_then(|mut inner| {
            let Inner { world, chronicle, .. } = &mut *inner;
            world.answer(query, chronicle)
        });
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
