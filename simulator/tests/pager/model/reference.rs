//! The model: a list of alerts and a list of what waits, both searched from one end to the other.

use std::collections::BTreeSet;

use trailbell_sim::pager::Processing;

/// From acceptance to effect, in milliseconds.
pub(super) const DELAY: i64 = 100;
pub(super) const ALIASES: [&str; 3] = ["a", "b", "c/d e"];

#[derive(Debug, Clone)]
pub(super) enum What {
    Create { note: bool },
    Close,
    Acknowledge,
    Unacknowledge,
    Note,
    Tag(u8),
    Untag(u8),
    Priority(u8),
    Delete,
}

#[derive(Debug, Clone)]
pub(super) enum Which {
    Alias(usize),
    Tiny(u32),
    /// The id of the alert of this tiny id, if it exists at the time of the call.
    Id(u32),
}

#[derive(Debug, Clone)]
pub(super) struct Step {
    pub(super) client: usize,
    pub(super) which: Which,
    pub(super) what: What,
    pub(super) processing: Processing,
    pub(super) pause: i64,
}

#[derive(Debug, Clone, PartialEq)]
pub(super) struct Alert {
    pub(super) tiny: u32,
    pub(super) alias: String,
    pub(super) open: bool,
    pub(super) acknowledged: bool,
    pub(super) count: u32,
    pub(super) priority: u8,
    pub(super) tags: BTreeSet<u8>,
    pub(super) notes: usize,
}

#[derive(Debug, Clone)]
pub(super) struct Waiting {
    pub(super) due: i64,
    /// Smaller ones first among those of the same time.
    pub(super) place: i64,
    pub(super) request: usize,
    pub(super) account: usize,
    /// `None` for an id that did not exist.
    pub(super) which: Option<Which>,
    pub(super) what: What,
}

#[derive(Default)]
pub(super) struct Model {
    pub(super) accounts: [Vec<Alert>; 2],
    pub(super) made: [u32; 2],
    pub(super) waiting: Vec<Waiting>,
    pub(super) outcomes: Vec<Option<(bool, &'static str)>>,
}

impl Model {
    pub(super) fn accept(&mut self, step: &Step, which: Option<Which>, account: usize, now: i64) {
        let request = self.outcomes.len();
        self.outcomes.push(None);
        let place = i64::try_from(request).unwrap();
        let (due, place) = match step.processing {
            Processing::Lost => return,
            Processing::Normal => (now + DELAY, place),
            Processing::Late(late) => (now + DELAY + late.num_milliseconds(), place),
            Processing::Overtaking => {
                let others = self.waiting.iter().filter(|other| other.account == account);
                (others.map(|other| other.due).chain([now + DELAY]).min().unwrap(), -place - 1)
            }
        };
        let what = step.what.clone();
        self.waiting.push(Waiting { due, place, request, account, which, what });
    }

    pub(super) fn advance(&mut self, now: i64) {
        loop {
            let due = self.waiting.iter().enumerate().filter(|(_, waiting)| waiting.due <= now);
            let Some((first, _)) = due.min_by_key(|(_, waiting)| (waiting.due, waiting.place)) else {
                return;
            };
            let waiting = self.waiting.remove(first);
            self.outcomes[waiting.request] = Some(self.carry_out(&waiting));
        }
    }

    fn carry_out(&mut self, waiting: &Waiting) -> (bool, &'static str) {
        let alerts = &mut self.accounts[waiting.account];
        if let (What::Create { note }, Some(Which::Alias(alias))) = (&waiting.what, &waiting.which) {
            let alias = ALIASES[*alias];
            if let Some(alert) = alerts.iter_mut().find(|alert| alert.open && alert.alias == alias) {
                alert.count += 1;
                alert.notes += usize::from(*note);
            } else {
                self.made[waiting.account] += 1;
                alerts.push(Alert {
                    tiny: self.made[waiting.account],
                    alias: alias.to_owned(),
                    open: true,
                    acknowledged: false,
                    count: 1,
                    priority: 3,
                    tags: BTreeSet::new(),
                    notes: usize::from(*note),
                });
            }
            return (true, "Created alert");
        }
        let place = alerts.iter().position(|alert| match &waiting.which {
            Some(Which::Alias(alias)) => alert.open && alert.alias == ALIASES[*alias],
            Some(Which::Tiny(tiny) | Which::Id(tiny)) => alert.tiny == *tiny,
            None => false,
        });
        let Some(place) = place else {
            let by_alias = matches!(waiting.which, Some(Which::Alias(_)));
            return (false, if by_alias { "There is no open alert" } else { "Alert does not exist" });
        };
        let alert = &mut alerts[place];
        match waiting.what {
            What::Close | What::Acknowledge | What::Unacknowledge if !alert.open => {
                return (false, "Alert is already closed");
            }
            What::Acknowledge if alert.acknowledged => return (false, "Alert is already acknowledged"),
            What::Unacknowledge if !alert.acknowledged => return (false, "Alert is already unacknowledged"),
            What::Close => alert.open = false,
            What::Acknowledge => alert.acknowledged = true,
            What::Unacknowledge => alert.acknowledged = false,
            What::Note => alert.notes += 1,
            What::Tag(tag) => drop(alert.tags.insert(tag)),
            What::Untag(tag) => drop(alert.tags.remove(&tag)),
            What::Priority(priority) => alert.priority = priority,
            What::Delete => drop(alerts.remove(place)),
            What::Create { .. } => {}
        }
        (true, "")
    }
}
