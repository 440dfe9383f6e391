//! The order of each alert's actions: one at a time for each alias, first come, first served.
//!
//! Whoever leaves without having done its work spoils the turn of those behind it: a close must not overtake a create
//! that comes again later. They come again as well.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// Who works on which alias, and who waits. An alias that nobody works on takes no room.
#[derive(Default)]
pub(super) struct Lanes {
    waiting: Mutex<HashMap<String, VecDeque<oneshot::Sender<Turn>>>>,
}

/// A place in the row of one alias.
pub(super) enum Place {
    /// The first one.
    First(Turn),
    /// Behind others.
    Behind(oneshot::Receiver<Turn>),
}

/// The right to work on one alias, until it is dropped.
pub(super) struct Turn {
    lanes: Option<Arc<Lanes>>,
    alias: String,
    done: bool,
}

/// Somebody before did not do his work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an earlier action of this alias was not delivered")]
pub(super) struct Spoiled;

impl Lanes {
    /// Takes the next place in the row of an alias.
    pub(super) fn queue(self: &Arc<Self>, alias: &str) -> Place {
        let mut waiting = self.waiting();
        if let Some(row) = waiting.get_mut(alias) {
            let (sender, receiver) = oneshot::channel();
            row.push_back(sender);
            return Place::Behind(receiver);
        }
        waiting.insert(alias.to_owned(), VecDeque::new());
        Place::First(self.turn(alias.to_owned()))
    }

    fn turn(self: &Arc<Self>, alias: String) -> Turn {
        Turn { lanes: Some(Arc::clone(self)), alias, done: false }
    }

    fn leave(self: &Arc<Self>, alias: &str, done: bool) {
        let mut waiting = self.waiting();
        let next = waiting.get_mut(alias).filter(|_| done).and_then(VecDeque::pop_front);
        let passed_on = next.is_some_and(|next| match next.send(self.turn(alias.to_owned())) {
            Ok(()) => true,
            Err(mut refused) => {
                // It hung up. This one must not come back here: the lock is held.
                refused.lanes = None;
                false
            }
        });
        if !passed_on {
            // With its senders all who wait are told.
            waiting.remove(alias);
        }
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<String, VecDeque<oneshot::Sender<Turn>>>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Place {
    /// Waits for the turn.
    pub(super) async fn turn(self) -> Result<Turn, Spoiled> {
        match self {
            Self::First(turn) => Ok(turn),
            Self::Behind(receiver) => receiver.await.map_err(|_| Spoiled),
        }
    }
}

impl Turn {
    /// The work is done, for good or ill: the next one may begin.
    pub(super) fn done(mut self) {
        self.done = true;
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(lanes) = self.lanes.take() {
            lanes.leave(&self.alias, self.done);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn rows(lanes: &Lanes) -> usize {
        lanes.waiting().len()
    }

    #[tokio::test]
    async fn one_alias_is_worked_on_in_the_order_of_arrival() {
        let lanes = Arc::new(Lanes::default());
        let places: Vec<Place> = (0..5).map(|_| lanes.queue("a")).collect();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let mut tasks = tokio::task::JoinSet::new();
        // The last one asks first.
        for (number, place) in places.into_iter().enumerate().rev() {
            let seen = Arc::clone(&seen);
            tasks.spawn(async move {
                let turn = place.turn().await.unwrap();
                seen.lock().unwrap().push(number);
                tokio::task::yield_now().await;
                turn.done();
            });
        }
        tasks.join_all().await;
        assert_eq!(*seen.lock().unwrap(), [0, 1, 2, 3, 4]);
        assert_eq!(rows(&lanes), 0, "nothing is held after the work");
    }

    #[tokio::test]
    async fn aliases_do_not_wait_for_each_other() {
        let lanes = Arc::new(Lanes::default());
        let held = lanes.queue("a").turn().await.unwrap();
        lanes.queue("b").turn().await.unwrap().done();
        assert_eq!(rows(&lanes), 1);
        held.done();
        assert_eq!(rows(&lanes), 0);
    }

    #[tokio::test]
    async fn who_fails_takes_those_behind_along_and_nobody_later() {
        let lanes = Arc::new(Lanes::default());
        let first = lanes.queue("a").turn().await.unwrap();
        let (second, third) = (lanes.queue("a"), lanes.queue("a"));
        drop(first);
        assert_eq!(second.turn().await.err(), Some(Spoiled));
        assert_eq!(third.turn().await.err(), Some(Spoiled));
        lanes.queue("a").turn().await.unwrap().done();
        assert_eq!(rows(&lanes), 0);
    }

    #[tokio::test]
    async fn who_hangs_up_while_waiting_holds_nothing_up() {
        let lanes = Arc::new(Lanes::default());
        let first = lanes.queue("a").turn().await.unwrap();
        let (second, third) = (lanes.queue("a"), lanes.queue("a"));
        drop(second);
        first.done();
        assert_eq!(
            third.turn().await.err(),
            Some(Spoiled),
            "the second may come again, and before the third"
        );
        assert_eq!(rows(&lanes), 0);
    }

    #[tokio::test]
    async fn a_turn_that_nobody_takes_is_given_back() {
        let lanes = Arc::new(Lanes::default());
        let first = lanes.queue("a").turn().await.unwrap();
        let second = lanes.queue("a");
        // The turn is under way when its receiver goes.
        first.done();
        drop(second);
        assert_eq!(rows(&lanes), 0);
    }
}
