//! An expression as a list of jumps: each step asks for one condition and says what follows either answer.

use crate::expression::Expression;

pub(crate) type ConditionId = usize;

/// Where to go next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Target {
    Step(usize),
    End(bool),
}

#[derive(Debug, Clone)]
struct Step {
    condition: ConditionId,
    if_true: Target,
    if_false: Target,
}

/// The steps, the last of them first.
#[derive(Debug, Clone)]
pub(crate) struct Program {
    steps: Vec<Step>,
}

impl Program {
    pub(crate) fn new(expression: &Expression<ConditionId>) -> Self {
        let mut program = Self { steps: Vec::new() };
        program.add(expression, Target::End(true), Target::End(false));
        program
    }

    /// Adds an expression with what follows it; the place where it begins.
    fn add(&mut self, expression: &Expression<ConditionId>, if_true: Target, if_false: Target) -> Target {
        match expression {
            Expression::Condition(condition) => {
                self.steps.push(Step { condition: *condition, if_true, if_false });
                Target::Step(self.steps.len() - 1)
            }
            Expression::All(parts) => {
                parts.iter().rev().fold(if_true, |next, part| self.add(part, next, if_false))
            }
            Expression::Any(parts) => {
                parts.iter().rev().fold(if_false, |next, part| self.add(part, if_true, next))
            }
        }
    }

    /// The verdict. Asks for no condition that cannot change it any more; the last one asked for decided.
    pub(crate) fn run(&self, mut holds: impl FnMut(ConditionId) -> bool) -> bool {
        let mut next = self.steps.len().checked_sub(1);
        while let Some(step) = next.and_then(|index| self.steps.get(index)) {
            match if holds(step.condition) { step.if_true } else { step.if_false } {
                Target::Step(index) => next = Some(index),
                Target::End(verdict) => return verdict,
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::Program;
    use crate::expression::Expression::{All, Any, Condition};

    #[test]
    fn agrees_with_the_expression_and_stops_when_it_is_decided() {
        // (0 || 1 && 2) && (3 || 4)
        let expression = All(vec![
            Any(vec![Condition(0), All(vec![Condition(1), Condition(2)])]),
            Any(vec![Condition(3), Condition(4)]),
        ]);
        let program = Program::new(&expression);
        for facts in 0..32_u32 {
            let fact = |condition: usize| facts >> condition & 1 == 1;
            let mut asked = Vec::new();
            let verdict = program.run(|condition| {
                asked.push(condition);
                fact(condition)
            });
            assert_eq!(verdict, expression.holds(&mut |&condition| fact(condition)), "{facts:05b}");
            let mut expected = Vec::new();
            expression.holds(&mut |&condition| {
                expected.push(condition);
                fact(condition)
            });
            assert_eq!(asked, expected, "{facts:05b}");
        }
    }
}
