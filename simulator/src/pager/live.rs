//! A twin that follows a clock, with its faults and its record of requests: what all connections share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::{Notify, watch};
use tokio::time::sleep;

use super::command::Command;
use super::confirm::{Confirmer, Visits};
use super::edge::EdgeSettings;
use super::faults::{Became, CallKind, Fault, Faults, Instead, Strikes, failing, not_processed};
use super::http::{Received, Reply};
use super::ids::RequestId;
use super::record::Records;
use super::recorded::Answered;
use super::settings::Settings;
use super::twin::Twin;
use crate::clock::Clock;

/// The longest sleep, so that a clock that somebody else moved or changed is noticed.
const LONGEST_SLEEP: Duration = Duration::from_secs(1);

/// What the connections share.
pub(super) struct Live {
    clock: Clock,
    shared: Mutex<Shared>,
    /// The twin's last change.
    changed: watch::Sender<u64>,
    /// How many requests there were.
    called: watch::Sender<u64>,
    /// Something is due sooner than before. For the one that follows the clock.
    sooner: Notify,
    /// How often the clock was moved or set to another speed.
    moved: watch::Sender<u64>,
    confirmer: Arc<Confirmer>,
    body_limit: usize,
}

/// What is behind the lock.
pub(super) struct Shared {
    pub(super) twin: Twin,
    pub(super) faults: Faults,
    pub(super) records: Records,
    pub(super) visits: Visits,
    /// The faults of the beginning, to which a reset goes back.
    first_faults: Vec<Fault>,
    seed: u64,
    /// Answers that no twin gave.
    failures: u64,
}

/// How a request is to be answered.
pub(super) struct Answer {
    /// `None`: the connection hangs, or is reset.
    pub(super) reply: Result<Reply, NoReply>,
    /// When.
    pub(super) at: DateTime<Utc>,
}

/// What comes in place of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NoReply {
    Hang,
    Reset,
}

impl Live {
    pub(super) fn new(settings: Settings, clock: Clock, confirmer: Confirmer) -> Self {
        let EdgeSettings { faults, requests_kept, body_limit, .. } = settings.edge.clone();
        let seed = settings.seed;
        let shared = Shared {
            faults: Faults::new(&faults, seed),
            records: Records::new(requests_kept),
            visits: Visits::default(),
            first_faults: faults,
            seed,
            failures: 0,
            twin: Twin::new(settings, clock.now()),
        };
        Self {
            clock,
            shared: Mutex::new(shared),
            changed: watch::Sender::new(0),
            called: watch::Sender::new(0),
            sooner: Notify::new(),
            moved: watch::Sender::new(0),
            confirmer: Arc::new(confirmer),
            body_limit,
        }
    }

    pub(super) const fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(super) const fn body_limit(&self) -> usize {
        self.body_limit
    }

    /// The number of the last change, as it rises.
    pub(super) fn changes(&self) -> watch::Receiver<u64> {
        self.changed.subscribe()
    }

    /// The number of requests, as it rises.
    pub(super) fn calls(&self) -> watch::Receiver<u64> {
        self.called.subscribe()
    }

    /// Takes a request of the API.
    pub(super) fn receive(self: &Arc<Self>, request: Received) -> Answer {
        let now = self.clock.now();
        let mut shared = self.lock();
        let due = shared.twin.next_due();
        let call = CallKind::of(&request.method, &request.path);
        let strikes = shared.faults.strike(call);
        let (reply, became) = shared.answer(&request, call, &strikes, now);
        let faults = shared.faults.count(&strikes, became);
        let answered = match &reply {
            Ok(reply) => Answered::Status(reply.status),
            Err(NoReply::Hang) => Answered::Hung,
            Err(NoReply::Reset) => Answered::Reset,
        };
        shared.records.push(now, request, answered, reply.as_ref().ok(), faults);
        let sooner = shared.twin.next_due().is_some_and(|next| due.is_none_or(|due| next < due));
        let confirmations = shared.twin.take_confirmations();
        self.publish(&shared);
        drop(shared);
        if sooner {
            self.sooner.notify_one();
        }
        for confirmation in confirmations {
            self.confirmer.visit(self, confirmation, now);
        }
        Answer { reply, at: now + strikes.latency }
    }

    /// Records a request that was refused before the twin could see it whole.
    pub(super) fn refuse(&self, request: Received, reply: Reply) -> Answer {
        let now = self.clock.now();
        let mut shared = self.lock();
        shared.records.push(now, request, Answered::Status(reply.status), Some(&reply), Vec::new());
        self.publish(&shared);
        Answer { reply: Ok(reply), at: now }
    }

    /// Follows the clock: lets what is due take effect, when it is.
    pub(super) async fn follow(&self) {
        let mut moved = self.moved.subscribe();
        loop {
            let due = {
                let mut shared = self.lock();
                shared.twin.advance(self.clock.now());
                self.publish(&shared);
                shared.twin.next_due()
            };
            tokio::select! {
                () = self.sooner.notified() => {}
                () = self.sleep_until(due, &mut moved) => {}
            }
        }
    }

    /// Returns once the clock shows `at`.
    pub(super) async fn until(&self, at: DateTime<Utc>) {
        let mut moved = self.moved.subscribe();
        while self.clock.now() < at {
            self.sleep_until(Some(at), &mut moved).await;
        }
    }

    /// Sleeps until the clock shows this, it was moved, or a second has passed.
    async fn sleep_until(&self, at: Option<DateTime<Utc>>, moved: &mut watch::Receiver<u64>) {
        let wait = at.and_then(|at| self.clock.until(at)).unwrap_or(LONGEST_SLEEP).min(LONGEST_SLEEP);
        tokio::select! {
            _ = moved.changed() => {}
            () = sleep(wait.max(Duration::from_millis(1))) => {}
        }
    }

    /// Moves the clock on, and lets what is due by then take effect.
    pub(super) fn advance_to(&self, at: DateTime<Utc>) {
        self.clock.advance_to(at);
        self.catch_up();
    }

    /// Lets what is due take effect, and wakes whoever waits for the clock: it was moved or runs at another speed.
    pub(super) fn catch_up(&self) {
        let mut shared = self.lock();
        shared.twin.advance(self.clock.now());
        self.publish(&shared);
        drop(shared);
        self.moved.send_modify(|moves| *moves += 1);
    }

    /// Back to the beginning: no alerts, no requests, the faults of the beginning.
    pub(super) fn reset(&self) {
        let mut shared = self.lock();
        shared.twin.reset(self.clock.now());
        shared.records.clear();
        shared.visits.clear();
        shared.faults = Faults::new(&shared.first_faults, shared.seed);
        self.publish(&shared);
    }

    /// Carries out a command that came by a button of the inbox.
    pub(super) fn submit(&self, account: usize, command: Command) {
        let mut shared = self.lock();
        shared.twin.submit(account, command, self.clock.now());
        self.publish(&shared);
    }

    /// Somebody looks at an alert.
    pub(super) fn mark_seen(&self, account: usize, alert_id: &str) {
        let mut shared = self.lock();
        shared.twin.mark_seen(account, alert_id, self.clock.now());
        self.publish(&shared);
    }

    /// Puts other faults in force.
    pub(super) fn set_faults(&self, faults: &[Fault]) {
        let mut shared = self.lock();
        shared.faults = Faults::new(faults, shared.seed);
    }

    /// What it guards is moved on in whole steps.
    pub(super) fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells those who wait for changes and for calls.
    fn publish(&self, shared: &Shared) {
        let set = |number: u64| {
            move |old: &mut u64| {
                let new = *old != number;
                *old = number;
                new
            }
        };
        self.changed.send_if_modified(set(shared.twin.last_change()));
        self.called.send_if_modified(set(shared.records.total()));
    }
}

impl Shared {
    fn answer(
        &mut self,
        request: &Received,
        call: CallKind,
        strikes: &Strikes,
        now: DateTime<Utc>,
    ) -> (Result<Reply, NoReply>, Became) {
        let taken = strikes.instead.is_none_or(|(_, accepted)| accepted);
        let mut became = Became::Other;
        let mut reply = None;
        if taken && call == CallKind::Status && self.is_hidden(request, strikes.status_delay, now) {
            became = Became::Hidden;
            reply = Some(not_processed(self.failure_id()));
        } else if taken {
            let answer = self.twin.handle(request, strikes.processing, now);
            if call == CallKind::Write && answer.status == 202 {
                became = Became::Accepted;
            }
            reply = Some(answer);
        }
        let Some((instead, _)) = strikes.instead else {
            // Taken, so there is one.
            return (reply.ok_or(NoReply::Reset), became);
        };
        let id = self.failure_id();
        let none = if instead == Instead::Hang { NoReply::Hang } else { NoReply::Reset };
        (failing(instead, id).ok_or(none), became)
    }

    /// Whether a question is for the outcome of a write that was accepted less than `delay` ago.
    fn is_hidden(&self, request: &Received, delay: TimeDelta, now: DateTime<Utc>) -> bool {
        let segments = request.segments();
        let id = segments.last().and_then(|segment| RequestId::parse(segment));
        let write = id.and_then(|id| self.records.by_id(id));
        write.is_some_and(|write| write.at + delay > now)
    }

    fn failure_id(&mut self) -> RequestId {
        self.failures += 1;
        // The twin's own ids come from the seed itself.
        RequestId::new(self.seed ^ u64::MAX, self.failures)
    }
}
