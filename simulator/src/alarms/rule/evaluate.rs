//! Rule + states of the children → verdict.

use super::super::state::AlarmState;
use super::tree::{Node, Rule};

/// Whether a rule holds, and which children make it so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::alarms) struct Verdict {
    pub(in crate::alarms) holds: bool,
    /// The names of the children that decided, each once, in the order of the rule.
    pub(in crate::alarms) because_of: Vec<String>,
}

impl Rule {
    /// Evaluates the rule with the states of its children, by name.
    ///
    /// The children that decided are those that speak for the verdict (recorded): of an `OR` that holds those that are
    /// in the state, of one that does not hold all, and so on.
    pub(in crate::alarms) fn evaluate(&self, state_of: &dyn Fn(&str) -> AlarmState) -> Verdict {
        let states: Vec<AlarmState> = self.children().iter().map(|name| state_of(name)).collect();
        let mut because_of = Vec::new();
        let holds = support(&self.root, &states, &mut because_of);
        because_of.sort_unstable();
        because_of.dedup();
        let names = because_of.into_iter().filter_map(|place| self.children().get(place).cloned());
        Verdict { holds, because_of: names.collect() }
    }
}

/// Appends the children that speak for the value.
fn support(node: &Node, states: &[AlarmState], because_of: &mut Vec<usize>) -> bool {
    let is_in = |state: AlarmState, alarm: usize| states.get(alarm) == Some(&state);
    match node {
        Node::Constant(truth) => *truth,
        Node::State(state, alarm) => {
            because_of.push(*alarm);
            is_in(*state, *alarm)
        }
        Node::Not(inner) => !support(inner, states, because_of),
        Node::And(left, right) => pair(left, right, states, because_of, false),
        Node::Or(left, right) => pair(left, right, states, because_of, true),
        Node::AtLeast { least, negated, state, alarms } => {
            let counts = |alarm: usize| is_in(*state, alarm) != *negated;
            let holds = alarms.iter().filter(|alarm| counts(**alarm)).count() >= *least;
            because_of.extend(alarms.iter().copied().filter(|alarm| counts(*alarm) == holds));
            holds
        }
    }
}

/// `decisive` is the value of one side that decides alone: true for OR, false for AND.
fn pair(
    left: &Node,
    right: &Node,
    states: &[AlarmState],
    because_of: &mut Vec<usize>,
    decisive: bool,
) -> bool {
    let before = because_of.len();
    let left = support(left, states, because_of);
    let between = because_of.len();
    let right = support(right, states, because_of);
    match (left == decisive, right == decisive) {
        (true, false) => because_of.truncate(between),
        (false, true) => drop(because_of.drain(before..between)),
        (true, true) | (false, false) => {}
    }
    if left == decisive || right == decisive { decisive } else { !decisive }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::super::region::Home;
    use super::*;

    fn verdict(rule: &str) -> (bool, String) {
        let rule = Rule::parse(rule, &Home::new("123456789012", "us-east-1")).unwrap();
        let verdict = rule.evaluate(&|name| match name {
            "A" => AlarmState::Alarm,
            "B" => AlarmState::Ok,
            _ => AlarmState::InsufficientData,
        });
        (verdict.holds, verdict.because_of.join(""))
    }

    #[test]
    fn a_verdict_names_the_children_that_speak_for_it() {
        for (rule, holds, because_of) in [
            ("TRUE", true, ""),
            ("TRUE OR FALSE AND FALSE", true, ""),
            ("(TRUE OR FALSE) AND FALSE", false, ""),
            ("ALARM(A) AND OK(B)", true, "AB"),
            ("ALARM(A) AND ALARM(B)", false, "B"),
            ("ALARM(A) OR ALARM(B)", true, "A"),
            ("ALARM(B) OR ALARM(C)", false, "BC"),
            ("NOT ALARM(B)", true, "B"),
            ("NOT (ALARM(A) AND ALARM(B))", true, "B"),
            ("INSUFFICIENT_DATA(C) AND NOT OK(A)", true, "CA"),
            ("AT_LEAST(2, ALARM, (A, A, B))", true, "A"),
            ("AT_LEAST(67%, ALARM, (A, A, B))", false, "B"),
            ("AT_LEAST(66%, ALARM, (A, A, B))", true, "A"),
            ("AT_LEAST(50%, NOT ALARM, (A, B))", true, "B"),
        ] {
            assert_eq!(verdict(rule), (holds, because_of.to_owned()), "{rule}");
        }
    }
}
