//! The patterns of an index at one event: which of them are worth running, and which match.

use super::condition::Test;
use super::found::Found;
use super::index::{Index, Indexed, PatternId};
use super::program::ConditionId;
use super::reader::NotJson;
use super::tree::SelectorId;
use super::walk::{self, Room};
use crate::bits::Bits;

/// Room for matching, reused for event after event.
#[derive(Debug, Clone, Default)]
pub(crate) struct Workspace {
    room: Room,
    found: Found,
    answers: Vec<Answer>,
    awake: Bits,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    Unknown,
    True,
    False,
}

impl Index {
    /// Calls for every pattern that an event matches, in their order. An error if it is no JSON object.
    pub(crate) fn matches(
        &self,
        event: &str,
        workspace: &mut Workspace,
        mut matched: impl FnMut(PatternId),
    ) -> Result<(), NotJson> {
        let Workspace { room, found, answers, awake } = workspace;
        walk::walk(event, &self.tree, room, found)?;
        let mut run = Run { index: self, event, found, answers, doubtful: false };
        run.start(awake);
        run.retain_matching(awake);
        // A value that made a condition true may have been overridden. That is rare, so it is looked into only now.
        if run.doubtful && found.settle(event) {
            let mut run = Run { index: self, event, found, answers, doubtful: false };
            run.start(awake);
            run.retain_matching(awake);
        }
        awake.iter().for_each(&mut matched);
        Ok(())
    }
}

impl Workspace {
    /// Whether any string of the last event has a `\u`.
    pub(crate) fn has_unicode_escapes(&self) -> bool {
        self.found.has_unicode_escapes()
    }
}

/// The patterns at one event.
struct Run<'r> {
    index: &'r Index,
    event: &'r str,
    found: &'r Found,
    answers: &'r mut Vec<Answer>,
    /// Whether any answer rests on a value that a wildcard led to.
    doubtful: bool,
}

impl Run<'_> {
    /// Looks up texts, and says which patterns are worth running.
    fn start(&mut self, awake: &mut Bits) {
        let Self { index, event, found, answers, doubtful } = self;
        answers.clear();
        answers.resize(index.conditions.len(), Answer::Unknown);
        awake.clone_from(&index.always);
        let mut wake = |patterns: &[PatternId]| patterns.iter().for_each(|&pattern| awake.insert(pattern));
        for &selector in index.wakers.iter().filter(|&&selector| found.has(selector)) {
            wake(&index.selectors[selector].wakes);
        }
        for (id, raw) in found.all() {
            let selector = &index.selectors[id];
            if let Some(condition) = selector.look_up(raw, event) {
                answers[condition] = Answer::True;
                wake(&index.conditions[condition].wakes);
                *doubtful |= selector.has_wildcard;
            }
        }
    }

    /// Runs the patterns that are awake, and takes out those that do not match.
    fn retain_matching(&mut self, awake: &mut Bits) {
        awake.retain(|pattern| self.index.programs[pattern].run(|condition| self.answer(condition)));
    }

    fn answer(&mut self, id: ConditionId) -> bool {
        if self.answers[id] == Answer::Unknown {
            let Indexed { selector, test, .. } = &self.index.conditions[id];
            // A text that is there was looked up already.
            let fits = test.exact_text().is_none() && self.any_fits(*selector, test);
            self.doubtful |= fits && self.index.selectors[*selector].has_wildcard;
            let holds = fits != (*test == Test::NotExists);
            self.answers[id] = if holds { Answer::True } else { Answer::False };
        }
        self.answers[id] == Answer::True
    }

    /// Whether a value satisfies the test; for `NOT EXISTS`, whether there is one.
    fn any_fits(&self, selector: SelectorId, test: &Test) -> bool {
        let mut values = self.found.of(selector).filter_map(|raw| raw.value(self.event));
        match test {
            Test::NotExists => values.next().is_some(),
            test => values.any(|value| test.holds(&value)),
        }
    }
}
